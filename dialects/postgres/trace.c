#include "dialects/postgres/trace.h"

#include <time.h>

#include "core/base/interrupt.h"
#include "dialects/postgres/apply.h"
#include "dialects/postgres/copy.h"
#include "dialects/postgres/describe.h"

#define SAVEPOINT "merganser_trace"

struct tracing {
    struct applying p; /* what place_error asks: connection, script, the statement */
    struct traced_script *script;
    struct reader *reader;
    struct look look;
    struct arena *arena; /* of what is given back */
    struct arena *room;  /* of the statement */
    bool ours;
    bool lacks; /* a statement was passed over: what follows may miss what it would have made */
    bool open;  /* a transaction of ours */
};

struct rows_of_reader {
    struct copy_rows rows;
    struct reader *reader;
};

static bool next_rows(struct copy_rows *rows, struct text *piece, struct err *e)
{
    return reader_copy_data(piece, ((struct rows_of_reader *)rows)->reader, e);
}

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* One statement; its first failed result in *failed, which the caller clears. False: the connection is lost. */
static bool send(PGresult **failed, char tag[64], int64_t *us, struct tracing *t, struct text sql, struct err *e)
{
    struct rows_of_reader rows = { { .next = next_rows }, t->reader };
    struct pg *pg = t->p.pg;
    int64_t began = now_us();

    *failed = NULL;
    *tag = '\0';
    if (!pg_send(pg, arena_cstr(t->room, sql), e))
        return false;
    pg_rows_singly(pg);
    pg->rows = &rows.rows;
    for (PGresult *r = pg_next(pg); r; r = pg_next(pg)) {
        if (pg_failed(r) && !*failed) {
            *failed = r;
            continue;
        }
        snprintf(tag, 64, "%s", PQcmdStatus(r));
        PQclear(r);
    }
    *us = now_us() - began;
    pg->rows = NULL;
    return !pg_lost(pg) || pg_error_lost(e, pg, *failed);
}

static bool fails(struct tracing *t, const PGresult *failed, struct text sql, struct err *e)
{
    return place_error(e, &t->p, failed, (struct sent_script) { .sent = sql }, 0);
}

static struct effects documented(const struct tracing *t, struct text sql, struct arena *a)
{
    struct actions actions;
    struct effects out;

    postgres_describe(&actions, arena_text(a, sql.at, sql.len), a);
    postgres_effects(&out, &actions, t->p.pg->db.info.version, a);
    return out;
}

static struct effects *place_for(const struct tracing *t, uint64_t nth)
{
    return nth < t->script->len ? &t->script->effects[nth] : NULL;
}

/* What was not watched: as the statement's text says, and why. */
static void untraced(struct tracing *t, const struct read_statement *s, int64_t us, const char *why)
{
    struct effects *out = place_for(t, s->nth);

    if (!out)
        return;
    *out = documented(t, s->sql, t->arena);
    out->us = us;
    out->untraced = arena_string(t->arena, why);
}

/* Runs a statement in a transaction and looks. *failed: it did, which may be nothing wrong here; the transaction is in
 * error then, and the caller clears it. */
static bool watch(PGresult **failed, struct tracing *t, const struct read_statement *s, struct text sql, struct err *e)
{
    struct effects *out = place_for(t, s->nth), seen;
    struct effects known = documented(t, s->sql, t->room);
    int64_t us;
    char tag[64];

    if (!send(failed, tag, &us, t, sql, e))
        return false;
    if (*failed || !out)
        return true;
    if (!look_again(&seen, &t->look, tag, &known, t->arena, e))
        return false;
    *out = seen;
    out->us = us;
    return true;
}

/* ---- in one transaction that is rolled back ---- */

static bool writes_own_row(const struct tracing *t, struct text sql)
{
    const struct script_request *r = &t->script->request;
    struct statement whole = { .to = sql.len };
    size_t at;

    return r->ledger.table && r->version && text_find(sql, r->ledger.table, &at) &&
           ledger_touched(sql, &whole, r, t->room).own;
}

static bool sets_transaction(struct text sql)
{
    struct lexer l = { .src = sql };
    struct token first = lexer_next(&l), second = lexer_next(&l);

    return token_is(sql, first, "set") && token_is(sql, second, "transaction");
}

