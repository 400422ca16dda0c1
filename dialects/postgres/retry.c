#include "dialects/postgres/retry.h"

#include "core/base/interrupt.h"
#include "dialects/postgres/timeouts.h"
#include "dialects/postgres/watch.h"

enum {
    PAUSE_MS = 100,      /* at most, behind the first attempt; doubled behind each further one */
    PAUSE_LOCK_MS = 500, /* the same behind a wait for a lock */
    PAUSE_MOST_MS = 10000,
    FIRST_LOOK_MS = 1000, /* a second connection costs the server something: only for what takes its time */
    LOOK_MS = 500,        /* while somebody is in the way */
    IDLE_LOOK_MS = 5000,  /* while nobody is */
    BLOCKERS_SAID = 3,
};

int64_t retry_pause_ms(unsigned failed, bool waited_for_lock, uint32_t chance)
{
    int64_t most = waited_for_lock ? PAUSE_LOCK_MS : PAUSE_MS;

    while (failed-- > 1 && most < PAUSE_MOST_MS)
        most *= 2;
    most = most < PAUSE_MOST_MS ? most : PAUSE_MOST_MS;
    return 1 + (int64_t)(chance % (uint64_t)most);
}

static void tell(const struct retry *r, const struct db_progress *p)
{
    if (r->unit && r->unit->progress)
        r->unit->progress(r->unit->progress_to, p);
}

static int64_t first_look(const struct pg *pg)
{
    /* A wait that ends before the look would never be seen. */
    bool ends_before = pg->lock_timeout_ms > 0 && pg->lock_timeout_ms < 2 * FIRST_LOOK_MS;

    return ends_before ? pg->lock_timeout_ms / 2 : FIRST_LOOK_MS;
}

/* pg->tick of an attempt. */
static void look(struct pg *pg, int64_t running_ms)
{
    struct retry *r = pg->tick_to;
    struct db_sessions found;
    struct arena *a;

    if (r->query_sent != pg->sent_at) {
        r->query_sent = pg->sent_at;
        r->looked_at = 0;
        r->next_look = first_look(pg);
    }
    if (running_ms < r->next_look)
        return;
    a = arena_open();
    watch_blockers(&found, pg, a);
    r->next_look = running_ms + (found.len ? LOOK_MS : IDLE_LOOK_MS);
    if (found.len) {
        arena_close(r->seen);
        r->seen = a;
        r->blockers = found;
        r->blocked_ms += running_ms - r->looked_at;
        tell(r, &(struct db_progress) {
                    .kind = PROGRESS_BLOCKED, .blockers = found, .attempt = r->attempts, .wait_ms = r->blocked_ms });
    } else {
        arena_close(a);
    }
    r->looked_at = running_ms;
}

static bool timed_out(const struct err *e)
{
    return strcmp(e->sqlstate, "55P03") == 0;
}

static bool lost_against_others(const struct err *e)
{
    return timed_out(e) || strcmp(e->sqlstate, "40P01") == 0 || strcmp(e->sqlstate, "40001") == 0;
}

static unsigned retries(const struct pg *pg)
{
    return pg->options.retries >= 0 ? (unsigned)pg->options.retries : RETRY_DEFAULT;
}

static bool attempt_once(struct retry *r, retry_attempt *attempt, void *to, struct err *e)
{
    struct pg *pg = r->pg;
    void (*tick)(struct pg *, int64_t) = pg->tick;
    void *tick_to = pg->tick_to;
    int64_t took;
    bool ok;

    r->attempts++;
    r->blocked_ms = r->query_sent = 0;
    r->attempt_began = time_monotonic_ms();
    pg->tick = look;
    pg->tick_to = r;
    ok = attempt(to, r, e);
    pg->tick = tick;
    pg->tick_to = tick_to;
    took = time_monotonic_ms() - r->attempt_began;
    /* Its last wait ended with the timeout, whatever was seen of it. */
    if (!ok && timed_out(e) && r->blocked_ms < pg->lock_timeout_ms)
        r->blocked_ms = pg->lock_timeout_ms;
    r->waited_ms += r->blocked_ms < took ? r->blocked_ms : took;
    return ok;
}

