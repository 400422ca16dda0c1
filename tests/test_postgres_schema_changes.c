/* One statement, one change told: for everything that a description of a PostgreSQL database knows. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/schema.h"
#include "tests/support/scratch.h"

/* Each on objects of its own, so that all can be made in one database and told apart. Lines of `told` are in order. */
static const struct {
    const char *sql, *told;
} changes[] = {
    { "CREATE SCHEMA fresh", "added schema fresh" },
    { "DROP SCHEMA empty", "removed schema empty" },
    { "CREATE EXTENSION citext WITH SCHEMA extensions", "added extension citext" },
    { "COMMENT ON SCHEMA app IS 'other'", "changed comment schema app" },
    { "ALTER TYPE app.mood ADD VALUE 'last'", "changed enum app.mood" },
    { "ALTER DOMAIN app.positive SET DEFAULT 2", "changed domain app.positive" },
    { "ALTER DOMAIN app.short ADD CHECK (VALUE <> 'x')", "added constraint app.short.short_check" },
    { "ALTER DOMAIN app.short VALIDATE CONSTRAINT \"not blank\"", "changed constraint app.short.\"not blank\"" },
    { "ALTER TYPE app.point3 ADD ATTRIBUTE w integer CASCADE",
      "added attribute app.point3.w\nadded column app.typed.w" },
    { "CREATE TYPE app.other_mood AS ENUM ()", "added enum app.other_mood" },
    { "CREATE TYPE app.int_span AS RANGE (subtype = integer)", "added range type app.int_span" },
    { "DROP TYPE app.unfinished", "removed shell type app.unfinished" },
    { "ALTER TYPE app.word SET (STORAGE = main)", "changed base type app.word" },
    { "CREATE OR REPLACE FUNCTION app.negated(a app.word) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT false'",
      "changed function app.negated(app.word)" },
    { "CREATE OR REPLACE PROCEDURE app.reset(INOUT n integer) LANGUAGE plpgsql AS 'BEGIN n := 1; END'",
      "changed procedure app.reset(integer)" },
    { "CREATE FUNCTION app.more(a text[], b app.mood) RETURNS int LANGUAGE sql AS 'SELECT 1'",
      "added function app.more(text[], app.mood)" },
    { "DROP AGGREGATE app.nth(double precision ORDER BY anyelement)",
      "removed aggregate app.nth(double precision, anyelement)" },
    { "ALTER OPERATOR app.=== (app.word, app.word) SET (RESTRICT = neqsel)",
      "changed operator app.===(app.word, app.word)" },
    { "DROP OPERATOR app.!!! (NONE, app.word)", "removed operator app.!!!(NONE, app.word)" },
    { "ALTER OPERATOR FAMILY app.words USING btree ADD OPERATOR 1 pg_catalog.< (integer, integer)",
      "changed operator family app.words USING btree" },
    { "CREATE OPERATOR CLASS app.third FOR TYPE app.word USING btree FAMILY app.words AS STORAGE app.word",
      "added operator class app.third USING btree" },
    { "DROP CAST (app.mood AS integer)", "removed cast (app.mood AS integer)" },
    { "CREATE CAST (app.positive AS text) WITH INOUT", "added cast (app.positive AS text)" },
    { "ALTER COLLATION app.german RENAME TO deutsch", "removed collation app.german\nadded collation app.deutsch" },
    { "DROP CONVERSION app.latin", "removed conversion app.latin" },
    { "DROP TRANSFORM FOR app.word LANGUAGE everything_sql", "removed transform app.word LANGUAGE everything_sql" },
    { "COMMENT ON LANGUAGE everything_sql IS NULL", "removed comment language everything_sql" },
    { "COMMENT ON ACCESS METHOD everything_heap IS 'x'", "changed comment access method everything_heap" },
    { "ALTER TEXT SEARCH CONFIGURATION app.searching DROP MAPPING FOR numword",
      "changed text search configuration app.searching" },
    { "ALTER TEXT SEARCH DICTIONARY app.dictionary (accept = 'true')",
      "changed text search dictionary app.dictionary" },
    { "DROP TEXT SEARCH CONFIGURATION app.own", "removed text search configuration app.own" },
    { "DROP TEXT SEARCH DICTIONARY app.own_dictionary", "removed text search dictionary app.own_dictionary" },

    { "ALTER SEQUENCE app.numbers CACHE 4", "changed sequence app.numbers" },
    { "ALTER SEQUENCE app.plain OWNED BY app.plants.water",
      "changed sequence app.plain\nremoved owner sequence app.plain" },
    { "ALTER TABLE app.users ALTER id SET START WITH 11", "changed sequence app.users_id_seq" },
    { "ALTER TABLE app.posts ALTER id SET GENERATED ALWAYS", "changed column app.posts.id" },
    { "ALTER TABLE app.users ADD COLUMN n serial", "added column app.users.n" },
    { "ALTER TABLE app.posts DROP COLUMN number", "removed column app.posts.number" },
    { "ALTER TABLE app.users ALTER mood DROP DEFAULT", "changed column app.users.mood" },
    { "ALTER TABLE app.users ALTER doc SET NOT NULL", "changed column app.users.doc" },
    { "ALTER TABLE app.cats ALTER lives TYPE bigint", "changed column app.cats.lives" },
    { "ALTER TABLE app.users ALTER raw SET STORAGE PLAIN", "changed column app.users.raw" },
    { "ALTER TABLE app.users ALTER city SET COMPRESSION default", "changed column app.users.city" },
    { "ALTER TABLE app.users ALTER marks SET STATISTICS 0", "changed column app.users.marks" },
    { "ALTER TABLE app.users ALTER email SET (n_distinct = -0.6)", "changed column app.users.email" },
    { "ALTER TABLE app.users ALTER upper_email DROP EXPRESSION", "changed column app.users.upper_email" },
    { "ALTER TABLE app.logs ALTER line TYPE text COLLATE \"C\"", "changed column app.logs.line" },
    { "COMMENT ON COLUMN app.users.mood IS 'how'", "added comment column app.users.mood" },
    { "ALTER TABLE app.users SET (fillfactor = 71)", "changed table app.users" },
    { "ALTER TABLE app.unlogged SET LOGGED", "changed table app.unlogged" },
    { "ALTER TABLE app.posts REPLICA IDENTITY NOTHING", "changed table app.posts" },
    { "ALTER TABLE app.plants ENABLE ROW LEVEL SECURITY", "changed table app.plants" },
    { "ALTER TABLE app.typed NOT OF", "changed table app.typed" },
    { "ALTER TABLE app.no_columns RENAME TO \"none\"", "removed table app.no_columns\nadded table app.\"none\"" },
    { "ALTER TABLE app.users CLUSTER ON users_trigrams_2",
      "changed index app.users_name\nchanged index app.users_trigrams_2" },
    { "CREATE TABLE app.made (id serial PRIMARY KEY, a text UNIQUE CHECK (a <> ''), b int REFERENCES app.posts);"
      "CREATE INDEX ON app.made (a); COMMENT ON COLUMN app.made.a IS 'x'; GRANT SELECT ON app.made TO PUBLIC",
      "added table app.made" },
    { "DROP TABLE public.plain", "removed table public.plain" },

    { "ALTER TABLE app.users VALIDATE CONSTRAINT users_not_checked", "changed constraint app.users.users_not_checked" },
    { "ALTER TABLE app.posts ALTER CONSTRAINT posts_user_later NOT DEFERRABLE",
      "changed constraint app.posts.posts_user_later" },
    { "ALTER TABLE app.refers ADD UNIQUE (id)", "added constraint app.refers.refers_id_key" },
    { "ALTER INDEX app.users_pkey SET (fillfactor = 81)", "changed constraint app.users.users_pkey" },
    { "ALTER TABLE app.users DROP CONSTRAINT users_local", "removed constraint app.users.users_local" },
    { "ALTER INDEX app.users_expression ALTER COLUMN 1 SET STATISTICS 301", "changed index app.users_expression" },
    { "ALTER INDEX app.users_trigrams SET (fastupdate = on)", "changed index app.users_trigrams" },
    { "DROP INDEX app.counts_status", "removed index app.counts_status" },
    { "CREATE INDEX ON app.events (user_id) WHERE user_id > 5", "added index app.events_user_id_idx" },
    { "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'app.users_lower'::regclass",
      "changed index app.users_lower" },
    { "ALTER STATISTICS app.users_statistics SET STATISTICS 201", "changed statistics app.users_statistics" },

    { "ALTER TABLE app.events DETACH PARTITION app.events_old",
      "changed table app.events_old\nchanged constraint app.events_old.old_key\n"
      "changed index app.events_old_at_kind_idx\nadded constraint app.events_old.events_kind\n"
      "added constraint app.events_old.events_user_id_fkey\n"
      "added column app.events_old.at\nadded column app.events_old.id\nadded column app.events_old.user_id\n"
      "added index app.events_old_user_id_idx" },
    { "ALTER TABLE app.hashed ADD COLUMN more int", "added column app.hashed.more" },
    { "CREATE TABLE app.hashed_1 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
      "added table app.hashed_1" },
    { "ALTER TABLE app.events_2024 ALTER kind SET DEFAULT 'z'", "changed column app.events_2024.kind" },
    { "ALTER TABLE app.animals ADD COLUMN weight int", "added column app.animals.weight" },
    { "ALTER TABLE app.cats NO INHERIT app.animals",
      "changed table app.cats\nadded column app.cats.id\nadded constraint app.cats.animals_named\n"
      "added column app.cats.weight" },

    { "ALTER VIEW app.user_names SET (security_barrier = false)", "changed view app.user_names" },
    { "CREATE OR REPLACE VIEW app.counting AS SELECT 1 AS n", "changed view app.counting" },
    { "ALTER VIEW app.checked ALTER title SET DEFAULT 'x'", "changed column app.checked.title" },
    { "ALTER MATERIALIZED VIEW app.counts ALTER status SET STATISTICS 51", "changed column app.counts.status" },
    { "ALTER TABLE app.plants ENABLE RULE no_delete", "changed rule app.plants.no_delete" },
    { "DROP RULE checked_insert ON app.user_names", "removed rule app.user_names.checked_insert" },
    { "ALTER TABLE app.users ENABLE TRIGGER disabled", "changed trigger app.users.disabled" },
    { "DROP TRIGGER instead ON app.joined", "removed trigger app.joined.instead" },
    { "ALTER TABLE app.events_2024 ENABLE TRIGGER partitioned", "removed trigger app.events_2024.partitioned" },
    { "ALTER POLICY own ON app.users TO PUBLIC", "changed policy app.users.own" },
    { "DROP POLICY everybody ON app.users", "removed policy app.users.everybody" },
    { "ALTER EVENT TRIGGER everything_drop DISABLE", "changed event trigger everything_drop" },

    { "ALTER SERVER elsewhere OPTIONS (SET host 'there')", "changed server elsewhere" },
    { "ALTER USER MAPPING FOR PUBLIC SERVER elsewhere OPTIONS (SET user 'eve')",
      "changed user mapping PUBLIC SERVER elsewhere" },
    { "ALTER USER MAPPING FOR everything_reader SERVER elsewhere OPTIONS (SET password 'other')", "" },
    { "ALTER FOREIGN DATA WRAPPER everything_wrapper OPTIONS (SET debug 'false')",
      "changed foreign-data wrapper everything_wrapper" },
    { "ALTER FOREIGN TABLE app.far OPTIONS (SET table_name 'farther')", "changed foreign table app.far" },
    { "ALTER FOREIGN TABLE app.far ALTER id OPTIONS (SET column_name 'Id')", "changed column app.far.id" },
    { "ALTER PUBLICATION everything_schema ADD TABLES IN SCHEMA public", "changed publication everything_schema" },
    { "ALTER PUBLICATION everything_all SET (publish = 'insert')", "changed publication everything_all" },
    { "ALTER PUBLICATION everything_tables SET TABLE app.users (id) WHERE (id > 6), ONLY app.animals",
      "changed publication everything_tables" },

    { "ALTER VIEW app.joined OWNER TO everything_reader", "changed owner view app.joined" },
    { "GRANT DELETE ON app.users TO everything_reader", "changed grant table app.users to everything_reader" },
    { "GRANT SELECT (id) ON app.users TO PUBLIC", "added grant column app.users.id to PUBLIC" },
    { "REVOKE ALL ON SEQUENCE app.numbers FROM PUBLIC", "removed grant sequence app.numbers to PUBLIC" },
    { "GRANT USAGE ON TYPE app.mood TO PUBLIC", "removed revoke enum app.mood from PUBLIC" },
    { "GRANT USAGE ON FOREIGN SERVER elsewhere TO PUBLIC", "added grant server elsewhere to PUBLIC" },
    { "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT INSERT ON TABLES TO everything_reader",
      "changed default privileges FOR ROLE postgres IN SCHEMA app GRANT ON TABLES TO everything_reader" },
    { "SET allow_system_table_mods = on; INSERT INTO pg_seclabel VALUES ('app.users'::regclass, 'pg_class'::regclass,"
      " 0, 'selinux', 'secret')",
      "added security label table app.users for selinux" },

    /* What changes nothing that a dump would hold. */
    { "SELECT nextval('app.plain')", "" },
    { "CREATE TEMPORARY TABLE temporary (id int)", "" },
    { "INSERT INTO app.unlogged VALUES (1); ANALYZE app.unlogged", "" },
    { "REFRESH MATERIALIZED VIEW app.counts", "" },
    { "GRANT SELECT ON app.posts TO everything_reader", "" },
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct lines {
    const char **at;
    size_t len, cap;
};

static void add_lines(struct lines *out, const char *text, struct arena *a)
{
    struct text rest = text_from(text), line;

    while (text_line(&rest, &line))
        *arena_push(a, out) = arena_cstr(a, line);
}

static const char *sorted(struct lines *lines, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    qsort(lines->at, lines->len, sizeof *lines->at, by_text);
    for (size_t i = 0; i < lines->len; i++)
        buf_printf(&out, "%s\n", lines->at[i]);
    return buf_cstr(&out);
}

Test(postgres_schema_changes, each_is_told_once)
{
    struct arena *a = arena_open();
    const char *database = postgres_make(a), *file = TESTDATA "/schema/everything.sql";
    const char *const argv[] = { "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-d", database,
                                 "-f",   file,  NULL };
    struct lines expected = { 0 }, actual = { 0 };
    struct postgres_session *session;
    struct schema before, after;

    cr_assert_eq(process_run(&(struct process) { .argv = argv }, a).exit_code, 0);
    before = schema_of(database, NULL, &schema_all, a);
    session = postgres_session_open(database);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        postgres_session_run(session, changes[i].sql);
        add_lines(&expected, changes[i].told, a);
    }
    postgres_session_close(session);
    after = schema_of(database, NULL, &schema_all, a);
    add_lines(&actual, schema_differences(&before, &after, a), a);
    cr_assert_str_eq(sorted(&actual, a), sorted(&expected, a));
    postgres_drop(database);
    arena_close(a);
}
