/* A PostgreSQL database's description: complete, the same after a dump, and nothing of what is not the user's. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/postgres_unit.h"
#include "tests/support/schema.h"
#include "tests/support/scratch.h"

static void run_program(struct arena *a, const char *const *argv)
{
    struct process_result r = process_run(&(struct process) { .argv = argv }, a);

    cr_assert_eq(r.exit_code, 0, "%s: %.*s", argv[0], (int)r.err.len, r.err.at);
}

static void load(struct arena *a, const char *conninfo, const char *file)
{
    const char *const argv[] = { "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-d", conninfo,
                                 "-f",   file,  NULL };

    run_program(a, argv);
}

static const char *everything(struct arena *a)
{
    const char *database = postgres_make(a);

    load(a, database, TESTDATA "/schema/everything.sql");
    return database;
}

/* Another database with what pg_dump writes of this one. */
static const char *restored(struct arena *a, const char *database)
{
    const char *file = arena_printf(a, "%s/dump.sql", scratch_folder(a)), *other = postgres_make(a);
    const char *const argv[] = { "pg_dump", "-s", "-d", database, "-f", file, NULL };

    run_program(a, argv);
    load(a, other, file);
    return other;
}

Test(postgres_schema, is_the_same_after_a_dump)
{
    struct arena *a = arena_open();
    const char *database = everything(a), *other;
    struct schema before, after;

    load(a, database, TESTDATA "/schema/printed.sql");
    other = restored(a, database);
    before = schema_of(database, NULL, &schema_all, a);
    after = schema_of(other, NULL, &schema_all, a);
    cr_assert_gt(before.len, 500);
    schema_assert_same(&before, &after, a);
    postgres_drop(database);
    postgres_drop(other);
    arena_close(a);
}

/* A setting, or a temporary table, that would show in the text if it was looked at. */
static const char *const odd_session[] = {
    "SET search_path = app, extensions, public",
    "SET DateStyle = 'SQL, DMY'",
    "SET IntervalStyle = 'sql_standard'",
    "SET TimeZone = 'Asia/Tokyo'",
    "SET extra_float_digits = -10",
    "SET bytea_output = 'escape'",
    "SET quote_all_identifiers = on",
    "SET standard_conforming_strings = off",
    "SET escape_string_warning = off",
    "SET default_transaction_isolation = 'serializable'",
    "CREATE TEMPORARY TABLE pg_class (oid oid)",
    "CREATE TEMPORARY VIEW users AS SELECT 1 AS id",
    NULL,
};

Test(postgres_schema, does_not_depend_on_the_session)
{
    struct arena *a = arena_open();
    const char *database = everything(a);
    struct schema plain = schema_of(database, NULL, &schema_all, a);
    struct schema odd = schema_of(database, odd_session, &schema_all, a);

    schema_assert_same(&plain, &odd, a);
    postgres_drop(database);
    arena_close(a);
}

Test(postgres_schema, leaves_the_session_as_it_was)
{
    struct unit_db *b = unit_open(odd_session, NULL);
    struct schema_request r = { .owners = true, .grants = true };
    struct schema s;

    cr_assert(db_schema(&s, b->db, &r, b->arena, &b->err), "%s", b->err.message);
    unit_up(b, "1",
            "CREATE TABLE public.settings AS SELECT current_setting('search_path') || current_setting('DateStyle')"
            " || current_setting('TimeZone') || current_setting('quote_all_identifiers') AS all_of_them");
    cr_assert_str_eq(unit_ask(b, "SELECT all_of_them FROM public.settings"),
                     "app, extensions, publicSQL, DMYAsia/Tokyoon");
    unit_close(b);
}

/* ---- what is not in it ---- */

