/* structure.sql as Rails writes it of the same database, byte for byte; and what Rails says of a load. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/rows.h"
#include "tests/support/stage.h"

#define RAILS "ruby " TESTDATA "/../tests/tools/active_record.rb"

static const char story[] = "== commit Application\n"
                            "== file config/application.rb\nmodule App\nend\n"
                            "== file db/migrate/1001_create_users.sql\nCREATE TABLE users (id integer PRIMARY KEY);\n"
                            "== file db/migrate/1002_create_posts.sql\nCREATE TABLE posts (id integer);\n"
                            "== file db/migrate/999_create_first.sql\nCREATE TABLE first (id integer);\n";

/* What each database is made of beside the migrations. */
static const char postgres_objects[] =
    "CREATE SCHEMA \"Odd \"\"schema\"; CREATE TYPE \"Odd \"\"schema\".mood AS ENUM ('ok', 'it''s \\restrict x');"
    "CREATE TABLE \"Odd \"\"schema\".\"Tab\tle\" (\"select\" \"Odd \"\"schema\".mood DEFAULT 'ok', \"ä\" text[]);"
    "COMMENT ON TABLE users IS E'two\\n-- lines\\n\\n\\\\unrestrict key';"
    "CREATE VIEW v AS SELECT id FROM users; CREATE INDEX i ON users ((id + 1)) WHERE id > 0;"
    "CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$\nBEGIN\n\n-- comment\nRETURN '\n\\restrict no';\nEND $$;";
static const char sqlite_objects[] =
    "CREATE TABLE \"odd 'name\" (\"select\" integer PRIMARY KEY AUTOINCREMENT, [b c] text); -- comment\n"
    "CREATE TABLE 'single' (a); CREATE TABLE t (a, -- ends here\n b);"
    "CREATE VIEW v AS SELECT 1 AS one, 2 AS \"two words\", 3 AS \"select\" /* why; */;"
    "CREATE VIEW broken AS SELECT x FROM absent; CREATE VIRTUAL TABLE words USING fts5(word);"
    "CREATE TABLE sqliteX (a); CREATE UNIQUE INDEX \"in dex\" ON t (a, b) WHERE b <> '/*';"
    "CREATE TRIGGER trig AFTER INSERT ON t BEGIN UPDATE t SET b = 1; /* x */ SELECT 1; END; ANALYZE;";

struct place {
    struct stage s;
    const char *url, *rails, *objects, *fill;
};

static struct place open_place(bool postgres)
{
    struct arena *a = arena_open();
    struct place p = { .s = stage_open(a, text_from(story), postgres) };

    p.url = postgres ? p.s.postgres : p.s.sqlite;
    p.rails = postgres ? p.s.postgres : arena_printf(a, "sqlite3:%s/db.sqlite3", p.s.folder);
    p.fill = postgres ? "psql -qXv ON_ERROR_STOP=1 -f objects.sql $DATABASE_URL" : "sqlite3 ../db.sqlite3 <objects.sql";
    p.objects = postgres ? postgres_objects : sqlite_objects;
    if (postgres)
        stage_keep(&p.s, "empty", false);
    return p;
}

/* As it was made: a schema that is dropped and made again is not the one that every database has. */
static void empty(struct place *p)
{
    if (p->s.postgres)
        stage_restore(&p->s, "empty", false);
    else
        stage_empty(&p->s);
}

static void close_place(struct place *p)
{
    struct arena *a = p->s.arena;

    stage_close(&p->s);
    arena_close(a);
}

static void run(struct place *p, int code, const char *line)
{
    stage_expect(&p->s, code,
                 arena_printf(p->s.arena, "export DATABASE_URL='%s' RAILS='%s'; %s", p->url, p->rails, line));
}

static const bool postgres_and_sqlite[] = { true, false };

ParameterizedTestParameters(dump_rails, writes_the_same_bytes)
{
    return rows_numbered(2);
}

/* Rails 6.1 is what is here. What is random in its dumps is taken from the file that it wrote. */
ParameterizedTest(size_t *row, dump_rails, writes_the_same_bytes)
{
    struct place p = open_place(postgres_and_sqlite[*row]);

    run(&p, 0, "merganser up");
    scratch_write(p.s.repository, "objects.sql", text_from(p.objects));
    run(&p, 0, p.fill);
    run(&p, 0, RAILS " \"$RAILS\" dump && merganser dump --check && merganser dump - | cmp - db/structure.sql");
    run(&p, 0, "merganser dump - --rails 6.1 | cmp - db/structure.sql");
    /* The lock file says it too, and where it says another release that counts. */
    run(&p, 0,
        "printf 'GEM\\n  specs:\\n    activerecord (6.1.7.10)\\n      activesupport (= 6.1.7.10)\\n' >Gemfile.lock");
    run(&p, 0, "merganser dump --check");
    run(&p, 0, "sed -i 's/6.1.7.10/7.2.3/' Gemfile.lock && ! merganser dump --check >out && grep -q 1002 out");
    close_place(&p);
}

ParameterizedTestParameters(dump_rails, loads_what_merganser_wrote)
{
    return rows_numbered(2);
}

ParameterizedTest(size_t *row, dump_rails, loads_what_merganser_wrote)
{
    struct place p = open_place(postgres_and_sqlite[*row]);

    run(&p, 0, "merganser up && merganser dump");
    empty(&p);
    run(&p, 0, RAILS " \"$RAILS\" load status | grep ^up >out; printf 'up 1001\\nup 1002\\nup 999\\n' | cmp - out");
    run(&p, 0, "merganser status --exit-code && merganser dump --check && merganser up");
    close_place(&p);
}

ParameterizedTestParameters(dump_rails, agrees_with_a_load)
{
    return rows_numbered(2);
}

ParameterizedTest(size_t *row, dump_rails, agrees_with_a_load)
{
    struct place p = open_place(postgres_and_sqlite[*row]);

    run(&p, 0, "merganser up --to 1001 && " RAILS " \"$RAILS\" dump");
    empty(&p);
    run(&p, 0, "RAILS_ENV=test merganser load");
    run(&p, 0, RAILS " \"$RAILS\" status current >out && printf 'up 1001\\nup 999\\n' | cmp - out");
    cr_assert_str_eq(stage_query(&p.s, p.url, "SELECT value FROM ar_internal_metadata WHERE key = 'environment'"),
                     "test");
    run(&p, 0, "merganser dump --check && merganser up && merganser status --exit-code");
    cr_assert_str_eq(
        stage_query(&p.s, p.url, "SELECT version FROM schema_migrations ORDER BY length(version), version"),
        "999\n1001\n1002");
    close_place(&p);
}
