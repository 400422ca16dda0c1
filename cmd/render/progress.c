/* What a run is doing, while it does it: a line that vanishes on a terminal, now and then a line elsewhere, and with
 * --json an object a line. All of it on standard error. */
#include <sys/ioctl.h>

#include "cmd/render/render.h"
#include "core/base/text.h"

enum {
    PATIENCE_MS = 5000, /* a wait that is shorter than that is nobody's business */
    EVERY_MS = 10000,   /* of lines that stay */
    SIGN_MS = 60000,    /* a sign of life */
};

/* As many columns as the terminal has now, but the last, where some would go to the next line. */
static struct text fitting(const struct session *s, const char *line)
{
    struct winsize size = { 0 };
    struct text t = text_from(line);

    if (ioctl(fileno(s->err), TIOCGWINSZ, &size) != 0 || size.ws_col < 2)
        return t;
    return text_cut(t, 0, byte_from_char(t, size.ws_col - 1));
}

void render_progress(struct session *s, const char *line)
{
    struct text shown;

    if (!s->terminal_err || s->quiet || s->format != FORMAT_HUMAN)
        return;
    shown = fitting(s, line);
    fprintf(s->err, "\r\033[K%s%.*s%s", render_style(s->color_err, STYLE_DIM), (int)shown.len, shown.at,
            render_style(s->color_err, STYLE_END));
    fflush(s->err);
    s->progress_shown = true;
}

void render_progress_clear(struct session *s)
{
    if (!s->progress_shown)
        return;
    fputs("\r\033[K", s->err);
    fflush(s->err);
    s->progress_shown = false;
}

static void waiting(void *to, const char *holder)
{
    struct session *s = to;

    if (s->terminal_err)
        render_progress(s, arena_printf(s->arena, "waiting for the lock, held by %s", holder));
    else if (!s->quiet)
        fprintf(s->err, "waiting for the lock, held by %s\n", holder);
}

static void step_begins(void *to, const struct plan *plan, size_t i)
{
    struct session *s = to;
    const struct step *step = &plan->at[i];

    s->told = (struct progress_told) { .pid = -1, .said_of = -1 };
    if (s->terminal_err)
        render_progress(s, arena_printf(s->arena, "[%zu/%zu] %s %s", i + 1, plan->len,
                                        step->relink         ? "relinking"
                                        : step_goes_up(step) ? "applying"
                                                             : "rolling back",
                                        text_shown(s->arena, text_from(step->entry->id))));
}

static void step_ended(void *to, const struct plan *plan, size_t i)
{
    struct session *s = to;

    render_progress_clear(s);
    if (s->format == FORMAT_HUMAN && !s->quiet)
        render_step(s, plan, i);
}

/* ---- words ---- */

static const char *size_words(uint64_t bytes, struct arena *a)
{
    static const char *const units[] = { "kB", "MB", "GB", "TB" };
    double size = (double)bytes / 1024;
    size_t i = 0;

    if (bytes < 1024)
        return arena_printf(a, "%d bytes", (int)bytes);
    for (; size >= 1024 && i + 1 < sizeof units / sizeof *units; i++)
        size /= 1024;
    return arena_printf(a, "%.1f %s", size, units[i]);
}

/* "pid 123 (…) and 2 more" */
static const char *blockers_words(const struct db_sessions *who, struct arena *a)
{
    const char *first = db_session_words(&who->at[0], a);

    return who->len == 1 ? first : arena_printf(a, "%zu sessions, first of all %s", who->len, first);
}

static const char *script_words(const struct db_progress *p, struct arena *a)
{
    const char *sent = size_words(p->bytes, a);

    if (!p->bytes_total)
        return arena_printf(a, "%llu statements, %s", (unsigned long long)p->statements, sent);
    return arena_printf(a, "%llu statements, %s of %s (%d %%)", (unsigned long long)p->statements, sent,
                        size_words(p->bytes_total, a), (int)(100.0 * (double)p->bytes / (double)p->bytes_total));
}

static const char *build_words(const struct db_progress *p, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    buf_printf(&out, "%s: %s", text_shown(a, text_from(p->object)), p->phase);
    if (p->percent >= 0)
        buf_printf(&out, " %d %%", (int)p->percent);
    if (p->blockers.len)
        buf_printf(&out, ", waits for %s", blockers_words(&p->blockers, a));
    return buf_cstr(&out);
}

static const char *words(const struct db_progress *p, struct arena *a)
{
    switch (p->kind) {
    case PROGRESS_SCRIPT:
        return script_words(p, a);
    case PROGRESS_BUILD:
        return build_words(p, a);
    case PROGRESS_AWAITED:
        return arena_printf(a, "%s: will wait for %s", text_shown(a, text_from(p->object)),
                            blockers_words(&p->blockers, a));
    case PROGRESS_BLOCKED:
        return p->blockers.len ? arena_printf(a, "waits for a lock that is held by %s", blockers_words(&p->blockers, a))
                               : "waits for a lock";
    default:
        return arena_printf(a, "attempt %u lost against %s (%s), again in %s", p->attempt,
                            p->blockers.len ? blockers_words(&p->blockers, a) : "others",
                            p->sqlstate ? p->sqlstate : "", text_duration(a, p->wait_ms));
    }
}