Test(postgres_schema, knows_no_member_of_an_extension_and_no_secret)
{
    struct arena *a = arena_open();
    const char *database = everything(a);
    struct schema s = schema_of(database, NULL, &schema_all, a);
    const struct schema_object *mapping = schema_object(&s, "user mapping", "PUBLIC SERVER elsewhere");
    size_t at;

    cr_assert(schema_object(&s, "extension", "hstore"));
    cr_assert_not(schema_object(&s, "base type", "extensions.hstore"));
    cr_assert_not(schema_object(&s, "foreign-data wrapper", "postgres_fdw"));
    for (size_t i = 0; i < s.len; i++)
        cr_assert(!s.at[i].schema || strcmp(s.at[i].schema, "extensions") != 0 || strcmp(s.at[i].kind, "schema") == 0 ||
                      strstr(s.at[i].name, "uses_extension") || strcmp(s.at[i].kind, "owner") == 0,
                  "%s %s", s.at[i].kind, s.at[i].name);
    cr_assert(mapping);
    cr_assert_str_eq(mapping->definition, "OPTIONS (password ***, \"user\" 'bob')");
    cr_assert_not(text_find(schema_text(&s, "postgres", a), "swordfish", &at));
    cr_assert_not(text_find(schema_text(&s, "postgres", a), "pg_attver", &at));
    postgres_drop(database);
    arena_close(a);
}

static struct ledger own_tables(void)
{
    return (struct ledger) {
        .main = { "public", "schema_migrations" },
        .metadata = { "public", "ar_internal_metadata" },
        .drizzle = { "drizzle", "__drizzle_migrations" },
        .history = { .table = { "merganser", "history" } },
    };
}

Test(postgres_schema, knows_nothing_of_our_own_tables)
{
    struct unit_db *b = unit_open(NULL, NULL);
    struct ledger ledger = own_tables();
    struct schema_wanted wanted = { .owners = true, .grants = true, .ledger = &ledger };
    struct schema with, without;

    unit_ask(b, "DROP TABLE public.history; DROP TABLE public.schema_migrations; CREATE TABLE public.users (id int);"
                "CREATE TABLE drizzle_like (id int)");
    without = schema_of(b->conninfo, NULL, &wanted, b->arena);
    unit_ask(
        b, "CREATE SCHEMA merganser; COMMENT ON SCHEMA merganser IS 'ours'; GRANT USAGE ON SCHEMA merganser TO PUBLIC;"
           "CREATE TABLE merganser.history (id bigserial PRIMARY KEY, x text CHECK (x <> ''));"
           "CREATE INDEX i ON merganser.history (x); COMMENT ON TABLE merganser.history IS 'x';"
           "CREATE TABLE merganser.history_schema (id bigint GENERATED ALWAYS AS IDENTITY);"
           "CREATE TABLE merganser.lease (id int); GRANT SELECT ON merganser.lease TO PUBLIC;"
           "CREATE TABLE public.schema_migrations (version varchar NOT NULL PRIMARY KEY);"
           "CREATE TABLE public.ar_internal_metadata (key varchar PRIMARY KEY);"
           "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY)");
    with = schema_of(b->conninfo, NULL, &wanted, b->arena);
    schema_assert_same(&without, &with, b->arena);
    cr_assert(schema_object(&with, "schema", "public"));

    /* Once anything else lies beside them, the schema is the user's too. */
    unit_ask(b, "CREATE VIEW drizzle.v AS SELECT 1 AS a");
    with = schema_of(b->conninfo, NULL, &wanted, b->arena);
    cr_assert_str_eq(schema_differences(&without, &with, b->arena), "added schema drizzle\nadded view drizzle.v\n");
    unit_close(b);
}

