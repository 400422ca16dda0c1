/* Scripts that touch the ledger, and ledgers that do not take what they are given. */
#include <criterion/criterion.h>

#include "tests/support/bad_input.h"
#include "tests/support/scene.h"

static const struct bad_input scripts[] = {
    { "its own row", "INSERT INTO schema_migrations (version) VALUES ('2');", BAD_APPLIES, NULL, NULL, NULL },
    { "its own row twice over",
      "INSERT INTO schema_migrations (version) VALUES ('2');\nINSERT INTO schema_migrations (version) VALUES ('2');",
      BAD_FAILS, "2_bad.sql:2:1", NULL, NULL },
    { "its own row, and away again",
      "INSERT INTO schema_migrations (version) VALUES ('2');\nDELETE FROM schema_migrations WHERE version = '2';",
      BAD_FAILS, "2_bad.sql", NULL, NULL },
    { "another's row", "DELETE FROM t;\nINSERT INTO schema_migrations (version) VALUES ('9');", BAD_REFUSED,
      "2_bad.sql:2:", NULL, NULL },
    { "another's row goes", "DELETE FROM schema_migrations WHERE version = '1';", BAD_REFUSED, "2_bad.sql:1:", NULL,
      NULL },
    { "the ledger goes", "DROP TABLE schema_migrations;", BAD_FAILS, NULL, NULL, NULL },
    { "the ledger has another name", "ALTER TABLE schema_migrations RENAME TO other;", BAD_FAILS, NULL, NULL, NULL },
    { "the ledger is in another schema", "CREATE SCHEMA s;\nALTER TABLE schema_migrations SET SCHEMA s;", BAD_FAILS,
      NULL, NULL, NULL },
    { "the ledger wants more",
      "ALTER TABLE schema_migrations ADD x int NOT NULL DEFAULT 1;\n"
      "ALTER TABLE schema_migrations ALTER x DROP DEFAULT;",
      BAD_FAILS, NULL, NULL, NULL },
    { "the history goes", "DROP SCHEMA merganser CASCADE;", BAD_FAILS, NULL, NULL, NULL },
    { "a temporary table in the ledger's place",
      "CREATE TEMP TABLE schema_migrations (version text);\nINSERT INTO t VALUES (7, 7);", BAD_APPLIES, NULL,
      "SELECT count(*) = 4 FROM t", NULL },
    { "a trigger that swallows its row",
      "CREATE FUNCTION hush() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;\n"
      "CREATE TRIGGER hush BEFORE INSERT ON schema_migrations FOR EACH ROW EXECUTE FUNCTION hush();",
      BAD_FAILS, NULL, NULL, NULL },
};

#define NONE "CREATE FUNCTION hush() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
#define OTHER                                                                                                          \
    "CREATE FUNCTION hush() RETURNS trigger LANGUAGE plpgsql AS"                                                       \
    " $$ BEGIN NEW.version := 'x'; RETURN NEW; END $$;"
#define RAISES  "CREATE FUNCTION hush() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no rows here'; END $$;"
#define TRIGGER "CREATE TRIGGER hush BEFORE INSERT ON schema_migrations FOR EACH ROW EXECUTE FUNCTION hush()"

static const struct bad_input ledgers[] = {
    { "a trigger that raises", "DELETE FROM t;", BAD_FAILS, "no rows here", NULL, RAISES TRIGGER },
    { "a trigger that swallows the row", "DELETE FROM t;", BAD_FAILS, NULL, NULL, NONE TRIGGER },
    { "a trigger that writes another version", "DELETE FROM t;", BAD_FAILS, NULL, NULL, OTHER TRIGGER },
    { "a trigger that raises at COMMIT", "DELETE FROM t;", BAD_FAILS, "no rows here", NULL,
      RAISES "CREATE CONSTRAINT TRIGGER hush AFTER INSERT ON schema_migrations DEFERRABLE INITIALLY DEFERRED"
             " FOR EACH ROW EXECUTE FUNCTION hush()" },
    { "a rule that does nothing", "DELETE FROM t;", BAD_FAILS, NULL, NULL,
      "CREATE RULE hush AS ON INSERT TO schema_migrations DO INSTEAD NOTHING" },
    { "a check that refuses", "DELETE FROM t;", BAD_FAILS, "hush", NULL,
      "ALTER TABLE schema_migrations ADD CONSTRAINT hush CHECK (version < '2')" },
    { "an ordinary column more", "DELETE FROM t;", BAD_APPLIES, NULL, NULL,
      "ALTER TABLE schema_migrations ADD at timestamptz DEFAULT now()" },
    { "row security, for a superuser", "DELETE FROM t;", BAD_APPLIES, NULL, NULL,
      "ALTER TABLE schema_migrations ENABLE ROW LEVEL SECURITY; ALTER TABLE schema_migrations FORCE ROW LEVEL "
      "SECURITY" },
};

#define PLAY(rows) bad_input_play(rows, sizeof rows / sizeof *rows)

Test(bad_ledger, scripts)
{
    PLAY(scripts);
}

Test(bad_ledger, ledgers)
{
    PLAY(ledgers);
}

/* Rows that a policy hides would look pending, and run again. */
Test(bad_ledger, row_security_that_hides_rows)
{
    struct scene c = scene_open("== commit One\n"
                                "== file merganser.yml\nsession: [\"SET ROLE pg_write_all_data\"]\n"
                                "== file db/migrate/1_one.sql\n-- merganser: no-transaction\n"
                                "INSERT INTO effects VALUES ('1');\n",
                                true);
    struct process_result r;

    scene_ask(&c, "CREATE TABLE effects (what text);"
                  "CREATE TABLE schema_migrations (version varchar PRIMARY KEY);"
                  "CREATE SCHEMA merganser; GRANT ALL ON SCHEMA merganser, public TO pg_write_all_data;"
                  "GRANT ALL ON schema_migrations TO pg_write_all_data");
    scene_run(&c, 0, "up --fresh");
    scene_ask(&c, "ALTER TABLE schema_migrations ENABLE ROW LEVEL SECURITY;"
                  "CREATE POLICY writes ON schema_migrations FOR INSERT WITH CHECK (true);"
                  "CREATE POLICY reads ON schema_migrations FOR SELECT USING (version <> '1')");
    for (size_t i = 0; i < 2; i++) {
        r = scene_run(&c, 1, (const char *const[]) { "status", "up --fresh" }[i]);
        scene_says(r.err, "row-level security policy for table \"schema_migrations\"");
    }
    cr_expect_str_eq(scene_ask(&c, "SELECT count(*) FROM effects"), "1");
    scene_close(&c);
}