/* Nothing of ours is open meanwhile but the run's lock. */
static bool pause_before_next(struct retry *r, const struct err *why, struct err *e)
{
    int64_t ms = retry_pause_ms(r->attempts, timed_out(why), arc4random()), began = time_monotonic_ms();
    bool ok;

    tell(r, &(struct db_progress) { .kind = PROGRESS_RETRY,
                                    .blockers = r->blockers,
                                    .attempt = r->attempts,
                                    .wait_ms = ms,
                                    .sqlstate = why->sqlstate });
    ok = interrupt_pause(ms, e);
    r->waited_ms += time_monotonic_ms() - began;
    return ok;
}

static bool can_be_ended(const struct db_session *s)
{
    /* What is hidden is another role's, and a worker of the server's has no user. */
    return s->pid && *s->user && strncmp(s->query, "autovacuum:", strlen("autovacuum:")) != 0;
}

static void hint(struct err *e, const struct retry *r, struct arena *a)
{
    const struct pg *pg = r->pg;
    const char *first = "run it again at a quieter moment", *longer = "";

    if (r->blockers.len && can_be_ended(&r->blockers.at[0]))
        first =
            arena_printf(a, "run it again once that session is through, or end it: SELECT pg_terminate_backend(%lld)",
                         (long long)r->blockers.at[0].pid);
    if (timed_out(e) && pg->lock_timeout_ms >= 0)
        longer = arena_printf(a, "timeouts.lock (%s now) waits longer, ", text_duration(a, pg->lock_timeout_ms));
    else if (timed_out(e))
        longer = "timeouts.lock wins over the session's own lock_timeout, ";
    err_hint(e, "%s; in merganser.yml %stimeouts.retries (%u now) tries more often", first, longer, retries(pg));
}

/* What a person has to know who stands before a migration that did not get through. */
static void explain(struct err *e, const struct retry *r)
{
    struct arena *a = arena_open();
    struct buf detail = buf_open(a, SIZE_MAX / 2);

    buf_string(&detail, e->detail);
    for (size_t i = 0; i < r->blockers.len && i < BLOCKERS_SAID; i++)
        buf_printf(&detail, "%swas blocked by %s", detail.len ? "\n" : "", db_session_words(&r->blockers.at[i], a));
    if (r->blockers.len > BLOCKERS_SAID)
        buf_printf(&detail, "\nand by %zu more", r->blockers.len - BLOCKERS_SAID);
    if (r->attempts > 1)
        buf_printf(&detail, "%stried %u times in %s, of which %s waiting", detail.len ? "\n" : "", r->attempts,
                   text_duration(a, time_monotonic_ms() - r->began), text_duration(a, r->waited_ms));
    err_detail(e, "%s", buf_cstr(&detail));
    hint(e, r, a);
    arena_close(a);
}

bool retry_run(struct retry *r, struct pg *pg, const struct unit *unit, retry_attempt *attempt, void *to, struct err *e)
{
    bool ok;

    *r = (struct retry) { .pg = pg, .unit = unit, .began = time_monotonic_ms() };
    for (;;) {
        struct err why;
        bool again;

        ok = attempt_once(r, attempt, to, e);
        again = !ok && !r->final && !pg_lost(pg) && lost_against_others(e);
        if (!again || r->attempts > retries(pg)) {
            if (again || (!ok && r->attempts > 1 && lost_against_others(e)))
                explain(e, r);
            break;
        }
        why = *e;
        /* Its failure is the stop that was asked for. */
        if (!pause_before_next(r, &why, e))
            break;
        *e = (struct err) { 0 };
    }
    if (!ok && !pg_lost(pg) && strcmp(e->sqlstate, "57014") == 0)
        timeouts_hint(e, pg);
    arena_close(r->seen);
    r->seen = NULL;
    r->blockers = (struct db_sessions) { 0 };
    return ok;
}

static bool send(void *to, struct retry *r, struct err *e)
{
    return pg_run(r->pg, *(const char *const *)to, e);
}

bool retry_sql(struct pg *pg, const char *sql, struct err *e)
{
    struct retry r;

    return retry_run(&r, pg, NULL, send, &sql, e);
}
