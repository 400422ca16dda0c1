#include <criterion/criterion.h>

#include "core/base/script.h"
#include "core/base/text.h"
#include "core/layouts/marks.h"
#include "tests/support/rows.h"

static const struct {
    const char *script;
    const char *tool; /* in the message; NULL: none */
    int line;
    bool no_transaction;
    size_t notices;
} scripts[] = {
    { "--migrate:up", "dbmate", 1, false, 0 },
    { "SELECT 1;\n--\t migrate:down transaction:false\n", "dbmate", 2, false, 0 },
    { "-- migrate:up\r\n", "dbmate", 1, false, 0 },
    { "--migrate:upwards\nSELECT 1", NULL, 0, false, 0 },
    { "-- migrate: up\nSELECT 1", NULL, 0, false, 0 },
    { "--MIGRATE:UP\nSELECT 1", "dbmate", 1, false, 0 },
    { "SELECT 1; -- migrate:up", NULL, 0, false, 0 },
    { " -- migrate:up\nSELECT 1", NULL, 0, false, 0 },
    { "--+GOOSE Up", "goose", 1, false, 0 },
    { "-- +goose", "goose", 1, false, 0 },
    { "-- +goosed\nSELECT 1", NULL, 0, false, 0 },
    { "-- +migrate Up", "sql-migrate", 1, false, 0 },
    { "-- +migration\nSELECT 1", NULL, 0, false, 0 },
    { "---- UP migration --", "node-pg-migrate", 1, false, 0 },
    { "--down migration", "node-pg-migrate", 1, false, 0 },
    { "-- down migration is not possible\nSELECT 1", NULL, 0, false, 0 },
    { "---- create above / drop below ----", "tern", 1, false, 0 },
    { "-- create above / drop below --", "tern", 1, false, 0 },
    { "-- create above / drop below this\nSELECT 1", NULL, 0, false, 0 },
    { "--! Previous: sha1:00", "graphile-migrate", 1, false, 0 },
    { "--! Prev: sha1:00\nSELECT 1", NULL, 0, false, 0 },
    { "-- merganser: no-transaction", NULL, 0, true, 1 },
    { "\n\t -- merganser:no-transaction \nSELECT 1", NULL, 0, true, 0 },
    { "/* a /* b */ -- c */-- merganser: no-transaction\nSELECT 1", NULL, 0, true, 0 },
    { "/* -- merganser: no-transaction", NULL, 0, false, 1 },
    { "SELECT 1; -- merganser: no-transaction", NULL, 0, false, 0 },
    { "-- Merganser : No-Transaction\nSELECT 1", NULL, 0, true, 0 },
    { "-- merganser:\nSELECT 1", NULL, 0, false, 1 },
    { "-- merganser is a bird: no-transaction\nSELECT 1", NULL, 0, false, 0 },
    { "-", NULL, 0, false, 0 },
    { "/", NULL, 0, false, 0 },
    { "/*", NULL, 0, false, 1 },
    { "", NULL, 0, false, 1 },
};

RowsTest(marks, scripts, sizeof scripts / sizeof *scripts)
{
    struct arena *a = arena_open();
    struct notices notices = { .arena = a };
    struct layout_input in = { .folder = "m", .arena = a, .notices = &notices };
    struct migration m = { .id = "1_a", .up = { .path = "m/1_a.sql" } };
    const char *script = scripts[*row].script;
    struct err e = { 0 };
    struct script whole = script_in_memory(m.up.path, text_from(script), a);
    bool ok = marks_prepare(&m, &in, &whole, &e);

    cr_assert_eq(ok, scripts[*row].tool == NULL, "%s", script);
    cr_expect_eq(m.no_transaction, scripts[*row].no_transaction, "%s", script);
    if (!ok) {
        cr_expect_eq(e.kind, ERR_OTHER_TOOL);
        cr_expect(strstr(e.message, arena_printf(a, "mark of %s:", scripts[*row].tool)), "%s", e.message);
        cr_expect(e.at.line == scripts[*row].line && e.at.column == 1);
        cr_expect(strstr(e.hint, "1_a.down.sql"));
    } else {
        cr_expect_eq(notices.len, scripts[*row].notices, "%s: %zu notices", script, notices.len);
    }
    arena_close(a);
}
