/* Statements run one by one, and what each of them locks, writes anew and reads through. */
#ifndef DIALECTS_POSTGRES_TRACE_H
#define DIALECTS_POSTGRES_TRACE_H

#include "dialects/postgres/effects.h"
#include "dialects/postgres/session.h"

/* struct dialect's trace. */
bool postgres_trace(struct db *db, struct traced_script *scripts, size_t n, bool ours, struct arena *a, struct err *e);

/* ---- trace_plain.c ---- */

/* The form of a statement that runs in a transaction, byte for byte as long: without CONCURRENTLY. at NULL: there is
 * none. Pure. */
struct text trace_plain(struct text sql, struct arena *a);

/* ---- trace_look.c: the relations of a database, and what our session holds of them ---- */

/* As it was when it was looked at last. */
struct seen_relation {
    uint32_t oid, of; /* of: the table of an index, or of a sequence that a column owns; 0: none */
    char kind;        /* pg_class.relkind */
    const char *schema, *name;
    uint64_t file;  /* relfilenode */
    int64_t scans;  /* begun by this session, as the server counts them */
    unsigned locks; /* held: 1 << (the mode's number) */
    bool fresh;     /* of the look that is under way: has what follows */
    unsigned new_locks;
    bool made, scanned, rewritten;
    const char *was_schema, *was_name;
};

struct look {
    struct pg *pg;
    struct arena *arena;
    struct seen_relation *at; /* by oid */
    size_t len, cap;
};

/* All relations as they are now. */
bool look_open(struct look *out, struct pg *pg, struct arena *a, struct err *e);
/* In a transaction that has just begun: nothing is held, and what was counted before does not count. */
bool look_begin(struct look *l, struct err *e);
/* What has changed since the last look, as effects of the statement between; tag is the server's for it. documented is
 * what the statement takes by its text: a lock that is held already is not seen again, and is taken from there. */
bool look_again(struct effects *out, struct look *l, const char *tag, const struct effects *documented, struct arena *a,
                struct err *e);

#endif
