#include "tests/support/sqlite.h"

#include <unistd.h>

struct sqlite_place sqlite_place_make(void)
{
    struct sqlite_place p = { .a = arena_open() };

    p.folder = scratch_folder(p.a);
    p.path = arena_printf(p.a, "%s/app.sqlite3", p.folder);
    p.url = arena_printf(p.a, "sqlite:%s", p.path);
    p.options = (struct db_options) { .url = p.url, .lock_timeout_ms = -1, .statement_timeout_ms = -1 };
    return p;
}

void sqlite_place_end(struct sqlite_place *p)
{
    arena_close(p->a);
}

struct db *sqlite_place_open(struct sqlite_place *p, const char *const *session)
{
    struct db *db = NULL;

    p->notices.arena = p->a;
    p->options.session = session;
    p->options.notices = &p->notices;
    p->options.read_only = false;
    cr_assert(db_open(&db, &p->options, p->a, &p->e), "%s", p->e.message);
    return db;
}

struct db *sqlite_place_open_reading(struct sqlite_place *p)
{
    struct db *db = NULL;

    p->notices.arena = p->a;
    p->options.notices = &p->notices;
    p->options.read_only = true;
    cr_assert(db_open(&db, &p->options, p->a, &p->e), "%s", p->e.message);
    return db;
}

static bool read_text(const struct script *s, size_t offset, struct text *piece, struct err *e)
{
    const struct text *all = s->from;

    (void)e;
    *piece = text_cut(*all, offset, all->len);
    return true;
}

struct script_request sqlite_request(struct arena *a, const char *sql)
{
    struct text *all = arena_make(a, struct text, 1);
    struct script *script = arena_make(a, struct script, 1);

    *all = text_from(sql);
    *script = (struct script) { .path = "db/migrate/7_x.sql", .size = all->len, .read = read_text, .from = all };
    return (struct script_request) {
        .script = script,
        .direction = DIRECTION_UP,
        .version = "7",
        .ledger = { NULL, "schema_migrations" },
    };
}

struct unit sqlite_unit(struct sqlite_place *p, struct db *db, const char *sql)
{
    struct cell *cell = arena_make(p->a, struct cell, 1);
    struct row_change *row = arena_make(p->a, struct row_change, 1);
    struct unit unit = { .script = sqlite_request(p->a, sql), .rows = row, .nrows = 1 };

    cr_assert(db_table_create(db, TABLE_SCHEMA_MIGRATIONS, unit.script.ledger, &p->e), "%s", p->e.message);
    cr_assert(db_inspect(&unit.facts, db, &unit.script, &p->notices, p->a, &p->e), "%s", p->e.message);
    *cell = (struct cell) { .column = "version", .kind = CELL_TEXT, .text = TEXT("7"), .key = true };
    *row = (struct row_change) {
        .kind = unit.facts.writes_own_row ? ROW_EXPECT : ROW_INSERT,
        .table = unit.script.ledger,
        .cells = cell,
        .len = 1,
    };
    return unit;
}

bool sqlite_applies(struct sqlite_place *p, struct db *db, const char *sql, struct unit_result *result)
{
    struct unit unit = sqlite_unit(p, db, sql);

    return db_apply(db, &unit, result, &p->e);
}

void sqlite_set_up(struct sqlite_place *p, struct db *db, const char *sql)
{
    struct unit unit = { .script = sqlite_request(p->a, sql) };
    struct unit_result result;

    cr_assert(db_inspect(&unit.facts, db, &unit.script, &p->notices, p->a, &p->e), "%s", p->e.message);
    cr_assert(db_apply(db, &unit, &result, &p->e), "%s", p->e.message);
    p->notices.len = 0;
}

const char *sqlite_rows(struct sqlite_place *p, struct db *db, const char *table, const char *columns)
{
    const char *names[16] = { 0 };
    struct row_query q = { .table = { NULL, table }, .columns = names };
    struct text rest = text_from(columns);
    struct buf out = buf_open(p->a, 1 << 20);
    struct rows rows;
    size_t comma;

    while (rest.len) {
        if (!text_find(rest, ",", &comma))
            comma = rest.len;
        names[q.n++] = arena_cstr(p->a, text_cut(rest, 0, comma));
        rest = text_cut(rest, comma + 1, rest.len);
    }
    q.order_by = names[0];
    cr_assert(db_rows_read(db, &q, &rows, p->a, &p->e), "%s", p->e.message);
    for (size_t i = 0; i < rows.len * rows.width; i++) {
        buf_string(&out, i == 0 ? "" : i % rows.width ? "|" : ";");
        buf_text(&out, rows.cells[i].at ? rows.cells[i] : TEXT("-"));
    }
    return buf_cstr(&out);
}

const char *sqlite_tables(struct sqlite_place *p, struct db *db)
{
    struct buf out = buf_open(p->a, 1 << 20);
    struct table_list list;

    cr_assert(db_tables_list(db, &list, p->a, &p->e), "%s", p->e.message);
    for (size_t i = 0; i < list.len; i++)
        buf_printf(&out, "%s%s", i ? " " : "", list.at[i].table);
    return buf_cstr(&out);
}

bool sqlite_file_exists(struct sqlite_place *p, const char *ending)
{
    return access(arena_printf(p->a, "%s%s", p->path, ending), F_OK) == 0;
}

struct sqlite_signal sqlite_signal_make(void)
{
    struct sqlite_signal s;

    cr_assert(pipe(s.fds) == 0);
    return s;
}

void sqlite_signal_send(struct sqlite_signal *s)
{
    cr_assert(write(s->fds[1], "x", 1) == 1);
}

void sqlite_signal_wait(struct sqlite_signal *s)
{
    char byte;

    cr_assert(read(s->fds[0], &byte, 1) == 1);
}
