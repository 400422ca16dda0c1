/* Every construct that is not simply a statement in a transaction: what becomes of it, and of the database. */
#include <criterion/criterion.h>

#include "tests/support/bad_input.h"

static const struct bad_input outside[] = {
    { "an index built concurrently", "CREATE INDEX CONCURRENTLY j ON t (a);", BAD_WARNS, "2_bad.sql:1:1",
      "SELECT indisvalid FROM pg_index WHERE indexrelid = 'j'::regclass", NULL },
    { "an index dropped concurrently", "DROP INDEX CONCURRENTLY i;", BAD_WARNS, "2_bad.sql:1:1",
      "SELECT to_regclass('i') IS NULL", NULL },
    { "an index rebuilt concurrently", "REINDEX INDEX CONCURRENTLY i;", BAD_WARNS, "2_bad.sql:1:1", NULL, NULL },
    { "a schema's indexes", "REINDEX SCHEMA public;", BAD_WARNS, "2_bad.sql:1:1", NULL, NULL },
    { "a partitioned table's indexes, which only the server knows", "REINDEX TABLE parts;", BAD_FAILS, "no-transaction",
      NULL, NULL },
    { "vacuum", "VACUUM t;", BAD_WARNS, "2_bad.sql:1:1", NULL, NULL },
    { "cluster", "CLUSTER;", BAD_WARNS, "2_bad.sql:1:1", NULL, NULL },
    { "the server's settings", "ALTER SYSTEM RESET work_mem;", BAD_WARNS, "2_bad.sql:1:1", NULL, NULL },
    { "a database", "CREATE DATABASE mg_bad_input TEMPLATE template0;\nDROP DATABASE mg_bad_input;", BAD_WARNS,
      "2_bad.sql:1:1", NULL, NULL },
    { "a tablespace that is not there", "DROP TABLESPACE mg_bad_input;", BAD_FAILS, "2_bad.sql:1:1", NULL, NULL },
    { "a partition detached concurrently", "ALTER TABLE parts DETACH PARTITION part_1 CONCURRENTLY;", BAD_WARNS,
      "2_bad.sql:1:1", "SELECT NOT relispartition FROM pg_class WHERE oid = 'part_1'::regclass", NULL },
    { "a partition detached", "ALTER TABLE parts DETACH PARTITION part_1;", BAD_APPLIES, NULL, NULL, NULL },
    { "a value of an enum", "ALTER TYPE mood ADD VALUE 'b';", BAD_APPLIES, NULL, NULL, NULL },
    { "a value of an enum, used at once", "ALTER TYPE mood ADD VALUE 'b';\nINSERT INTO moods VALUES ('b');", BAD_WARNS,
      NULL, "SELECT count(*) = 1 FROM moods", NULL },
    { "a DO block that commits", "DO $$ BEGIN COMMIT; END $$;", BAD_FAILS, "no-transaction", NULL, NULL },
    { "a procedure that commits", "CALL commits();", BAD_FAILS, "no-transaction", NULL, NULL },
};

static const struct bad_input control[] = {
    { "a transaction of its own", "BEGIN;\nDELETE FROM t;\nCOMMIT;", BAD_APPLIES, NULL, "SELECT count(*) = 0 FROM t",
      NULL },
    { "a BEGIN that nothing ends", "BEGIN;\nDELETE FROM t;", BAD_APPLIES, NULL, "SELECT count(*) = 0 FROM t", NULL },
    { "a COMMIT in the middle", "DELETE FROM t;\nCOMMIT;\nINSERT INTO t VALUES (7, 7);", BAD_WARNS, "2_bad.sql:2:1",
      "SELECT count(*) = 1 FROM t", NULL },
    { "a COMMIT in the middle, and an error",
      "DELETE FROM t;\nCOMMIT;\nINSERT INTO t VALUES (7, 7);\nINSERT INTO t VALUES (7, 7);", BAD_PARTIAL,
      "2_bad.sql:4:1", "SELECT count(*) = 1 FROM t", NULL },
    { "a ROLLBACK", "DELETE FROM t;\nROLLBACK;\nSELECT 1;", BAD_WARNS, "2_bad.sql:2:1", NULL, NULL },
    { "commits, and begins again around the ledger's row",
      "DELETE FROM t;\nCOMMIT;\nBEGIN;\nINSERT INTO schema_migrations (version) VALUES ('2');\nCOMMIT;\nBEGIN;",
      BAD_WARNS, NULL, "SELECT count(*) = 0 FROM t", NULL },
    { "a transaction prepared", "BEGIN;\nDELETE FROM t;\nPREPARE TRANSACTION 'bad';", BAD_REFUSED, "2_bad.sql:3:1",
      "SELECT count(*) = 3 FROM t", NULL },
    { "savepoints", "SAVEPOINT a;\nDELETE FROM t;\nROLLBACK TO a;\nRELEASE a;", BAD_APPLIES, NULL,
      "SELECT count(*) = 3 FROM t", NULL },
    { "its transaction read-only", "SET TRANSACTION READ ONLY;", BAD_FAILS, "2_bad.sql", NULL, NULL },
    { "its own transaction read-only", "BEGIN READ ONLY;\nSELECT 1;\nCOMMIT;", BAD_REFUSED, "2_bad.sql:1:7", NULL,
      NULL },
    { "an error in the last statement", "DELETE FROM t;\nSELECT 1/0;", BAD_FAILS, "2_bad.sql:2:1", NULL, NULL },
    { "an error at COMMIT", "ALTER TABLE t ADD UNIQUE (a) DEFERRABLE INITIALLY DEFERRED;\nINSERT INTO t VALUES (7, 1);",
      BAD_FAILS, "2_bad.sql", NULL, NULL },
};

