/* Rules for file names and lines as PCRE2 patterns: an ordered table of which the first row that matches decides. */
#ifndef CORE_LAYOUTS_PATTERNS_H
#define CORE_LAYOUTS_PATTERNS_H

#include "core/base/err.h"

enum { PATTERN_GROUPS = 2 };

struct rule {
    int kind;            /* the caller's own, never 0 */
    const char *pattern; /* has to match all that stands before the ending; bytes, a dot is any byte */
    const char *ending;  /* to the letter; "" for any */
};

struct patterns;

/* Compiles a table. ERR_INTERNAL with the pattern and the offset in it that PCRE2 names. */
bool patterns_open(struct patterns **out, const struct rule *rules, size_t n, struct err *e);
void patterns_close(struct patterns *p); /* NULL is allowed */

/* *kind is the first matching row's, or 0; groups are its captures, empty where it has none, borrowed from subject and
 * may be NULL. ERR_INTERNAL where PCRE2 gives up: its limits are set. */
bool patterns_match(int *kind, struct text groups[PATTERN_GROUPS], const struct patterns *p, struct text subject,
                    struct err *e);

#endif
