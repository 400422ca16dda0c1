#include "core/base/text.h"
#include "core/migration.h"
#include "tests/support/rows.h"

#include <criterion/criterion.h>

static const struct {
    const char *older, *newer;
    enum version_order order;
} pairs[] = {
    { "9", "10", ORDER_NUMBER },
    { "20240320", "20240320123000", ORDER_NUMBER },
    { "9223372036854775807", "9223372036854775808", ORDER_NUMBER },
    { "99999999999999999999999999999999999999999", "100000000000000000000000000000000000000000", ORDER_NUMBER },
    { "000000000000000000000000000000000000000000000000001", "2", ORDER_NUMBER },
    { "0", "1", ORDER_NUMBER },
    { "00", "1", ORDER_NUMBER },
    { "01", "1", ORDER_NUMBER },   /* one number: by text, never equal */
    { "99", "abc", ORDER_NUMBER }, /* what is no number comes behind */
    { "99", "", ORDER_NUMBER },
    { "99", "1x", ORDER_NUMBER },
    { "99", "-1", ORDER_NUMBER },
    { "1x", "2", ORDER_TEXT },
    { "abc", "abd", ORDER_NUMBER },
    { "10", "9", ORDER_TEXT },
    { "20240320", "202403200000", ORDER_TEXT },
    { "Z", "a", ORDER_TEXT },
    { "z", "\xc3\xa4", ORDER_TEXT }, /* bytes have no sign */
    { "0009_b", "0010_a", ORDER_JOURNAL },
    { "when:10", "when:9", ORDER_JOURNAL },
};

RowsTest(migration, compares, sizeof pairs / sizeof *pairs)
{
    const char *older = pairs[*row].older, *newer = pairs[*row].newer;
    enum version_order order = pairs[*row].order;

    cr_expect_lt(version_compare(order, older, newer), 0, "'%s' before '%s'", older, newer);
    cr_expect_gt(version_compare(order, newer, older), 0, "'%s' behind '%s'", newer, older);
    cr_expect_eq(version_compare(order, older, older), 0, "'%s' itself", older);
}

static struct migration *add(struct migrations *list, struct arena *a, const char *version, const char *path)
{
    struct migration *m = arena_push(a, list);

    m->version = version;
    m->name = "x";
    m->id = path;
    m->up.path = path;
    return m;
}

Test(migration, sorts_by_number_and_equal_ones_by_path)
{
    struct arena *a = arena_open();
    struct migrations list = { .order = ORDER_NUMBER };

    add(&list, a, "10", "10_a.sql");
    add(&list, a, "9", "z/9_b.sql");
    add(&list, a, "9", "a/9_b.sql");
    add(&list, a, "2", "2_c.sql");
    migrations_sort(&list);
    cr_expect_str_eq(list.at[0].id, "2_c.sql");
    cr_expect_str_eq(list.at[1].id, "a/9_b.sql");
    cr_expect_str_eq(list.at[2].id, "z/9_b.sql");
    cr_expect_str_eq(list.at[3].id, "10_a.sql");
    arena_close(a);
}

Test(migration, sorts_a_journal_by_position_whatever_its_tags_say)
{
    struct arena *a = arena_open();
    struct migrations list = { .order = ORDER_JOURNAL };

    add(&list, a, "0001_a", "0001_a.sql")->position = 2;
    add(&list, a, "0002_b", "0002_b.sql")->position = 0;
    add(&list, a, "0003_c", "0003_c.sql")->position = 1;
    migrations_sort(&list);
    cr_expect_str_eq(list.at[0].version, "0002_b");
    cr_expect_str_eq(list.at[1].version, "0003_c");
    cr_expect_str_eq(list.at[2].version, "0001_a");
    cr_expect_eq(migration_find(&list, "0001_a"), &list.at[2]);
    cr_expect_null(migration_find(&list, "0001"));
    arena_close(a);
}

Test(migration, sorts_and_checks_nothing)
{
    struct arena *a = arena_open();
    struct migrations none = { .order = ORDER_NUMBER };
    struct err e = { 0 };

    migrations_sort(&none);
    cr_expect(migrations_check_versions(&none, a, &e));
    cr_expect_null(migration_find(&none, "1"));
    arena_close(a);
}

Test(migration, finds_each_of_a_thousand_and_no_other)
{
    struct arena *a = arena_open();
    struct migrations list = { .order = ORDER_NUMBER };

    for (int i = 0; i < 1000; i++)
        add(&list, a, arena_printf(a, "%d", i * 7919 % 1000 * 2), arena_printf(a, "%d.sql", i));
    migrations_sort(&list);
    for (int i = 0; i < 2000; i++) {
        const char *version = arena_printf(a, "%d", i);
        const struct migration *m = migration_find(&list, version);

        cr_assert_eq(m != NULL, i % 2 == 0, "%s", version);
        cr_assert(!m || strcmp(m->version, version) == 0);
    }
    cr_expect_null(migration_find(&list, "02"), "another text is another version");
    arena_close(a);
}

static const struct {
    enum version_order order;
    const char *versions[4], *paths[4];
    const char *place, *message; /* NULL: no error */
} duplicates[] = {
    { ORDER_NUMBER, { "1", "2" }, { "m/1_a.sql", "m/2_b.sql" }, NULL, NULL },
    { ORDER_NUMBER,
      { "1", "2", "1" },
      { "m/1_y.sql", "m/2_b.sql", "m/001_x.sql" },
      "m/1_y.sql",
      "two migrations have version 1: this one and m/001_x.sql" },
    { ORDER_JOURNAL,
      { "0000_a", "0001_b", "0000_a" },
      { "0000_a.sql", "0001_b.sql", "0000_a.sql" },
      "0000_a.sql",
      "two migrations have version 0000_a: this one and 0000_a.sql" },
    { ORDER_TEXT,
      { "1", "1" },
      { "m/1_a\x1b[31m/up.sql", "m/1_b\n/up.sql" },
      "m/1_b\\n/up.sql",
      "two migrations have version 1: this one and m/1_a\\e[31m/up.sql" },
};

RowsTest(migration, duplicates, sizeof duplicates / sizeof *duplicates)
{
    struct arena *a = arena_open();
    struct migrations list = { .order = duplicates[*row].order };
    struct err e = { 0 };
    bool ok;

    for (size_t i = 0; i < 4 && duplicates[*row].versions[i]; i++)
        add(&list, a, duplicates[*row].versions[i], duplicates[*row].paths[i])->position = i;
    migrations_sort(&list);
    ok = migrations_check_versions(&list, a, &e);
    cr_assert_eq(ok, duplicates[*row].place == NULL);
    if (!ok) {
        cr_expect_eq(e.kind, ERR_DUPLICATE_VERSION);
        cr_expect_str_eq(text_shown(a, text_from(e.at.path)), duplicates[*row].place);
        cr_expect_str_eq(e.message, duplicates[*row].message);
        cr_expect_neq(e.hint[0], '\0');
    }
    arena_close(a);
}
