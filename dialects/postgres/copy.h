/* The rows of a script's COPY … FROM stdin, given to the server when it asks for them. */
#ifndef DIALECTS_POSTGRES_COPY_H
#define DIALECTS_POSTGRES_COPY_H

#include "dialects/postgres/script.h"
#include "dialects/postgres/session.h"

/* What pg->rows points to while a script runs that has such statements. */
struct copy_rows {
    /* The next piece; an empty one is the end of one statement's rows, and what follows are the next one's. */
    bool (*next)(struct copy_rows *rows, struct text *piece, struct err *e);
    bool failed; /* next was: the server was told to take nothing of them */
    struct err err;
};

/* Answers PGRES_COPY_IN: sends one statement's rows to their end. Where that can't be, the server is told so, and its
 * error is the statement's result. */
void copy_send(struct pg *pg);

/* The rows of a script that is whole in memory, from its first-th statement on. */
struct copy_blocks_sent {
    struct copy_rows rows;
    const struct pg_script *script;
    size_t block, at; /* which comes next, and how much of it was given */
};
struct copy_blocks_sent copy_of_script(const struct pg_script *s, size_t first);

/* The line of the rows (from 1) that the server could not take; false where r is about something else. */
bool copy_failed_line(uint64_t *line, const PGresult *r);

#endif
