/* Scripts that are run to see what they do, and leave nothing behind. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/effects.h"
#include "tests/support/postgres.h"
#include "tests/support/postgres_unit.h"

enum { STATEMENTS = 16, SCRIPTS = 4 };

static struct unit_db *b;
static struct traced_script scripts[SCRIPTS];
static size_t nscripts;

static void setup(void)
{
    b = unit_open(NULL, NULL);
    nscripts = 0;
    unit_ask(b, "CREATE TABLE users (id int PRIMARY KEY, name text); INSERT INTO users SELECT i, i "
                "FROM generate_series(1, 10) i; CREATE TABLE posts (id int, user_id int); CREATE TYPE mood AS ENUM "
                "('ok'); CREATE INDEX posts_user ON posts (user_id)");
}

static void teardown(void)
{
    unit_close(b);
}

TestSuite(postgres_trace, .init = setup, .fini = teardown, .timeout = 120);

static void add(const char *sql)
{
    struct traced_script *s = &scripts[nscripts++];

    *s = (struct traced_script) { .len = STATEMENTS };
    s->effects = arena_make(b->arena, struct effects, STATEMENTS);
    s->request = unit_request(b, arena_printf(b->arena, "%zu", nscripts), DIRECTION_UP, sql, strlen(sql));
}

static bool run(bool ours)
{
    return db_trace(b->db, scripts, nscripts, ours, b->arena, &b->err);
}

/* The tables, columns and indexes that are there, and how many rows. */
static const char *all(void)
{
    return unit_ask(b, "SELECT string_agg(c.relname || ' ' || c.relfilenode || ' ' || a.n, ' ' ORDER BY c.relname) || "
                       "(SELECT count(*) FROM users) FROM pg_class c, LATERAL (SELECT count(*) AS n FROM pg_attribute "
                       "WHERE attrelid = c.oid) a WHERE c.oid >= 16384 AND c.relkind IN ('r','i')");
}

static void expect(size_t script, size_t statement, const char *want)
{
    const struct effects *f = &scripts[script].effects[statement];

    cr_expect(f->observed && !f->untraced && f->us >= 0, "%zu.%zu: %s", script, statement, f->untraced);
    cr_expect_str_eq(effects_words(f, b->arena), want, "%zu.%zu: %s", script, statement, effects_words(f, b->arena));
}

static void expect_untraced(size_t script, size_t statement, const char *want, const char *why)
{
    const struct effects *f = &scripts[script].effects[statement];

    cr_expect(!f->observed && f->untraced, "%zu.%zu", script, statement);
    cr_expect_str_eq(effects_words(f, b->arena), want, "%zu.%zu", script, statement);
    cr_expect(f->untraced && strstr(f->untraced, why), "%zu.%zu: %s", script, statement, f->untraced);
}

Test(postgres_trace, leaves_nothing_behind)
{
    const char *before = all();

    add("BEGIN; ALTER TABLE users ADD COLUMN city text; TRUNCATE posts; COMMIT;");
    add("CREATE TABLE towns (id int); DROP TABLE posts; UPDATE users SET name = 'x'; SET search_path = nowhere;");
    add("INSERT INTO towns VALUES (1);");
    cr_assert(run(false), "%s", unit_error(b));
    cr_expect_str_eq(all(), before);
    expect(0, 1, "users ACCESS EXCLUSIVE");
    expect(0, 2, "posts ACCESS EXCLUSIVE");
    /* Made by the script before, and seen by this one, whose search_path is the database's again. */
    expect(2, 0, "towns ROW EXCLUSIVE");
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM pg_locks WHERE relation = 'users'::regclass"), "0");
}

Test(postgres_trace, says_what_is_held_already)
{
    add("ALTER TABLE users ADD COLUMN a int; ALTER TABLE users ADD COLUMN b int; ALTER TABLE users RENAME TO people;"
        "ALTER TABLE people ADD COLUMN c uuid DEFAULT gen_random_uuid(); DROP TABLE people");
    cr_assert(run(false), "%s", unit_error(b));
    expect(0, 0, "users ACCESS EXCLUSIVE");
    expect(0, 1, "users ACCESS EXCLUSIVE");
    expect(0, 2, "users ACCESS EXCLUSIVE");
    expect(0, 3, "people ACCESS EXCLUSIVE rewrites scans");
    expect(0, 4, "people ACCESS EXCLUSIVE");
}

Test(postgres_trace, copies_rows)
{
    add("COPY posts FROM stdin;\n1\t1\n2\t1\n\\.\nALTER TABLE posts ALTER user_id SET NOT NULL;");
    cr_assert(run(false), "%s", unit_error(b));
    expect(0, 0, "posts ROW EXCLUSIVE");
    expect(0, 1, "posts ACCESS EXCLUSIVE scans");
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM posts"), "0");
}

Test(postgres_trace, places_what_fails)
{
    add("CREATE TABLE a (id int);");
    add("-- one\nALTER TABLE users\n    ADD COLUMN a int;\n\nUPDATE users SET nam = 1;\n");
    cr_expect(!run(false));
    cr_expect_str_eq(unit_error(b), "m.sql:5:18 script-failed 42703");
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM pg_class WHERE relname = 'a'"), "0");
    /* The connection goes on. */
    nscripts = 1;
    cr_expect(run(false), "%s", unit_error(b));
}

