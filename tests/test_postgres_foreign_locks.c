/* Other migration tools' advisory locks: their keys, and that merganser and they keep each other out. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "dialects/postgres/foreign_locks.h"
#include "tests/support/postgres.h"
#include "tests/support/rows.h"
#include "tests/support/scene.h"

/* The keys as the tools themselves compute them. */
static const struct {
    const char *tool, *schema, *table, *database;
    bool dirty;
    const char *keys; /* joined by a blank */
} vectors[] = {
    { "golang-migrate", "public", "schema_migrations", "app", true, "1726534663 1787120056" },
    { "golang-migrate", "public", "schema_migrations", "app", false, "" },
    { "goose", "public", "goose_db_version", "app", false, "4097083626" },
    { "sqlx", "public", "_sqlx_migrations", "app", false, "3469795979745788610" },
    { "Prisma", "public", "_prisma_migrations", "app", false, "72707369" },
    { "Flyway", "public", "flyway_schema_history", "app", false, "77433833903597" },
    { "Flyway",
      "\xc3\x9c"
      "ber",
      "flyway_schema_history", "app", false, "77429709099235" },
    { "tern", "public", "schema_version", "app", false, "9628173550095224" },
    { "node-pg-migrate", "public", "pgmigrations", "app", false, "7241865325823964" },
    { "Knex", "public", "knex_migrations", "app", false, "" },
};

ParameterizedTestParameters(postgres_foreign_locks, keys)
{
    return rows_numbered(sizeof vectors / sizeof *vectors);
}

ParameterizedTest(size_t *row, postgres_foreign_locks, keys)
{
    struct arena *a = arena_open();
    struct foreign_locks locks = { 0 };
    struct buf got = buf_open(a, 1000);

    /* Twice: a table that is found under two names is locked once. */
    for (int i = 0; i < 2; i++)
        foreign_locks_add(&locks, vectors[*row].tool, (struct table_name) { vectors[*row].schema, vectors[*row].table },
                          vectors[*row].dirty, vectors[*row].database, a);
    for (size_t i = 0; i < locks.len; i++)
        buf_printf(&got, "%s%lld", got.len ? " " : "", (long long)locks.at[i].key);
    cr_expect_str_eq(buf_cstr(&got), vectors[*row].keys, "%s", vectors[*row].tool);
    cr_expect_eq(foreign_lock_known(vectors[*row].tool), strcmp(vectors[*row].tool, "Knex") != 0);
    arena_close(a);
}

Test(postgres_foreign_locks, rails)
{
    cr_expect_eq(foreign_lock_rails("postgres"), 737815420147457505);
    cr_expect_eq(foreign_lock_rails("app"), 6939591962871035475);
    cr_expect_eq(foreign_lock_rails("myapp_development"), 7864839756650184315);
}
