#include "tests/support/fault.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/wait.h>

#include "core/base/text.h"
#include "tests/support/await.h"

const char *const fault_what_names[FAULT_WHATS] = {
    [FAULT_KILL] = "kill -9",        [FAULT_TERM] = "SIGTERM",      [FAULT_INT_TWICE] = "SIGINT twice",
    [FAULT_TERMINATE] = "terminate", [FAULT_CANCEL] = "cancel",     [FAULT_CUT] = "cut",
    [FAULT_HALF] = "cut in half",    [FAULT_STALL] = "stall",       [FAULT_BACKEND] = "backend -9",
    [FAULT_IMMEDIATE] = "immediate", [FAULT_DOWNTIME] = "downtime",
};

const char *const fault_shape_names[FAULT_SHAPES] = { "atomic", "segmented", "outside", "down" };

/* A gate is open unless the test holds its number. No lock_timeout ends the wait for one, nor any other wait. */
static const char database[] =
    "CREATE SCHEMA fault;"
    "CREATE TABLE fault.effects (what text);"
    "CREATE TABLE fault.big (id integer);"
    "INSERT INTO fault.big SELECT generate_series(1, 100);"
    "CREATE FUNCTION fault.gate(n integer) RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
    " PERFORM pg_advisory_xact_lock_shared(4711, n); END $$;"
    "CREATE FUNCTION fault.gate_trigger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " PERFORM fault.gate(TG_ARGV[0]::integer); RETURN NEW; END $$;"
    "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON fault.effects DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION fault.gate_trigger(4)";

static const char history_gate[] = "CREATE TRIGGER gate BEFORE INSERT OR UPDATE ON merganser.history"
                                   " FOR EACH ROW EXECUTE FUNCTION fault.gate_trigger(5)";

#define EFFECT(name, gate) "INSERT INTO fault.effects SELECT '" name "' FROM fault.gate(" gate ");\n"
#define FIRST                                                                                                          \
    "== commit All\n== file merganser.yml\ntimeouts: {lock: 0}\n== file db/migrate/1_first.sql\nINSERT INTO "          \
    "fault.effects VALUES ('1');\n"
#define SECOND    "== file db/migrate/2_second.sql\n"
#define THIRD     "== file db/migrate/3_third.sql\nINSERT INTO fault.effects VALUES ('3');\n"
#define THREE(of) EFFECT(of "2.1", "1") EFFECT(of "2.2", "2") EFFECT(of "2.3", "3")

static const char *const stories[FAULT_SHAPES] = {
    [FAULT_ATOMIC] = FIRST SECOND THREE("") THIRD,
    [FAULT_SEGMENTED] = FIRST SECOND EFFECT("2.1", "1") "CREATE INDEX CONCURRENTLY made ON fault.big (id);\n" EFFECT(
        "2.2", "2") EFFECT("2.3", "3") THIRD,
    [FAULT_OUTSIDE] = FIRST SECOND "-- merganser: no-transaction\n" THREE("") THIRD,
    [FAULT_DOWN] = FIRST SECOND THREE("") THIRD "== file db/migrate/2_second.down.sql\n" THREE(
        "d") "== file db/migrate/3_third.down.sql\nINSERT INTO fault.effects VALUES ('d3');\n",
};

/* ---- the scene ---- */

struct fault_scene fault_open(enum fault_shape shape, struct server *server)
{
    struct fault_scene c = { .arena = arena_open(), .shape = shape, .server = server };

    c.stage = stage_open(c.arena, text_from(stories[shape]), true);
    c.violations = buf_open(c.arena, SIZE_MAX / 2);
    postgres_ask(c.arena, c.stage.conninfo, database);
    stage_keep(&c.stage, "fresh", server);
    stage_expect(
        &c.stage, 0,
        arena_printf(c.arena, "merganser up --fresh %s --database \"$PG\"", shape == FAULT_DOWN ? "" : "--to 1"));
    postgres_ask(c.arena, c.stage.conninfo, history_gate);
    stage_keep(&c.stage, "begun", server);
    return c;
}

void fault_close(struct fault_scene *c)
{
    stage_close(&c->stage);
    arena_close(c->arena);
}

/* ---- the run, up to the point ---- */

const char *fault_command(const struct fault_scene *c)
{
    return c->shape == FAULT_DOWN ? "merganser down --to 1" : "merganser up --fresh";
}

