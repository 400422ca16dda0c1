/* Transactions that lose against others, and are tried again. */
#include <criterion/criterion.h>

#include "tests/support/postgres.h"
#include "tests/support/postgres_unit.h"

/* What a unit has told, and what to do when it tells that it is tried again. */
struct told {
    unsigned blocked, retries, let_go_at; /* let_go_at: the holder ends behind this attempt; 0: never */
    struct postgres_session *holder;
    int64_t blocker;
    int64_t pauses_ms;
};

static void tell(void *to, const struct db_progress *p)
{
    struct told *t = to;

    t->blocked += p->kind == PROGRESS_BLOCKED;
    if (p->blockers.len)
        t->blocker = p->blockers.at[0].pid;
    if (p->kind != PROGRESS_RETRY)
        return;
    t->retries++;
    t->pauses_ms += p->wait_ms;
    if (p->attempt == t->let_go_at)
        postgres_session_run(t->holder, "COMMIT");
}

static struct unit_db *b;
static struct told told;

/* timeout and retries are those of merganser.yml; -1 for those that are not there. */
static void open_with(int64_t timeout_ms, int64_t retries, const char *const *session)
{
    struct db_options o = { .url = b->conninfo,
                            .base = "/",
                            .session = session,
                            .application = "merganser",
                            .lock_timeout_ms = timeout_ms,
                            .statement_timeout_ms = -1,
                            .retries = retries,
                            .notices = &b->notices };

    cr_assert(db_open(&b->db, &o, b->arena, &b->err), "%s", b->err.message);
}

static bool up(const char *version, const char *sql)
{
    b->progress = tell;
    b->progress_to = &told;
    return unit_up(b, version, sql);
}

static void setup(void)
{
    b = unit_bare();
    told = (struct told) { 0 };
    unit_ask(b, "CREATE TABLE schema_migrations (version varchar PRIMARY KEY); CREATE TABLE held (id int);"
                "CREATE TABLE other (id int); INSERT INTO held VALUES (1); INSERT INTO other VALUES (1)");
    told.holder = postgres_session_open(arena_printf(b->arena, "%s application_name=report", b->conninfo));
}

static void teardown(void)
{
    postgres_session_close(told.holder);
    unit_close(b);
}

TestSuite(postgres_retry, .init = setup, .fini = teardown, .timeout = 120);

Test(postgres_retry, goes_through_once_the_holder_lets_go)
{
    open_with(200, 5, NULL);
    postgres_session_run(told.holder, "BEGIN; SELECT * FROM held");
    told.let_go_at = 2;
    cr_assert(up("1", "CREATE TABLE before (id int); ALTER TABLE held ADD COLUMN a int;"), "%s", b->err.message);
    cr_expect_eq(told.retries, 2);
    cr_expect_eq(b->result.attempts, 3);
    cr_expect_geq(b->result.lock_wait_ms, 400);
    cr_expect_leq(b->result.lock_wait_ms, b->result.duration_ms);
    cr_expect_str_eq(unit_ledger(b), "1");
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM history"), "1");
}

Test(postgres_retry, gives_up_and_says_who_was_in_the_way)
{
    const char *pid;

    open_with(400, 1, NULL);
    pid = unit_ask(
        b, "SELECT pid FROM pg_stat_activity WHERE application_name = 'report' AND datname = current_database()");
    postgres_session_run(told.holder, "BEGIN; UPDATE held SET id = 2");
    cr_assert_not(up("1", "CREATE TABLE before (id int);\nALTER TABLE held ADD COLUMN a int;"));
    cr_expect_str_eq(unit_error(b), "m.sql:2:1 script-failed 55P03");
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    cr_expect_eq(b->result.attempts, 2);
    cr_expect(strstr(b->err.detail, arena_printf(b->arena, "was blocked by pid %s (postgres, report", pid)), "%s",
              b->err.detail);
    cr_expect(strstr(b->err.detail, "idle in transaction for"), "%s", b->err.detail);
    cr_expect(strstr(b->err.detail, "UPDATE held SET id = 2\ntried 2 times in "), "%s", b->err.detail);
    cr_expect(strstr(b->err.hint, arena_printf(b->arena, "SELECT pg_terminate_backend(%s)", pid)), "%s", b->err.hint);
    cr_expect(strstr(b->err.hint, "timeouts.lock (400 ms now)") && strstr(b->err.hint, "timeouts.retries (1 now)"),
              "%s", b->err.hint);
    cr_expect_str_eq(unit_ask(b, "SELECT to_regclass('before') IS NULL"), "t");
    cr_expect_geq(told.blocked, 2);
}

