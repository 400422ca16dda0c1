/* Help, manual page and completions as they look. */
#include <criterion/criterion.h>

#include "cmd/reference_rows.h"
#include "core/base/text.h"
#include "tests/support/golden.h"
#include "tests/support/verbs.h"

static void golden(const char *name, struct text got, struct arena *a)
{
    golden_compare(arena_printf(a, TESTDATA "/reference/%s.want", name), got);
}

Test(reference, looks_as_it_should)
{
    struct arena *a = arena_open();

    golden("help_80", verbs_written(VERBS_HELP, false, 0, a), a);
    golden("help_40_color", verbs_written(VERBS_HELP, true, 1, a), a);
    golden("up_100", verbs_written(VERBS_UP, false, 1000, a), a);
    golden("up_60", verbs_written(VERBS_UP, false, 60, a), a);
    golden("changed_80", verbs_written(VERBS_CHANGED, false, 80, a), a);
    golden("verb_without_needs_80", verbs_written(VERBS_HELP_HELP, false, 80, a), a);
    arena_close(a);
}

static const char *roffed(struct arena *a, const char *word)
{
    struct buf out = buf_open(a, 200);

    for (; *word; word++)
        buf_printf(&out, *word == '-' ? "\\%c" : "%c", *word);
    return buf_cstr(&out);
}

/* The page without its first line, which has the version, and without the errors, which have a list of their own. */
Test(reference, manual_page)
{
    struct arena *a = arena_open();
    struct text page = verbs_written(VERBS_MAN, false, 0, a), first;
    size_t at;

    cr_assert(text_line(&page, &first));
    cr_expect(text_is(first, ".TH MERGANSER 1 \"\" \"merganser " MERGANSER_VERSION "\" \"User Commands\""));
    for (size_t i = 0; err_row(i); i++)
        if (err_row(i)->kind != ERR_NONE)
            cr_expect(text_find(page, arena_printf(a, ".TP\n\\fB%s\\fR\n", roffed(a, err_row(i)->name)), &at), "%s",
                      err_row(i)->name);
    cr_assert(text_find(page, ".SH \"EXIT STATUS\"", &at));
    golden("man", text_cut(page, 0, at), a);
    arena_close(a);
}

Test(reference, no_line_is_wider_than_asked)
{
    struct arena *a = arena_open();

    for (int width = 40; width <= 100; width++) {
        for (enum verbs_text what = VERBS_HELP; what <= VERBS_CHANGED; what++) {
            struct text all = verbs_written(what, false, width, a), line;
            bool examples = false;

            while (text_line(&all, &line)) {
                examples = line.len && (examples ? text_starts(line, "  ") : text_is(line, "Examples"));
                /* Headings and command lines stand as they are. */
                if (!examples && (!line.len || line.at[0] == ' '))
                    cr_expect(text_chars(line) <= (size_t)width, "%d: %.*s", width, (int)line.len, line.at);
                cr_expect(!text_ends(line, " "), "%d: a blank ends \"%.*s\"", width, (int)line.len, line.at);
            }
        }
    }
    arena_close(a);
}

Test(reference, color_is_in_headings_only)
{
    struct arena *a = arena_open();
    struct text all = verbs_written(VERBS_UP, true, 80, a), line;
    size_t headings = 0, at;

    cr_expect(!text_find(verbs_written(VERBS_UP, false, 80, a), "\033", &at));
    while (text_line(&all, &line)) {
        if (!text_find(line, "\033", &at))
            continue;
        headings++;
        cr_expect(text_starts(line, "\033[1m") && text_ends(line, "\033[0m"), "%.*s", (int)line.len, line.at);
    }
    cr_expect_eq(headings, 4);
    arena_close(a);
}

Test(reference, every_row_is_in_every_output)
{
    struct arena *a = arena_open();
    size_t at;

    for (enum verbs_text what = VERBS_MAN; what <= VERBS_FISH; what++) {
        struct text all = verbs_written(what, false, 0, a);
        const char *dashes = what == VERBS_MAN ? "\\-\\-" : what == VERBS_FISH ? "-l " : "--";

        for (size_t i = 0; verbs_sample[i]; i++) {
            cr_expect(text_find(all, verbs_sample[i]->name, &at), "%s in %d", verbs_sample[i]->name, what);
            for (const struct option_row *row = verbs_sample[i]->options; row && row->name; row++)
                if (!strchr(row->name, '-'))
                    cr_expect(text_find(all, arena_printf(a, "%s%s", dashes, row->name), &at), "%s in %d", row->name,
                              what);
        }
        for (const struct option_row *row = common_option_rows; row->name; row++)
            cr_expect(text_find(all, arena_printf(a, "%s%s", dashes, row->name), &at), "%s in %d", row->name, what);
    }
    arena_close(a);
}

Test(reference, every_error_has_an_exit_code_that_is_explained)
{
    for (size_t i = 0; err_row(i); i++) {
        const struct exit_row *row = reference_exits;

        while (row->meaning && row->code != err_row(i)->exit_code)
            row++;
        cr_expect(row->meaning, "%d of %s", err_row(i)->exit_code, err_row(i)->name);
    }
}

Test(reference, no_completion_for_an_unknown_shell)
{
    cr_expect(!reference_completion(stdout, "tcsh", verbs_sample));
    cr_expect(!reference_completion(stdout, "", verbs_sample));
}