static const char *text_of(const struct fault_scene *c, const char *text)
{
    bool down = c->shape == FAULT_DOWN, whole = down || c->shape == FAULT_ATOMIC;

    if (text && strcmp(text, "next") == 0)
        return "'3'";
    if (text && (strcmp(text, "script") == 0 || (strcmp(text, "commit") == 0 && whole)))
        return down ? "'d2.1'" : "'2.1'";
    return text && strcmp(text, "commit") == 0 ? "INTO \"public\".\"schema_migrations\"" : text;
}

static void start(struct fault_scene *c, const struct fault_where *where)
{
    bool held = where->point == POINT_BEFORE || where->point == POINT_BEHIND;
    struct proxy_options o = {
        .conninfo = c->stage.conninfo,
        .holds = true,
        .cut_at_message = held && !where->text,
        .cut_at_text = held ? text_of(c, where->text) : NULL,
        .cut_at_nth = where->nth,
        .withheld = where->point == POINT_BEFORE,
    };

    stage_restore(&c->stage, where->fresh ? "fresh" : "begun", c->server);
    c->eye = postgres_session_open(c->stage.conninfo);
    if (where->point == POINT_GATE)
        postgres_session_run(c->eye, arena_printf(c->arena, "SELECT pg_advisory_lock(4711, %d)", where->gate));
    if (where->point == POINT_BUILD) {
        c->hand = postgres_session_open(c->stage.conninfo);
        postgres_session_run(c->hand, where->text);
    }
    c->proxy = proxy_open(&o, c->arena);
    c->pid = stage_start(
        &c->stage,
        arena_printf(c->arena, "%s --json --database '%s'", fault_command(c), proxy_conninfo(c->proxy, c->arena)),
        "run");
}

static bool is(struct fault_scene *c, const char *sql)
{
    return strcmp(postgres_session_ask(c->eye, c->arena, sql), "t") == 0;
}

static bool is_there(struct fault_scene *c, const struct fault_where *where)
{
    switch (where->point) {
    case POINT_GATE:
        return is(c, "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()"
                     " AND application_name LIKE 'merganser%' AND wait_event = 'advisory'");
    case POINT_BUILD:
        return is(c, "SELECT count(*) > 0 FROM pg_stat_progress_create_index WHERE datname = current_database()"
                     " AND phase LIKE 'waiting%'");
    default:
        return proxy_held(c->proxy);
    }
}

