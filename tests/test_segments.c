/* How a script is cut into segments. A script is a row of letters: . a statement, o one that PostgreSQL refuses inside
 * a transaction, m one that may commit, e one whose work the next need committed, b BEGIN, c COMMIT, h COMMIT AND
 * CHAIN, r ROLLBACK. A segment is [together], {each by itself}, or outside without brackets; dropped ones are not
 * shown. */
#include <criterion/criterion.h>

#include "dialects/postgres/segments.h"
#include "tests/support/rows.h"

static const struct {
    const char *script;
    bool no_transaction;
    const char *segments;
    int done; /* of an earlier run */
} cases[] = {
    { "", false, "", 0 },
    { "...", false, "[...]", 0 },
    { "b..c", false, "[..]", 0 },
    { "..o.", false, "[..] o [.]", 0 },
    { "o", false, "o", 0 },
    { ".oo.m.", false, "[.] o o [.] m [.]", 0 },
    { "..m.", false, "[..m.]", 0 },
    { ".e..", false, "[.e] [..]", 0 },
    { "b.e..c", false, "[.e] [..]", 0 },
    { "o.e.", false, "o [.e] [.]", 0 },
    { ".c.b..", false, "[.] {.} [..]", 0 },
    { "b.cb.cb.c", false, "[.] [.] [.]", 0 },
    { ".h..", false, "[.] [..]", 0 },
    { ".cb", false, "[.]", 0 },
    { ".cmb.", false, "[.] m [.]", 0 },
    { "..", true, "{..}", 0 },
    { ".m.o.", true, "{.} m {.} o {.}", 0 },
    { ".b..c.", true, "{.} [..] {.}", 0 },
    { "b..r.", true, "b..r {.}", 0 },
    { "b.h.c", true, "[.] [.]", 0 },
    { "ob.c.", false, "o [.] [.]", 0 },
    { "..c", false, "{..}", 0 },
    { "..o.", false, "[.] o [.]", 1 },
    { "..o.", false, "o [.]", 2 },
    { "..o.", false, "[.]", 3 },
    { "..o.", false, "", 4 },
    { "b..co", false, "[.] o", 1 },
    { "...", false, "[..]", 1 },
};

static bool settled_as(struct control *control, struct statements *list, const char *script, bool no_transaction)
{
    static const char letters[] = ".omebchr";
    static const enum control_word words[] = { CONTROL_NONE,  CONTROL_NONE,   CONTROL_NONE,  CONTROL_NONE,
                                               CONTROL_BEGIN, CONTROL_COMMIT, CONTROL_CHAIN, CONTROL_ROLLBACK };
    static const unsigned marks[] = { 0, MARK_OUTSIDE, MARK_MAY_COMMIT, MARK_ENDS_SEGMENT, 0, 0, 0, 0 };

    for (size_t i = 0; i < list->len; i++) {
        size_t letter = (size_t)(strchr(letters, script[i]) - letters);

        list->at[i] = (struct statement) { .from = i, .to = i + 1, .nth = i };
        list->at[i].control = words[letter];
        list->at[i].marks = marks[letter];
    }
    control_settle(control, list, no_transaction || strchr(script, 'o'));
    return no_transaction || control->warning;
}

RowsTest(segments, cut, sizeof cases / sizeof *cases)
{
    struct arena *a = arena_open();
    const char *script = cases[*row].script;
    struct statement at[16];
    struct statements list = { at, strlen(script), 16 };
    struct buf out = buf_open(a, 256);
    struct segments made;
    struct control control;
    bool each = settled_as(&control, &list, script, cases[*row].no_transaction);

    segments_make(&made, &control, &list, each, a);
    if (cases[*row].done)
        segments_skip(&made, &list, (uint64_t)cases[*row].done);
    for (size_t i = 0; i < made.len; i++) {
        const struct segment *g = &made.at[i];

        buf_string(&out, i ? " " : "");
        buf_string(&out, g->each ? "{" : g->transactional ? "[" : "");
        for (uint64_t k = g->first; k < g->first + g->count; k++)
            if (!list.at[k].dropped)
                buf_char(&out, script[k]);
        buf_string(&out, g->each ? "}" : g->transactional ? "]" : "");
    }
    cr_expect_str_eq(buf_cstr(&out), cases[*row].segments, "%s: %s", script, buf_cstr(&out));
    arena_close(a);
}