Test(postgres_trace, what_a_commit_would_check)
{
    unit_ask(b, "ALTER TABLE posts ADD FOREIGN KEY (user_id) REFERENCES users DEFERRABLE INITIALLY DEFERRED");
    add("INSERT INTO posts VALUES (1, 77);\nSELECT 1;");
    cr_expect(!run(false));
    cr_expect_str_eq(unit_error(b), "m.sql:2:1 script-failed 23503");
}

Test(postgres_trace, takes_plain_forms)
{
    const char *before = all();

    add("CREATE INDEX CONCURRENTLY users_name ON users (name);\nVACUUM users;\n"
        "REINDEX (CONCURRENTLY) TABLE users;\nDROP INDEX CONCURRENTLY posts_user;\n");
    add("ALTER INDEX users_name RENAME TO by_name;");
    cr_assert(run(false), "%s", unit_error(b));
    expect_untraced(0, 0, "users SHARE UPDATE EXCLUSIVE scans", "plain form");
    cr_expect(scripts[0].effects[0].us >= 0);
    expect_untraced(0, 1, "users SHARE UPDATE EXCLUSIVE scans", "was left out");
    cr_expect_eq(scripts[0].effects[1].us, -1);
    expect_untraced(0, 2, "users SHARE UPDATE EXCLUSIVE scans", "plain form");
    expect_untraced(0, 3, "posts_user SHARE UPDATE EXCLUSIVE", "plain form");
    expect(1, 0, "users_name SHARE UPDATE EXCLUSIVE");
    cr_expect_str_eq(all(), before);
}

Test(postgres_trace, goes_on_behind_what_was_not_run)
{
    add("ALTER SYSTEM SET work_mem = '5MB';");
    add("SELECT * FROM absent;\nALTER TABLE users ADD COLUMN a int;");
    cr_assert(run(false), "%s", unit_error(b));
    expect_untraced(0, 0, "unknown", "was left out");
    expect_untraced(1, 0, "", "relation \"absent\" does not exist");
    expect(1, 1, "users ACCESS EXCLUSIVE");
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM pg_file_settings WHERE name = 'work_mem'"), "0");
}

Test(postgres_trace, enum_values_are_not_used_before_a_commit)
{
    add("ALTER TYPE mood ADD VALUE 'bad';\nCREATE TABLE m (m mood DEFAULT 'bad');");
    cr_assert(run(false), "%s", unit_error(b));
    expect_untraced(0, 1, "", "enum value");
}

/* Each part would be a transaction: here they share one. A ROLLBACK of the script's own can't. */
Test(postgres_trace, transactions_of_the_script)
{
    const char *before = all();

    add("BEGIN; CREATE TABLE a (id int); COMMIT; BEGIN; ALTER TABLE a ADD COLUMN b int; COMMIT;");
    cr_assert(run(false), "%s", unit_error(b));
    expect(0, 4, "a ACCESS EXCLUSIVE");
    cr_expect_str_eq(all(), before);
    nscripts = 0;
    add("CREATE TABLE b (id int);\nBEGIN;\nDROP TABLE b;\nROLLBACK;\nVACUUM users;");
    cr_expect(!run(false));
    cr_expect_str_eq(unit_error(b), "m.sql:2:1 scratch ");
    cr_expect_str_eq(all(), before);
}

Test(postgres_trace, leaves_its_own_row_out)
{
    add("ALTER TABLE users ADD COLUMN a int;\nINSERT INTO schema_migrations (version) VALUES ('1');");
    unit_ask(b, "DROP TABLE schema_migrations");
    cr_assert(run(false), "%s", unit_error(b));
    expect(0, 0, "users ACCESS EXCLUSIVE");
    expect_untraced(0, 1, "schema_migrations ROW EXCLUSIVE", "its own version");
}

/* A scratch database is for it to keep. */
Test(postgres_trace, runs_as_up_does_in_a_scratch_database)
{
    add("CREATE INDEX CONCURRENTLY users_name ON users (name);\nVACUUM users;");
    add("ALTER TYPE mood ADD VALUE 'bad';\nCREATE TABLE m (m mood DEFAULT 'bad');");
    add("BEGIN;\nALTER TABLE m ADD COLUMN a int;\nALTER TABLE m ADD COLUMN b int;\nCOMMIT;");
    add("CREATE TABLE b (id int);\nBEGIN;\nDROP TABLE b;\nROLLBACK;\nVACUUM b;");
    cr_assert(run(true), "%s", unit_error(b));
    expect_untraced(0, 0, "users SHARE UPDATE EXCLUSIVE scans", "outside a transaction");
    cr_expect(scripts[0].effects[0].us >= 0);
    expect(2, 1, "m ACCESS EXCLUSIVE");
    expect(2, 2, "m ACCESS EXCLUSIVE");
    cr_expect_str_eq(unit_ask(b, "SELECT string_agg(relname, ' ' ORDER BY 1) FROM pg_class WHERE relname IN "
                                 "('users_name', 'm', 'b')"),
                     "b m users_name");
}

Test(postgres_trace, waits_no_longer_than_its_timeout)
{
    static const char *const session[] = { "SET lock_timeout = '50ms'", NULL };
    struct postgres_session *other = postgres_session_open(b->conninfo);

    db_close(b->db);
    cr_assert(unit_connect(b, session, b->conninfo));
    postgres_session_run(other, "BEGIN; LOCK TABLE users");
    add("CREATE TABLE a (id int);\nALTER TABLE users ADD COLUMN a int;");
    cr_expect(!run(false));
    cr_expect_str_eq(unit_error(b), "m.sql:2:1 script-failed 55P03");
    postgres_session_close(other);
}
