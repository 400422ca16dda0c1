/* Two runs at once: each migration is applied once, and both end well or one says who holds the lock. */
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

/* What two runs of `sync` at once have to bring about: 1 stays, 2 is called 5 now, 3 goes, 4 comes. */
#define SYNC_STORY                                                                                                     \
    "== commit All\n"                                                                                                  \
    "== file db/migrate/1_a.sql\nCREATE TABLE a (id integer);\n"                                                       \
    "== file db/migrate/2_b.sql\nCREATE TABLE b (id integer);\n"                                                       \
    "== branch feature\n== commit More\n"                                                                              \
    "== file db/migrate/3_c.sql\nCREATE TABLE c (id integer);\n"                                                       \
    "== file db/migrate/3_c.down.sql\nDROP TABLE c;\n"                                                                 \
    "== git switch -q main\n== git mv db/migrate/2_b.sql db/migrate/5_b.sql\n== commit Renamed\n"                      \
    "== file db/migrate/4_d.sql\nCREATE TABLE d (id integer);\n"

static void race_of_syncs(struct stage *s, const char *url, const char *history)
{
    for (int round = 0; round < rounds() / 2; round++) {
        const char *sync = arena_printf(s->arena, "merganser sync --yes --database '%s'", url);
        int first, second, a, b;

        stage_empty(s);
        stage_expect(s, 0, arena_printf(s->arena, "merganser up --ref feature --database '%s'", url));
        first = stage_start(s, sync, "first");
        second = stage_start(s, sync, "second");
        a = process_wait(first);
        b = process_wait(second);
        /* 4: it was asked about what the other one did in part meanwhile. */
        cr_assert((a == 0 || b == 0) && (a == 0 || a == 4 || a == 5) && (b == 0 || b == 4 || b == 5),
                  "round %d: exit %d and %d\n%s\n%s", round, a, b, shown(s, "first.err"), shown(s, "second.err"));
        cr_assert_str_eq(stage_query(s, url, "SELECT version FROM schema_migrations ORDER BY 1"), "1\n4\n5");
        cr_assert_str_eq(stage_query(s, url,
                                     arena_printf(s->arena,
                                                  "SELECT count(*) FROM %s WHERE direction IN ('relink', 'down') OR "
                                                  "version = '4'",
                                                  history)),
                         "4", "round %d", round);
        stage_query(s, url, "SELECT count(*) FROM a, b, d");
    }
}

Test(race, two_syncs_on_sqlite)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(SYNC_STORY), false);

    race_of_syncs(&s, s.sqlite, "__merganser_history");
    stage_close(&s);
    arena_close(a);
}

Test(race, two_syncs_on_postgres)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(SYNC_STORY), true);

    race_of_syncs(&s, s.postgres, "merganser.history");
    stage_close(&s);
    arena_close(a);
}