Test(postgres_schema, ignores_what_matches)
{
    struct unit_db *b = unit_open(NULL, NULL);
    const char *const ignore[] = { "public.part_*", "function *", NULL };
    struct schema_wanted wanted = { .ignore = ignore };
    struct schema s;

    unit_ask(b, "CREATE TABLE part_1 (id serial PRIMARY KEY); CREATE TABLE p (id int);"
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; COMMENT ON FUNCTION f() IS 'x'");
    s = schema_of(b->conninfo, NULL, &wanted, b->arena);
    cr_assert(schema_object(&s, "table", "public.p"));
    for (size_t i = 0; i < s.len; i++)
        cr_assert(!strstr(s.at[i].name, "part_1") && !strstr(s.at[i].name, "f()"), "%s %s", s.at[i].kind, s.at[i].name);
    unit_close(b);
}

/* ---- partitions ---- */

Test(postgres_schema, a_hundred_partitions_say_whose_they_are)
{
    struct unit_db *b = unit_open(NULL, NULL);
    struct schema before, after;
    const struct schema_object *index;
    size_t partitions = 0, columns = 0;

    unit_ask(b, "CREATE TABLE events (id int, at int, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"
                "DO $$ BEGIN FOR i IN 1..100 LOOP EXECUTE format('CREATE TABLE events_%s PARTITION OF events"
                " FOR VALUES FROM (%s) TO (%s)', i, i, i + 1); END LOOP; END $$");
    before = schema_of(b->conninfo, NULL, NULL, b->arena);
    for (size_t i = 0; i < before.len; i++) {
        const struct schema_object *o = &before.at[i];

        partitions += o->partition_of && strcmp(o->kind, "table") == 0;
        columns += strcmp(o->kind, "column") == 0 && o->partition_of != NULL;
        cr_assert(!o->partition_of || strcmp(o->partition_of, "public.events") == 0);
    }
    cr_assert_eq(partitions, 100);
    cr_assert_eq(columns, 0, "a partition's columns are its parent's");

    unit_ask(b, "ALTER TABLE events ADD COLUMN kind text DEFAULT 'x'; CREATE INDEX by_kind ON events (kind);"
                "CREATE TABLE events_101 PARTITION OF events FOR VALUES FROM (101) TO (102);"
                "COMMENT ON TABLE events_101 IS 'new'");
    after = schema_of(b->conninfo, NULL, NULL, b->arena);
    cr_assert_str_eq(schema_differences(&before, &after, b->arena),
                     "added column public.events.kind\nadded index public.by_kind\nadded table public.events_101\n");
    index = schema_object(&after, "index", "public.events_7_kind_idx");
    cr_assert(index);
    cr_assert_str_eq(index->of, "public.events_7");
    cr_assert_str_eq(index->partition_of, "public.events");
    unit_close(b);
}

/* ---- rights, other sessions ---- */

Test(postgres_schema, needs_no_rights_on_the_objects)
{
    struct arena *a = arena_open();
    const char *database = everything(a);
    const char *const session[] = { "SET ROLE everything_reader", NULL };
    struct schema all = schema_of(database, NULL, &schema_all, a), less = schema_of(database, session, &schema_all, a);

    /* The options of another's mapping are the one thing that the catalog does not show to everybody. */
    cr_assert_str_eq(schema_differences(&all, &less, a), "changed user mapping PUBLIC SERVER elsewhere\n");
    postgres_drop(database);
    arena_close(a);
}

/* The view's definition is asked for, waits for its table, and then both are gone. */
Test(postgres_schema, is_not_disturbed_by_what_goes_meanwhile)
{
    struct unit_db *b = unit_open(NULL, NULL);
    struct postgres_session *other = postgres_session_open(b->conninfo);
    struct schema_request r = { .owners = true, .grants = true };
    struct schema s;

    postgres_session_run(other, "CREATE TABLE gone (id int); CREATE VIEW gone_too AS SELECT * FROM gone");
    postgres_session_run(other, "BEGIN; DROP TABLE gone CASCADE");
    postgres_session_send(other, "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND database ="
                                 " (SELECT oid FROM pg_database WHERE datname = current_database())) LOOP END LOOP;"
                                 " END $$; COMMIT");
    cr_assert(db_schema(&s, b->db, &r, b->arena, &b->err), "%s [%s]", b->err.message, b->err.sqlstate);
    postgres_session_wait(other);
    cr_assert_not(schema_object(&s, "view", "public.gone_too"));
    cr_assert(schema_object(&s, "table", "public.schema_migrations"));
    postgres_session_close(other);
    unit_close(b);
}

Test(postgres_schema, subscription_is_the_same_after_a_dump)
{
    static const char gone[] = "ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s";
    struct arena *a = arena_open();
    const char *database = postgres_make(a), *other;
    struct schema before, after;
    size_t at;

    postgres_ask(a, database,
                 "CREATE SUBSCRIPTION s CONNECTION 'host=nowhere.invalid password=swordfish'"
                 " PUBLICATION b, \"A\" WITH (connect = false, slot_name = 'slot', binary = true)");
    other = restored(a, database);
    before = schema_of(database, NULL, &schema_all, a);
    after = schema_of(other, NULL, &schema_all, a);
    schema_assert_same(&before, &after, a);
    cr_assert(schema_object(&before, "subscription", "s"));
    cr_assert_not(text_find(schema_text(&before, "postgres", a), "nowhere", &at));
    postgres_ask(a, database, gone);
    postgres_ask(a, other, gone);
    postgres_drop(database);
    postgres_drop(other);
    arena_close(a);
}

/* What is asked of older servers, this one answers too. */
Test(postgres_schema, older_servers_are_asked_what_they_know)
{
    static const int versions[] = { 120022, 130020, 140017 };
    struct arena *a = arena_open();
    struct unit_db b = { .arena = a, .conninfo = everything(a) };
    struct schema_request r = { .owners = true, .grants = true };
    struct schema now, then;

    b.notices.arena = a;
    cr_assert(unit_connect(&b, NULL, b.conninfo), "%s", b.err.message);
    cr_assert(db_schema(&now, b.db, &r, a, &b.err), "%s", b.err.message);
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        b.db->info.version = versions[i];
        cr_assert(db_schema(&then, b.db, &r, a, &b.err), "%d: %s", versions[i], b.err.message);
        cr_assert_geq(then.len, now.len);
    }
    db_close(b.db);
    postgres_drop(b.conninfo);
    arena_close(a);
}

