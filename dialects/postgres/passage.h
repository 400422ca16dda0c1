/* The statements of a large script as its segments ask for them: each is read once on the way forward, and the script
 * from its begin only where an earlier one is asked for again. */
#ifndef DIALECTS_POSTGRES_PASSAGE_H
#define DIALECTS_POSTGRES_PASSAGE_H

#include "dialects/postgres/reader.h"

/* Begins as { .script = … }. */
struct passage {
    const struct pg_script *script;
    struct read_statement now; /* that was asked for last; sql.at NULL: none was */
    struct arena *arena;       /* the reader's */
    struct reader *reader;
    bool rows_read; /* of now */
};

/* Goes to the nth statement, dropped ones counted. Also an error: there is none, since the script is another one now.
 */
bool passage_to(struct passage *w, uint64_t nth, struct err *e);
/* The next piece of the rows behind that statement's COPY … FROM stdin; an empty one is the end. */
bool passage_rows(struct text *piece, struct passage *w, struct err *e);
void passage_close(struct passage *w);

#endif
