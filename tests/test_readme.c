/* What README.md says is what merganser does: its examples are run, its tables held against the code. */
#include <criterion/criterion.h>

#include "cmd/command.h"
#include "core/base/text.h"
#include "core/config.h"
#include "core/review/review.h"
#include "tests/support/golden.h"
#include "tests/support/stage.h"

static struct text readme(struct arena *a)
{
    struct text all = scratch_read(a, TESTDATA "/../README.md");

    cr_assert(all.at, "there is no README.md");
    return all;
}

/* The lines between ```KIND and ```, of every such block in turn. */
static struct text blocks(struct arena *a, const char *kind)
{
    struct text rest = readme(a), line;
    struct buf out = buf_open(a, SIZE_MAX / 2);
    const char *fence = arena_printf(a, "```%s", kind);
    bool inside = false;

    while (text_line(&rest, &line)) {
        if (inside && text_is(line, "```"))
            inside = false;
        else if (!inside && text_is(line, fence))
            inside = true;
        else if (inside)
            buf_printf(&out, "%.*s\n", (int)line.len, line.at);
    }
    cr_assert(out.len, "README.md has no %s block", kind);
    return buf_content(&out);
}

/* One shell runs them all, so that `cd` and `export` last as for a reader. */
Test(readme, examples_print_what_they_say)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT("== plain\n"), false);
    const struct golden_name none[] = { { NULL, NULL } };
    const char *const no_commits[] = { NULL };
    struct text want = blocks(a, "console"), rest = want, line;
    struct buf script = buf_open(a, SIZE_MAX / 2);
    struct process_result r;

    while (text_line(&rest, &line)) {
        if (!text_starts(line, "$ "))
            continue;
        line = text_cut(line, 2, line.len);
        buf_printf(&script, "cat <<'MERGANSER_LINE'\n$ %.*s\nMERGANSER_LINE\n%.*s\n", (int)line.len, line.at,
                   (int)line.len, line.at);
    }
    r = stage_run(&s, buf_cstr(&script));
    cr_expect_eq(r.exit_code, 0);
    cr_expect_eq(r.err.len, 0, "%.*s", (int)r.err.len, r.err.at);
    r.out = golden_normalised(a, r.out, none, no_commits);
    cr_expect(text_equal(r.out, want), "the README says\n%.*sbut it prints\n%.*s", (int)want.len, want.at,
              (int)r.out.len, r.out.at);
    stage_close(&s);
    arena_close(a);
}

Test(readme, lists_every_verb)
{
    struct arena *a = arena_open();
    struct text all = readme(a);
    size_t at;

    for (const struct command *const *c = command_list(); *c; c++) {
        const char *alias = (*c)->alias ? arena_printf(a, ", `%s`", (*c)->alias) : "";
        const char *row = arena_printf(a, "\n| `%s`%s | %s |\n", (*c)->name, alias, (*c)->summary);

        cr_expect(text_find(all, row, &at), "README.md lacks the row%s", row);
    }
    arena_close(a);
}

Test(readme, lists_every_error_code)
{
    struct arena *a = arena_open();
    struct text all = readme(a);
    size_t at, rows = 0;

    for (size_t i = 0; err_row(i); i++) {
        const struct err_word *w = err_row(i);
        const char *row = arena_printf(a, "\n| `%s` | %d | %s |\n", w->name, w->exit_code, w->meaning);

        if (w->exit_code == 0)
            continue;
        cr_expect(text_find(all, row, &at), "README.md lacks the row%s", row);
        rows++;
    }
    cr_expect_gt(rows, 20);
    arena_close(a);
}

Test(readme, lists_every_rule)
{
    struct arena *a = arena_open();
    struct text all = readme(a);
    size_t at, rows = 0;

    for (; review_rule(rows); rows++) {
        const struct rule_text *rule = review_rule(rows);
        const char *row =
            arena_printf(a, "\n| `%s` | %s | %s |", rule->name, severity_word(rule->severity), rule->summary);

        cr_expect(text_find(all, row, &at), "README.md lacks the row%s", row);
    }
    cr_expect_gt(rows, 10);
    arena_close(a);
}

/* A row that begins with a name and a severity is a rule's. */
Test(readme, lists_no_other_rule)
{
    struct arena *a = arena_open();
    struct text rest = readme(a), line;
    size_t rows = 0;

    while (text_line(&rest, &line)) {
        const struct rule_text *rule;
        struct err e = { 0 };
        size_t end = 0;
        bool severe = false;

        if (!text_starts(line, "| `") || !text_find(line, "` | ", &end))
            continue;
        for (enum severity s = SEVERITY_OFF; s <= SEVERITY_ERROR; s++)
            severe =
                severe || text_starts(text_cut(line, end, line.len), arena_printf(a, "` | %s | ", severity_word(s)));
        if (!severe)
            continue;
        cr_expect(review_rule_named(&rule, arena_cstr(a, text_cut(line, 3, end)), &e), "%s", e.message);
        rows++;
    }
    cr_expect_gt(rows, 10);
    arena_close(a);
}

Test(readme, configuration_is_accepted)
{
    struct arena *a = arena_open();
    struct config config;
    struct config_block production;
    struct err e = { 0 };

    cr_assert(config_parse(&config, "merganser.yml", blocks(a, "yaml"), a, &e), "%s", e.message);
    cr_assert(config_for(&production, &config, "production", a, &e), "%s", e.message);
    cr_expect_eq(production.policy.edited, POLICY_REFUSE);
    arena_close(a);
}
