/* Forms of structure.sql: which release of Rails writes which, and what a file shows of its own. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/structure.h"
#include "dialects/postgres/dump_clean.h"
#include "tests/support/rows.h"

static const char *form_text(const struct structure_form *f, struct arena *a)
{
    return arena_printf(a, "%s%s%s", f->oldest_first ? "old" : "new", f->keep & DUMP_KEEP_GUARD ? " guard" : "",
                        f->keep & DUMP_KEEP_SYSTEM ? " system" : "");
}

static const struct {
    const char *version, *want; /* NULL: refused */
} releases[] = {
    { "5.2", "old guard system" },
    { "6.1", "old guard system" },
    { "6.1.7.10", "old guard system" },
    { "7", "new system" },
    { "7.0.8", "old guard system" },
    { "7.1", "new guard system" },
    { "7.1.6", "new guard system" },
    { "7.1.0.rc1", "new guard system" },
    { "7.2", "new system" },
    { "7.2.2", "new guard system" },
    { "7.2.3", "new system" },
    { "8", "new" },
    { "8.0", "new" },
    { "8.0.2", "new guard" },
    { "8.0.3", "new" },
    { "8.1.0", "new" },
    { "99.99.99", "new" },
    { "", NULL },
    { "x", NULL },
    { "7.x", NULL },
    { "-1", NULL },
    { "7,1", NULL },
    { "99999999999999999999", NULL },
};

RowsTest(dump_structure, release, sizeof releases / sizeof *releases)
{
    struct arena *a = arena_open();
    struct structure_form f;
    struct err e = { 0 };
    bool ok = structure_form_of_rails(&f, releases[*row].version, a, &e);

    cr_assert_eq(ok, releases[*row].want != NULL, "%s", releases[*row].version);
    if (ok)
        cr_expect_str_eq(form_text(&f, a), releases[*row].want, "%s", releases[*row].version);
    else
        cr_expect(e.kind == ERR_USAGE && *e.hint);
    arena_close(a);
}

#define LIST "INSERT INTO \"schema_migrations\" (version) VALUES\n"

static const struct {
    const char *file, *want, *guard;
} files[] = {
    { "", "new", NULL },
    { "CREATE TABLE t (a);\n", "new", NULL },
    { LIST "('2'),\n('1');\n\n", "new", NULL },
    { LIST "('1'),\n('2');\n\n\n", "old guard system", NULL },
    { LIST "('1');\n\n", "new", NULL },
    { LIST "('1');\n\n\n", "old guard system", NULL },
    { "\\restrict abc\n\n-- Dumped\nSET x = 0;\n" LIST "('1'),\n('2');\n\n\n", "old guard system", "abc" },
    { "--\n-- dump\n--\n\n\\restrict abc\n" LIST "('2'),\n('1');\n\n", "new guard", "abc" },
    { "SELECT 1;\n\\restrict abc\n", "new", NULL },
    { "CREATE TABLE sqlite_sequence(name,seq);\n" LIST "('2'),\n('1');\n\n", "new system", NULL },
};

RowsTest(dump_structure, file, sizeof files / sizeof *files)
{
    struct arena *a = arena_open();
    struct structure_form f;

    structure_form_of_file(&f, text_from(files[*row].file), a);
    cr_expect_str_eq(form_text(&f, a), files[*row].want, "row %zu", *row);
    cr_assert_eq(f.guard == NULL, files[*row].guard == NULL, "row %zu", *row);
    if (f.guard)
        cr_expect_str_eq(f.guard, files[*row].guard);
    arena_close(a);
}

static const struct {
    const char *lock, *want;
} locks[] = {
    { "GEM\n  remote: https://rubygems.org/\n  specs:\n    activerecord (7.0.8)\n      activemodel (= 7.0.8)\n",
      "7.0.8" },
    { "    rails (8.0.1)\n      activerecord (= 8.0.2)\n", "8.0.1" },
    { "    rails (8.0.1)\n    activerecord (8.0.2)\n", "8.0.2" },
    { "DEPENDENCIES\n  rails (~> 7.1)\n", NULL },
    { "    rails (~> 7.1)\n    rails-i18n (7.0.1)\n", NULL },
    { "", NULL },
};

RowsTest(dump_structure, lock, sizeof locks / sizeof *locks)
{
    struct arena *a = arena_open();
    const char *found = structure_rails_locked(text_from(locks[*row].lock), a);

    cr_assert_eq(found == NULL, locks[*row].want == NULL, "row %zu", *row);
    if (found)
        cr_expect_str_eq(found, locks[*row].want);
    arena_close(a);
}

