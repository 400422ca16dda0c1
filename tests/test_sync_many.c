/* Many versions without a file at once: each is told by what its own row and its own commit have, and no other's. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/scene.h"

enum { VERSIONS = 90 };

/* Where a version's down script is, by its number. */
enum where { IN_HISTORY, IN_GIT, NOWHERE_AT_ALL, BESIDE_ANOTHER_UP, EMPTY_IN_HISTORY, PLACES };

static enum where where_of(int i)
{
    return (enum where)(i % PLACES);
}

static bool is_reversible(int i)
{
    return where_of(i) == IN_HISTORY || where_of(i) == IN_GIT || where_of(i) == EMPTY_IN_HISTORY;
}

#define STORY                                                                                                          \
    "== commit First\n"                                                                                                \
    "== file db/migrate/100_first.sql\n"                                                                               \
    "CREATE TABLE first (id integer);\n"

/* Applied at two commits. What the history has is not what git has: a script that leaves a trace. */
static void apply_all(struct scene *c)
{
    scene_git(c, "tag old");
    scene_shell(c, "for i in $(seq 101 190); do echo \"CREATE TABLE t$i (id integer);\" >db/migrate/${i}_t.sql; "
                   "[ $((i % 5)) = 2 ] || echo \"DROP TABLE t$i;\" >db/migrate/${i}_t.down.sql; "
                   "if [ $i = 140 ]; then git add .; git commit -qm Half; fi; done; git add .; git commit -qm Rest");
    scene_run(c, 0, "up --to 140");
    scene_run(c, 0, "up");
    scene_ask(c, "CREATE TABLE trace (id integer)");
    for (int i = 1; i <= VERSIONS; i++) {
        const char *set = NULL;

        switch (where_of(i)) {
        case IN_HISTORY:
            set = arena_printf(c->arena, "down_script = 'DROP TABLE t%d; INSERT INTO trace VALUES (%d);'", 100 + i, i);
            break;
        case IN_GIT:
            set = "down_script = NULL";
            break;
        case BESIDE_ANOTHER_UP:
            set = "down_script = NULL, "
                  "sha256 = '0000000000000000000000000000000000000000000000000000000000000000'";
            break;
        case EMPTY_IN_HISTORY:
            set = "down_script = ''";
            break;
        case NOWHERE_AT_ALL:
        case PLACES:
            continue;
        }
        scene_ask(c, arena_printf(c->arena, "UPDATE %s SET %s WHERE version = '%d'", c->history, set, 100 + i));
    }
}

/* Whether the version's line of a status says so. */
static bool says_irreversible(struct text status, int i, struct arena *a)
{
    const char *id = arena_printf(a, "  %d  ", 100 + i);
    struct text line;
    size_t at;

    while (text_line(&status, &line))
        if (text_find(line, id, &at)) {
            cr_expect(text_starts(line, "NO FILE"), "%.*s", (int)line.len, line.at);
            cr_expect(text_find(line, "elsewhere", &at), "%.*s", (int)line.len, line.at);
            return text_find(line, "irreversible", &at);
        }
    cr_assert_fail("no line has version %d", 100 + i);
    return false;
}

static const char *joined(struct arena *a, bool (*wanted)(int i), int offset)
{
    struct buf out = buf_open(a, 4096);

    for (int i = 1; i <= VERSIONS; i++)
        if (wanted(i))
            buf_printf(&out, "%s%d", out.len ? "\n" : "", offset + i);
    return buf_cstr(&out);
}

static bool is_left(int i)
{
    return !is_reversible(i);
}

static bool has_trace(int i)
{
    return where_of(i) == IN_HISTORY;
}

static void many(bool postgres)
{
    struct scene c = scene_open(STORY, postgres);
    struct process_result r;

    apply_all(&c);
    r = scene_run(&c, 0, "status --ref old");
    for (int i = 1; i <= VERSIONS; i++)
        cr_expect(says_irreversible(r.out, i, c.arena) == !is_reversible(i), "version %d", 100 + i);

    /* The newest without a script is named, and nothing runs. */
    r = scene_run(&c, 4, "sync --ref old --yes --max-rollback 1000");
    scene_says(r.err, "36 versions can't be rolled back; 188_t can't be rolled back");
    scene_says(r.err, "looked at the file, the history's copy, and 90 recorded commits");
    cr_expect_str_eq(scene_ask(&c, "SELECT count(*) FROM schema_migrations"), "91");

    r = scene_run(&c, 0, "sync --ref old --yes --max-rollback 1000 --skip-irreversible");
    scene_says(r.out, "54 migrations rolled back");
    scene_says(r.out, "down  190_t (script from history)");
    scene_says(r.out, "down  186_t (script from commit");
    cr_expect_str_eq(scene_ask(&c, "SELECT version FROM schema_migrations WHERE version > '100' ORDER BY version"),
                     joined(c.arena, is_left, 100));
    cr_expect_str_eq(scene_ask(&c, "SELECT id FROM trace ORDER BY id"), joined(c.arena, has_trace, 0));
    scene_close(&c);
}

Test(sync_many, each_has_its_own_down_script_on_sqlite)
{
    many(false);
}

Test(sync_many, each_has_its_own_down_script_on_postgres)
{
    many(true);
}