/* ---- which database it is ---- */

static struct db_identity identity_of(struct unit_db *b, const char *const *session, const char *url)
{
    struct db_identity id;

    cr_assert(unit_connect(b, session, url), "%s", b->err.message);
    cr_assert(db_identify(&id, b->db, b->arena, &b->err), "%s", b->err.message);
    db_close(b->db);
    b->db = NULL;
    return id;
}

Test(postgres_schema, identity)
{
    static const char *const elsewhere[] = { "SET search_path = nowhere", "SET ROLE everything_identity", NULL };
    struct unit_db *b = unit_bare(), *c = unit_bare();
    struct db_identity first, same, other, denied;

    unit_ask(b, "DO $$ BEGIN CREATE ROLE everything_identity; EXCEPTION WHEN duplicate_object OR unique_violation THEN"
                " NULL; END $$");
    first = identity_of(b, NULL, b->conninfo);
    same = identity_of(b, elsewhere, b->conninfo);
    other = identity_of(c, NULL, c->conninfo);
    cr_assert_str_eq(first.system, unit_ask(b, "SELECT system_identifier FROM pg_control_system()"));
    cr_assert_str_eq(first.database, unit_ask(b, "SELECT oid FROM pg_database WHERE datname = current_database()"));
    cr_assert_str_eq(first.name, postgres_part(b->arena, b->conninfo, "dbname"));
    cr_assert_str_eq(first.schema, "public");
    cr_assert_str_eq(first.role, "postgres");
    cr_assert_eq(first.major, b->db ? 0 : (int)strtol(unit_ask(b, "SHOW server_version_num"), NULL, 10) / 10000);
    cr_assert_str_eq(first.system, same.system);
    cr_assert_str_eq(first.database, same.database);
    cr_assert_null(same.schema);
    cr_assert_str_eq(same.role, "everything_identity");
    cr_assert_str_eq(first.system, other.system);
    cr_assert_str_neq(first.database, other.database);

    unit_ask(b, "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
    denied = identity_of(b, elsewhere, b->conninfo);
    cr_assert_str_eq(denied.system, arena_printf(b->arena, "%s:%s", postgres_part(b->arena, b->conninfo, "host"),
                                                 postgres_part(b->arena, b->conninfo, "port")));
    cr_assert_str_eq(denied.database, first.database);
    postgres_drop(c->conninfo);
    arena_close(c->arena);
    unit_close(b);
}
