#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/recorded.h"
#include "tests/support/rows.h"

/* Rows of one version, oldest first, as letters: u applied, U applied by accepting an edit, b baseline, r two tables
 * reconciled, s started, p partial, f failed, d rolled back, D a down that was started. want: what stands. */
static const struct {
    const char *rows, *applied; /* the letter of the row that stands, "" for none */
    bool open, baseline;
} cases[] = {
    { "u", "u", false, false },  { "ud", "", false, false },  { "udu", "u", false, false }, { "s", "", true, false },
    { "su", "u", false, false }, { "sf", "", true, false },   { "p", "", true, false },     { "f", "", false, false },
    { "b", "b", false, true },   { "bU", "U", false, true },  { "br", "b", false, true },   { "bd", "", false, false },
    { "ur", "u", false, false }, { "r", "", false, false },   { "uD", "u", true, false },   { "uDd", "", false, false },
    { "uU", "U", false, false }, { "ubd", "", false, false },
};

static struct history_entry entry_of(char letter, struct arena *a)
{
    const char *what = letter == 'd' || letter == 'D'   ? "down"
                       : letter == 'b'                  ? "baseline"
                       : letter == 'r' || letter == 'U' ? "reconcile"
                                                        : "up";
    const char *outcome = letter == 's' || letter == 'D' ? "started"
                          : letter == 'p'                ? "partial"
                          : letter == 'f'                ? "failed"
                          : letter == 'd'                ? "rolled_back"
                                                         : "applied";

    return (struct history_entry) { .version = "1",
                                    .direction = what,
                                    .outcome = outcome,
                                    .path = letter == 'r' ? NULL : "1_x.sql",
                                    .name = arena_printf(a, "%c", letter) };
}

RowsTest(recorded, adds_up, sizeof cases / sizeof *cases)
{
    struct arena *a = arena_open();
    struct history_entries entries = { 0 };
    struct history_records records;
    const struct history_record *r;

    for (const char *letter = cases[*row].rows; *letter; letter++)
        *arena_push(a, &entries) = entry_of(*letter, a);
    records = history_records_make(&entries, a);
    r = history_record_find(&records, "1");
    cr_assert(r, "%s", cases[*row].rows);
    cr_expect_str_eq(r->applied ? r->applied->name : "", cases[*row].applied, "%s", cases[*row].rows);
    cr_expect_eq(r->open != NULL, cases[*row].open, "%s", cases[*row].rows);
    if (r->applied)
        cr_expect_eq(r->baseline, cases[*row].baseline, "%s", cases[*row].rows);
    cr_expect_null(history_record_find(&records, "2"));
    arena_close(a);
}
