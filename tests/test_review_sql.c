/* Each folder below testdata/review is a rule about SQL, with at least one file of each kind:
 *
 * bad*.sql       what it finds something in; bad*.want beside it says what
 * good*.sql      what it finds nothing in
 * ignored*.sql   what it would find something in, were it not for the marks
 *
 * support/review.h says what stands in them. The folder `framework` is about what all rules share: its files name the
 * rules that run, and each has a .want. MERGANSER_UPDATE_GOLDEN=1 rewrites what is wanted. */
#include <criterion/criterion.h>
#include <dirent.h>

#include "core/base/text.h"
#include "core/review/sql_rule.h"
#include "tests/support/golden.h"
#include "tests/support/review.h"
#include "tests/support/rows.h"
#include "tests/support/scratch.h"

#define CASES TESTDATA "/review"
enum { MAX_FILES = 200 };

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What lies in a folder and ends so, sorted. */
static size_t names_in(const char **names, const char *folder, const char *ending, struct arena *a)
{
    DIR *d = opendir(folder);
    size_t n = 0;

    for (struct dirent *e; d && (e = readdir(d)) && n < MAX_FILES;)
        if (e->d_name[0] != '.' && text_ends(text_from(e->d_name), ending))
            names[n++] = arena_string(a, e->d_name);
    if (d)
        closedir(d);
    qsort(names, n, sizeof *names, by_name);
    return n;
}

/* The nth rule about SQL, or NULL. */
static const struct rule *sql_rule(size_t nth)
{
    for (const struct rule *const *rule = rules_list(); *rule; rule++)
        if (((*rule)->statement || (*rule)->action) && nth-- == 0)
            return *rule;
    return NULL;
}

/* The marks as other comments, of the same length. */
static struct text unmarked(struct text sql, struct arena *a)
{
    char *copy = arena_cstr(a, sql);
    size_t at;

    while (text_find((struct text) { copy, sql.len }, "merganser: ignore", &at))
        memcpy(copy + at, "nobody___: ignore", strlen("nobody___: ignore"));
    return (struct text) { copy, sql.len };
}

static void check_case(const char *rule, const char *name, struct arena *a)
{
    const char *path = arena_printf(a, CASES "/%s/%s", rule, name);
    struct text sql = scratch_read(a, path);
    struct text found = review_told(path, sql, rule, a);

    if (text_starts(text_from(name), "bad")) {
        cr_expect(found.len, "%s: nothing is found", path);
        golden_compare(arena_printf(a, "%.*s.want", (int)strlen(path) - 4, path), found);
        return;
    }
    cr_expect(!found.len, "%s: found\n%.*s", path, (int)found.len, found.at);
    if (text_starts(text_from(name), "ignored"))
        cr_expect(review_told(path, unmarked(sql, a), rule, a).len, "%s: nothing would be found", path);
}

ParameterizedTestParameters(review_sql, rules)
{
    size_t n = 0;

    while (sql_rule(n))
        n++;
    return rows_numbered(n);
}

ParameterizedTest(size_t *row, review_sql, rules)
{
    static const char *const kinds[] = { "bad", "good", "ignored" };
    struct arena *a = arena_open();
    const char **names = arena_make(a, const char *, MAX_FILES);
    const char *rule = sql_rule(*row)->text.name;
    size_t n = names_in(names, arena_printf(a, CASES "/%s", rule), ".sql", a);
    bool has[3] = { false };

    for (size_t i = 0; i < n; i++) {
        bool known = false;

        for (size_t k = 0; k < 3; k++)
            if (text_starts(text_from(names[i]), kinds[k]))
                has[k] = known = true;
        cr_expect(known, "testdata/review/%s/%s is none of bad*, good*, ignored*", rule, names[i]);
        check_case(rule, names[i], a);
    }
    for (size_t k = 0; k < 3; k++)
        cr_expect(has[k], "testdata/review/%s has no %s*.sql", rule, kinds[k]);
    arena_close(a);
}

Test(review_sql, every_folder_is_a_rule)
{
    struct arena *a = arena_open();
    const char **names = arena_make(a, const char *, MAX_FILES);
    size_t n = names_in(names, CASES, "", a);

    for (size_t i = 0; i < n; i++)
        cr_expect(strcmp(names[i], "framework") == 0 || rules_find(names[i]), "there is no rule %s", names[i]);
    arena_close(a);
}

Test(review_sql, framework)
{
    struct arena *a = arena_open();
    const char **names = arena_make(a, const char *, MAX_FILES);
    size_t n = names_in(names, CASES "/framework", ".sql", a);

    cr_assert(n);
    for (size_t i = 0; i < n; i++) {
        const char *path = arena_printf(a, CASES "/framework/%s", names[i]);

        golden_compare(arena_printf(a, "%.*s.want", (int)strlen(path) - 4, path),
                       review_told(path, scratch_read(a, path), NULL, a));
    }
    arena_close(a);
}

/* Who reads --explain is told what to write instead. */
Test(review_sql, every_rule_says_the_safe_way_in_sql)
{
    for (size_t i = 0; sql_rule(i); i++) {
        const struct rule_text *t = &sql_rule(i)->text;
        size_t at;

        cr_expect(t->summary && t->risk && t->except, "%s", t->name);
        cr_expect(t->safe && text_find(text_from(t->safe), "\n    ", &at), "%s: no SQL in it", t->name);
        cr_expect(strlen(t->name) <= 40 && !text_find(text_from(t->name), "_", &at), "%s", t->name);
    }
}

Test(review_sql, what_was_not_looked_at_for_its_length_is_said)
{
    struct arena *a = arena_open();
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    struct text found;

    for (size_t i = 0; i < STATEMENTS_MAX + 1; i++)
        buf_string(&sql, "SELECT 1;\n");
    found = review_told("long", buf_content(&sql), "not-reviewed", a);
    cr_expect(text_is(found,
                      "1_a.sql:10000:1: info: not reviewed: what stands behind this statement, of 10001 that the "
                      "script has [not-reviewed]\n"),
              "%.*s", (int)found.len, found.at);
    arena_close(a);
}
