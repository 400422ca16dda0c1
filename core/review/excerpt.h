/* What stands where a finding points to, and what names the finding from one review to the next. */
#ifndef CORE_REVIEW_EXCERPT_H
#define CORE_REVIEW_EXCERPT_H

#include "core/review/review.h"

struct excerpt_line {
    int number;
    const char *text; /* as a person may see it: without secrets, a long one cut off */
    int from, to;     /* the columns of text that the finding is about, 1-based; to is one behind the last */
};

struct excerpt {
    struct excerpt_line *at; /* EXCERPT_LINES at most */
    size_t len;
    bool whole; /* they are all the lines that the finding is about, uncut */
};

enum { EXCERPT_LINES = 6 };

/* Fills every finding's fingerprint and, where it has an end, its excerpt, from the files of the reviewed tree. A file
 * that can't be read, or is larger than EXCERPT_FILE_MAX, gives none; neither do findings behind the first
 * EXCERPTS_MAX, which nobody reads through. */
#define EXCERPT_FILE_MAX ((size_t)1 << 20)
enum { EXCERPTS_MAX = 1000 };
bool review_excerpts(struct review_findings *findings, const struct source *head, struct arena *a, struct err *e);

#endif
