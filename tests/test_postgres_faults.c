/* Lost connections, ended sessions, signals and servers that refuse: what is known afterwards. */
#include <criterion/criterion.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "tests/support/postgres.h"
#include "tests/support/postgres_unit.h"
#include "tests/support/proxy.h"

/* The database, with a ledger, reached through a proxy. */
static struct unit_db *through(struct proxy **p, struct proxy_options o)
{
    struct unit_db *b = unit_bare();

    unit_ask(b, "CREATE TABLE schema_migrations (version varchar PRIMARY KEY)");
    o.conninfo = b->conninfo;
    *p = proxy_open(&o, b->arena);
    cr_assert(unit_connect(b, NULL, proxy_conninfo(*p, b->arena)), "%s", b->err.message);
    return b;
}

static void done(struct unit_db *b, struct proxy *p)
{
    db_close(b->db);
    b->db = NULL;
    proxy_close(p);
    unit_close(b);
}

Test(postgres_faults, one_round_trip_a_migration)
{
    struct proxy *p;
    struct unit_db *b = through(&p, (struct proxy_options) { 0 });
    unsigned before;

    cr_assert(unit_up(b, "1", "CREATE TABLE a (id int)"), "%s", b->err.message);
    before = proxy_round_trips(p);
    for (int i = 2; i <= 51; i++)
        cr_assert(unit_up(b, arena_printf(b->arena, "%d", i), "INSERT INTO a VALUES (1);\nUPDATE a SET id = id + 1;\n"),
                  "%s", b->err.message);
    cr_expect_eq(proxy_round_trips(p) - before, 50, "%u", proxy_round_trips(p) - before);
    /* A script that changes the session costs its restoring, one that can't be parsed its second half. */
    before = proxy_round_trips(p);
    cr_assert(unit_up(b, "60", "SET search_path = public"));
    cr_expect_eq(proxy_round_trips(p) - before, 1);
    cr_assert(unit_up(b, "61", "SELECT 1"));
    cr_expect_eq(proxy_round_trips(p) - before, 3);
    done(b, p);
}

Test(postgres_faults, opening_is_one_question)
{
    static const char *const session[] = { "SET lock_timeout = 0", NULL };
    struct unit_db *b = unit_bare();
    struct proxy *p = proxy_open(&(struct proxy_options) { .conninfo = b->conninfo }, b->arena);

    cr_assert(unit_connect(b, session, proxy_conninfo(p, b->arena)), "%s", b->err.message);
    cr_expect_eq(proxy_messages(p), 2, "%u", proxy_messages(p));
    done(b, p);
}

Test(postgres_faults, cut_between_commit_and_answer)
{
    struct proxy *p;
    struct unit_db *b = through(&p, (struct proxy_options) { .cut_at_text = "TABLE cut_here" });

    cr_assert(unit_up(b, "1", "CREATE TABLE a (id int)"));
    cr_assert_not(unit_up(b, "2", "CREATE TABLE cut_here (id int)"));
    cr_expect_eq(b->err.kind, ERR_CONNECTION, "%s", b->err.message);
    cr_expect_eq(b->result.outcome, UNIT_UNKNOWN);
    cr_expect_str_eq(unit_ledger(b), "1 2");
    /* A lost connection stays lost, and says so, until it is opened again. */
    cr_expect_not(unit_up(b, "3", "SELECT 1"));
    cr_expect_eq(b->err.kind, ERR_CONNECTION);
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    cr_assert(db_reopen(b->db, &(struct reopen) { .said = "" }, &b->err), "%s", b->err.message);
    cr_expect(unit_up(b, "3", "SELECT 1"), "%s", b->err.message);
    cr_expect_str_eq(unit_ledger(b), "1 2 3");
    done(b, p);
}

Test(postgres_faults, cut_before_it_arrives)
{
    struct proxy *p;
    struct unit_db *b = through(&p, (struct proxy_options) { .cut_at_text = "TABLE cut_here", .withheld = true });

    cr_assert_not(unit_up(b, "1", "CREATE TABLE cut_here (id int)"));
    cr_expect_eq(b->err.kind, ERR_CONNECTION);
    cr_expect_eq(b->result.outcome, UNIT_UNKNOWN);
    cr_expect_str_eq(unit_ledger(b), "");
    done(b, p);
}

Test(postgres_faults, cut_while_nothing_can_be_committed)
{
    struct proxy *p;
    struct unit_db *b = through(&p, (struct proxy_options) { .cut_at_text = "cut_here" });

    /* RESET ALL: the script goes without its COMMIT. */
    cr_assert_not(unit_up(b, "1", "CREATE TABLE cut_here (id int); RESET ALL;"));
    cr_expect_eq(b->err.kind, ERR_CONNECTION);
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(unit_ledger(b), "");
    done(b, p);
}

