#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "core/base/text.h"
#include "core/layouts/journal.h"
#include "core/layouts/marks.h"
#include "core/layouts/naming.h"
#include "core/layouts/patterns.h"
#include "core/layouts/ruby.h"
#include "core/layouts/toml.h"

Test(patterns, name_the_pattern_and_the_offset_of_a_mistake)
{
    static const struct rule rules[] = { { 1, "fine", "" }, { 2, "(a|b", ".sql" } };
    struct patterns *p = NULL;
    struct err e;

    cr_assert_not(patterns_open(&p, rules, 2, &e));
    cr_expect_null(p);
    cr_expect_eq(e.kind, ERR_INTERNAL);
    cr_expect(strstr(e.message, "'(a|b'") && strstr(e.message, "offset 4"), "%s", e.message);
}

Test(patterns, give_up_at_their_limits)
{
    static const struct rule rules[] = { { 1, "(a+)+b", "" } };
    struct patterns *p;
    struct err e = { 0 };
    int kind;

    cr_assert(patterns_open(&p, rules, 1, &e));
    cr_expect_not(patterns_match(&kind, NULL, p, TEXT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabc"), &e));
    cr_expect_eq(e.kind, ERR_INTERNAL);
    patterns_close(p);
    patterns_close(NULL);
}

Test(patterns, take_the_first_row_and_the_whole_subject)
{
    static const struct rule rules[] = { { 3, "(x)|(y)z", ".e" }, { 4, ".*", "" } };
    struct text groups[PATTERN_GROUPS];
    struct patterns *p;
    struct err e;
    int kind;

    cr_assert(patterns_open(&p, rules, 2, &e));
    cr_expect(patterns_match(&kind, groups, p, TEXT("yz.e"), &e) && kind == 3);
    cr_expect_eq(groups[0].len, 0);
    cr_expect(text_is(groups[1], "y"));
    cr_expect(patterns_match(&kind, groups, p, TEXT("yz.E"), &e) && kind == 4);
    cr_expect(patterns_match(&kind, groups, p, TEXT("x\n.e"), &e) && kind == 4);
    cr_expect(patterns_match(&kind, groups, p, TEXT("\xff\n\0"), &e) && kind == 4);
    cr_expect(patterns_match(&kind, groups, p, (struct text) { "", 0 }, &e) && kind == 4);
    patterns_close(p);
}

static const struct {
    const char *script;
    const char *tool; /* in the message; NULL: none */
    int line;
    bool no_transaction;
    size_t notices;
} scripts[] = {
    { "--migrate:up", "dbmate", 1, false, 0 },
    { "SELECT 1;\n--\t migrate:down transaction:false\n", "dbmate", 2, false, 0 },
    { "-- migrate:up\r\n", "dbmate", 1, false, 0 },
    { "--migrate:upwards\nSELECT 1", NULL, 0, false, 0 },
    { "-- migrate: up\nSELECT 1", NULL, 0, false, 0 },
    { "--MIGRATE:UP\nSELECT 1", "dbmate", 1, false, 0 },
    { "SELECT 1; -- migrate:up", NULL, 0, false, 0 },
    { " -- migrate:up\nSELECT 1", NULL, 0, false, 0 },
    { "--+GOOSE Up", "goose", 1, false, 0 },
    { "-- +goose", "goose", 1, false, 0 },
    { "-- +goosed\nSELECT 1", NULL, 0, false, 0 },
    { "-- +migrate Up", "sql-migrate", 1, false, 0 },
    { "-- +migration\nSELECT 1", NULL, 0, false, 0 },
    { "---- UP migration --", "node-pg-migrate", 1, false, 0 },
    { "--down migration", "node-pg-migrate", 1, false, 0 },
    { "-- down migration is not possible\nSELECT 1", NULL, 0, false, 0 },
    { "---- create above / drop below ----", "tern", 1, false, 0 },
    { "-- create above / drop below --", "tern", 1, false, 0 },
    { "-- create above / drop below this\nSELECT 1", NULL, 0, false, 0 },
    { "--! Previous: sha1:00", "graphile-migrate", 1, false, 0 },
    { "--! Prev: sha1:00\nSELECT 1", NULL, 0, false, 0 },
    { "-- merganser: no-transaction", NULL, 0, true, 1 },
    { "\n\t -- merganser:no-transaction \nSELECT 1", NULL, 0, true, 0 },
    { "/* a /* b */ -- c */-- merganser: no-transaction\nSELECT 1", NULL, 0, true, 0 },
    { "/* -- merganser: no-transaction", NULL, 0, false, 1 },
    { "SELECT 1; -- merganser: no-transaction", NULL, 0, false, 0 },
    { "-- Merganser : No-Transaction\nSELECT 1", NULL, 0, true, 0 },
    { "-- merganser:\nSELECT 1", NULL, 0, false, 1 },
    { "-- merganser is a bird: no-transaction\nSELECT 1", NULL, 0, false, 0 },
    { "-", NULL, 0, false, 0 },
    { "/", NULL, 0, false, 0 },
    { "/*", NULL, 0, false, 1 },
    { "", NULL, 0, false, 1 },
};

ParameterizedTestParameters(marks, scripts)
{
    static size_t rows[sizeof scripts / sizeof *scripts];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        rows[i] = i;
    return cr_make_param_array(size_t, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(size_t *row, marks, scripts)
{
    struct arena *a = arena_open();
    struct notices notices = { .arena = a };
    struct layout_input in = { .folder = "m", .arena = a, .notices = &notices };
    struct migration m = { .id = "1_a", .up = { .path = "m/1_a.sql" } };
    const char *script = scripts[*row].script;
    struct err e = { 0 };
    bool ok = marks_prepare(&m, &in, text_from(script), &e);

    cr_assert_eq(ok, scripts[*row].tool == NULL, "%s", script);
    cr_expect_eq(m.no_transaction, scripts[*row].no_transaction, "%s", script);
    if (!ok) {
        cr_expect_eq(e.kind, ERR_OTHER_TOOL);
        cr_expect(strstr(e.message, arena_printf(a, "mark of %s:", scripts[*row].tool)), "%s", e.message);
        cr_expect(e.at.line == scripts[*row].line && e.at.column == 1);
        cr_expect(strstr(e.hint, "1_a.down.sql"));
    } else {
        cr_expect_eq(notices.len, scripts[*row].notices, "%s: %zu notices", script, notices.len);
    }
    arena_close(a);
}

static const struct {
    const char *source;
    bool calls;
} rubies[] = {
    { "disable_ddl_transaction!", true },
    { "class A < B; disable_ddl_transaction!; end", true },
    { "  self.disable_ddl_transaction!\n", true },
    { "# disable_ddl_transaction!\n", false },
    { "x = 1 # disable_ddl_transaction!\n", false },
    { "x = '#'; disable_ddl_transaction!\n", true },
    { "x = \"\\\"\"; disable_ddl_transaction!\n", true },
    { "x = \"a #{b} disable_ddl_transaction!\"", false },
    { "`disable_ddl_transaction!`", false },
    { "not_disable_ddl_transaction!", false },
    { "send(:disable_ddl_transaction!)", false },
    { "%q(disable_ddl_transaction!)", false },
    { "%w[a disable_ddl_transaction!]", false },
    { "x = 5 % 2; disable_ddl_transaction!", true },
    { "=begin\ndisable_ddl_transaction!\n=end\n", false },
    { "=begin\nx\n=end\ndisable_ddl_transaction!\n", true },
    { "=begin\ndisable_ddl_transaction!\n", false },
    { "execute(<<~SQL, <<-'TWO')\n disable_ddl_transaction!\n SQL\ndisable_ddl_transaction!\n TWO\n", false },
    { "execute <<SQL\nx\nSQL\ndisable_ddl_transaction!\n", true },
    { "execute <<~SQL\r\ndisable_ddl_transaction!\r\n  SQL\r\n", false },
    { "class << self\nend\ndisable_ddl_transaction!\n", true },
    { "list <<item\ndisable_ddl_transaction!\n", true },
    { "x =~ /it's/\ndisable_ddl_transaction!\n", true },
    { "__END__\ndisable_ddl_transaction!\n", false },
    { "'", false },
    { "\"\\", false },
    { "<<", false },
    { "<<~", false },
    { "<<'", false },
    { "%", false },
    { "%q", false },
    { "", false },
};

ParameterizedTestParameters(ruby, calls)
{
    static size_t rows[sizeof rubies / sizeof *rubies];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        rows[i] = i;
    return cr_make_param_array(size_t, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(size_t *row, ruby, calls)
{
    struct arena *a = arena_open();
    struct text source = arena_text(a, rubies[*row].source, strlen(rubies[*row].source));

    cr_expect_eq(ruby_calls(source, "disable_ddl_transaction!"), rubies[*row].calls, "%s", rubies[*row].source);
    arena_close(a);
}

Test(ruby, knows_the_superclass)
{
    cr_expect(text_is(ruby_superclass(TEXT("class A < ActiveRecord::Migration[7.1]\nend\n")),
                      "ActiveRecord::Migration[7.1]"));
    cr_expect(text_is(ruby_superclass(TEXT("# class X < Y\n  class A<Base # why\n")), "Base"));
    cr_expect(text_is(ruby_superclass(TEXT("module M\nend\n")), ""));
    cr_expect(text_is(ruby_superclass(TEXT("class A <")), ""));
    cr_expect(text_is(ruby_superclass(TEXT("")), ""));
}

static const struct {
    const char *document;
    enum toml_flag flag;
} tomls[] = {
    { "", TOML_ABSENT },
    { "\n# run = true\n", TOML_ABSENT },
    { "run = true", TOML_TRUE },
    { "  run=false  # why\r\n", TOML_FALSE },
    { "\"run\" = true\n", TOML_TRUE },
    { "'run' = true\n", TOML_TRUE },
    { "[run]\nrun = true\n", TOML_ABSENT },
    { "[[a.b]]\nrun = true\n", TOML_ABSENT },
    { "a.run = true\n", TOML_ABSENT },
    { "a = { run = true, b = [1, 2] }\nrun = false", TOML_FALSE },
    { "a = [\n  \"x]\", # ]\n  'y',\n]\nrun = true\n", TOML_TRUE },
    { "a = \"\"\"x\nrun = false\n\"\"\"\nrun = true\n", TOML_TRUE },
    { "a = '''\n'''\nrun = true\n", TOML_TRUE },
    { "a = 1979-05-27T07:32:00Z\nb = -1.5e3\nc = inf\nrun = true\n", TOML_TRUE },
    { "a = \"\\\"\"\nrun = true", TOML_TRUE },
    { "run = true\nrun = true\n", TOML_BROKEN },
    { "run = \"true\"\n", TOML_BROKEN },
    { "run = trues\n", TOML_BROKEN },
    { "run = 1\n", TOML_BROKEN },
    { "run = true false\n", TOML_BROKEN },
    { "run true\n", TOML_BROKEN },
    { "run =\n", TOML_BROKEN },
    { "run", TOML_BROKEN },
    { "= true\n", TOML_BROKEN },
    { "[run\nrun = true\n", TOML_BROKEN },
    { "run = true\n[a]]\n", TOML_BROKEN },
    { "run = true\na = \"x\n\"\n", TOML_BROKEN },
    { "run = true\na = [1, 2\n", TOML_BROKEN },
    { "run = true\na = {b = 1,\n", TOML_BROKEN },
    { "run = true\na = \"\"\"", TOML_BROKEN },
    { "run = true\na = \"\\", TOML_BROKEN },
    { "run = true\na = yes\n", TOML_BROKEN },
    { "{\"run\": true}", TOML_BROKEN },
    { "run = true # \xff\n", TOML_BROKEN },
};

ParameterizedTestParameters(toml, flags)
{
    static size_t rows[sizeof tomls / sizeof *tomls];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        rows[i] = i;
    return cr_make_param_array(size_t, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(size_t *row, toml, flags)
{
    struct arena *a = arena_open();
    struct text document = arena_text(a, tomls[*row].document, strlen(tomls[*row].document));

    cr_expect_eq(toml_flag(document, "run"), tomls[*row].flag, "%s", tomls[*row].document);
    arena_close(a);
}

Test(toml, refuses_a_depth_without_end)
{
    struct arena *a = arena_open();
    struct buf deep = buf_open(a, SIZE_MAX / 2);

    buf_string(&deep, "a = ");
    for (int i = 0; i < 100000; i++)
        buf_char(&deep, '[');
    cr_expect_eq(toml_flag(buf_content(&deep), "run"), TOML_BROKEN);
    arena_close(a);
}

static const struct {
    const char *typed, *clean; /* NULL: refused */
} names[] = {
    { "Add City to users", "add_city_to_users" },
    { "AddCityToUsers", "add_city_to_users" },
    { "add_city", "add_city" },
    { "  --add..city--  ", "add_city" },
    { "HTTPServer", "http_server" },
    { "addHTTP", "add_http" },
    { "Add2fa", "add2fa" },
    { "add2FA", "add2_fa" },
    { "A", "a" },
    { "don't", "don_t" },
    { "", NULL },
    { "   ", NULL },
    { "__", NULL },
    { "2fa", NULL },
    { "../evil", NULL },
    { "a\\b", NULL },
    { "a\nb", NULL },
    { "a\x1b[31m", NULL },
    { "gr\xc3\xb6\xc3\x9f"
      "e",
      NULL },
    { "a\xff", NULL },
    { "a\x7f", NULL },
};

ParameterizedTestParameters(naming, names)
{
    static size_t rows[sizeof names / sizeof *names];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        rows[i] = i;
    return cr_make_param_array(size_t, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(size_t *row, naming, names)
{
    struct arena *a = arena_open();
    const char *clean = NULL;
    struct err e = { 0 };

    cr_assert_eq(naming_clean(&clean, names[*row].typed, a, &e), names[*row].clean != NULL, "'%s'", names[*row].typed);
    if (names[*row].clean) {
        cr_expect_str_eq(clean, names[*row].clean);
    } else {
        cr_expect_eq(e.kind, ERR_USAGE);
        cr_expect_neq(e.hint[0], '\0');
        cr_expect(text_is_utf8(text_from(e.message)));
        cr_expect_null(strchr(e.message, '\x1b'));
    }
    arena_close(a);
}

Test(naming, refuses_what_is_too_long)
{
    struct arena *a = arena_open();
    char *typed = arena_alloc(a, 301);
    const char *clean;
    struct err e;

    memset(typed, 'a', 300);
    cr_expect_not(naming_clean(&clean, typed, a, &e));
    cr_expect_eq(e.kind, ERR_USAGE);
    typed[150] = '\0';
    cr_expect(naming_clean(&clean, typed, a, &e));
    arena_close(a);
}

Test(naming, counts_and_tells_the_time)
{
    struct arena *a = arena_open();
    const char *next;
    int64_t ms;

    cr_expect_str_eq(naming_camelised("add_city_2_users", a), "AddCity2Users");
    cr_expect_str_eq(naming_stamp(false, 1710937800999, a), "20240320123000");
    cr_expect_str_eq(naming_stamp(true, 1710937800999, a), "2024-03-20-123000");
    cr_expect(naming_stamp_read(&ms, "202403201230000000") && ms == 1710937800000);
    cr_expect_not(naming_stamp_read(&ms, "2024032012300"));
    cr_expect_not(naming_stamp_read(&ms, ""));
    cr_expect(naming_successor(&next, "0099", 4, a));
    cr_expect_str_eq(next, "0100");
    cr_expect_not(naming_successor(&next, "9223372036854775807", 1, a));
    cr_expect_not(naming_successor(&next, "99999999999999999999999", 1, a));
    cr_expect_not(naming_successor(&next, "1a", 1, a));
    arena_close(a);
}

/* Whatever bytes come, nothing is read behind their end: each text has its own allocation under the sanitizer. */
Test(layouts, readers_survive_any_bytes)
{
    static const char *const seeds[] = {
        "-- merganser: no-transaction\n/* a */ -- migrate:up\nSELECT '$$';\n",
        "class A < B\n  execute <<~SQL\n x\n SQL\n  y = %q(z) # \"\n=begin\n=end\nend\n",
        "# c\n\"a\" = \"\"\"x\"\"\"\nrun = true\n[t.u]\nv = [1, { w = 'x' }]\n",
        "{\"version\":\"7\",\"entries\":[{\"idx\":0,\"when\":1,\"tag\":\"0_a\"},{\"idx\":1,\"when\":2,\"tag\":\"1_b\"}]"
        "}",
    };
    uint64_t random = 88172645463325252u;

    for (int round = 0; round < 4000; round++) {
        struct arena *a = arena_open();
        struct notices notices = { .arena = a };
        struct layout_input in = { .folder = "m", .arena = a, .notices = &notices };
        struct migration m = { .id = "1_a", .up = { .path = "m/1_a.sql" } };
        const char *seed = seeds[round % 4];
        size_t len = strlen(seed);
        char *bytes = malloc(len);
        struct journal_entry added = { .idx = 9, .when = 9, .version = "7", .tag = "9_z" };
        struct journal j;
        struct text t;
        struct err e;

        cr_assert(bytes);
        memcpy(bytes, seed, len);
        for (int change = 0; change < 4; change++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            bytes[random % len] = change % 2 ? seed[(random >> 32) % len] : (char)(random >> 40);
        }
        t = (struct text) { bytes, (random >> 20) % (len + 1) };
        t = (struct text) { realloc(bytes, t.len ? t.len : 1), t.len };
        cr_assert(t.at);
        marks_prepare(&m, &in, t, &e);
        ruby_calls(t, "disable_ddl_transaction!");
        ruby_superclass(t);
        toml_flag(t, "run");
        if (journal_parse(&j, "j.json", t, a, &e))
            cr_expect(journal_parse(&j, "j.json", journal_with(&j, &added, a), a, &e) || j.len, "%s", e.message);
        free((char *)t.at);
        arena_close(a);
    }
}
