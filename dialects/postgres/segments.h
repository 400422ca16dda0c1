/* How a script is cut: runs of statements that share a transaction of ours, and single ones that run outside any. In
 * the file's order, whatever that is. Pure. */
#ifndef DIALECTS_POSTGRES_SEGMENTS_H
#define DIALECTS_POSTGRES_SEGMENTS_H

#include "dialects/postgres/script.h"

/* What one segment is of the script. */
struct script_part {
    uint64_t first, end;   /* statements of the script, dropped ones among them */
    uint64_t before, sent; /* of those that are sent: how many stand before it, and how many are in it */
    size_t from, to;       /* bytes of the script, where it is whole */
    struct text sql;       /* of a large script, where it is a single statement that is sent with BEGIN and COMMIT */
    const char *options;   /* that its BEGIN takes over, or NULL */
};

/* Cuts what control_settle has settled; each: what no BEGIN of the script's stands before is a transaction a statement.
 * A BEGIN or COMMIT that a segment of ours stands for is dropped. */
void segments_make(struct segments *out, const struct control *control, struct statements *list, bool each,
                   struct arena *a);

/* The statement, dropped ones counted, that is the nth of those that are sent, both from 0. */
uint64_t segments_nth(const struct statements *list, uint64_t sent);
/* The first of the list that is this statement or a later one: all of a script are listed, or only some (script.h). */
size_t segments_listed(const struct statements *list, uint64_t nth);

/* Takes the first `done` of the statements that are sent out of them. */
void segments_skip(struct segments *s, const struct statements *list, uint64_t done);

/* before: how many statements of earlier segments are sent. */
struct script_part segments_part(const struct pg_script *s, const struct segment *g, uint64_t before);

#endif