Test(postgres_faults, cut_outside_a_transaction)
{
    struct proxy *p;
    struct unit_db *b = through(&p, (struct proxy_options) { .cut_at_text = "TABLE cut_here" });

    cr_assert_not(unit_up_outside(b, "1", "CREATE TABLE a (id int);\nCREATE TABLE cut_here (id int);\nSELECT 1;"));
    cr_expect_eq(b->err.kind, ERR_CONNECTION, "%s", b->err.message);
    /* The statement and its count were committing together. */
    cr_expect_eq(b->result.outcome, UNIT_UNKNOWN);
    cr_expect_eq(b->result.statements_done, 1);
    cr_expect_str_eq(unit_ask(b, "SELECT outcome || statements_done FROM history"), "started2");
    done(b, p);
}

Test(postgres_faults, cut_before_the_first_statement)
{
    for (int withheld = 0; withheld < 2; withheld++) {
        struct proxy *p;
        struct unit_db *b = through(&p, (struct proxy_options) { .cut_at_text = "started", .withheld = withheld });

        cr_assert_not(unit_up_outside(b, "1", "CREATE TABLE a (id int)"));
        cr_expect_eq(b->err.kind, ERR_CONNECTION, "%s", b->err.message);
        cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
        done(b, p);
        b = through(&p, (struct proxy_options) { .cut_at_text = "started", .withheld = withheld });
        cr_assert_not(unit_up(b, "1", "CREATE TABLE a (id int); COMMIT; BEGIN; SELECT 1"));
        cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
        done(b, p);
    }
}

Test(postgres_faults, cut_in_a_script_that_commits)
{
    struct proxy *p;
    struct unit_db *b = through(&p, (struct proxy_options) { .cut_at_text = "cut_here" });

    cr_assert_not(unit_up(b, "1", "CREATE TABLE cut_here (id int); COMMIT; BEGIN; SELECT 1"));
    cr_expect_eq(b->err.kind, ERR_CONNECTION, "%s", b->err.message);
    cr_expect_eq(b->result.outcome, UNIT_UNKNOWN);
    cr_expect_str_eq(unit_ask(b, "SELECT outcome FROM history"), "started");
    done(b, p);
}

Test(postgres_faults, cut_at_every_message)
{
    for (unsigned n = 2;; n++) {
        struct unit_db *b = unit_bare();
        struct proxy_options o = { .conninfo = b->conninfo, .cut_at_message = n, .withheld = n % 2 };
        struct proxy *p;
        struct cell key = { .column = "version", .kind = CELL_TEXT, .text = TEXT("9"), .key = true };
        struct row_change row = { ROW_INSERT, { "public", "schema_migrations" }, &key, 1 };
        struct table_list tables;
        int64_t waited;
        bool ok;

        unit_ask(b, "CREATE TABLE schema_migrations (version varchar PRIMARY KEY)");
        p = proxy_open(&o, b->arena);
        ok = unit_connect(b, NULL, proxy_conninfo(p, b->arena)) && db_tables_list(b->db, &tables, b->arena, &b->err) &&
             db_lock(b->db, &(struct lock_request) { .ledger = "x" }, &waited, &b->err) &&
             unit_up(b, "1", "CREATE TABLE a (id int)") && unit_up(b, "2", "CREATE TABLE b (id int); RESET ALL") &&
             unit_up_outside(b, "3", "CREATE TABLE c (id int); SELECT 1") && db_rows_write(b->db, &row, 1, &b->err) &&
             db_unlock(b->db, &b->err);
        if (!ok)
            cr_expect(b->err.kind == ERR_CONNECTION || b->err.kind == ERR_UNKNOWN_OUTCOME, "message %u: %s", n,
                      b->err.message);
        /* A version is in the ledger if and only if its script has run. */
        cr_expect_str_eq(unit_ask(b,
                                  "SELECT (count(*) FILTER (WHERE version = '1') = 1) = (to_regclass('a') IS NOT NULL) "
                                  "AND (count(*) FILTER (WHERE version = '2') = 1) = (to_regclass('b') IS NOT NULL) "
                                  "AND (count(*) FILTER (WHERE version = '3') = 0 OR to_regclass('c') IS NOT NULL) "
                                  "FROM schema_migrations"),
                         "t", "message %u", n);
        done(b, p);
        if (ok) {
            cr_expect_gt(n, 10);
            break;
        }
    }
}

/* ---- sessions that the server ends, signals ---- */

/* Signals a process, or ends the server's one for 0, once the query with this text sleeps. In a process of its own:
 * it looks until it sees it. */
