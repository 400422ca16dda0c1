/* A script outside any transaction: its rows before, then one statement a query, then its rows after. */
#include "dialects/postgres/apply.h"

#include "core/base/interrupt.h"
#include "dialects/postgres/concurrent.h"

struct progress {
    struct applying *p;
    uint64_t done;
    uint64_t kept;     /* of these: not in a block of the script's that is open */
    uint64_t recorded; /* what the progress column says */
};

static bool stopped(struct progress *g, enum unit_outcome outcome)
{
    g->p->result->outcome = outcome;
    g->p->result->statements_done = g->kept;
    return false;
}

static void set(struct buf *sql, const struct pg *pg, const char *name, const char *value)
{
    buf_printf(sql, "SELECT pg_catalog.set_config('%s', ", name);
    pg_literal(sql, pg, text_from(value));
    buf_string(sql, ", true);");
}

/* One string: BEGIN, the change, COMMIT. A script may have changed the role: ours comes back for this transaction, and
 * the script's behind it. The user goes before the role, which ends with it; so it does where SET LOCAL ends. */
static const char *as_ourselves(const struct applying *p, const struct buf *change)
{
    struct buf sql = buf_open(p->arena, SIZE_MAX / 2);

    buf_string(&sql, "BEGIN READ WRITE;");
    if (p->pg->dirty) {
        buf_string(&sql, "SELECT pg_catalog.set_config('merganser.user', session_user, false), "
                         "pg_catalog.set_config('merganser.role', pg_catalog.current_setting('role'), false);");
        set(&sql, p->pg, "session_authorization", p->user);
        set(&sql, p->pg, "role", p->role);
    }
    buf_printf(&sql, "%s;COMMIT", buf_cstr(change));
    if (p->pg->dirty)
        buf_string(&sql, ";SELECT pg_catalog.set_config('session_authorization', "
                         "pg_catalog.current_setting('merganser.user'), false);"
                         "SELECT pg_catalog.set_config('role', pg_catalog.current_setting('merganser.role'), false)");
    return buf_cstr(&sql);
}

/* UPDATE of the row in before[0]. */
static bool record(struct progress *g, struct err *e)
{
    const struct unit *unit = g->p->unit;
    struct rows_sql change = rows_sql_open(g->p->pg, true, NULL, g->p->arena);
    struct row_change update;
    struct cell *cells;
    size_t n = 0;

    if (!unit->journal.done || !unit->nbefore || g->recorded == g->kept || g->kept != g->done)
        return true;
    cells = arena_make(g->p->arena, struct cell, unit->before[0].len + 1);
    for (size_t i = 0; i < unit->before[0].len; i++)
        if (unit->before[0].cells[i].key)
            cells[n++] = unit->before[0].cells[i];
    cells[n++] = (struct cell) { .column = unit->journal.done,
                                 .kind = CELL_INTEGER,
                                 .text = text_from(arena_printf(g->p->arena, "%llu", (unsigned long long)g->done)) };
    update = (struct row_change) { ROW_UPDATE, unit->before[0].table, cells, n };
    rows_change(&change, &update, 1);
    if (!pg_run(g->p->pg, as_ourselves(g->p, &change.sql), e))
        return false;
    g->recorded = g->done;
    return true;
}

/* An error that the first statement's own text explains: the server refused it before it did anything. */
static bool refused_at_once(const struct progress *g, const PGresult *r)
{
    struct text state = text_from(pg_sqlstate(r));

    /* Class 42 is about names, rights and syntax; 25001 is a statement that takes no transaction. */
    return g->done == 0 && (text_starts(state, "42") || text_is(state, "25001")) &&
           !PQresultErrorField(r, PG_DIAG_CONTEXT);
}

static bool run_concurrent(struct progress *g, const struct statement *s, const struct concurrent *c, const char *sql,
                           struct err *e)
{
    const struct resume *resume = g->p->unit->resume;
    struct concurrent_job job = {
        .p = g->p, .s = s, .sql = sql, .nth = g->done, .begun_before = resume && resume->begun == g->done + 1
    };

    return concurrent_run(&job, c, e) || stopped(g, job.nothing && !g->done ? UNIT_ROLLED_BACK : UNIT_PARTIAL);
}

static bool run_one(struct progress *g, const struct statement *s, struct err *e)
{
    struct pg *pg = g->p->pg;
    const char *sql = arena_cstr(g->p->arena, text_cut(g->p->script.source, s->from, s->to));
    PGresult *failed = NULL;
    struct concurrent c;
    bool ok;

    if (concurrent_read(&c, text_from(sql), g->p->arena))
        return run_concurrent(g, s, &c, sql, e);
    if (!pg_send(pg, sql, e))
        return stopped(g, UNIT_PARTIAL);
    pg_rows_singly(pg);
    for (PGresult *r = pg_next(pg); r; r = pg_next(pg)) {
        if (pg_failed(r) && !failed)
            failed = r;
        else
            PQclear(r);
    }
    ok = !failed && !pg_lost(pg);
    if (!ok) {
        bool nothing = failed && !pg_lost(pg) && refused_at_once(g, failed);

        pg_rollback(pg);
        if (pg_lost(pg))
            pg_error_lost(e, pg, failed);
        else
            place_error(e, g->p, failed, (struct sent_script) { text_from(sql), 0, s->from }, g->done);
        stopped(g, nothing ? UNIT_ROLLED_BACK : UNIT_PARTIAL);
    }
    PQclear(failed);
    return ok;
}

static bool left_open(struct progress *g, struct err *e)
{
    pg_rollback(g->p->pg);
    err_set(e, ERR_SCRIPT_FAILED, IN_FILE(g->p->script.path),
            "the script left a transaction open; that was rolled back");
    err_hint(e, "end the script with the COMMIT that its BEGIN asks for");
    return stopped(g, UNIT_PARTIAL);
}

bool apply_statements(struct applying *p, struct err *e)
{
    struct progress g = { .p = p };
    const struct statements *list = &p->script.statements;

    /* Whatever became of these rows, no statement has run. */
    if (!apply_rows(p, p->unit->before, p->unit->nbefore, true, e))
        return stopped(&g, UNIT_ROLLED_BACK);
    p->pg->dirty = p->script.traits.changes_session || !p->unit->facts.parsed;
    for (size_t i = 0; i < list->len; i++) {
        if (list->at[i].dropped)
            continue;
        if (!interrupt_check(e))
            return stopped(&g, g.done ? UNIT_PARTIAL : UNIT_ROLLED_BACK);
        if (!run_one(&g, &list->at[i], e))
            return false;
        g.done++;
        if (PQtransactionStatus(p->pg->conn) == PQTRANS_IDLE)
            g.kept = g.done;
        if (!record(&g, e))
            return stopped(&g, UNIT_PARTIAL);
    }
    p->result->statements_done = g.done;
    if (PQtransactionStatus(p->pg->conn) != PQTRANS_IDLE)
        return left_open(&g, e);
    if (p->script.traits.forgets)
        p->pg->prepared.len = 0;
    if (!pg_restore(p->pg, e))
        return stopped(&g, UNIT_PARTIAL);
    if (!apply_rows(p, p->unit->rows, p->unit->nrows, false, e))
        return stopped(&g, pg_lost(p->pg) ? UNIT_UNKNOWN : UNIT_PARTIAL);
    p->result->outcome = UNIT_APPLIED;
    return true;
}
