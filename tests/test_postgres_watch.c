/* The second connection: it sees who blocks the first one, disturbs nobody, and fails in silence. */
#include <criterion/criterion.h>

#include "dialects/postgres/watch.h"
#include "tests/support/postgres.h"
#include "tests/support/postgres_unit.h"

/* A tick that looks once it has something to see, and then lets the blocker go. */
struct look {
    struct unit_db *unit;
    struct postgres_session *blocker;
    const char *release;
    struct db_sessions seen;
    int64_t running_ms;
};

static void look(struct pg *pg, int64_t running_ms)
{
    struct look *l = pg->tick_to;

    watch_blockers(&l->seen, pg, l->unit->arena);
    if (!l->seen.len)
        return;
    l->running_ms = running_ms;
    pg->tick = NULL;
    postgres_session_run(l->blocker, l->release);
}

static struct pg *watched(struct unit_db *b, struct look *l)
{
    struct pg *pg = (struct pg *)b->db;

    pg->tick = look;
    pg->tick_to = l;
    return pg;
}

static struct look blocked(struct unit_db *b, const char *block, const char *release)
{
    struct look l = { .unit = b, .blocker = postgres_session_open(b->conninfo), .release = release };

    unit_ask(b, "CREATE TABLE t (id int)");
    postgres_session_run(l.blocker, block);
    cr_assert(pg_run(watched(b, &l), "DELETE FROM t", &b->err), "%s", b->err.message);
    return l;
}

Test(postgres_watch, names_who_blocks_us)
{
    struct unit_db *b = unit_open(NULL, NULL);
    struct look l = { .unit = b, .blocker = postgres_session_open(b->conninfo), .release = "ROLLBACK" };
    const char *pid;

    unit_ask(b, "CREATE TABLE t (id int)");
    postgres_session_run(l.blocker, "SET application_name = 'report'; BEGIN; LOCK TABLE t");
    pid = unit_ask(b, "SELECT pid FROM pg_locks WHERE relation = 't'::regclass AND granted");
    cr_assert(pg_run(watched(b, &l), "DELETE FROM t", &b->err), "%s", b->err.message);
    cr_assert_eq(l.seen.len, 1);
    cr_expect_str_eq(arena_printf(b->arena, "%lld", (long long)l.seen.at->pid), pid);
    cr_expect_str_eq(l.seen.at->application, "report");
    cr_expect_str_eq(l.seen.at->state, "idle in transaction");
    cr_expect_str_eq(l.seen.at->query, "SET application_name = 'report'; BEGIN; LOCK TABLE t");
    cr_expect(l.seen.at->age_ms >= 0);
    cr_expect(l.running_ms >= 0 && l.running_ms < 60000);
    cr_expect_str_eq(
        db_session_words(&(struct db_session) { 123, "app", "psql", "10.0.0.5", "UPDATE a", "active", 12000 },
                         b->arena),
        "pid 123 (app, psql from 10.0.0.5), in a transaction for 12.0 s: UPDATE a");
    postgres_session_close(l.blocker);
    unit_close(b);
}

Test(postgres_watch, shows_no_password_and_no_second_line)
{
    struct unit_db *b = unit_open(NULL, NULL);
    struct look l =
        blocked(b, "BEGIN; LOCK TABLE t;\n\n  SET password_encryption = md5;\nCREATE ROLE pw_role PASSWORD 'hunter2'",
                "ROLLBACK");

    cr_assert_eq(l.seen.len, 1);
    cr_expect_str_eq(l.seen.at->query,
                     "BEGIN; LOCK TABLE t; SET password_encryption = md5; CREATE ROLE pw_role PASSWORD '***'");
    postgres_session_close(l.blocker);
    unit_close(b);
}

Test(postgres_watch, names_a_prepared_transaction)
{
    struct unit_db *b = unit_open(NULL, NULL);
    struct look l = blocked(b, "BEGIN; LOCK TABLE t; PREPARE TRANSACTION 'it''s'", "ROLLBACK PREPARED 'it''s'");

    cr_assert_eq(l.seen.len, 1);
    cr_expect_eq(l.seen.at->pid, 0);
    cr_expect_str_eq(l.seen.at->query, "PREPARE TRANSACTION 'it''s'");
    cr_expect_str_eq(l.seen.at->state, "prepared");
    postgres_session_close(l.blocker);
    unit_close(b);
}