static int when_running(const char *conninfo, const char *text, int to, int signal_number)
{
    int pid = fork();

    cr_assert(pid >= 0);
    if (pid == 0) {
        struct arena *a = arena_open();
        const char *look =
            arena_printf(a,
                         "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep' AND query "
                         "LIKE '%%%s%%' AND pid <> pg_backend_pid()",
                         text);

        while (!*postgres_ask(a, conninfo, look))
            ;
        if (to)
            kill(to, signal_number);
        else
            postgres_ask(a, conninfo,
                         arena_printf(a, "SELECT pg_terminate_backend(%s)", postgres_ask(a, conninfo, look)));
        arena_close(a);
        _exit(0);
    }
    return pid;
}

Test(postgres_faults, session_ended_during_a_script, .timeout = 60)
{
    struct unit_db *b = unit_open(NULL, NULL);
    int pid = when_running(b->conninfo, "CREATE TABLE a", 0, 0);

    cr_assert_not(unit_up(b, "1", "CREATE TABLE a (id int); SELECT pg_sleep(60);"));
    cr_expect_eq(waitpid(pid, NULL, 0), pid);
    cr_expect_eq(b->err.kind, ERR_CONNECTION, "%s", b->err.message);
    cr_expect_str_eq(b->err.sqlstate, "57P01");
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    cr_expect_str_eq(unit_ask(b, "SELECT to_regclass('a') IS NULL"), "t");
    cr_assert(db_reopen(b->db, &(struct reopen) { .said = "" }, &b->err), "%s", b->err.message);
    cr_expect(unit_up(b, "1", "CREATE TABLE a (id int)"), "%s", b->err.message);
    unit_close(b);
}

Test(postgres_faults, interrupted, .timeout = 60)
{
    struct unit_db *b = unit_open(NULL, NULL);
    int pid = when_running(b->conninfo, "CREATE TABLE a", getpid(), SIGINT);
    struct cell key = { .column = "version", .kind = CELL_TEXT, .text = TEXT("9"), .key = true };
    struct row_change row = { ROW_INSERT, { "public", "schema_migrations" }, &key, 1 };

    interrupt_install();
    cr_assert_not(unit_up(b, "1", "CREATE TABLE a (id int); SELECT pg_sleep(60);"));
    cr_expect_eq(waitpid(pid, NULL, 0), pid);
    cr_expect_eq(b->err.kind, ERR_INTERRUPTED, "%s", b->err.message);
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    /* What has happened can still be written down. */
    cr_expect(db_rows_write(b->db, &row, 1, &b->err), "%s", b->err.message);
    interrupt_reset();
    cr_expect(unit_up(b, "1", "CREATE TABLE a (id int)"), "%s", b->err.message);
    cr_expect_str_eq(unit_ledger(b), "1 9");
    unit_close(b);
}

Test(postgres_faults, terminated_outside_a_transaction, .timeout = 60)
{
    struct unit_db *b = unit_open(NULL, NULL);
    int pid = when_running(b->conninfo, "pg_sleep(60)", getpid(), SIGTERM);

    interrupt_install();
    cr_assert_not(unit_up_outside(b, "1", "CREATE TABLE a (id int);\nSELECT pg_sleep(60);"));
    cr_expect_eq(waitpid(pid, NULL, 0), pid);
    cr_expect_eq(b->err.kind, ERR_TERMINATED, "%s", b->err.message);
    cr_expect_eq(b->result.outcome, UNIT_PARTIAL);
    cr_expect_eq(b->result.statements_done, 1);
    interrupt_reset();
    unit_close(b);
}

Test(postgres_faults, statement_timeout_is_the_scripts_error)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_assert_not(unit_up(b, "1", "SET statement_timeout = 1;\nSELECT pg_sleep(60);"));
    cr_expect_str_eq(unit_error(b), "m.sql:2:1 script-failed 57014");
    unit_close(b);
}

/* ---- databases that can't be had ---- */

Test(postgres_faults, missing_database)
{
    struct unit_db *b = unit_bare();
    const char *url = arena_printf(b->arena, "%s dbname=mg_absent password=hunter2", postgres_server());

    cr_assert_not(unit_connect(b, NULL, url));
    cr_expect_eq(b->err.kind, ERR_CONNECTION);
    cr_expect(strstr(b->err.message, "mg_absent"), "%s", b->err.message);
    cr_expect(*b->err.hint);
    cr_expect_not(strstr(b->err.message, "hunter2"));
    unit_close(b);
}

Test(postgres_faults, nobody_listens)
{
    struct unit_db *b = unit_bare();

    cr_assert_not(unit_connect(b, NULL, "postgres://u:hunter2@127.0.0.1:1/d"));
    cr_expect_eq(b->err.kind, ERR_CONNECTION);
    cr_expect_not(strstr(b->err.message, "hunter2"), "%s", b->err.message);
    unit_close(b);
}

