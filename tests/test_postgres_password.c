/* A server that asks for a password: what is said where it is wrong, and that it is never shown. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "tests/support/postgres.h"
#include "tests/support/postgres_unit.h"

#define ROLE   "mg_scram"
#define SECRET "kept-to-itself"

/* The server that the tests are given trusts everybody but this role. Another test may be making it too. */
static void role_make(struct unit_db *b)
{
    unit_ask(b, "SET password_encryption = 'scram-sha-256';"
                "DO $$ BEGIN LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;"
                " IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '" ROLE "') THEN"
                " CREATE ROLE " ROLE " LOGIN PASSWORD '" SECRET "'; END IF; END $$");
}

static const char *conninfo_of(struct unit_db *b, const char *more)
{
    return arena_printf(b->arena, "%s user=" ROLE " %s", b->conninfo, more);
}

static const char *all_of(struct unit_db *b)
{
    const struct err *e = &b->err;

    return arena_printf(b->arena, "%s\n%s\n%s\n%s\n%s", e->message, e->detail, e->hint, e->server_hint, e->state);
}

static struct unit_db *stage;

static void setup(void)
{
    stage = unit_bare();
    role_make(stage);
}

static void teardown(void)
{
    unit_close(stage);
}

TestSuite(postgres_password, .init = setup, .fini = teardown);

Test(postgres_password, wrong)
{
    cr_assert_not(unit_connect(stage, NULL, conninfo_of(stage, "password=not-the-" SECRET)));
    cr_expect_eq(stage->err.kind, ERR_CONNECTION);
    cr_expect_str_eq(stage->err.sqlstate, "28P01", "%s", stage->err.message);
    cr_expect(strstr(stage->err.hint, "check user and password"), "%s", stage->err.hint);
    cr_expect_not(strstr(all_of(stage), SECRET), "%s", all_of(stage));
}

Test(postgres_password, absent)
{
    cr_assert_not(unit_connect(stage, NULL, conninfo_of(stage, "passfile=/nowhere")));
    cr_expect_eq(stage->err.kind, ERR_CONNECTION);
    cr_expect(strstr(stage->err.hint, "give the password"), "%s", stage->err.hint);
}

Test(postgres_password, right_after_a_wrong_one)
{
    cr_assert_not(unit_connect(stage, NULL, conninfo_of(stage, "password=x")));
    cr_assert(unit_connect(stage, NULL, conninfo_of(stage, "password=" SECRET)), "%s", stage->err.message);
}

Test(postgres_password, in_a_url_with_several_hosts)
{
    const char *port = postgres_part(stage->arena, stage->conninfo, "port"),
               *name = postgres_part(stage->arena, stage->conninfo, "dbname");

    cr_assert_not(unit_connect(
        stage, NULL,
        arena_printf(stage->arena, "postgres://" ROLE ":not-%%6b" SECRET "@127.0.0.1:1,127.0.0.1:%s/%s", port, name)));
    cr_expect_str_eq(stage->err.sqlstate, "28P01", "%s", stage->err.message);
    cr_expect_not(strstr(all_of(stage), SECRET), "%s", all_of(stage));
    cr_assert(unit_connect(
                  stage, NULL,
                  arena_printf(stage->arena, "postgres://" ROLE ":" SECRET "@127.0.0.1:1,127.0.0.1:%s/%s", port, name)),
              "%s", stage->err.message);
}
