/* Databases that do not hold UTF-8: the server decides what it takes, and everything else is as elsewhere. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/rows.h"
#include "tests/support/stage.h"

static const char story[] = "== git config user.name J\xc3\xb6rg\n"
                            "== commit M\xc3\xbcller\n"
                            "== file db/migrate/1_m\xc3\xbcller.sql\n"
                            "CREATE TABLE m\xc3\xbcller (name text);\n"
                            "INSERT INTO m\xc3\xbcller VALUES ('J\xc3\xb6rg');\n";

/* The euro sign is not in LATIN1; SQL_ASCII takes any byte as it is sent. */
static const struct {
    const char *encoding, *bytes;
    bool takes_euro;
} rows[] = {
    { "LATIN1", "4", false },
    { "LATIN9", "4", true },
    { "SQL_ASCII", "5", true },
};

ParameterizedTestParameters(postgres_encoding, server_decides)
{
    return rows_numbered(sizeof rows / sizeof *rows);
}

ParameterizedTest(size_t *row, postgres_encoding, server_decides)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(story), true);
    const char *utf8 = arena_printf(a, "%s?client_encoding=UTF8", s.postgres);
    struct process_result r;
    size_t at;

    postgres_drop(s.conninfo);
    postgres_ask(a, arena_printf(a, "%s dbname=postgres", postgres_server()),
                 arena_printf(a, "CREATE DATABASE %s TEMPLATE template0 ENCODING '%s' LOCALE 'C'", s.database,
                              rows[*row].encoding));
    stage_expect(&s, 0, "merganser up --database \"$PG\"");
    cr_expect_str_eq(stage_query(&s, utf8, "SELECT octet_length(name) FROM m\xc3\xbcller"), rows[*row].bytes);
    stage_expect(&s, 0,
                 "printf 'CREATE TABLE euro (x text);\\nINSERT INTO euro VALUES (\\047\xe2\x82\xac\\047);\\n' "
                 ">db/migrate/2_euro.sql");
    r = stage_expect(&s, rows[*row].takes_euro ? 0 : 1, "merganser up --database \"$PG\"");
    if (!rows[*row].takes_euro)
        cr_expect(text_find(r.err, "db/migrate/2_euro.sql:2:27: error: ", &at) && text_find(r.err, "LATIN1", &at),
                  "%.*s", (int)r.err.len, r.err.at);
    r = stage_expect(&s, 0, "merganser history --json --database \"$PG\"");
    cr_expect(text_find(r.out, "J\xc3\xb6rg", &at), "%.*s", (int)r.out.len, r.out.at);
    r = stage_expect(&s, 0, "merganser status --database \"$PG\"");
    cr_expect(text_find(r.out, "m\xc3\xbcller", &at), "%.*s", (int)r.out.len, r.out.at);
    stage_close(&s);
    arena_close(a);
}

/* The rows of a migration go the same way as its statements do, behind whatever they have set. */
Test(postgres_encoding, a_script_that_sets_client_encoding_garbles_no_row)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a,
                                TEXT("== file db/migrate/1_m\xc3\xbcller.sql\n"
                                     "-- merganser: no-transaction\n"
                                     "SET client_encoding = 'LATIN1';\nCREATE TABLE a (name text);\n"
                                     "== file db/migrate/2_\xe2\x82\xac.sql\n"
                                     "CREATE TABLE b (name text);\n"),
                                true);

    stage_expect(&s, 0, "merganser up --database \"$PG\"");
    cr_expect_str_eq(
        stage_query(&s, s.postgres, "SELECT string_agg(name, ' ' ORDER BY version) FROM merganser.history"),
        "m\xc3\xbcller \xe2\x82\xac");
    stage_close(&s);
    arena_close(a);
}