Test(postgres_faults, nobody_answers)
{
    struct unit_db *b = unit_bare();
    struct proxy *p = proxy_open(&(struct proxy_options) { .conninfo = b->conninfo, .delay_ms = 60000 }, b->arena);
    int64_t began = time_monotonic_ms();

    cr_assert_not(unit_connect(b, NULL, arena_printf(b->arena, "%s connect_timeout=1", proxy_conninfo(p, b->arena))));
    cr_expect_eq(b->err.kind, ERR_CONNECTION);
    cr_expect(strstr(b->err.message, "within 1 s"), "%s", b->err.message);
    cr_expect_lt(time_monotonic_ms() - began, 5000);
    proxy_close(p);
    unit_close(b);
}

Test(postgres_faults, waits_as_long_as_one_likes)
{
    struct unit_db *b = unit_bare();

    cr_expect(unit_connect(b, NULL, arena_printf(b->arena, "%s connect_timeout=9223372036854775807", b->conninfo)),
              "%s", b->err.message);
    unit_close(b);
}

Test(postgres_faults, read_only_database)
{
    static const char *const session[] = { "SET default_transaction_read_only = off", NULL };
    struct unit_db *b = unit_bare();

    unit_ask(b, arena_printf(b->arena, "ALTER DATABASE %s SET default_transaction_read_only = on",
                             postgres_part(b->arena, b->conninfo, "dbname")));
    cr_assert(unit_connect(b, NULL, b->conninfo), "%s", b->err.message);
    cr_expect(b->db->info.read_only);
    db_close(b->db);
    cr_assert(unit_connect(b, session, b->conninfo), "%s", b->err.message);
    cr_expect_not(b->db->info.read_only);
    unit_close(b);
}

Test(postgres_faults, what_is_known_of_the_server)
{
    struct unit_db *b = unit_bare();
    const char *url =
        arena_printf(b->arena, "postgres://%s@/%s?host=%s&port=%s&pool=3&password=hunter2&schema=odd%%20one",
                     postgres_part(b->arena, b->conninfo, "user"), postgres_part(b->arena, b->conninfo, "dbname"),
                     postgres_part(b->arena, b->conninfo, "host"), postgres_part(b->arena, b->conninfo, "port"));
    struct table_name name = { NULL, "T\"a" };
    struct table_info found;

    unit_ask(b, "CREATE SCHEMA \"odd one\"; CREATE TABLE \"odd one\".\"T\"\"a\" (id int)");
    cr_assert(unit_connect(b, NULL, url), "%s", b->err.message);
    cr_expect_str_eq(b->db->info.dialect, "postgres");
    cr_expect_str_eq(b->db->info.name, postgres_part(b->arena, b->conninfo, "dbname"));
    cr_expect_str_eq(b->db->info.user, postgres_part(b->arena, b->conninfo, "user"));
    cr_expect_str_eq(b->db->info.host, postgres_part(b->arena, b->conninfo, "host"));
    cr_expect(!strstr(b->db->info.shown, "hunter2") && !b->db->info.pooled && !b->db->info.read_only &&
              b->db->info.exists);
    cr_expect_eq(b->notices.len, 1);
    cr_assert(db_tables_find(b->db, &name, 1, &found, b->arena, &b->err), "%s", b->err.message);
    cr_expect(found.exists);
    cr_expect_str_eq(found.name.schema, "odd one");
    unit_close(b);
}

Test(postgres_faults, pgbouncer_parameter_counts_as_a_pooler)
{
    struct unit_db *b = unit_bare();
    const char *url =
        arena_printf(b->arena, "postgres://%s@/%s?host=%s&port=%s&pgbouncer=true",
                     postgres_part(b->arena, b->conninfo, "user"), postgres_part(b->arena, b->conninfo, "dbname"),
                     postgres_part(b->arena, b->conninfo, "host"), postgres_part(b->arena, b->conninfo, "port"));

    cr_assert(unit_connect(b, NULL, url), "%s", b->err.message);
    cr_expect(b->db->info.pooled);
    unit_close(b);
}

Test(postgres_faults, another_process_id_means_a_pooler)
{
    struct proxy *p;
    struct unit_db *b = through(&p, (struct proxy_options) { .as_pooler = true });

    cr_expect(b->db->info.pooled);
    done(b, p);
}

Test(postgres_faults, passwords_in_scripts_stay_out_of_messages)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_assert_not(unit_up(b, "1", "DO $$ BEGIN RAISE EXCEPTION 'in: ALTER ROLE x PASSWORD ''hunter2'''; END $$"));
    cr_expect(strstr(b->err.message, "'***'") && !strstr(b->err.message, "hunter2"), "%s", b->err.message);
    unit_close(b);
}
