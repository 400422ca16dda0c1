/* One statement of a script after the other, in memory that does not grow with the script. What psql would do with the
 * text comes out done: included files stand where they were named, \restrict and its like are gone, COPY's data is
 * given apart. */
#ifndef DIALECTS_POSTGRES_READER_H
#define DIALECTS_POSTGRES_READER_H

#include "dialects/postgres/script.h"

struct reader;

/* Borrowed until the next call. */
struct read_statement {
    struct text sql; /* from its first token to behind its last, no semicolon, a NUL behind it */
    uint64_t nth;    /* of the script, from 0, dropped ones counted */
    unsigned marks;  /* enum statement_mark */
    bool dropped;    /* not sent: merganser's own BEGIN or COMMIT does it */
    struct pos at;   /* of its first token: in an included file, that file's */
    struct pos rows; /* of the first row behind COPY … FROM stdin; path NULL: none follow */
    uint64_t bytes;  /* of the script, included files too, up to its end */
    uint64_t from;   /* of the same, before its first token */
};

/* Reads the script from its first statement. The script was read by script_read before, which found it sound. */
bool reader_open(struct reader **out, const struct pg_script *s, struct arena *a, struct err *e);
/* *more is false behind the last. What was not asked of a statement's COPY data is passed over. */
bool reader_next(struct read_statement *out, bool *more, struct reader *r, struct err *e);
/* The next piece of the rows behind the COPY … FROM stdin that was given last; an empty one is the end. */
bool reader_copy_data(struct text *piece, struct reader *r, struct err *e);
/* A byte of the statement that was given last, as a place in the file that it is from. */
struct pos reader_place(const struct reader *r, size_t byte);
void reader_close(struct reader *r); /* NULL is allowed */

#endif
