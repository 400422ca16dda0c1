#include "dialects/postgres/concurrent.h"

#include "core/base/interrupt.h"
#include "dialects/postgres/watch.h"

enum { PAUSE_MS = 500 };

struct run {
    struct concurrent_job *job;
    const struct concurrent *c;
    struct applying *p;
    struct pg *pg;
    struct arena *arena;
    const char *object;
    struct concurrent_remains before; /* invalid indexes that were there before */
};

static const char *verb(const struct run *x)
{
    return x->p->unit->script.direction == DIRECTION_UP ? "up" : "down";
}

static bool refuse(const struct run *x, struct err *e)
{
    return script_error_statement(e, &x->p->script, x->job->s);
}

static void note(const struct run *x, enum notice_level level, const char *code, const char *hint, const char *message)
{
    if (x->pg->options.notices)
        notice_add(x->pg->options.notices, level, code, script_statement_place(&x->p->script, x->job->s), hint, "%s",
                   message);
}

/* Whether the script has said before how long a statement may take. */
static bool sets_statement_timeout(const struct run *x)
{
    return x->p->script.timeout_at < x->job->s->nth;
}

/* ---- running ---- */

static bool send(PGresult **failed, struct run *x, const char *sql, const char *what, struct err *e)
{
    struct concurrent_watch watch;
    bool sent;

    *failed = NULL;
    concurrent_watch(&watch, x->p, x->object, what);
    sent = pg_send(x->pg, sql, e);
    for (PGresult *r = sent ? pg_next(x->pg) : NULL; r; r = pg_next(x->pg)) {
        if (pg_failed(r) && !*failed)
            *failed = r;
        else
            PQclear(r);
    }
    concurrent_unwatch(&watch);
    return sent && !*failed && !pg_lost(x->pg);
}

/* A statement of ours on the way to the script's. */
static bool run_ours(struct run *x, const char *sql, const char *what, struct err *e)
{
    PGresult *failed;
    bool ok = send(&failed, x, sql, what, e);

    if (!ok && pg_lost(x->pg))
        pg_error_lost(e, x->pg, failed);
    else if (!ok && !pg_error(e, x->pg, ERR_SCRIPT_FAILED, failed) && e->kind == ERR_SCRIPT_FAILED)
        refuse(x, e);
    PQclear(failed);
    return ok;
}

static bool drop_remains(struct run *x, const struct concurrent_remains *remains, struct err *e)
{
    for (size_t i = 0; i < remains->len; i++) {
        const char *name = remains->at[i].name;

        note(x, NOTICE_NOTE, "index-dropped", NULL,
             arena_printf(x->arena, "the invalid index %s, which an earlier try has left, is dropped",
                          text_shown(x->arena, text_from(name))));
        if (!run_ours(x, arena_printf(x->arena, "DROP INDEX CONCURRENTLY IF EXISTS %s", name),
                      "dropping what an earlier try has left", e))
            return false;
    }
    return true;
}

/* What is invalid now and was not before. */
static void remains_since(struct concurrent_remains *out, struct run *x)
{
    struct concurrent_remains now = { 0 };
    struct err ignored;

    if (!concurrent_invalid(&now, x->pg, x->c, x->arena, &ignored))
        return;
    for (size_t i = 0; i < now.len; i++) {
        size_t k = 0;

        while (k < x->before.len && x->before.at[k].oid != now.at[i].oid)
            k++;
        if (k == x->before.len)
            *(struct concurrent_remain *)arena_push(x->arena, out) = now.at[i];
    }
}

static const char *names(const struct concurrent_remains *remains, struct arena *a)
{
    struct buf out = buf_open(a, 512);

    for (size_t i = 0; i < remains->len; i++)
        buf_printf(&out, "%s%s", i ? ", " : "", text_shown(a, text_from(remains->at[i].name)));
    return buf_cstr(&out);
}

/* What stands behind a failure: *what says it, NULL where nothing remains. False: nobody knows. */
static bool left_behind(const char **what, struct run *x)
{
    struct concurrent_remains remains = { 0 };
    struct concurrent_found found;
    struct err ignored;

    *what = NULL;
    if (x->c->kind == CONCURRENT_DETACH) {
        if (!concurrent_find(&found, x->pg, x->c, text_from(x->job->sql), x->arena, &ignored))
            return false;
        if (found.state == CONCURRENT_REMAINS)
            *what = arena_printf(x->arena, "finishes the detaching of %s, which is pending", x->object);
        return found.state == CONCURRENT_REMAINS || found.state == CONCURRENT_NOT_DONE;
    }
    remains_since(&remains, x);
    if (pg_lost(x->pg))
        return false;
    if (remains.len)
        *what =
            arena_printf(x->arena, "drops the invalid index%s %s, which this has left%s", remains.len > 1 ? "es" : "",
                         names(&remains, x->arena), x->c->kind == CONCURRENT_DROP ? "" : ", and builds anew");
    return true;
}

