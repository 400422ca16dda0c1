/* A database to try things in: made for it beside the live one, or named by the user; never the live one itself. */
#ifndef CORE_SCRATCH_H
#define CORE_SCRATCH_H

#include "dialects/dialect.h"

struct scratch_request {
    struct db *live;                 /* the target, open; nothing is written to it; NULL: there is none */
    const struct db_options *opened; /* how it was opened: session, timeouts, notices */
};

struct scratch {
    struct db *db;
    const char *url;   /* a secret */
    struct db *beside; /* that it was made beside of, and is dropped from; NULL: it is the user's */
    struct db *direct; /* the same around a pooler, opened for that; NULL: it was not needed */
};

/* Makes an empty database beside the live one and opens it. The caller closes it. */
bool scratch_make(struct scratch *out, const struct scratch_request *r, struct arena *a, struct err *e);
/* Opens the one that the user names. ERR_SCRATCH where it is the live one, whatever name leads to it. */
bool scratch_open(struct scratch *out, const char *url, const struct scratch_request *r, struct arena *a,
                  struct err *e);
/* ERR_SCRATCH where there is anything in it but schemas and extensions. */
bool scratch_empty(const struct scratch *s, struct arena *a, struct err *e);
/* Gives it the live database's schema, without rows. */
bool scratch_fill(const struct scratch *s, const struct scratch_request *r, struct arena *a, struct err *e);
/* Closes it, and drops what was made, also behind a stop signal. fine is false where *e is set already and stays. */
bool scratch_close(struct scratch *s, bool fine, struct err *e);

#endif
