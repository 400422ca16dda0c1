/* Two runs of `up` at once: each migration is applied once, and both end well or one says who holds the lock. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/stage.h"

#define MIGRATIONS 30

static int rounds(void)
{
    return getenv("MERGANSER_SOAK") ? 200 : 20;
}

/* Every script leaves a table, and a row in a table that lets a second run of it in unseen. */
static struct text story(struct arena *a)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);

    buf_string(&b, "== commit All\n== file db/migrate/1000_runs.sql\nCREATE TABLE runs (version integer);\n");
    for (int i = 1; i < MIGRATIONS; i++)
        buf_printf(&b, "== file db/migrate/%d_t.sql\nCREATE TABLE t%d (id integer);\nINSERT INTO runs VALUES (%d);\n",
                   1000 + i, i, i);
    return buf_content(&b);
}

static const char *shown(struct stage *s, const char *name)
{
    struct text t = scratch_read(s->arena, arena_printf(s->arena, "%s/%s", s->folder, name));

    return arena_cstr(s->arena, t);
}

static void round_of_two(struct stage *s, const char *url, int round)
{
    const char *up = arena_printf(s->arena, "merganser up --database '%s'", url);
    int first = stage_start(s, up, "first"), second = stage_start(s, up, "second");
    int a = process_wait(first), b = process_wait(second);

    cr_assert((a == 0 && (b == 0 || b == 5)) || (a == 5 && b == 0), "round %d: exit %d and %d\n%s\n%s", round, a, b,
              shown(s, "first.err"), shown(s, "second.err"));
    cr_assert_str_eq(stage_query(s, url, "SELECT count(*) FROM schema_migrations"),
                     arena_printf(s->arena, "%d", MIGRATIONS), "round %d", round);
    cr_assert_str_eq(stage_query(s, url, "SELECT count(*), count(DISTINCT version) FROM runs"),
                     arena_printf(s->arena, "%d|%d", MIGRATIONS - 1, MIGRATIONS - 1), "round %d", round);
}

static void race(struct stage *s, const char *url, const char *history)
{
    for (int round = 0; round < rounds(); round++) {
        stage_empty(s);
        round_of_two(s, url, round);
        cr_assert_str_eq(
            stage_query(s, url, arena_printf(s->arena, "SELECT count(*) FROM %s WHERE outcome = 'applied'", history)),
            arena_printf(s->arena, "%d", MIGRATIONS), "round %d", round);
    }
}

Test(race, each_is_applied_once_on_sqlite)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, story(a), false);

    race(&s, s.sqlite, "__merganser_history");
    stage_close(&s);
    arena_close(a);
}

Test(race, each_is_applied_once_on_postgres)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, story(a), true);

    race(&s, s.postgres, "merganser.history");
    stage_close(&s);
    arena_close(a);
}
