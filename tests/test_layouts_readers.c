/* The readers of other languages: Ruby, TOML, and all of them on broken input. */
#include <criterion/criterion.h>

#include "core/base/script.h"
#include "core/base/text.h"
#include "core/layouts/journal.h"
#include "core/layouts/marks.h"
#include "core/layouts/ruby.h"
#include "core/layouts/toml.h"
#include "tests/support/rows.h"

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

RowsTest(ruby, calls, sizeof rubies / sizeof *rubies)
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

RowsTest(toml, flags, sizeof tomls / sizeof *tomls)
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

/* Whatever bytes come, nothing is read behind their end: each text has its own allocation under the sanitizer. */
Test(layouts, readers_survive_any_bytes)
{
    static const char *const seeds[] = {
        "-- merganser: no-transaction\n/* a */ -- migrate:up\nSELECT '$$';\n",
        "class A < B\n  execute <<~SQL\n x\n SQL\n  y = %q(z) # \"\n=begin\n=end\nend\n",
        "# c\n\"a\" = \"\"\"x\"\"\"\nrun = true\n[t.u]\nv = [1, { w = 'x' }]\n",
        "{\"version\":\"7\",\"entries\":[{\"idx\":0,\"when\":1,\"tag\":\"0_a\"}]}",
        "{\"version\":\"\\\"7\",\"dialect\":\"pg\",\"entries\":[]}",
    };
    uint64_t random = 88172645463325252u;

    for (int round = 0; round < 5000; round++) {
        struct arena *a = arena_open();
        struct notices notices = { .arena = a };
        struct layout_input in = { .folder = "m", .arena = a, .notices = &notices };
        struct migration m = { .id = "1_a", .up = { .path = "m/1_a.sql" } };
        const char *seed = seeds[round % 5];
        size_t len = strlen(seed);
        char *bytes = malloc(len);
        struct journal_entry added = { .idx = 9, .when = 9, .version = "7", .tag = "9_z" };
        struct journal j, again;
        struct script script;
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
        script = script_in_memory("f", t, a);
        marks_prepare(&m, &in, &script, &e);
        ruby_calls(t, "disable_ddl_transaction!");
        ruby_superclass(t);
        toml_flag(t, "run");
        if (journal_parse(&j, "j.json", t, a, &e)) {
            bool ok = journal_parse(&again, "j.json", journal_with(&j, &added, a), a, &e);

            cr_expect(ok ? again.len == j.len + 1 : strstr(e.message, "already") != NULL, "%s", e.message);
        }
        free((char *)t.at);
        arena_close(a);
    }
}
