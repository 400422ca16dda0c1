#include "tests/support/postgres_unit.h"

#include <criterion/criterion.h>

#include "dialects/postgres/postgres.h"
#include "tests/support/postgres.h"

static bool read_text(const struct script *s, size_t offset, struct text *piece, struct err *e)
{
    (void)e;
    *piece = (struct text) { (const char *)s->from + offset, s->size - offset };
    return true;
}

struct unit_db *unit_bare(void)
{
    struct arena *a = arena_open();
    struct unit_db *b = arena_make(a, struct unit_db, 1);

    b->arena = a;
    b->notices.arena = a;
    b->conninfo = postgres_make(a);
    return b;
}

bool unit_connect(struct unit_db *b, const char *const *session, const char *url)
{
    struct db_options o = { .url = url,
                            .base = "/",
                            .session = session,
                            .application = "merganser",
                            .lock_timeout_ms = -1,
                            .statement_timeout_ms = -1,
                            .notices = &b->notices };

    return db_open(&b->db, &o, b->arena, &b->err);
}

/* The columns of merganser's history that matter here. */
static void make_history(struct unit_db *b)
{
    if (!b->history)
        unit_ask(b, "CREATE TABLE public.history (version text, outcome text, started_at timestamptz, "
                    "statements_done bigint)");
    b->history = true;
}

struct unit_db *unit_open(const char *const *session, const char *through)
{
    struct unit_db *b = unit_bare();

    cr_assert(unit_connect(b, session, through ? through : b->conninfo), "%s", b->err.message);
    cr_assert(
        db_table_create(b->db, TABLE_SCHEMA_MIGRATIONS, (struct table_name) { "public", "schema_migrations" }, &b->err),
        "%s", b->err.message);
    make_history(b);
    return b;
}

void unit_close(struct unit_db *b)
{
    db_close(b->db);
    postgres_drop(b->conninfo);
    arena_close(b->arena);
}

struct script_request unit_request(struct unit_db *b, const char *version, enum direction direction, const char *sql,
                                   size_t len)
{
    struct script *s = arena_make(b->arena, struct script, 1);

    *s = (struct script) { .path = "m.sql", .size = len, .read = read_text, .from = sql };
    return (struct script_request) {
        .script = s,
        .direction = direction,
        .version = version,
        .ledger = { "public", "schema_migrations" },
        .resume = b->resume,
    };
}

static bool inspect(struct unit_db *b, const struct script_request *r)
{
    return postgres_dialect.inspect(&b->facts, r, &b->notices, b->arena, &b->err);
}

bool unit_inspect(struct unit_db *b, const char *version, const char *sql)
{
    struct script_request r = unit_request(b, version, DIRECTION_UP, sql, strlen(sql));

    return inspect(b, &r);
}

static bool apply(struct unit_db *b, const struct script_request *r)
{
    struct cell key = { .column = "version", .kind = CELL_TEXT, .text = text_from(r->version), .key = true };
    struct cell started[] = { key,
                              { .column = "outcome", .kind = CELL_TEXT, .text = TEXT("started") },
                              { .column = "started_at", .kind = CELL_STARTED } };
    struct cell appended[] = { key,
                               { .column = "outcome", .kind = CELL_TEXT, .text = TEXT("applied"), .constant = true },
                               { .column = "started_at", .kind = CELL_STARTED } };
    struct cell done[] = { key,
                           { .column = "outcome", .kind = CELL_TEXT, .text = TEXT("applied") },
                           { .column = "statements_done", .kind = CELL_INTEGER, .text = TEXT("0") } };
    struct row_change before = { ROW_APPEND, { "public", "history" }, started, 3 };
    struct row_change rows[] = { { ROW_INSERT, r->ledger, &key, 1 }, { ROW_UPDATE, { "public", "history" }, done, 3 } };
    struct unit unit = { .script = *r,
                         .before = &before,
                         .rows = rows,
                         .nrows = 2,
                         .progress = b->progress,
                         .progress_to = b->progress_to };

    b->result = (struct unit_result) { .outcome = UNIT_ROLLED_BACK };
    if (!inspect(b, r))
        return false;
    make_history(b);
    unit.facts = b->facts;
    done[2].text = text_from(arena_printf(b->arena, "%llu", (unsigned long long)b->facts.statements));
    unit.nbefore = b->facts.shape != SCRIPT_ATOMIC;
    unit.journal.done = unit.nbefore ? "statements_done" : NULL;
    if (b->facts.shape == SCRIPT_ATOMIC)
        rows[1] = (struct row_change) { ROW_APPEND, { "public", "history" }, appended, 3 };
    if (r->direction == DIRECTION_DOWN)
        rows[0].kind = b->facts.writes_own_row ? ROW_EXPECT_GONE : ROW_DELETE;
    else if (b->facts.writes_own_row)
        rows[0].kind = ROW_EXPECT;
    return db_apply(b->db, &unit, &b->result, &b->err);
}

bool unit_up(struct unit_db *b, const char *version, const char *sql)
{
    struct script_request r = unit_request(b, version, DIRECTION_UP, sql, strlen(sql));

    return apply(b, &r);
}

bool unit_down(struct unit_db *b, const char *version, const char *sql)
{
    struct script_request r = unit_request(b, version, DIRECTION_DOWN, sql, strlen(sql));

    return apply(b, &r);
}

bool unit_up_outside(struct unit_db *b, const char *version, const char *sql)
{
    struct script_request r = unit_request(b, version, DIRECTION_UP, sql, strlen(sql));

    r.no_transaction = true;
    return apply(b, &r);
}

const char *unit_ask(struct unit_db *b, const char *sql)
{
    return postgres_ask(b->arena, b->conninfo, sql);
}

const char *unit_ledger(struct unit_db *b)
{
    return unit_ask(b, "SELECT string_agg(version, ' ' ORDER BY version) FROM public.schema_migrations");
}

const char *unit_error(struct unit_db *b)
{
    return arena_printf(b->arena, "%s:%d:%d %s %s", b->err.at.path ? b->err.at.path : "", b->err.at.line,
                        b->err.at.column, err_word(b->err.kind), b->err.sqlstate);
}

bool unit_warned(const struct unit_db *b, const char *code)
{
    for (size_t i = 0; i < b->notices.len; i++)
        if (b->notices.at[i].level == NOTICE_WARNING && strcmp(b->notices.at[i].code, code) == 0)
            return true;
    return false;
}
