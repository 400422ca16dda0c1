/* File names that no repository of testdata can hold, or that git quotes: other letters than ASCII, control characters,
 * bytes that are not UTF-8, links. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/layouts/layout.h"
#include "tests/support/rows.h"

enum { FILES_MAX = 6 };

struct given {
    const char *name; /* behind a `>`: no regular file */
    const char *content;
};

#define JOURNAL(tag) "{\"version\":\"7\",\"dialect\":\"pg\",\"entries\":[{\"idx\":0,\"when\":1,\"tag\":\"" tag "\"}]}"

static const struct {
    const char *layout; /* NULL: detected */
    struct given files[FILES_MAX];
    const char *want; /* ids with a space behind each, or the error's word, its place and its message */
} cases[] = {
    { NULL, { { "20240320122000_a\303\261adir.sql", "" } }, "20240320122000_a\303\261adir " },
    { "rails",
      { { "1_a\303\261adir.down.sql", "" }, { "1_a\303\261adir.rb", "" }, { "1_a\303\261adir.sql", "" } },
      "1_a\303\261adir " },
    { NULL, { { "1_a\nb.sql", "" } }, "1_a\\nb " },
    { NULL, { { "1_\x1b[31m.sql", "" } }, "1_\\e[31m " },
    { NULL, { { "1_\xff\xfe.sql", "" } }, "1_\\xff\\xfe " },
    { NULL,
      { { "1_a\n.sql", "" }, { "1_b\x1b.sql", "" } },
      "duplicate-version m/1_b\\e.sql two migrations have version 1: "
      "this one and m/1_a\\n.sql" },
    { NULL,
      { { "99999999999999999999_\x1b.sql", "" } },
      "migration-file m/99999999999999999999_\\e.sql the version 99999999999999999999 is larger than "
      "9223372036854775807" },
    { NULL,
      { { ">1_\x07.sql", "" } },
      "migration-file m/1_\\x07.sql it is a symbolic link or a submodule, not a file" },
    { NULL,
      { { ">1_a.rb", "" }, { "1_a.sql", "" } },
      "migration-file m/1_a.rb it is a symbolic link or a submodule, "
      "not a file" },
    { NULL, { { "1_a.sql", "" }, { ">README", "" }, { ">vendored", "" } }, "1_a " },
    { "rails", { { "create\xff.sql", "" } }, "warning m/create\\xff.sql " },
    { "rails", { { NULL, NULL } }, "" },
    { "diesel", { { NULL, NULL } }, "" },
    { "drizzle", { { NULL, NULL } }, "journal m/meta/_journal.json there is no journal" },
    { NULL, { { "1_a\xff/up.sql", "" } }, "1_a\\xff " },
    { NULL,
      { { "1\x1b_a/up.sql", "" } },
      "migration-file m/1\\e_a/up.sql its directory's version holds a control character or bytes that are not UTF-8" },
    { NULL,
      { { "2\xff/up.sql", "" } },
      "migration-file m/2\\xff/up.sql its directory's version holds a control character or bytes that are not UTF-8" },
    { NULL, { { "-_a/up.sql", "" } }, "migration-file m/-_a/up.sql its directory has no version before the first `_`" },
    { NULL, { { "1_a/up.sql", "" }, { "2_\n/x", "" } }, "migration-file m/2_\\n the directory has no up.sql" },
    { NULL, { { "1_a/up.sql", "" }, { "b\n/x", "" } }, "warning m/b\\n 1_a " },
    { NULL,
      { { "1_a/up.sql", "" }, { ">2_b", "" } },
      "migration-file m/2_b it is a symbolic link or a submodule, not a "
      "file" },
    { NULL, { { "1_a/up.sql", "" }, { ">docs", "" } }, "1_a " },
    { NULL, { { "a-b/up.sql", "" }, { "a/up.sql", "" }, { "a/z/up.sql", "" }, { "a0/up.sql", "" } }, "a a0 a-b " },
    { NULL, { { "0_a.sql", "" }, { "meta/_journal.json", JOURNAL("0_a") } }, "0_a " },
    { NULL,
      { { "meta/_journal.json", JOURNAL("0_\xff") } },
      "journal m/meta/_journal.json not valid JSON: unable to "
      "decode byte 0xff near '\"0_'" },
    { NULL,
      { { ">meta/_journal.json", JOURNAL("0_a") } },
      "migration-file m/meta/_journal.json it is a symbolic link or "
      "a submodule, not a file" },
    { NULL,
      { { "0_\n.sql", "" }, { "0_a.sql", "" }, { "meta/_journal.json", JOURNAL("0_a") } },
      "warning m/0_\\n.sql "
      "0_a " },
};

