#include "core/line_diff.h"

#include "core/base/text.h"

/* The table of common lengths has one cell for every pair of lines. */
enum { CELLS_MAX = 4 * 1000 * 1000 };

struct lines {
    struct text *at;
    size_t len, cap;
};

static struct lines lines_of(struct text t, struct arena *a)
{
    struct lines out = { 0 };
    struct text line;

    while (text_line(&t, &line))
        *(struct text *)arena_push(a, &out) = line;
    return out;
}

static void push(struct diff_lines *out, char mark, struct text line, struct arena *a)
{
    *(struct diff_line *)arena_push(a, out) = (struct diff_line) { mark, line };
}

/* x and y hold what is between the common ends. */
static void diff_middle(struct diff_lines *out, struct lines x, struct lines y, struct arena *a)
{
    size_t width = y.len + 1, i = 0, k = 0;
    unsigned *common =
        x.len && y.len && x.len <= CELLS_MAX / y.len ? arena_make(a, unsigned, (x.len + 1) * width) : NULL;

    for (i = x.len; common && i-- > 0;)
        for (k = y.len; k-- > 0;) {
            unsigned down = common[(i + 1) * width + k], right = common[i * width + k + 1];

            common[i * width + k] = text_equal(x.at[i], y.at[k]) ? common[(i + 1) * width + k + 1] + 1
                                    : down >= right              ? down
                                                                 : right;
        }
    for (i = k = 0; i < x.len || k < y.len;) {
        if (common && i < x.len && k < y.len && text_equal(x.at[i], y.at[k])) {
            push(out, ' ', x.at[i++], a);
            k++;
        } else if (i < x.len && (!common || k == y.len || common[(i + 1) * width + k] >= common[i * width + k + 1])) {
            push(out, '-', x.at[i++], a);
        } else {
            push(out, '+', y.at[k++], a);
        }
    }
}

void line_diff(struct diff_lines *out, struct text before, struct text after, struct arena *a)
{
    struct lines x = lines_of(before, a), y = lines_of(after, a);
    size_t first = 0, last = 0;

    *out = (struct diff_lines) { 0 };
    while (first < x.len && first < y.len && text_equal(x.at[first], y.at[first]))
        push(out, ' ', x.at[first++], a);
    while (last < x.len - first && last < y.len - first && text_equal(x.at[x.len - last - 1], y.at[y.len - last - 1]))
        last++;
    diff_middle(out, (struct lines) { x.at + first, x.len - first - last, 0 },
                (struct lines) { y.at + first, y.len - first - last, 0 }, a);
    for (size_t i = x.len - last; i < x.len; i++)
        push(out, ' ', x.at[i], a);
}
