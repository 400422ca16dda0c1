/* What the user gives as a database: a URL or a conninfo string, with what only ORMs understand taken off. Pure. */
#ifndef DIALECTS_POSTGRES_URL_H
#define DIALECTS_POSTGRES_URL_H

#include "core/base/err.h"

struct pg_target {
    const char *conninfo;    /* for libpq; a secret */
    const char *password;    /* as it stands in it, decoded; NULL: none there */
    const char *search_path; /* in the form of SET search_path; NULL: the server's own */
    bool pooled;             /* pgbouncer=true */
};

/* ERR_USAGE for a malformed one, without a word of it that may be a secret. One note names the parameters taken off. */
bool url_read(struct pg_target *out, const char *url, struct notices *notices, struct arena *a, struct err *e);
/* A conninfo string: it begins with name=. */
bool url_is_conninfo(const char *url);

#endif