Test(postgres_retry, retries_0_is_one_attempt)
{
    open_with(50, 0, NULL);
    postgres_session_run(told.holder, "BEGIN; LOCK TABLE held");
    cr_assert_not(up("1", "DROP TABLE held"));
    cr_expect_eq(told.retries, 0);
    cr_expect_eq(b->result.attempts, 1);
}

/* Whose lock_timeout it is that a script meets: in ms, as current_setting has it. */
static const struct {
    const char *what, *database, *options;
    const char *session[2];
    int64_t configured;
    const char *sql, *want;
} whose[] = {
    { "nobody's: our default", NULL, "", { NULL }, -1, "", "5s" },
    { "timeouts.lock", NULL, "", { NULL }, 700, "", "700ms" },
    { "timeouts.lock: 0", NULL, "", { NULL }, 0, "", "0" },
    { "session's", NULL, "", { "SET lock_timeout = '7s'" }, -1, "", "7s" },
    { "session's 0", NULL, "", { "SET lock_timeout = 0" }, -1, "", "0" },
    { "the URL's", NULL, " options='-c lock_timeout=3s'", { NULL }, -1, "", "3s" },
    { "the URL's 0", NULL, " options='-c lock_timeout=0'", { NULL }, -1, "", "0" },
    { "the database's", "'4s'", "", { NULL }, -1, "", "4s" },
    { "the database's 0", "0", "", { NULL }, -1, "", "0" },
    { "timeouts.lock over session's", NULL, "", { "SET lock_timeout = '7s'" }, 700, "", "700ms" },
    { "the script's own", NULL, "", { NULL }, 700, "SET LOCAL lock_timeout = '9s'; ", "9s" },
};

Test(postgres_retry, whose_timeout_it_is)
{
    for (size_t i = 0; i < sizeof whose / sizeof *whose; i++) {
        const char *database = postgres_part(b->arena, b->conninfo, "dbname"), *conninfo = b->conninfo;

        unit_ask(b, arena_printf(b->arena, "ALTER DATABASE %s RESET lock_timeout", database));
        if (whose[i].database)
            unit_ask(b, arena_printf(b->arena, "ALTER DATABASE %s SET lock_timeout = %s", database, whose[i].database));
        b->conninfo = arena_printf(b->arena, "%s%s", conninfo, whose[i].options);
        open_with(whose[i].configured, 0, whose[i].session[0] ? whose[i].session : NULL);
        b->conninfo = conninfo;
        cr_assert(up(arena_printf(b->arena, "%zu", i),
                     arena_printf(b->arena, "%sCREATE TABLE t%zu AS SELECT current_setting('lock_timeout') AS v",
                                  whose[i].sql, i)),
                  "%s: %s", whose[i].what, b->err.message);
        cr_expect_str_eq(unit_ask(b, arena_printf(b->arena, "SELECT v FROM t%zu", i)), whose[i].want, "%s",
                         whose[i].what);
        db_close(b->db);
        b->db = NULL;
    }
}

Test(postgres_retry, deadlock)
{
    static const char *const session[] = { "SET deadlock_timeout = '2s'", NULL };
    struct postgres_session *s = told.holder;

    /* Ours is the victim: the other one does not look for ten minutes. */
    open_with(0, 5, session);
    postgres_session_run(s, "SET deadlock_timeout = '10min'; BEGIN; UPDATE other SET id = 2");
    postgres_session_send(s, "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_stat_activity"
                             " WHERE datname = current_database() AND wait_event_type = 'Lock')"
                             " LOOP PERFORM pg_stat_clear_snapshot(); END LOOP;"
                             " UPDATE held SET id = 2; END $$; COMMIT");
    cr_assert(up("1", "UPDATE held SET id = 3;\nUPDATE other SET id = 3;"), "%s", b->err.message);
    postgres_session_wait(s);
    cr_expect_eq(b->result.attempts, 2, "%u", b->result.attempts);
    cr_expect_str_eq(unit_ask(b, "SELECT held.id + other.id FROM held, other"), "6");
    cr_expect_str_eq(unit_ledger(b), "1");
}