/* Why a statement is not run at all, or NULL. */
static const char *passed_over(const struct tracing *t, const struct read_statement *s, struct text plain)
{
    if ((s->marks & MARK_OUTSIDE) && !plain.at)
        return "it can't run in a transaction, and was left out";
    if (sets_transaction(s->sql))
        return "all statements share one transaction here: it was left out";
    return writes_own_row(t, s->sql) ? "it records its own version, and was left out" : NULL;
}

/* Why a failure is none of the script's, or NULL. */
static const char *excuse(const struct tracing *t, const PGresult *failed)
{
    const char *state = pg_sqlstate(failed);

    if (strcmp(state, "55P04") == 0)
        return "it uses an enum value that is only added in this transaction";
    if (strcmp(state, "2D000") == 0)
        return "it ends its transaction by itself";
    if (!t->lacks)
        return NULL;
    return arena_printf(t->room, "it failed here, behind a statement that was left out: %s",
                        pg_shown(t->p.pg, PQresultErrorField(failed, PG_DIAG_MESSAGE_PRIMARY), t->room));
}

static bool step_back(struct tracing *t, struct err *e)
{
    return pg_run(t->p.pg, "ROLLBACK TO SAVEPOINT " SAVEPOINT ";RELEASE SAVEPOINT " SAVEPOINT, e);
}

static bool run_within(struct tracing *t, const struct read_statement *s, struct err *e)
{
    struct text plain = s->marks & MARK_OUTSIDE ? trace_plain(s->sql, t->room) : s->sql;
    const char *why = passed_over(t, s, plain);
    PGresult *failed = NULL;
    bool ok;

    if (why) {
        t->lacks = true;
        untraced(t, s, -1, why);
        return true;
    }
    ok = pg_run(t->p.pg, "SAVEPOINT " SAVEPOINT, e) && watch(&failed, t, s, plain, e);
    why = ok && failed ? excuse(t, failed) : NULL;
    if (ok && failed && !why)
        ok = fails(t, failed, plain, e);
    if (ok && why) {
        t->lacks = true;
        untraced(t, s, -1, why);
        ok = step_back(t, e);
    } else if (ok) {
        ok = pg_run(t->p.pg, "RELEASE SAVEPOINT " SAVEPOINT, e);
    }
    if (ok && !failed && (s->marks & MARK_OUTSIDE) && place_for(t, s->nth))
        untraced(t, s, place_for(t, s->nth)->us,
                 "it can't run in a transaction: timed in its plain form, without CONCURRENTLY");
    PQclear(failed);
    return ok;
}

/* A COMMIT that a segment of ours stands for is not sent: all of it stays one transaction. Any other one would leave
 * behind what is to be rolled back. */
static bool refuse_control(const struct tracing *t, struct err *e)
{
    const struct statements *list = &t->p.script.statements;

    for (size_t i = 0; i < list->len; i++) {
        if (list->at[i].control == CONTROL_NONE || list->at[i].dropped)
            continue;
        err_plain(e, ERR_SCRATCH,
                  "the script begins and ends a transaction by itself: traced here, it would stay behind");
        script_error_statement(e, &t->p.script, &list->at[i]);
        return err_hint(e, "give `--trace scratch`: a database is made for it and dropped afterwards");
    }
    return true;
}

/* What is checked at a script's COMMIT, and the session that the next one begins with. */
static bool end_within(struct tracing *t, struct err *e)
{
    PGresult *failed = NULL;
    char tag[64];
    int64_t us;
    bool ok = send(&failed, tag, &us, t, TEXT("SET CONSTRAINTS ALL IMMEDIATE"), e) &&
              (!failed || fails(t, failed, TEXT(""), e));

    PQclear(failed);
    t->p.pg->dirty = true;
    return ok && pg_restore(t->p.pg, e);
}

/* ---- in a scratch database: as `up` runs it ---- */

static const struct segment *segment_of(const struct tracing *t, uint64_t nth)
{
    const struct segments *list = &t->p.script.segments;

    for (size_t i = 0; i < list->len; i++)
        if (nth >= list->at[i].first && nth - list->at[i].first < list->at[i].count)
            return &list->at[i];
    return NULL;
}