static const struct bad_input session[] = {
    { "a setting", "SET statement_timeout = '1h';\nSET datestyle = 'German';", BAD_APPLIES, NULL, NULL, NULL },
    { "a local setting", "SET LOCAL search_path = '';", BAD_APPLIES, NULL, NULL, NULL },
    { "a setting by a function", "SELECT set_config('search_path', '', false);", BAD_APPLIES, NULL, NULL, NULL },
    { "RESET ALL", "SET search_path = '';\nRESET ALL;", BAD_APPLIES, NULL, NULL, NULL },
    { "a search_path that hides the ledger",
      "CREATE SCHEMA s;\nSET search_path = s;\nCREATE TABLE schema_migrations (v int);", BAD_APPLIES, NULL,
      "SELECT count(*) = 0 FROM s.schema_migrations", NULL },
    { "a role without a right to the ledger", "SET ROLE pg_monitor;", BAD_APPLIES, NULL, NULL, NULL },
    { "another user", "SET SESSION AUTHORIZATION pg_monitor;", BAD_APPLIES, NULL, NULL, NULL },
    { "strings with backslashes", "SET standard_conforming_strings = off;\nINSERT INTO t VALUES (7, length('\\';'));",
      BAD_REFUSED, "2_bad.sql:1:5", NULL, NULL },
    { "another encoding", "SET client_encoding = 'LATIN1';", BAD_APPLIES, NULL, NULL, NULL },
    { "a session that only reads", "SET default_transaction_read_only = on;", BAD_APPLIES, NULL, NULL, NULL },
    { "a session of another isolation", "SET default_transaction_isolation = 'serializable';", BAD_APPLIES, NULL, NULL,
      NULL },
    { "a session without triggers", "SET session_replication_role = replica;", BAD_APPLIES, NULL, NULL, NULL },
    { "DISCARD ALL", "SELECT 1;\nDISCARD ALL;", BAD_REFUSED, "2_bad.sql:2:1", NULL, NULL },
    { "DEALLOCATE ALL", "DEALLOCATE ALL;", BAD_APPLIES, NULL, NULL, NULL },
    { "listening", "LISTEN x;", BAD_APPLIES, NULL, NULL, NULL },
    { "a table locked", "LOCK TABLE t, schema_migrations;", BAD_APPLIES, NULL, NULL, NULL },
    { "a cursor that stays", "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM t;", BAD_APPLIES, NULL, NULL, NULL },
    { "a statement that takes too long", "SET statement_timeout = 1;\nSELECT pg_sleep(60);", BAD_FAILS, "2_bad.sql:2:1",
      NULL, NULL },
    { "all locks released", "SELECT 1;\nSELECT pg_advisory_unlock_all();", BAD_REFUSED, "2_bad.sql:2:1", NULL, NULL },
    { "all locks released in a string", "DO $$ BEGIN EXECUTE 'SELECT pg_advisory_' || 'unlock_all()'; END $$;",
      BAD_LOCK_LOST, "the lock was lost", NULL, NULL },
    { "its own session ended", "DELETE FROM t;\nSELECT pg_terminate_backend(pg_backend_pid());", BAD_FAILS, "57P01",
      NULL, NULL },
    { "its own session ended, with a wait", "DELETE FROM t;\nSELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60);",
      BAD_FAILS, "2_bad.sql:2:1", NULL, NULL },
};

static const struct bad_input text[] = {
    { "a quote that nothing ends", "DELETE FROM t;\nSELECT 'it;", BAD_REFUSED, "2_bad.sql:2:8", NULL, NULL },
    { "a comment that nothing ends", "DELETE FROM t; /* it", BAD_REFUSED, "2_bad.sql:1:16", NULL, NULL },
    { "a comment at its end", "DELETE FROM t; -- it", BAD_APPLIES, NULL, "SELECT count(*) = 0 FROM t", NULL },
    { "syntax of a newer server", "DELETE FROM t;\nSELECT JSON_OBJECT('a': 1);", BAD_FAILS, "2_bad.sql:2:23", NULL,
      NULL },
    { "a connection of psql's", "DELETE FROM t;\n\\connect other", BAD_REFUSED, "2_bad.sql:2:1", NULL, NULL },
    { "a variable of psql's", "\\set x 1\nSELECT :x;", BAD_REFUSED, "2_bad.sql:1:1", NULL, NULL },
    { "a file that is not there", "\\i other.sql", BAD_REFUSED, "2_bad.sql:1", NULL, NULL },
    { "a dump's guard", "\\restrict abc\nDELETE FROM t;\n\\unrestrict abc\n", BAD_APPLIES, NULL,
      "SELECT count(*) = 0 FROM t", NULL },
    { "rows of COPY", "COPY t FROM stdin;\n7\t7\n\\.\nDELETE FROM t WHERE id < 7;", BAD_APPLIES, NULL,
      "SELECT count(*) = 1 FROM t", NULL },
    { "rows of COPY that are wrong", "DELETE FROM t;\nCOPY t FROM stdin;\n7\t7\nx\t7\n\\.\n", BAD_FAILS,
      "2_bad.sql:", NULL, NULL },
};

#define PLAY(rows) bad_input_play(rows, sizeof rows / sizeof *rows)

Test(bad_constructs, outside_a_transaction)
{
    PLAY(outside);
}

Test(bad_constructs, transaction_control)
{
    PLAY(control);
}

Test(bad_constructs, session)
{
    PLAY(session);
}

Test(bad_constructs, text)
{
    PLAY(text);
}
