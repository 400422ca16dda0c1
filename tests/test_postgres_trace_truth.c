/* The table of what statements lock, write anew and read (effects.c), held against a server that runs them. */
#include <criterion/criterion.h>

#include "core/base/script.h"
#include "dialects/postgres/postgres.h"
#include "tests/support/effects.h"
#include "tests/support/postgres_unit.h"

static const char setup[] =
    "CREATE TABLE u (id int PRIMARY KEY);"
    "CREATE TABLE t (id int PRIMARY KEY, a int, b text DEFAULT 'x', c varchar(10), u_id int, n int NOT NULL DEFAULT 1);"
    "INSERT INTO u SELECT generate_series(1, 5); INSERT INTO t (id, a, u_id) SELECT i, i, i FROM generate_series(1, 5) "
    "i;"
    "CREATE INDEX t_a ON t (a); CREATE UNIQUE INDEX t_n ON t (n, id);"
    "ALTER TABLE t ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;"
    "ALTER TABLE t ADD CONSTRAINT filled CHECK (u_id IS NOT NULL);"
    "CREATE TABLE f (id int, u_id int REFERENCES u); ALTER TABLE f ADD CONSTRAINT late FOREIGN KEY (id) REFERENCES u "
    "NOT VALID;"
    "CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);"
    "CREATE TABLE p2 (id int); INSERT INTO p2 VALUES (12);"
    "CREATE VIEW v AS SELECT id FROM t; CREATE MATERIALIZED VIEW m AS SELECT id FROM t;"
    "CREATE SEQUENCE s; CREATE TYPE mood AS ENUM ('ok'); CREATE DOMAIN d AS int;"
    "CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
    "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf();"
    "CREATE POLICY po ON t USING (true); CREATE RULE ru AS ON DELETE TO u DO ALSO NOTIFY x;"
    "CREATE TABLE par (id int, a int, b text, c varchar(10), u_id int, n int NOT NULL);";

