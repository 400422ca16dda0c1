/* The connection's settings and role: ours, `session`'s, and what a script leaves behind. */
#include <criterion/criterion.h>

#include "tests/support/postgres_unit.h"
#include "tests/support/rows.h"

Test(postgres_session, role_that_may_not_write_the_ledger_is_reset)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_assert(unit_up(b, "1", "CREATE ROLE mg_nobody_role; SET ROLE mg_nobody_role;"), "%s", b->err.message);
    cr_expect_str_eq(unit_ledger(b), "1");
    unit_ask(b, "DROP ROLE mg_nobody_role");
    unit_close(b);
}

/* Rules that newer servers have relaxed depend on it. */
Test(postgres_session, the_servers_version_is_known)
{
    struct unit_db *b = unit_open(NULL, NULL);

    cr_expect_str_eq(arena_printf(b->arena, "%d", b->db->info.version), unit_ask(b, "SHOW server_version_num"));
    unit_close(b);
}

Test(postgres_session, session_is_issued_again)
{
    static const char *const session[] = { "SET ROLE pg_write_all_data", "SET lock_timeout = '7s' -- why", NULL };
    struct unit_db *b = unit_bare();

    unit_ask(b, "CREATE TABLE schema_migrations (version text PRIMARY KEY); GRANT ALL ON SCHEMA public TO public; "
                "GRANT ALL ON schema_migrations TO pg_write_all_data");
    cr_assert(unit_connect(b, session, b->conninfo), "%s", b->err.message);
    cr_assert(unit_up(b, "1", "RESET ROLE; SET lock_timeout = 0; CREATE TABLE a AS SELECT current_user::text AS who"),
              "%s", b->err.message);
    cr_assert(unit_up(b, "2", "CREATE TABLE b AS SELECT current_user::text || current_setting('lock_timeout') AS who"),
              "%s", b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT who FROM b"), "pg_write_all_data7s");
    unit_close(b);
}

Test(postgres_session, session_statement_that_fails_is_named)
{
    static const char *const session[] = { "SET lock_timeout = 0", "SET ROLE mg_absent", NULL };
    struct unit_db *b = unit_bare();

    cr_assert_not(unit_connect(b, session, b->conninfo));
    cr_expect_eq(b->err.kind, ERR_DATABASE);
    cr_expect(strstr(b->err.message, "\"SET ROLE mg_absent\""), "%s", b->err.message);
    unit_close(b);
}

/* Each refused before there is a session to ask: what the server said is known all the same. */
static const struct {
    const char *make, *conninfo, *sqlstate, *hint;
} refused[] = {
    { NULL, "user=mg_absent", "28000", "pg_hba.conf" },
    { NULL, "dbname=mg_absent", "3D000", "createdb" },
    { "CREATE ROLE mg_crowd LOGIN CONNECTION LIMIT 0", "user=mg_crowd", "53300", "max_connections" },
};

ParameterizedTestParameters(postgres_session, refused)
{
    return rows_numbered(sizeof refused / sizeof *refused);
}

ParameterizedTest(size_t *row, postgres_session, refused)
{
    struct unit_db *b = unit_bare();

    if (refused[*row].make)
        unit_ask(b, refused[*row].make);
    cr_assert_not(unit_connect(b, NULL, arena_printf(b->arena, "%s %s", b->conninfo, refused[*row].conninfo)));
    cr_expect_eq(b->err.kind, ERR_CONNECTION);
    cr_expect_str_eq(b->err.sqlstate, refused[*row].sqlstate, "%s", b->err.message);
    cr_expect_not(strstr(b->err.message, refused[*row].sqlstate), "%s", b->err.message);
    cr_expect_not(strstr(b->err.detail, "LOCATION"), "%s", b->err.detail);
    cr_expect(strstr(b->err.hint, refused[*row].hint), "%s", b->err.hint);
    if (refused[*row].make)
        unit_ask(b, "DROP ROLE mg_crowd");
    unit_close(b);
}

Test(postgres_session, a_role_that_may_make_no_table)
{
    struct unit_db *b = unit_bare();

    unit_ask(b, "CREATE ROLE mg_plain LOGIN");
    cr_assert(unit_connect(b, NULL, arena_printf(b->arena, "%s user=mg_plain", b->conninfo)), "%s", b->err.message);
    cr_expect_not(db_table_create(b->db, TABLE_SCHEMA_MIGRATIONS, (struct table_name) { "public", "schema_migrations" },
                                  &b->err));
    cr_expect(strstr(b->err.hint, "GRANT CREATE ON SCHEMA \"public\" TO \"mg_plain\""), "%s", b->err.hint);
    cr_expect_not(db_table_create(b->db, TABLE_HISTORY, (struct table_name) { "merganser", "history" }, &b->err));
    cr_expect(strstr(b->err.hint, "GRANT CREATE ON DATABASE"), "%s", b->err.hint);
    db_close(b->db);
    b->db = NULL;
    unit_ask(b, "DROP ROLE mg_plain");
    unit_close(b);
}

Test(postgres_session, a_ledger_that_may_not_be_written)
{
    static const char *const session[] = { "SET ROLE pg_monitor", NULL };
    struct unit_db *b = unit_bare();

    unit_ask(b,
             "CREATE TABLE schema_migrations (version text PRIMARY KEY); GRANT SELECT ON schema_migrations TO public");
    cr_assert(unit_connect(b, session, b->conninfo), "%s", b->err.message);
    cr_assert_not(unit_up(b, "1", "SELECT 1"));
    cr_expect_str_eq(unit_error(b), ":0:0 database 42501");
    cr_expect(strstr(b->err.hint, "session"), "%s", b->err.hint);
    cr_expect_eq(b->result.outcome, UNIT_ROLLED_BACK);
    unit_close(b);
}
