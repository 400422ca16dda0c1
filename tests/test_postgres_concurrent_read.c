/* What a concurrent statement says, by its tokens. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "dialects/postgres/concurrent.h"

static const struct {
    const char *sql, *want; /* "kind scope relation [index|partition] [exists]"; "no": it is none */
} rows[] = {
    { "CREATE INDEX CONCURRENTLY i ON t (a)", "create table t i" },
    { "create unique /* c */ index -- d\nconcurrently\n\"My \"\"I\"\"\" on only \"S\".\"T t\"(a)",
      "create table S.T t My \"I\"" },
    { "CREATE INDEX CONCURRENTLY IF NOT EXISTS Ix ON db.s.T USING gin (a)", "create table s.t ix exists" },
    { "CREATE INDEX CONCURRENTLY ON t (a)", "create table t -" },
    { "CREATE INDEX CONCURRENTLY if ON t (a)", "create table t if" },
    { "CREATE INDEX CONCURRENTLY i ON t (a) WITHOUT SOMETHING NEW", "create table t i" },
    { "CREATE INDEX i ON t (a)", "no" },
    { "CREATE INDEX \"concurrently\" ON t (a)", "no" },
    { "CREATE TABLE concurrently (a int)", "no" },
    { "CREATE INDEX CONCURRENTLY U&\"\\0441\" ON t (a)", "no" },
    { "CREATE INDEX CONCURRENTLY i", "no" },
    { "DROP INDEX CONCURRENTLY IF EXISTS s.i", "drop index s.i exists" },
    { "DROP INDEX CONCURRENTLY \"I\" RESTRICT", "drop index I" },
    { "DROP INDEX i", "no" },
    { "REINDEX INDEX CONCURRENTLY i", "reindex index i" },
    { "REINDEX (VERBOSE) TABLE CONCURRENTLY s.t", "reindex table s.t" },
    { "REINDEX (CONCURRENTLY) TABLE t", "reindex table t" },
    { "REINDEX (CONCURRENTLY TRUE, VERBOSE) INDEX t", "reindex index t" },
    { "REINDEX (CONCURRENTLY off) TABLE t", "no" },
    { "REINDEX (VERBOSE, CONCURRENTLY 'false') TABLE t", "no" },
    { "REINDEX SCHEMA CONCURRENTLY \"S\"", "reindex schema S" },
    { "REINDEX DATABASE CONCURRENTLY db", "reindex database" },
    { "REINDEX DATABASE CONCURRENTLY", "reindex database" },
    { "REINDEX TABLE t", "no" },
    { "REINDEX (CONCURRENTLY", "no" },
    { "ALTER TABLE p DETACH PARTITION c CONCURRENTLY", "detach table p c" },
    { "ALTER TABLE IF EXISTS ONLY s.p * DETACH PARTITION s.\"C\" CONCURRENTLY", "detach table s.p s.C exists" },
    { "ALTER TABLE p DETACH PARTITION c", "no" },
    { "ALTER TABLE p DETACH PARTITION c FINALIZE", "no" },
    { "REFRESH MATERIALIZED VIEW CONCURRENTLY m", "no" },
    { "", "no" },
};

static const char *name(struct table_name n, struct arena *a)
{
    return n.schema ? arena_printf(a, "%s.%s", n.schema, n.table) : n.table ? n.table : "";
}

static const char *words(const struct concurrent *c, struct arena *a)
{
    static const char *const kinds[] = { "create", "reindex", "drop", "detach" };
    static const char *const scopes[] = { "index", "table", "schema", "database" };
    const char *other = c->kind == CONCURRENT_CREATE   ? c->index ? c->index : "-"
                        : c->kind == CONCURRENT_DETACH ? name(c->partition, a)
                                                       : "";

    return arena_printf(a, "%s %s%s%s%s%s%s", kinds[c->kind], scopes[c->scope], *name(c->relation, a) ? " " : "",
                        name(c->relation, a), *other ? " " : "", other, c->if_exists ? " exists" : "");
}

ParameterizedTestParameters(postgres_concurrent_read, statement)
{
    static size_t numbers[sizeof rows / sizeof *rows];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        numbers[i] = i;
    return cr_make_param_array(size_t, numbers, sizeof rows / sizeof *rows);
}

ParameterizedTest(size_t *row, postgres_concurrent_read, statement)
{
    struct arena *a = arena_open();
    struct concurrent c;
    const char *got = concurrent_read(&c, text_from(rows[*row].sql), a) ? words(&c, a) : "no";

    cr_expect_str_eq(got, rows[*row].want, "%s: %s", rows[*row].sql, got);
    arena_close(a);
}