static const struct {
    const char *sql;
    const char *documented; /* "relation lock rewrites scans may?", as the table says */
    const char *seen;       /* what the server did; NULL: the same */
} cases[] = {
    { "ALTER TABLE t ADD COLUMN z int", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t ADD COLUMN z int DEFAULT 1 NOT NULL", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t ADD COLUMN z timestamptz DEFAULT now()", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t ADD COLUMN z uuid DEFAULT gen_random_uuid()", "t ACCESS EXCLUSIVE rewrites scans", NULL },
    { "ALTER TABLE t ADD COLUMN z serial", "t ACCESS EXCLUSIVE rewrites scans", NULL },
    { "ALTER TABLE t ADD COLUMN z int GENERATED ALWAYS AS IDENTITY", "t ACCESS EXCLUSIVE rewrites scans", NULL },
    { "ALTER TABLE t ADD COLUMN z int GENERATED ALWAYS AS (a * 2) STORED", "t ACCESS EXCLUSIVE rewrites scans", NULL },
    { "ALTER TABLE t ADD COLUMN z int REFERENCES u", "t ACCESS EXCLUSIVE scans may; u SHARE ROW EXCLUSIVE",
      "t ACCESS EXCLUSIVE; u SHARE ROW EXCLUSIVE" },
    { "ALTER TABLE t ADD COLUMN z int CHECK (z > 0)", "t ACCESS EXCLUSIVE scans", NULL },
    { "ALTER TABLE t ADD COLUMN z int UNIQUE", "t ACCESS EXCLUSIVE scans", NULL },
    { "ALTER TABLE t DROP COLUMN a", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t ALTER a TYPE bigint", "t ACCESS EXCLUSIVE rewrites scans may",
      "t ACCESS EXCLUSIVE rewrites scans" },
    { "ALTER TABLE t ALTER c TYPE varchar(20)", "t ACCESS EXCLUSIVE rewrites scans may", "t ACCESS EXCLUSIVE" },
    { "ALTER TABLE t ALTER a TYPE text USING 'n' || a", "t ACCESS EXCLUSIVE rewrites scans", NULL },
    { "ALTER TABLE t ALTER a SET NOT NULL", "t ACCESS EXCLUSIVE scans may", "t ACCESS EXCLUSIVE scans" },
    { "ALTER TABLE t ALTER u_id SET NOT NULL", "t ACCESS EXCLUSIVE scans may", "t ACCESS EXCLUSIVE" },
    { "ALTER TABLE t ALTER n DROP NOT NULL", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t ALTER a SET DEFAULT 2", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t ALTER b DROP DEFAULT", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t ALTER a SET STATISTICS 100", "t SHARE UPDATE EXCLUSIVE", NULL },
    { "ALTER TABLE t ALTER a SET (n_distinct = 5)", "t SHARE UPDATE EXCLUSIVE", NULL },
    { "ALTER TABLE t ALTER b SET STORAGE EXTERNAL", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0)", "t ACCESS EXCLUSIVE scans", NULL },
    { "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a)", "t ACCESS EXCLUSIVE scans", NULL },
    { "ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX t_n", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (u_id) REFERENCES u",
      "t SHARE ROW EXCLUSIVE scans; u SHARE ROW EXCLUSIVE", NULL },
    { "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (u_id) REFERENCES u NOT VALID",
      "t SHARE ROW EXCLUSIVE; u SHARE ROW EXCLUSIVE", NULL },
    { "ALTER TABLE t VALIDATE CONSTRAINT positive", "t SHARE UPDATE EXCLUSIVE scans", NULL },
    { "ALTER TABLE f VALIDATE CONSTRAINT late", "f SHARE UPDATE EXCLUSIVE scans",
      "f SHARE UPDATE EXCLUSIVE scans; u ROW SHARE" },
    { "ALTER TABLE t DROP CONSTRAINT positive", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE f DROP CONSTRAINT late", "f ACCESS EXCLUSIVE", "f ACCESS EXCLUSIVE; u ACCESS EXCLUSIVE" },
    { "ALTER TABLE t SET (fillfactor = 70)", "t SHARE UPDATE EXCLUSIVE", NULL },
    { "ALTER TABLE t CLUSTER ON t_a", "t SHARE UPDATE EXCLUSIVE", NULL },
    { "ALTER TABLE t SET UNLOGGED", "t ACCESS EXCLUSIVE rewrites scans may", "t ACCESS EXCLUSIVE rewrites scans" },
    { "ALTER TABLE t SET LOGGED", "t ACCESS EXCLUSIVE rewrites scans may", "t ACCESS EXCLUSIVE" },
    { "ALTER TABLE t SET TABLESPACE pg_default", "t ACCESS EXCLUSIVE rewrites scans may", "t ACCESS EXCLUSIVE" },
    { "ALTER TABLE t DISABLE TRIGGER tr", "t SHARE ROW EXCLUSIVE", NULL },
    { "ALTER TABLE t ENABLE ROW LEVEL SECURITY", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t REPLICA IDENTITY FULL", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t OWNER TO CURRENT_USER", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t INHERIT par", "par SHARE UPDATE EXCLUSIVE; t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t RENAME TO tt", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t RENAME a TO aa", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE t RENAME CONSTRAINT positive TO pos", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20)",
      "p SHARE UPDATE EXCLUSIVE; p2 ACCESS EXCLUSIVE scans may",
      "p SHARE UPDATE EXCLUSIVE; p2 ACCESS EXCLUSIVE scans" },
    { "ALTER TABLE p DETACH PARTITION p1", "p ACCESS EXCLUSIVE; p1 ACCESS EXCLUSIVE", NULL },
    { "CREATE TABLE p3 PARTITION OF p FOR VALUES FROM (30) TO (40)", "p ACCESS EXCLUSIVE", NULL },
    { "CREATE TABLE child () INHERITS (par)", "par SHARE UPDATE EXCLUSIVE", NULL },
    { "CREATE TABLE n (id int REFERENCES u, CHECK (id > 0))", "u SHARE ROW EXCLUSIVE", NULL },
    { "DROP TABLE f", "f ACCESS EXCLUSIVE", "f ACCESS EXCLUSIVE; u ACCESS EXCLUSIVE" },
    { "TRUNCATE f", "f ACCESS EXCLUSIVE", NULL },
    { "CREATE INDEX ON t (b)", "t SHARE scans", NULL },
    { "CREATE STATISTICS st ON a, n FROM t", "t SHARE UPDATE EXCLUSIVE", NULL },
    { "DROP INDEX t_a", "t_a ACCESS EXCLUSIVE", "t ACCESS EXCLUSIVE; t_a ACCESS EXCLUSIVE" },
    { "ALTER INDEX t_a RENAME TO t_b", "t_a SHARE UPDATE EXCLUSIVE", NULL },
    { "ALTER INDEX t_a SET (fillfactor = 70)", "t_a SHARE UPDATE EXCLUSIVE", NULL },
    { "REINDEX INDEX t_a", "t_a ACCESS EXCLUSIVE rewrites", "t SHARE scans; t_a ACCESS EXCLUSIVE rewrites" },
    { "REINDEX TABLE t", "t SHARE scans",
      "t SHARE scans; t_a ACCESS EXCLUSIVE rewrites; t_n ACCESS EXCLUSIVE rewrites; t_pkey ACCESS EXCLUSIVE rewrites" },
    { "CLUSTER t USING t_a", "t ACCESS EXCLUSIVE rewrites scans", NULL },
    { "ANALYZE t", "t SHARE UPDATE EXCLUSIVE", NULL },
    { "REFRESH MATERIALIZED VIEW m", "m ACCESS EXCLUSIVE rewrites",
      "m ACCESS EXCLUSIVE rewrites; t ACCESS SHARE scans" },
    { "CREATE TRIGGER x AFTER INSERT ON t EXECUTE FUNCTION tf()", "t SHARE ROW EXCLUSIVE", NULL },
    { "DROP TRIGGER tr ON t", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER TRIGGER tr ON t RENAME TO x", "t ACCESS EXCLUSIVE", NULL },
    { "CREATE POLICY x ON t USING (true)", "t ACCESS EXCLUSIVE", NULL },
    { "ALTER POLICY po ON t USING (false)", "t ACCESS EXCLUSIVE", NULL },
    { "DROP POLICY po ON t", "t ACCESS EXCLUSIVE", NULL },
    { "CREATE RULE x AS ON INSERT TO u DO ALSO NOTIFY x", "u ACCESS EXCLUSIVE", NULL },
    { "DROP RULE ru ON u", "u ACCESS EXCLUSIVE", NULL },
    { "CREATE OR REPLACE VIEW v AS SELECT id FROM t", "v ACCESS EXCLUSIVE", "t ACCESS SHARE; v ACCESS EXCLUSIVE" },
    { "DROP VIEW v", "v ACCESS EXCLUSIVE", NULL },
    { "ALTER VIEW v ALTER id SET DEFAULT 1", "v ACCESS EXCLUSIVE", NULL },
    { "ALTER VIEW v RENAME TO w", "v ACCESS EXCLUSIVE", NULL },
    { "DROP MATERIALIZED VIEW m", "m ACCESS EXCLUSIVE", NULL },
    { "ALTER SEQUENCE s INCREMENT 2", "s SHARE ROW EXCLUSIVE", NULL },
    { "DROP SEQUENCE s", "s ACCESS EXCLUSIVE", NULL },
    { "COMMENT ON TABLE t IS 'x'", "t SHARE UPDATE EXCLUSIVE", NULL },
    { "COMMENT ON COLUMN t.a IS 'x'", "t SHARE UPDATE EXCLUSIVE", NULL },
    { "COMMENT ON CONSTRAINT positive ON t IS 'x'", "", "t ACCESS SHARE" },
    { "COMMENT ON INDEX t_a IS 'x'", "t_a SHARE UPDATE EXCLUSIVE", NULL },
    { "GRANT SELECT ON t TO PUBLIC", "", NULL },
    { "ALTER TYPE mood ADD VALUE 'bad'", "", NULL },
    { "CREATE VIEW w AS SELECT 1", "", NULL },
    { "INSERT INTO f VALUES (1, 1)", "f ROW EXCLUSIVE", "f ROW EXCLUSIVE; u ROW SHARE" },
    { "UPDATE t SET a = 1", "t ROW EXCLUSIVE scans", "t ROW EXCLUSIVE scans may" },
    { "DELETE FROM f", "f ROW EXCLUSIVE scans", "f ROW EXCLUSIVE scans may" },
    { "LOCK TABLE t IN SHARE MODE", "t SHARE", NULL },
    { "ALTER DOMAIN d ADD CHECK (VALUE > 0)", "unknown", "" },
    { "DO $$ BEGIN UPDATE t SET a = 2; END $$", "unknown", "t ROW EXCLUSIVE scans may" },
};

Test(postgres_trace_truth, table_holds, .timeout = 120)
{
    struct unit_db *b = unit_open(NULL, NULL);

    unit_ask(b, setup);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct effects seen = { 0 }, known;
        struct actions actions;
        struct script script = script_in_memory("s.sql", text_from(cases[i].sql), b->arena);
        struct traced_script t = { { .script = &script }, &seen, 1 };
        bool ok = db_trace(b->db, &t, 1, false, b->arena, &b->err);

        cr_assert(ok, "%s: %s", cases[i].sql, b->err.message);
        cr_expect(seen.observed && seen.us >= 0, "%s", cases[i].sql);
        dialect_describe(&actions, &postgres_dialect, text_from(cases[i].sql), b->arena);
        dialect_effects(&known, &postgres_dialect, &actions, 0, b->arena);
        cr_expect_str_eq(effects_words(&known, b->arena), cases[i].documented, "%s", cases[i].sql);
        cr_expect_str_eq(effects_words(&seen, b->arena), cases[i].seen ? cases[i].seen : cases[i].documented, "%s",
                         cases[i].sql);
    }
    unit_close(b);
}
