/* Two texts line by line: what stayed, went and came. */
#ifndef CORE_LINE_DIFF_H
#define CORE_LINE_DIFF_H

#include "core/base/arena.h"

struct diff_line {
    char mark; /* ' ' in both, '-' only in the first, '+' only in the second */
    struct text line;
};

struct diff_lines {
    struct diff_line *at;
    size_t len, cap;
};

/* Pure. What went stands before what came in its place. Borrows from both. Of two that are long and have little in
 * common, all that lies between their common ends counts as another. */
void line_diff(struct diff_lines *out, struct text before, struct text after, struct arena *a);

#endif