/* What to do, before what the next run does by itself. */
static const char *advice(const struct run *x, const struct err *e)
{
    if (strcmp(e->sqlstate, "23505") == 0)
        return "remove the duplicates, then ";
    if (strcmp(e->sqlstate, "57014") == 0 && e->kind == ERR_SCRIPT_FAILED)
        return sets_statement_timeout(x) ? "its own statement_timeout ended it, or somebody on the server; "
               : x->pg->options.index_timeout_ms > 0
                   ? "it took longer than `timeouts.index` in merganser.yml, or somebody cancelled it; then "
                   : "somebody cancelled it on the server; ";
    if (strcmp(e->sqlstate, "40P01") == 0)
        return "stop the other run or session that the detail names, then ";
    return "";
}

static void explain(struct run *x, struct err *e)
{
    const char *what, *first = advice(x, e);
    bool before = x->pg->uninterrupted, known;

    if (pg_lost(x->pg)) {
        err_hint(e, "run `merganser %s` again: it looks at what is left of it, and goes on there", verb(x));
        return;
    }
    x->pg->uninterrupted = true;
    known = left_behind(&what, x);
    x->pg->uninterrupted = before;
    x->job->nothing = known && !what;
    if (what)
        err_hint(e, "%srun `merganser %s` again: it %s", first, verb(x), what);
    else if (known && *first)
        err_hint(e, "%srun `merganser %s` again", first, verb(x));
}

static bool run_it(struct run *x, struct err *e)
{
    static const char *const whats[] = { "building", "rebuilding", "dropping", "detaching" };
    PGresult *failed;
    bool ok = send(&failed, x, x->job->sql, whats[x->c->kind], e);

    if (!ok && pg_lost(x->pg))
        pg_error_lost(e, x->pg, failed);
    else if (!ok)
        place_error(e, x->p, failed, (struct sent_script) { text_from(x->job->sql), 0, x->job->s->from, x->job->nth },
                    0);
    PQclear(failed);
    if (!ok)
        explain(x, e);
    return ok;
}

/* ---- before ---- */

static void tell(struct run *x, enum db_progress_kind kind, const char *phase, const struct db_sessions *who)
{
    const struct db_progress said = {
        .kind = kind, .object = x->object, .phase = phase, .percent = -1, .blockers = *who
    };

    if (x->p->unit->progress && who->len)
        x->p->unit->progress(x->p->unit->progress_to, &said);
}

/* Another session may still be at what a killed run has sent. */
static bool find_settled(struct concurrent_found *out, struct run *x, struct err *e)
{
    int64_t began = time_monotonic_ms(), limit = x->pg->options.index_timeout_ms;

    for (;;) {
        if (!concurrent_find(out, x->pg, x->c, text_from(x->job->sql), x->arena, e))
            return false;
        x->object = out->object;
        if (out->state != CONCURRENT_UNDER_WAY)
            return true;
        if (limit > 0 && time_monotonic_ms() - began > limit) {
            err_plain(e, ERR_SCRIPT_FAILED, "%s is still under way after %s: %s", x->object,
                      text_duration(x->arena, limit), out->why);
            refuse(x, e);
            return err_hint(e,
                            "wait for that session, or end it: SELECT pg_terminate_backend(%lld); then run "
                            "`merganser %s` again",
                            (long long)out->builders.at[0].pid, verb(x));
        }
        tell(x, PROGRESS_BUILD, "another session is at it", &out->builders);
        /* Not on the server: a statement that waits there is one more that the build waits for. */
        if (!interrupt_pause(PAUSE_MS, e))
            return false;
    }
}

/* Nothing of an earlier run of ours: what is in the way is somebody else's, and stays. */
static bool check_foreign(struct run *x, struct err *e)
{
    struct concurrent_found found;

    if (x->c->kind == CONCURRENT_DROP || x->c->kind == CONCURRENT_DETACH ||
        (x->c->kind == CONCURRENT_CREATE && !x->c->index))
        return true;
    if (!concurrent_find(&found, x->pg, x->c, text_from(x->job->sql), x->arena, e))
        return false;
    x->object = found.object;
    if (x->c->kind == CONCURRENT_REINDEX) {
        if (found.state == CONCURRENT_REMAINS)
            note(x, NOTICE_WARNING, "index-invalid", "look at it, then DROP INDEX CONCURRENTLY it",
                 arena_printf(x->arena, "the invalid index %s is what an earlier REINDEX has left; it stays",
                              names(&found.remains, x->arena)));
        return true;
    }
    if (found.state == CONCURRENT_UNDER_WAY) {
        err_plain(e, ERR_SCRIPT_FAILED, "the index %s is being built: %s", found.object, found.why);
        refuse(x, e);
        return err_hint(e, "wait until that build has ended, then run `merganser %s` again", verb(x));
    }
    if (found.state != CONCURRENT_REMAINS)
        return true;
    err_plain(e, ERR_SCRIPT_FAILED,
              "the index %s is there already, and it is invalid: a build of it has failed that "
              "was not this migration's",
              text_shown(x->arena, text_from(found.object)));
    refuse(x, e);
    return err_hint(e, "drop it, then run `merganser %s` again: DROP INDEX CONCURRENTLY %s;", verb(x), found.object);
}