Test(postgres_watch, holds_no_snapshot_and_ends_with_the_first)
{
    static const char seen[] = "SELECT count(*) || ' ' || coalesce(max(state), '') || ' ' || count(backend_xmin) FROM"
                               " pg_stat_activity WHERE application_name = 'merganser watch'"
                               " AND datname = current_database()";
    struct unit_db *b = unit_open(NULL, NULL);
    struct db_sessions none;

    cr_expect_str_eq(unit_ask(b, seen), "0  0", "it is opened when it is asked");
    watch_blockers(&none, (struct pg *)b->db, b->arena);
    cr_expect_eq(none.len, 0);
    cr_expect_str_eq(unit_ask(b, seen), "1 idle 0");
    cr_assert(db_reopen(b->db, &(struct reopen) { .said = "" }, &b->err));
    postgres_await(b->conninfo, seen, "0  0");
    unit_close(b);
}

/* libpq's own receiver prints: what it would give a connection that nobody told otherwise is not ours. */
Test(postgres_watch, nothing_the_server_says_is_printed)
{
    struct unit_db *b = unit_open(NULL, NULL);
    PGconn *plain = PQconnectStart(b->conninfo), *ours = watch_connect_start((struct pg *)b->db, "merganser lease");

    cr_assert(plain && ours);
    cr_expect_neq(PQsetNoticeReceiver(ours, NULL, NULL), PQsetNoticeReceiver(plain, NULL, NULL));
    PQfinish(plain);
    PQfinish(ours);
    unit_close(b);
}

Test(postgres_watch, comes_back_when_it_was_ended)
{
    struct unit_db *b = unit_open(NULL, NULL);
    struct pg *pg = (struct pg *)b->db;
    PGresult *r;

    watch_query(&r, pg, "SELECT 1");
    cr_assert(r);
    PQclear(r);
    unit_ask(b, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE application_name = 'merganser watch' AND datname = current_database()");
    watch_query(&r, pg, "SELECT 1");
    cr_expect_null(r);
    watch_query(&r, pg, "SELECT 1");
    cr_expect(r);
    PQclear(r);
    watch_query(&r, pg, "SELECT nothing_like_this");
    cr_expect_null(r);
    watch_query(&r, pg, "SELECT 1");
    cr_expect(r);
    PQclear(r);
    unit_close(b);
}

/* A role that may connect once, and sees of others no more than that they are there. */
Test(postgres_watch, is_silent_where_there_is_none)
{
    struct unit_db *b = unit_open(NULL, NULL);
    const char *role = arena_printf(b->arena, "%s_once", postgres_part(b->arena, b->conninfo, "dbname"));
    struct look l = { .unit = b, .blocker = postgres_session_open(b->conninfo), .release = "ROLLBACK" };
    struct db_sessions none;

    unit_ask(b, arena_printf(b->arena,
                             "CREATE ROLE \"%s\" LOGIN CONNECTION LIMIT 1; CREATE TABLE t (id int);"
                             " GRANT ALL ON t TO \"%s\"",
                             role, role));
    db_close(b->db);
    cr_assert(unit_connect(b, NULL, arena_printf(b->arena, "%s user='%s'", b->conninfo, role)), "%s", b->err.message);
    watch_blockers(&none, (struct pg *)b->db, b->arena);
    cr_expect_eq(none.len, 0);
    cr_expect(((struct pg *)b->db)->watch_failed);
    unit_ask(b, arena_printf(b->arena, "ALTER ROLE \"%s\" CONNECTION LIMIT 2", role));
    cr_assert(db_reopen(b->db, &(struct reopen) { .said = "" }, &b->err));
    postgres_session_run(l.blocker, "BEGIN; LOCK TABLE t");
    cr_assert(pg_run(watched(b, &l), "DELETE FROM t", &b->err), "%s", b->err.message);
    cr_assert_eq(l.seen.len, 1);
    cr_expect_str_eq(l.seen.at->user, "postgres");
    cr_expect_str_eq(l.seen.at->query, "");
    cr_expect_str_eq(l.seen.at->state, "");
    cr_expect_eq(l.seen.at->age_ms, -1);
    postgres_session_close(l.blocker);
    db_close(b->db);
    b->db = NULL;
    unit_ask(b, arena_printf(b->arena, "DROP OWNED BY \"%s\"; DROP ROLE \"%s\"", role, role));
    unit_close(b);
}