Test(postgres_retry, serialization_failure)
{
    open_with(-1, 5, NULL);
    /* The other one changes what the script has seen, once: a sequence does not roll back. */
    unit_ask(b, "CREATE SEQUENCE once; CREATE EXTENSION IF NOT EXISTS dblink");
    cr_assert(
        up("1", arena_printf(b->arena,
                             "BEGIN ISOLATION LEVEL SERIALIZABLE;\nSELECT * FROM held;\n"
                             "SELECT dblink_exec('%s', 'UPDATE held SET id = id + 10') WHERE nextval('once') = 1;\n"
                             "UPDATE held SET id = id + 100;\nCOMMIT;\n",
                             b->conninfo)),
        "%s", b->err.message);
    cr_expect_eq(b->result.attempts, 2);
    cr_expect_str_eq(unit_ask(b, "SELECT id FROM held"), "111");
}

/* Not even where it looks like bad luck: 57014, 23505 and the rest are answers. */
Test(postgres_retry, nothing_else_is_tried_again)
{
    open_with(-1, 5, NULL);
    cr_assert_not(up("1", "SET LOCAL statement_timeout = 20; SELECT pg_sleep(60)"));
    cr_expect_eq(b->result.attempts, 1);
    cr_assert_not(up("2", "CREATE TABLE u (id int PRIMARY KEY); INSERT INTO u VALUES (1), (1)"));
    cr_expect_eq(b->result.attempts, 1);
    cr_expect_eq(told.retries, 0);
}

/* A PREPARE outlives its transaction. */
Test(postgres_retry, what_a_script_prepares_is_forgotten)
{
    open_with(50, 8, NULL);
    postgres_session_run(told.holder, "BEGIN; LOCK TABLE held");
    told.let_go_at = 1;
    cr_assert(up("1", "PREPARE mine AS SELECT 1; EXECUTE mine; DROP TABLE held"), "%s", b->err.message);
    cr_expect_eq(b->result.attempts, 2);
}

/* What is our own to write is in nobody's way for ever either. */
Test(postgres_retry, rows_and_tables_of_ours)
{
    struct cell key = { .column = "version", .kind = CELL_TEXT, .text = TEXT("9"), .key = true };
    struct row_change row = { ROW_INSERT, { "public", "schema_migrations" }, &key, 1 };

    open_with(50, 1, NULL);
    postgres_session_run(told.holder, "BEGIN; LOCK TABLE schema_migrations");
    cr_expect_not(db_rows_write(b->db, &row, 1, &b->err));
    cr_expect_str_eq(b->err.sqlstate, "55P03", "%s", b->err.message);
    cr_expect_not(up("1", "SELECT 1"));
    cr_expect_str_eq(b->err.sqlstate, "55P03", "%s", b->err.message);
    postgres_session_run(told.holder, "ROLLBACK");
    cr_expect(db_rows_write(b->db, &row, 1, &b->err), "%s", b->err.message);
}

/* A report on the history, or a dump of it, while a new merganser adds its columns. */
Test(postgres_retry, a_history_that_is_read)
{
    struct table_name history = { "public", "history" };

    unit_ask(b, "CREATE TABLE history (id int)");
    open_with(50, 1, NULL);
    postgres_session_run(told.holder, "BEGIN; SELECT * FROM history");
    cr_expect_not(db_table_create(b->db, TABLE_HISTORY, history, &b->err));
    cr_expect_str_eq(b->err.sqlstate, "55P03", "%s", b->err.message);
    cr_expect(strstr(b->err.detail, "tried 2 times in "), "%s", b->err.detail);
    postgres_session_run(told.holder, "COMMIT");
    cr_expect(db_table_create(b->db, TABLE_HISTORY, history, &b->err), "%s", b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute"
                                 " WHERE attrelid = 'history'::regclass AND attnum > 0"),
                     "id statement_begun done_hash waited_ms attempts");
}