static const struct {
    bool oldest_first;
    const char *schema, *table;
    const char *versions[3];
    const char *want;
} lists[] = {
    { false, NULL, "schema_migrations", { "1", "2" }, LIST "('2'),\n('1');\n\n" },
    { true, NULL, "schema_migrations", { "1", "2" }, LIST "('1'),\n('2');\n\n\n" },
    { false, "odd \"one", "t", { "it's" }, "INSERT INTO \"odd \"\"one\".\"t\" (version) VALUES\n('it''s');\n\n" },
    { false, NULL, "schema_migrations", { NULL }, "\n\n" },
};

RowsTest(dump_structure, list, sizeof lists / sizeof *lists)
{
    struct arena *a = arena_open();
    struct buf out = buf_open(a, SIZE_MAX / 2);
    const struct structure_form form = { .oldest_first = lists[*row].oldest_first };
    size_t n = 0;

    while (n < 3 && lists[*row].versions[n])
        n++;
    structure_add_versions(&out, (struct table_name) { lists[*row].schema, lists[*row].table }, lists[*row].versions, n,
                           &form);
    cr_expect_str_eq(buf_cstr(&out), lists[*row].want);
    arena_close(a);
}

static const struct {
    const char *file;
    int line; /* of the conflict; 0: there is none */
} conflicts[] = {
    { "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n", 2 },
    { "<<<<<<< HEAD\r\nb\r\n||||||| base\r\n=======\r\nc\r\n>>>>>>> other\r\n", 1 },
    { "COMMENT ON TABLE t IS '\n=======\n';\n", 0 },
    { "SELECT '\n<<<<<<< quoted\n';\n", 0 },
    { ">>>>>>> a\n=======\n", 0 },
    { "", 0 },
};

RowsTest(dump_structure, conflict, sizeof conflicts / sizeof *conflicts)
{
    struct err e = { 0 };
    bool ok = structure_refuse_conflicts("s.sql", text_from(conflicts[*row].file), &e);

    cr_assert_eq(ok, conflicts[*row].line == 0);
    if (!ok)
        cr_expect(e.kind == ERR_STRUCTURE_FILE && e.at.line == conflicts[*row].line && *e.hint);
}

static const struct {
    const char *file, *schema, *table, *want; /* want NULL: it makes none; "": without a schema */
} made[] = {
    { "CREATE TABLE public.t (\n", NULL, "t", "public" },
    { "CREATE TABLE t (\n", "public", "t", "" },
    { "CREATE TABLE other.t (\n", "public", "t", NULL },
    { "CREATE TABLE IF NOT EXISTS \"t\" (a);\n", NULL, "t", "" },
    { "CREATE TABLE \"odd \"\"schema\".\"t\" (\n", NULL, "t", "odd \"schema" },
    { "CREATE UNLOGGED TABLE public.t (\n", NULL, "t", "public" },
    { "CREATE TABLE 't' (a);\n", NULL, "t", "" },
    { "-- CREATE TABLE t (\nCREATE TABLE public.tt (\n", NULL, "t", NULL },
    { "", NULL, "t", NULL },
};

RowsTest(dump_structure, makes, sizeof made / sizeof *made)
{
    struct arena *a = arena_open();
    struct table_name found = { 0 };
    bool is = structure_makes(&found, text_from(made[*row].file),
                              (struct table_name) { made[*row].schema, made[*row].table }, a);

    cr_assert_eq(is, made[*row].want != NULL, "row %zu", *row);
    if (is)
        cr_expect_str_eq(found.schema ? found.schema : "", made[*row].want);
    arena_close(a);
}

static const struct {
    bool keep;
    const char *dump, *want;
} cleaned[] = {
    { false, "--\n-- dump\n--\n\n\\restrict k\n\n-- Dumped\n\nSET a;\n\n-- b\n\\unrestrict k\n\n", "SET a;\n\n-- b\n" },
    { true, "--\n\n\\restrict k\n\n-- Dumped\n\nSET a;\n\\unrestrict k\n\n",
      "\\restrict k\n\n-- Dumped\n\nSET a;\n\\unrestrict k\n\n" },
    { false, "--\n\nSET a;\n--\n", "SET a;\n--\n" },
    /* Only the pair counts: Rails drops any such line, and what it belongs to with it. */
    { false, "\\restrict k\nSELECT '\n\\unrestrict x\n\n-- y\n\\restrict z\n';\n\\unrestrict k\n",
      "SELECT '\n\\unrestrict x\n\n-- y\n\\restrict z\n';\n" },
    { false, "SET a", "SET a" },
    { false, "", "" },
};

RowsTest(dump_structure, clean, sizeof cleaned / sizeof *cleaned)
{
    struct arena *a = arena_open();
    struct buf out = buf_open(a, SIZE_MAX / 2);

    dump_clean(&out, text_from(cleaned[*row].dump), cleaned[*row].keep);
    cr_expect_str_eq(buf_cstr(&out), cleaned[*row].want, "row %zu", *row);
    arena_close(a);
}