static bool has_ended(struct fault_scene *c)
{
    int status;

    if (c->pid && waitpid(c->pid, &status, WNOHANG) == c->pid) {
        c->pid = 0;
        c->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return !c->pid;
}

static void wait_for_end(struct fault_scene *c)
{
    if (c->pid)
        c->exit_code = process_wait(c->pid);
    c->pid = 0;
}

static bool reach(struct fault_scene *c, const struct fault_where *where)
{
    struct await w = await_begin(c->label);

    while (!is_there(c, where)) {
        if (has_ended(c))
            return false;
        await_again(&w);
    }
    return true;
}

/* ---- the harm ---- */

static void release(struct fault_scene *c)
{
    if (c->hand)
        postgres_session_close(c->hand);
    c->hand = NULL;
    if (c->eye)
        postgres_session_run(c->eye, "SELECT pg_advisory_unlock_all()");
    proxy_let(c->proxy, false);
}

/* A signal that still waits to be taken swallows the next one of its kind. */
static void signal_taken(struct fault_scene *c, int number)
{
    const char *path = arena_printf(c->arena, "/proc/%d/status", c->pid);
    struct await w = await_begin("it takes a signal");
    struct text status;
    size_t at;

    cr_assert_eq(kill(c->pid, number), 0);
    while (status = scratch_read(c->arena, path),
           text_find(status, "ShdPnd:\t", &at) &&
               !text_starts(text_cut(status, at, status.len), "ShdPnd:\t0000000000000000"))
        await_again(&w);
}

/* A second signal right behind the first may be its echo; what comes later is not. */
static void insist(struct fault_scene *c)
{
    for (struct await w = await_begin("it stops at once"); !has_ended(c); await_again(&w))
        cr_assert_eq(kill(c->pid, SIGINT), 0);
}

/* The next run begins while what the first one has left on the server is still at work. */
static void start_again_beside(struct fault_scene *c)
{
    const char *now = postgres_session_ask(c->eye, c->arena, "SELECT clock_timestamp()");
    const char *begun = arena_printf(c->arena,
                                     "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()"
                                     " AND application_name LIKE 'merganser%%' AND backend_start > '%s'",
                                     now);

    c->pid = stage_start(&c->stage, arena_printf(c->arena, "%s --database \"$PG\"", fault_command(c)), "run");
    for (struct await w = await_begin("the run beside it"); !has_ended(c) && !is(c, begun);)
        await_again(&w);
}

static void end_sessions(struct fault_scene *c, const char *function)
{
    postgres_session_run(c->eye, arena_printf(c->arena,
                                              "SELECT %s FROM pg_stat_activity WHERE datname = current_database()"
                                              " AND application_name LIKE 'merganser%%'",
                                              function));
}

/* Until it tries to connect again, or gives up. */
static void await_return(struct fault_scene *c, unsigned connections)
{
    struct await w = await_begin("it connects again");

    while (!has_ended(c) && proxy_connections(c->proxy) == connections)
        await_again(&w);
}

static void cut(struct fault_scene *c)
{
    unsigned before = proxy_connections(c->proxy);

    proxy_cut(c->proxy);
    /* What comes back waits for what was left behind. */
    await_return(c, before);
}

static void look_again(struct fault_scene *c)
{
    postgres_session_close(c->eye);
    if (c->hand)
        postgres_session_close(c->hand);
    c->hand = NULL;
    c->eye = postgres_session_open(c->stage.conninfo);
}

static void kill_backend(struct fault_scene *c)
{
    const char *pid = postgres_session_ask(c->eye, c->arena,
                                           "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                                           " AND application_name LIKE 'merganser%' ORDER BY backend_start LIMIT 1");

    if (*pid) {
        server_kill_backend(c->server, pid);
        postgres_session_await_end(c->eye);
        server_wait(c->server);
        look_again(c);
    }
}

static void harm(struct fault_scene *c, const struct fault_where *where, enum fault_what what)
{
    /* A cancelled statement ends without anybody's help; a held answer does not come, and a row of the history is
     * written again, to say what happened. */
    bool ends = where->point == POINT_BUILD || (where->point == POINT_GATE && where->gate != GATE_HISTORY);

    switch (what) {
    case FAULT_KILL:
        cr_assert_eq(kill(c->pid, SIGKILL), 0);
        wait_for_end(c);
        start_again_beside(c);
        break;
    case FAULT_TERM:
        signal_taken(c, SIGTERM);
        if (ends)
            wait_for_end(c);
        break;
    case FAULT_INT_TWICE:
        signal_taken(c, SIGINT);
        insist(c);
        break;
    case FAULT_TERMINATE:
        end_sessions(c, "pg_terminate_backend(pid, 60000)");
        break;
    case FAULT_CANCEL:
        end_sessions(c, "pg_cancel_backend(pid)");
        if (ends)
            wait_for_end(c);
        break;
    case FAULT_CUT:
        cut(c);
        break;
    case FAULT_HALF:
        proxy_let(c->proxy, true);
        break;
    case FAULT_STALL:
        if (has_ended(c))
            fault_violation(c, "it ended during a stall with exit %d", c->exit_code);
        break;
    case FAULT_BACKEND:
        kill_backend(c);
        break;
    case FAULT_IMMEDIATE:
        server_stop(c->server, SERVER_IMMEDIATE);
        server_start(c->server);
        look_again(c);
        break;
    case FAULT_DOWNTIME:
        server_stop(c->server, SERVER_IMMEDIATE);
        proxy_let(c->proxy, false);
        await_return(c, proxy_connections(c->proxy));
        server_start(c->server);
        look_again(c);
        break;
    default:
        cr_assert(false);
    }
    fault_check_invariants(c);
    release(c);
}

bool fault_applies(const struct fault_where *where, enum fault_what what, enum fault_shape shape)
{
    bool proxied = where->point == POINT_BEFORE || where->point == POINT_BEHIND;
    bool connected = where->text || where->point != POINT_BEFORE;

    if (!(where->shapes & 1u << shape))
        return false;
    if (what == FAULT_HALF)
        return proxied;
    /* There is no session to end yet. */
    return connected || (what != FAULT_TERMINATE && what != FAULT_CANCEL && what != FAULT_BACKEND);
}

static const char *quiet = "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database()"
                           " AND application_name LIKE 'merganser%'";

void fault_try(struct fault_scene *c, const struct fault_where *where, enum fault_what what)
{
    c->repaired = false;
    c->label = arena_printf(c->arena, "%s, %s, %s", fault_shape_names[c->shape], where->name, fault_what_names[what]);
    start(c, where);
    if (reach(c, where))
        harm(c, where, what);
    else
        fault_violation(c, "the point was not reached, exit %d", c->exit_code);
    wait_for_end(c);
    postgres_session_await(c->eye, quiet, "t");
    fault_check_invariants(c);
    fault_check_claims(c, what);
    fault_finish(c);
    proxy_close(c->proxy);
    postgres_session_close(c->eye);
    c->eye = NULL;
}
