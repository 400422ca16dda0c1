/* What psql does with a script before the server sees it, as far as a migration may use it: its commands, which begin
 * with a backslash, and its variables. */
#ifndef DIALECTS_POSTGRES_PSQL_H
#define DIALECTS_POSTGRES_PSQL_H

#include "dialects/postgres/input.h"

/* What became of a command that stood at the input's current byte. */
enum psql_effect {
    PSQL_REFUSED,  /* the error is set, with its place */
    PSQL_PASSED,   /* changes nothing here: the input stands behind it */
    PSQL_NOTED,    /* the same, but who wrote it may want to know */
    PSQL_INCLUDED, /* the input stands in the file that it names */
};

/* The input stands behind the backslash. `inside`: a statement has begun that is not ended. */
enum psql_effect psql_command(struct input *in, bool inside, struct err *e);

/* A colon was read that stands where a value could. False: psql's variable stands there, and the error is set. */
bool psql_colon(struct input *in, struct err *e);

/* Behind the semicolon of COPY … FROM stdin: moves to where the rows begin. False where more SQL stands on the line. */
bool psql_rows_begin(struct input *in, struct err *e);
/* The next piece of them; an empty one is the end, and the input stands behind the line \. then. *inside is false
 * before the first, and the function's own. False: a read failed. */
bool psql_rows(struct text *piece, struct input *in, bool *inside, struct err *e);

#endif
