/* What REINDEX, DROP INDEX and DETACH PARTITION leave when they break off, and how the next run goes on. */
#include <criterion/criterion.h>

#include "core/base/interrupt.h"
#include "tests/support/postgres_build.h"

Test(postgres_concurrent_kinds, a_reindex_that_broke_off_leaves_nothing_behind)
{
    static const char *const scripts[] = { "REINDEX INDEX CONCURRENTLY i;", "REINDEX (CONCURRENTLY) TABLE t;",
                                           "REINDEX SCHEMA CONCURRENTLY public;" };
    struct unit_db *b = build_open();

    unit_ask(b, "CREATE UNIQUE INDEX i ON t (a)");
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct err *e = &b->err;

        /* Makes it fail: the index is unique no more, and nobody looks but REINDEX. */
        unit_ask(b, "UPDATE pg_index SET indisunique = false WHERE indexrelid = 'i'::regclass;"
                    " INSERT INTO t VALUES (1, 'twice');"
                    " UPDATE pg_index SET indisunique = true WHERE indexrelid = 'i'::regclass");
        b->resume = NULL;
        cr_assert_not(unit_up_outside(b, "1", scripts[i]), "row %zu", i);
        cr_expect_str_eq(e->sqlstate, "23505");
        cr_expect(strstr(e->hint, "public.i_ccnew, which this has left, and builds anew"), "row %zu: %s", i, e->hint);
        cr_expect_str_eq(build_indexes(b), "i i_ccnew!");
        unit_ask(b, "DELETE FROM t WHERE b = 'twice'; TRUNCATE history, schema_migrations");
        cr_assert(unit_up_outside(b, "1", scripts[i]), "%s", e->message);
        cr_expect(i == 2 || unit_warned(b, "index-invalid"));
        cr_expect_str_eq(build_indexes(b), i == 0 ? "i i_ccnew!" : build_indexes(b), "somebody else's stays");
        unit_ask(b, "TRUNCATE history, schema_migrations");
        b->resume = &build_begun;
        cr_assert(unit_up_outside(b, "1", scripts[i]), "%s", e->message);
        cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0", "a TOAST table's too");
        unit_ask(b, "TRUNCATE history, schema_migrations");
    }
    unit_close(b);
}

Test(postgres_concurrent_kinds, a_drop_that_is_done_or_half_done)
{
    struct unit_db *b = build_open();
    const char *drop = "DROP INDEX CONCURRENTLY i;";

    cr_assert_not(unit_up(b, "1", drop));
    cr_expect_str_eq(unit_error(b), "m.sql:1:1 script-failed 42704");
    unit_ask(b, "TRUNCATE history");
    b->resume = &build_begun;
    cr_assert(unit_up(b, "1", drop), "%s", b->err.message);
    unit_ask(b, "CREATE INDEX i ON t (a); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass;"
                " TRUNCATE history");
    cr_assert(unit_up(b, "2", drop), "%s", b->err.message);
    cr_expect_str_eq(build_indexes(b), "");
    unit_close(b);
}

Test(postgres_concurrent_kinds, detaching_that_was_interrupted_is_finished)
{
    struct unit_db *b = build_open();
    const char *sql = "ALTER TABLE p DETACH PARTITION c CONCURRENTLY;";
    struct build_wait t;

    unit_ask(b, "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE c PARTITION OF p FOR VALUES IN (1)");
    t = build_wait_for(b, "BEGIN; SELECT * FROM p");
    interrupt_install();
    t.stop = true;
    cr_assert_not(build_up(b, &t, "1", sql));
    interrupt_reset();
    cr_expect_eq(b->err.kind, ERR_INTERRUPTED, "%s", b->err.message);
    cr_expect_str_eq(b->err.hint, "run `merganser up` again: it finishes the detaching of c, which is pending");
    cr_expect_str_eq(unit_ask(b, "SELECT inhdetachpending FROM pg_inherits WHERE inhparent = 'p'::regclass"), "t");
    postgres_session_run(t.holder, "COMMIT");
    unit_ask(b, "TRUNCATE history");
    b->resume = &build_begun;
    cr_assert(unit_up(b, "1", sql), "%s", b->err.message);
    cr_expect_str_eq(unit_ask(b, "SELECT count(*) FROM pg_inherits WHERE inhparent = 'p'::regclass"), "0");
    unit_ask(b, "TRUNCATE history");
    cr_assert(unit_up(b, "2", sql), "it is done already: %s", b->err.message);
    postgres_session_close(t.holder);
    unit_close(b);
}
