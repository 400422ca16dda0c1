/* What a script's own transaction control makes of it. A script is a row of letters: . a statement, b BEGIN, B BEGIN
 * with options, c COMMIT, h COMMIT AND CHAIN, r ROLLBACK. */
#include <criterion/criterion.h>

#include "dialects/control.h"
#include "tests/support/rows.h"

static const struct {
    const char *script;
    bool no_transaction;
    const char *sent; /* what is left when the dropped ones are taken out */
    enum script_shape shape;
    int warned_at; /* -1: no warning */
    bool options;
} cases[] = {
    { "", false, "", SCRIPT_ATOMIC, -1, false },
    { "..", false, "..", SCRIPT_ATOMIC, -1, false },
    /* Rails' pairs begin a transaction and never commit it. */
    { "b..", false, "..", SCRIPT_ATOMIC, -1, false },
    { "b..c", false, "..", SCRIPT_ATOMIC, -1, false },
    { "B..c", false, "..", SCRIPT_ATOMIC, -1, true },
    { "B..", false, "..", SCRIPT_ATOMIC, -1, true },
    { ".b.c", false, "..", SCRIPT_ATOMIC, -1, false },
    { "bc", false, "", SCRIPT_ATOMIC, -1, false },
    { ".c.b.", false, ".c.b.", SCRIPT_REOPENING, 1, false },
    { "b.c.b.c", false, ".c.b.", SCRIPT_REOPENING, 2, false },
    { "b.cb.cb.c", false, ".cb.cb.", SCRIPT_REOPENING, 2, false },
    { "B.cB.", false, ".cB.", SCRIPT_REOPENING, 2, true },
    { ".h.", false, ".h.", SCRIPT_REOPENING, 1, false },
    { ".cb", false, ".cb", SCRIPT_REOPENING, 1, false },
    { ".c", false, ".", SCRIPT_STATEMENTS, 1, false },
    { "b.c.", false, "b.c.", SCRIPT_STATEMENTS, 2, false },
    { "b.r", false, "b.r", SCRIPT_STATEMENTS, 2, false },
    { ".r.", false, "..", SCRIPT_STATEMENTS, 1, false },
    { "r", false, "", SCRIPT_STATEMENTS, 0, false },
    { "b.cc", false, "b.c", SCRIPT_STATEMENTS, 3, false },
    { ".B.c", false, ".B.c", SCRIPT_STATEMENTS, 1, false },
    { ".r.b.", false, "...", SCRIPT_STATEMENTS, 1, false },
    { "..", true, "..", SCRIPT_STATEMENTS, -1, false },
    { "b..c", true, "b..c", SCRIPT_STATEMENTS, -1, false },
    { "b..", true, "..", SCRIPT_STATEMENTS, -1, false },
    { "bb.c", true, "b.c", SCRIPT_STATEMENTS, -1, false },
    { ".c", true, ".", SCRIPT_STATEMENTS, -1, false },
    { "b.h.c", true, "b.h.c", SCRIPT_STATEMENTS, -1, false },
    { ".h.", true, "..", SCRIPT_STATEMENTS, -1, false },
};

RowsTest(control, settle, sizeof cases / sizeof *cases)
{
    static const char letters[] = ".bBchr";
    static const enum control_word words[] = { CONTROL_NONE,   CONTROL_BEGIN, CONTROL_BEGIN,
                                               CONTROL_COMMIT, CONTROL_CHAIN, CONTROL_ROLLBACK };
    struct statement at[16] = { 0 };
    struct statements list = { at, strlen(cases[*row].script), 16 };
    struct control control;
    char sent[16];
    size_t n = 0;

    for (size_t i = 0; i < list.len; i++) {
        char c = cases[*row].script[i];

        at[i].control = words[strchr(letters, c) - letters];
        at[i].options = c == 'B' ? "READ WRITE" : NULL;
    }
    control_settle(&control, &list, cases[*row].no_transaction);
    for (size_t i = 0; i < list.len; i++)
        if (!at[i].dropped)
            sent[n++] = cases[*row].script[i];
    sent[n] = '\0';
    cr_expect_str_eq(sent, cases[*row].sent, "%s: %s", cases[*row].script, sent);
    cr_expect_eq(control.shape, cases[*row].shape, "%s: shape %d", cases[*row].script, control.shape);
    cr_expect_eq(control.warning ? (int)control.warned_at : -1, cases[*row].warned_at, "%s: %s at %zu",
                 cases[*row].script, control.warning ? control.warning : "-", control.warned_at);
    cr_expect_eq(control.begin_options != NULL, cases[*row].options, "%s", cases[*row].script);
}