static bool begin(struct tracing *t, const struct segment *g, struct err *e)
{
    struct buf sql = buf_open(t->room, SIZE_MAX / 2);

    /* Later options win over earlier ones. */
    pg_begin(&sql, t->p.pg, g && g->options ? arena_printf(t->room, PG_WRITING ", %s", g->options) : PG_WRITING);
    t->open = true;
    return pg_run(t->p.pg, buf_cstr(&sql), e) && look_begin(&t->look, e);
}

static bool commit(struct tracing *t, struct err *e)
{
    PGresult *failed = NULL;
    char tag[64];
    int64_t us;
    bool ok = !t->open || (send(&failed, tag, &us, t, TEXT("COMMIT"), e) && (!failed || fails(t, failed, TEXT(""), e)));

    PQclear(failed);
    t->open = false;
    return ok;
}

/* Its locks are gone before anybody could look. */
static bool run_outside(struct tracing *t, const struct read_statement *s, struct err *e)
{
    PGresult *failed = NULL;
    char tag[64];
    int64_t us;
    bool ok = send(&failed, tag, &us, t, s->sql, e) && (!failed || fails(t, failed, s->sql, e));

    PQclear(failed);
    if (ok)
        untraced(t, s, us, "it runs outside a transaction, where locks can't be watched: timed only");
    return ok;
}

static bool run_ours(struct tracing *t, const struct read_statement *s, struct err *e)
{
    const struct segment *g = segment_of(t, s->nth);
    PGresult *failed = NULL;
    bool ok = true;

    if (t->open && g && s->nth == g->first)
        ok = commit(t, e);
    if (g && !g->transactional)
        return ok && commit(t, e) && run_outside(t, s, e);
    ok = ok && (t->open || begin(t, g, e)) && watch(&failed, t, s, s->sql, e) &&
         (!failed || fails(t, failed, s->sql, e));
    PQclear(failed);
    return ok && (!g || !g->each || commit(t, e));
}

static bool end_ours(struct tracing *t, struct err *e)
{
    if (!commit(t, e))
        return false;
    t->p.pg->dirty = true;
    return pg_restore(t->p.pg, e);
}

/* ---- scripts ---- */

static bool run_statement(struct tracing *t, struct read_statement *s, struct err *e)
{
    bool ok;

    t->room = arena_open();
    t->p.alone = s;
    t->p.arena = t->room;
    ok = t->ours ? run_ours(t, s, e) : run_within(t, s, e);
    t->p.alone = NULL;
    arena_close(t->room);
    t->room = NULL;
    return ok;
}

static bool run_statements(struct tracing *t, struct err *e)
{
    struct read_statement s, last = { 0 };
    bool more = true, ok = true;

    while (ok && more) {
        ok = interrupt_check(e) && reader_next(&s, &more, t->reader, e);
        if (!ok || !more || s.dropped)
            continue;
        last = s;
        ok = run_statement(t, &s, e);
    }
    /* What fails at the end fails for what came before it. */
    t->room = arena_open();
    t->p.alone = &last;
    ok = ok && (t->ours ? end_ours(t, e) : end_within(t, e));
    t->p.alone = NULL;
    arena_close(t->room);
    t->room = NULL;
    return ok;
}

static bool run_script(struct tracing *t, struct err *e)
{
    struct arena *a = arena_open();
    bool ok = script_read(&t->p.script, &t->script->request, a, e) && (t->ours || refuse_control(t, e)) &&
              reader_open(&t->reader, &t->p.script, a, e);

    t->p.pg->path = t->script->request.script->path;
    ok = ok && run_statements(t, e);
    t->p.pg->path = NULL;
    reader_close(t->reader);
    t->reader = NULL;
    arena_close(a);
    return ok;
}

bool postgres_trace(struct db *db, struct traced_script *scripts, size_t n, bool ours, struct arena *a, struct err *e)
{
    struct tracing t = { .p.pg = (struct pg *)db, .arena = a, .ours = ours };
    struct arena *seen = arena_open();
    bool ok = pg_restore(t.p.pg, e) && look_open(&t.look, t.p.pg, seen, e);

    t.room = seen;
    ok = ok && (ours || begin(&t, NULL, e));
    for (size_t i = 0; ok && i < n; i++) {
        t.script = &scripts[i];
        ok = run_script(&t, e);
    }
    pg_rollback(t.p.pg);
    t.p.pg->dirty = true;
    arena_close(seen);
    return ok;
}
