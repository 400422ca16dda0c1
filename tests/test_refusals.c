/* What a person reads where somebody else is in the way: a lock that is held, a pooler before the server. */
#include <criterion/criterion.h>

#include "dialects/dialect.h"
#include "tests/support/golden.h"
#include "tests/support/postgres.h"
#include "tests/support/proxy.h"
#include "tests/support/stage.h"

static const struct text story = TEXT("== commit All\n== file db/migrate/1_a.sql\nCREATE TABLE a (id integer);\n"
                                      "== file merganser.yml\ntimeouts: {wait: 0}\n");

static void expect_golden(struct stage *s, const char *name, struct process_result r)
{
    struct arena *a = s->arena;
    const struct golden_name names[] = { { s->folder, "<folder>" },
                                         { s->database ? s->database : s->folder, "<database>" },
                                         { NULL, NULL } };
    const char *const none[] = { NULL };

    cr_expect_eq(r.out.len, 0);
    golden_compare(arena_printf(a, TESTDATA "/refusals/%s", name), golden_normalised(a, r.err, names, none));
}

/* `up` while this process holds the run's lock. */
static struct process_result up_while_held(struct stage *s, const char *url)
{
    struct notices notices = { .arena = s->arena };
    struct db_options o = { .url = url,
                            .base = "/",
                            .application = "merganser up",
                            .lock_timeout_ms = -1,
                            .statement_timeout_ms = -1,
                            .notices = &notices };
    struct lock_request held = { .ledger = "schema_migrations" };
    struct process_result r;
    struct err e = { 0 };
    struct db *db;
    int64_t waited;

    cr_assert(db_open(&db, &o, s->arena, &e), "%s", e.message);
    cr_assert(db_lock(db, &held, &waited, &e), "%s", e.message);
    r = stage_expect(s, 5, arena_printf(s->arena, "merganser up --database '%s'", url));
    cr_expect(db_unlock(db, &e), "%s", e.message);
    db_close(db);
    stage_expect(s, 0, arena_printf(s->arena, "merganser up --quiet --database '%s'", url));
    return r;
}

Test(refusals, a_lock_that_is_held_on_postgres)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, story, true);

    expect_golden(&s, "locked_postgres", up_while_held(&s, s.postgres));
    stage_close(&s);
    arena_close(a);
}

Test(refusals, a_lock_that_is_held_on_sqlite)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, story, false);

    expect_golden(&s, "locked_sqlite", up_while_held(&s, s.sqlite));
    stage_close(&s);
    arena_close(a);
}

/* Looking is allowed through it. Nothing runs where one of the scripts can't go through. */
Test(refusals, a_pooler)
{
    static const struct text concurrently = TEXT("== commit All\n"
                                                 "== file db/migrate/1_a.sql\nCREATE TABLE a (id integer);\n"
                                                 "== file db/migrate/2_i.sql\n"
                                                 "CREATE INDEX CONCURRENTLY i ON a (id);\n");
    struct arena *a = arena_open();
    struct stage s = stage_open(a, concurrently, true);
    struct proxy *p = proxy_open(&(struct proxy_options) { .conninfo = s.conninfo, .as_pooler = true }, a);
    const char *through = proxy_conninfo(p, a);

    expect_golden(&s, "pooler", stage_expect(&s, 4, arena_printf(a, "merganser up --database '%s'", through)));
    stage_expect(&s, 0, arena_printf(a, "merganser status --database '%s'", through));
    cr_expect_str_eq(postgres_ask(a, s.conninfo, "SELECT to_regclass('schema_migrations') IS NULL"), "t");
    proxy_close(p);
    stage_close(&s);
    arena_close(a);
}
