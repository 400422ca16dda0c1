/* Cuts the text of a script into statements, one after the other, in memory that does not grow with the script. */
#ifndef DIALECTS_POSTGRES_CUTTER_H
#define DIALECTS_POSTGRES_CUTTER_H

#include "dialects/postgres/input.h"
#include "dialects/postgres/script.h"

enum cut_kind {
    CUT_REST,      /* psql's commands, and rows */
    CUT_SEPARATOR, /* it ends a statement: a line end and a semicolon come first */
    CUT_INCLUDE,   /* the command that the included file's text stands behind */
    CUT_MARK,      /* a byte order mark */
};

/* Bytes of the text that are not sent: they become blanks. */
struct cut_edit {
    size_t from, to;
    enum cut_kind kind;
};

struct cut_edits {
    struct cut_edit *at;
    size_t len, cap;
};

struct cutter {
    struct input in;
    struct statement_wanted wanted;
    struct cut_edits edits; /* while in.keeps */
    struct script_notes notes;
    struct arena *arena;

    /* The statement that was given last: bytes of the window, valid until the next one or its rows are asked for. */
    struct statement_head head;
    struct statement_seen seen;
    uint64_t nth;
    bool rows; /* its rows follow */

    bool begun, rows_inside; /* the current file; psql_rows's own */
    size_t rows_from;        /* byte of the text */
    int parens, brackets, body;
    bool json; /* the statement has a colon of SQL's own */
};

void cutter_open(struct cutter *c, const struct script *s, const char *separator, bool keeps, struct arena *a);
void cutter_close(struct cutter *c);
/* *more is false behind the last. Rows of the statement before that nobody read are passed over. */
bool cutter_next(struct cutter *c, bool *more, struct err *e);
/* The next piece of the rows; an empty one is the end. */
bool cutter_rows(struct text *piece, struct cutter *c, struct err *e);

#endif
