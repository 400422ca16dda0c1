/* A plan as a comment of a pull request: short enough whatever it holds, and nothing of what others have written does
 * anything in it. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/scene.h"

/* Below what GitHub takes, with room to spare. */
enum { MOST = 60000 };

/* Names, SQL and a branch by which somebody tries to get out of the place that is meant for it. */
static const char hostile[] = "== commit x --> </details> @everyone #1\n"
                              "== bytes db/migrate/1_a`b`c.sql\n"
                              "CREATE TABLE a (id int);\n"
                              "== bytes db/migrate/2_a|b|@team.sql\n"
                              "CREATE TABLE \"@admins | </details> `x` #12 https://evil.example\" (id int);\\n"
                              "DROP TABLE \"b --> ``` | <img src=x> [l](http://evil.example) @admins\";\\n\n"
                              "== bytes db/migrate/3_<script>--\\x3e&lt;.sql\n"
                              "SELECT '\\n```\\n/close\\n<!-- merganser plan -->\\n````\\n~~~\\n</details>';\\n"
                              "CREATE INDEX i ON \"x | y\" (id);\\n\n"
                              "== bytes db/migrate/4_\\e[31m\\xe2\\x80\\xaered.sql\n"
                              "SELECT '\\x01\\x1b[2J\\xff';\\n\n";

/* Whether a line is inside of a block of code, by how a careless reader tells. */
static bool fences(struct text line, bool inside)
{
    return text_starts(line, "```") ? !inside : inside;
}

/* Not there, or between backticks. */
static bool is_code(struct text line, const char *word)
{
    size_t at, open = 0;

    if (!text_find(line, word, &at))
        return true;
    for (size_t i = 0; i < at; i++)
        open += line.at[i] == '`' && (i == 0 || line.at[i - 1] != '`');
    return open % 2 == 1;
}

Test(plan_markdown, names_stay_in_their_place)
{
    struct scene c = scene_open(hostile, false);
    struct text rest, line;
    bool inside = false;
    size_t details = 0, ends = 0, at;

    rest = scene_run(&c, 0, "plan --format markdown").out;
    cr_expect(text_starts(rest, "<!-- merganser plan -->\n"));
    cr_expect(text_is_utf8(rest));
    while (text_line(&rest, &line)) {
        const char *shown = arena_cstr(c.arena, line);
        bool was = inside;

        inside = fences(line, inside);
        for (size_t i = 0; i < line.len; i++)
            cr_expect((unsigned char)line.at[i] >= 0x20 && line.at[i] != 0x7f, "%s", shown);
        cr_expect(!text_find(line, "\xe2\x80\xae", &at), "%s", shown);
        if (was || inside)
            continue;
        details += text_starts(line, "<details>");
        ends += text_starts(line, "</details>");
        cr_expect(!text_starts(line, "/"), "%s", shown);
        cr_expect(is_code(line, "<script") && is_code(line, "<img") && is_code(line, "b -->"), "%s", shown);
        /* A mention is a word right behind the sign. */
        cr_expect(is_code(line, "@admins") && is_code(line, "#12 "), "%s", shown);
        if (text_starts(line, "| ")) {
            size_t bars = 0;

            for (size_t i = 0; i < line.len; i++)
                bars += line.at[i] == '|';
            cr_expect(bars == 7 || bars == 3, "%s", shown);
        }
    }
    cr_expect(!inside);
    cr_expect_eq(details, 2);
    cr_expect_eq(ends, 2);
    scene_close(&c);
}

Test(plan_markdown, is_short_whatever_the_plan_holds)
{
    static const char *const scripts[] = {
        /* Many migrations with long names. */
        "for i in $(seq 1000 1150); do n=$(printf 'x%.0s' $(seq 150)); "
        "echo \"ALTER TABLE users DROP COLUMN a$i; CREATE INDEX i$i ON users (b);\" > db/migrate/${i}_$n.sql; done",
        /* One that does a lot, on lines without end. */
        "awk 'BEGIN { for (i = 0; i < 3000; i++) printf \"DROP TABLE `````t%d; \", i }' > db/migrate/1_a.sql",
        /* Characters that take much room when they are written so that they do nothing. */
        "awk 'BEGIN { for (i = 0; i < 400; i++) printf \"DROP TABLE \\\"|<>&@#`*_|<>&@#`*_|<>&@#`*_%d\\\";\\n\", i }' "
        "> "
        "'db/migrate/1_|<>&@#`*_|<>&@#`*_|<>&@#`*_|<>&@#`*_.sql'",
        /* Rows. */
        "awk 'BEGIN { print \"INSERT INTO t VALUES (0)\"; for (i = 0; i < 20000; i++) print \", (\" i \")\" }' > "
        "db/migrate/1_a.sql",
    };

    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct scene c = scene_open("== commit Begin\n== file db/migrate/0_a.sql\nSELECT 1;\n", false);
        struct process_result r;
        size_t at;

        scene_shell(&c, scripts[i]);
        r = scene_run(&c, 0, "plan --format markdown");
        cr_expect_leq(r.out.len, MOST, "%zu: %zu bytes", i, r.out.len);
        cr_expect(text_find(r.out, "| scripts | `", &at), "%zu: the end is missing", i);
        scene_close(&c);
    }
}
