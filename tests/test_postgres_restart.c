/* A server that ends under a run, and comes back. */
#include <criterion/criterion.h>

#include "tests/support/postgres.h"
#include "tests/support/server.h"
#include "tests/support/stage.h"

Test(postgres_restart, server_of_a_tests_own, .timeout = 120)
{
    struct arena *a = arena_open();
    struct server *server = server_open(a, NULL);
    struct stage s = stage_open(a, TEXT("== commit One\n== file db/migrate/1_a.sql\nCREATE TABLE a (id int);\n"), true);

    cr_expect_str_eq(s.port, arena_printf(a, "%d", server_port(server)));
    stage_expect(&s, 0, "merganser up --database \"$PG\"");
    server_stop(server, SERVER_IMMEDIATE);
    stage_expect(&s, 1, "merganser status --database \"$PG\"");
    server_start(server);
    cr_expect_str_eq(postgres_ask(a, s.conninfo, "SELECT version FROM schema_migrations"), "1");
    stage_close(&s);
    server_close(server);
    arena_close(a);
}