/* ---- where nothing vanishes ---- */

/* A person who reads a log has to know who is waited for, when that has lasted, and that it still goes on. */
static bool worth_a_line(struct progress_told *told, const struct db_progress *p)
{
    int64_t now = time_monotonic_ms(), first = p->blockers.len ? p->blockers.at[0].pid : -1;
    bool changed = first != told->pid, waits = p->blockers.len > 0;

    if (!told->began_at)
        told->began_at = told->said_at = now;
    if (!waits)
        told->blocked_since = 0;
    else if (!told->blocked_since || changed)
        told->blocked_since = now;
    told->pid = first;
    if (p->kind == PROGRESS_AWAITED)
        return p->blockers.at[0].age_ms >= PATIENCE_MS;
    if (now - told->said_at >= SIGN_MS)
        return true;
    return (p->kind == PROGRESS_RETRY ||
            (waits && told->said_of != first && now - told->blocked_since >= PATIENCE_MS)) &&
           (!told->said || now - told->said_at >= EVERY_MS);
}

static void say_line(struct session *s, const struct plan *plan, size_t i, const struct db_progress *p, struct arena *a)
{
    struct progress_told *told = &s->told;

    if (!worth_a_line(told, p))
        return;
    told->said = true;
    told->said_at = time_monotonic_ms();
    told->said_of = told->pid;
    fprintf(s->err, "%s: %s\n", render_id(plan->at[i].entry, a), words(p, a));
    fflush(s->err);
}

/* ---- for programs ---- */

static void set_known(struct json *o, const char *key, int64_t value, bool known)
{
    if (known)
        json_set_integer(o, key, value);
    else
        json_set_null(o, key);
}

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static struct json *blockers_json(const struct db_sessions *who)
{
    struct json *list = json_new_array();

    for (size_t i = 0; i < who->len; i++) {
        const struct db_session *b = &who->at[i];
        struct json *o = json_new_object();

        set_known(o, "pid", b->pid, b->pid != 0);
        json_set_string(o, "user", or_null(b->user));
        json_set_string(o, "application", or_null(b->application));
        json_set_string(o, "client", or_null(b->client));
        json_set_string(o, "state", or_null(b->state));
        json_set_string(o, "query", or_null(b->query));
        set_known(o, "age_ms", b->age_ms, b->age_ms >= 0);
        json_add(list, o);
    }
    return list;
}

static void say_json(struct session *s, const struct plan *plan, size_t i, const struct db_progress *p, struct arena *a)
{
    static const char *const events[] = { "script", "build", "awaited", "blocked", "retry" };
    const struct step *step = &plan->at[i];
    struct json *o = json_new_object();
    bool script = p->kind == PROGRESS_SCRIPT;
    struct text line;

    json_set_string(o, "event", events[p->kind]);
    json_set_string(o, "at", text_time(a, time_now_ms()));
    json_set_string(o, "version", step->entry->version);
    json_set_string(o, "direction", step->direction == DIRECTION_UP ? "up" : "down");
    json_set_integer(o, "step", (int64_t)i + 1);
    json_set_integer(o, "steps", (int64_t)plan->len);
    json_set_string(o, "object", p->object);
    json_set_string(o, "phase", p->phase);
    set_known(o, "percent", (int64_t)p->percent, p->kind == PROGRESS_BUILD && p->percent >= 0);
    json_set(o, "blockers", blockers_json(&p->blockers));
    set_known(o, "statements", (int64_t)p->statements, script);
    set_known(o, "bytes", (int64_t)p->bytes, script);
    set_known(o, "bytes_total", (int64_t)p->bytes_total, script && p->bytes_total);
    set_known(o, "attempt", p->attempt, p->kind == PROGRESS_RETRY);
    set_known(o, "wait_ms", p->wait_ms, p->kind == PROGRESS_RETRY || p->kind == PROGRESS_BLOCKED);
    json_set_string(o, "sqlstate", p->sqlstate);
    line = json_bytes(o, 0, a);
    fprintf(s->err, "%.*s\n", (int)line.len, line.at);
    fflush(s->err);
    json_free(o);
}

static void progress(void *to, const struct plan *plan, size_t i, const struct db_progress *p)
{
    struct session *s = to;
    struct arena *a;

    if (s->quiet)
        return;
    a = arena_open();
    if (s->format == FORMAT_JSON)
        say_json(s, plan, i, p, a);
    else if (s->terminal_err)
        render_progress(s, arena_printf(a, "[%zu/%zu] %s%s%s", i + 1, plan->len,
                                        p->object ? "" : render_id(plan->at[i].entry, a), p->object ? "" : ": ",
                                        words(p, a)));
    else
        say_line(s, plan, i, p, a);
    arena_close(a);
}

struct run_events render_events(struct session *s)
{
    return (struct run_events) {
        .waiting = waiting, .step_begins = step_begins, .progress = progress, .step_ended = step_ended, .to = s
    };
}