static bool read_given(const void *reader, struct text *out, const void *entry, struct err *e)
{
    (void)reader, (void)e;
    *out = text_from(entry);
    return true;
}

static size_t make_files(struct layout_file *out, const struct given *given, struct arena *a)
{
    size_t n;

    for (n = 0; n < FILES_MAX && given[n].name; n++) {
        bool link = given[n].name[0] == '>';
        const char *name = given[n].name + link;

        out[n] = (struct layout_file) { .path = text_from(arena_printf(a, "m/%s", name)),
                                        .name = text_from(name),
                                        .regular = !link,
                                        .entry = given[n].content };
    }
    return n;
}

RowsTest(layouts, names, sizeof cases / sizeof *cases)
{
    struct arena *a = arena_open();
    struct layout_file files[FILES_MAX];
    struct notices notices = { .arena = a };
    struct layout_input in = { .folder = "m", .files = files, .read = read_given, .arena = a, .notices = &notices };
    struct buf got = buf_open(a, SIZE_MAX / 2);
    struct migrations list = { 0 };
    const struct layout *l;
    const char *tool;
    struct err e = { 0 };

    in.len = make_files(files, cases[*row].files, a);
    l = cases[*row].layout ? layout_named(cases[*row].layout) : layout_detect(&in, &tool);
    cr_assert(l);
    if (l->list(&list, &in, &e)) {
        migrations_sort(&list);
        migrations_check_versions(&list, a, &e);
    }
    if (e.kind)
        buf_printf(&got, "%s %s %s", err_word(e.kind), text_shown(a, text_from(e.at.path)), e.message);
    for (size_t i = 0; i < notices.len && !e.kind; i++)
        buf_printf(&got, "warning %s ", text_shown(a, text_from(notices.at[i].at.path)));
    for (size_t i = 0; i < list.len && !e.kind; i++)
        buf_printf(&got, "%s ", list.at[i].id);
    cr_expect_str_eq(buf_cstr(&got), cases[*row].want);
    for (size_t i = 0; i < list.len; i++)
        cr_expect(text_is_utf8(text_from(list.at[i].version)) && text_is_utf8(text_from(list.at[i].id)));
    arena_close(a);
}

Test(layouts, keeps_the_raw_path_for_reading)
{
    struct arena *a = arena_open();
    struct layout_file file = { .path = TEXT("1_\xff.sql"), .name = TEXT("1_\xff.sql"), .regular = true };
    struct notices notices = { .arena = a };
    struct layout_input in = {
        .folder = "", .files = &file, .len = 1, .read = read_given, .arena = a, .notices = &notices
    };
    struct migrations list = { 0 };
    struct err e;

    cr_assert(rails_layout.list(&list, &in, &e));
    cr_assert_eq(list.len, 1);
    cr_expect_str_eq(list.at[0].up.path, "1_\xff.sql");
    cr_expect_eq(notices.len, 0);
    arena_close(a);
}

Test(layouts, are_found_by_their_names)
{
    cr_expect_eq(layout_named("rails"), &rails_layout);
    cr_expect_eq(layout_named("diesel"), &diesel_layout);
    cr_expect_eq(layout_named("drizzle"), &drizzle_layout);
    cr_expect_null(layout_named("Rails"));
    cr_expect_null(layout_named(""));
}