static const char *finalize_sql(const struct run *x)
{
    struct buf out = buf_open(x->arena, SIZE_MAX / 2);

    buf_string(&out, "ALTER TABLE ");
    pg_table(&out, x->c->relation);
    buf_string(&out, " DETACH PARTITION ");
    pg_table(&out, x->c->partition);
    buf_string(&out, " FINALIZE");
    return buf_cstr(&out);
}

/* *done: nothing is left to run. */
static bool continue_earlier(bool *done, struct run *x, struct err *e)
{
    struct concurrent_found found;

    if (!find_settled(&found, x, e))
        return false;
    switch (found.state) {
    case CONCURRENT_DONE:
        *done = true;
        return true;
    case CONCURRENT_REMAINS:
        if (x->c->kind == CONCURRENT_CREATE || x->c->kind == CONCURRENT_REINDEX)
            return drop_remains(x, &found.remains, e);
        if (x->c->kind == CONCURRENT_DROP)
            return true;
        *done = true;
        return run_ours(x, finalize_sql(x), "finishing the detaching", e);
    case CONCURRENT_UNCLEAR:
        if (x->c->kind != CONCURRENT_CREATE)
            return true;
        err_plain(e, ERR_SCRIPT_FAILED,
                  "an earlier run began to build an index %s, and nobody can tell how that ended: "
                  "%s",
                  x->object, found.why);
        refuse(x, e);
        return err_hint(e, "look at the table's indexes, then tell: `merganser repair %s`", x->p->unit->script.version);
    default:
        return true;
    }
}

/* ---- behind ---- */

static bool check_valid(struct run *x, struct err *e)
{
    struct concurrent_found found;

    if (x->c->kind != CONCURRENT_CREATE || !x->c->index)
        return true;
    if (!concurrent_find(&found, x->pg, x->c, text_from(x->job->sql), x->arena, e))
        return false;
    if (found.state == CONCURRENT_DONE) {
        if (found.elsewhere)
            note(x, NOTICE_WARNING, "index-elsewhere", "give the index another name",
                 arena_printf(x->arena, "the index %s is another table's: nothing was built here", found.object));
        return true;
    }
    err_plain(e, ERR_SCRIPT_FAILED, "the server says that it is done, but %s", found.why);
    refuse(x, e);
    return err_hint(e, "look at the table's indexes, then run `merganser %s` again", verb(x));
}

/* The classic deadlock of migration tools: it is not even begun. */
static bool check_crossing(struct run *x, struct err *e)
{
    struct db_sessions crossing;

    concurrent_crossing(&crossing, x->pg, x->arena);
    if (!crossing.len)
        return true;
    err_plain(e, ERR_SCRIPT_FAILED,
              "another run waits for merganser's lock on the server, and %s would wait for it: %s", x->object,
              db_session_words(&crossing.at[0], x->arena));
    refuse(x, e);
    return err_hint(e, "stop that run, then run `merganser %s` again: SELECT pg_terminate_backend(%lld);", verb(x),
                    (long long)crossing.at[0].pid);
}

static bool supervised(struct run *x, struct err *e)
{
    struct db_sessions awaited;
    bool done = false;

    if (!concurrent_invalid(&x->before, x->pg, x->c, x->arena, e))
        return false;
    if (!check_crossing(x, e) || (x->job->begun_before ? !continue_earlier(&done, x, e) : !check_foreign(x, e))) {
        x->job->nothing = !x->job->begun_before && !pg_lost(x->pg);
        return false;
    }
    if (done)
        return true;
    concurrent_awaited(&awaited, x->pg, x->c, x->arena);
    tell(x, PROGRESS_AWAITED, NULL, &awaited);
    return run_it(x, e) && check_valid(x, e);
}

bool concurrent_run(struct concurrent_job *job, const struct concurrent *c, struct err *e)
{
    struct run x = { .job = job, .c = c, .p = job->p, .pg = job->p->pg, .arena = job->p->arena };
    const char *restore;
    struct err behind;
    bool ok;

    job->nothing = false;
    x.object = concurrent_object(c, x.arena);
    /* The server has its own words for a statement inside a block of the script's. */
    if (PQtransactionStatus(job->p->pg->conn) != PQTRANS_IDLE)
        return run_it(&x, e);
    ok = concurrent_timeouts(&restore, x.pg, sets_statement_timeout(&x), x.arena, e) && supervised(&x, e);
    if (!concurrent_timeouts_end(restore, x.pg, &behind) && ok) {
        *e = behind;
        ok = false;
    }
    return ok;
}
