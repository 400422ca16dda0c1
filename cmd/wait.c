/* wait: poll until nothing is pending. */
#include "core/wait.h"

#include <poll.h>

#include "cmd/render/render.h"
#include "cmd/setup.h"
#include "core/base/interrupt.h"
#include "core/base/text.h"

enum {
    TIMEOUT_MS = 5 * 60 * 1000,
    INTERVAL_MS = 1000,
    INTERVAL_LEAST_MS = 10,
    CONNECT_SECONDS = 10, /* a server that does not answer is asked again, as one that refuses */
    LOOK_MS = 200,
};

struct wait_args {
    const char *to, *timeout, *interval;
};

/* What came of it; strings lie in the session's arena. */
struct waited {
    bool reached; /* the last look succeeded */
    const char *partial, *why;
    const char **pending, **ids;
    size_t npending;
    int64_t ms;
    bool said_unreachable, said_pending, said_partial;
};

static const struct option_row options[] = {
    { .name = "to",
      .letter = 't',
      .kind = OPTION_TEXT,
      .offset = offsetof(struct wait_args, to),
      .value = "<version>",
      .help = "wait until this version and those before it are applied",
      .completes = "version" },
    { .name = "timeout",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct wait_args, timeout),
      .value = "<duration>",
      .help = "give up after this long, with exit code 3 (5min); 0 looks once" },
    { .name = "interval",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct wait_args, interval),
      .value = "<duration>",
      .help = "look about this often (1s)" },
    { 0 },
};

static void json_waited(struct json *object, const void *from, struct arena *a)
{
    const struct waited *x = from;
    struct json *pending = json_new_array();

    (void)a;
    json_set_integer(object, "waited_ms", x->ms);
    for (size_t i = 0; i < x->npending; i++)
        json_add_string(pending, x->pending[i]);
    if (x->reached)
        json_set(object, "pending", pending);
    else
        json_set_null(object, "pending");
    json_set_string(object, "partial", x->partial);
    json_set_string(object, "unreachable", x->why);
    if (!x->reached)
        json_free(pending);
}

static const char *pending_words(const struct session *s, const struct waited *x)
{
    return arena_printf(s->arena, "%zu pending, the next is %s", x->npending,
                        text_shown(s->arena, text_from(x->ids[0])));
}

/* Once each, since a log that fills with the same line helps nobody. */
static void tell(struct session *s, struct waited *x, int64_t timeout_ms)
{
    const char *most = text_duration(s->arena, timeout_ms);

    if (!x->reached && !x->said_unreachable) {
        notice_add(&s->notices, NOTICE_NOTE, "waiting", NOWHERE, NULL,
                   "the database can't be asked yet: %s; trying for at most %s", x->why, most);
        x->said_unreachable = true;
    } else if (x->reached && !x->said_pending && !s->terminal_err) {
        notice_add(&s->notices, NOTICE_NOTE, "waiting", NOWHERE, NULL, "%s; waiting for at most %s",
                   pending_words(s, x), most);
        x->said_pending = true;
    }
    if (x->reached && x->partial && !x->said_partial) {
        notice_add(&s->notices, NOTICE_NOTE, "waiting-partial", NOWHERE, NULL,
                   "%s is running outside a transaction now, or stopped midway: `merganser repair %s` shows how far",
                   text_shown(s->arena, text_from(x->partial)), text_shown(s->arena, text_from(x->partial)));
        x->said_partial = true;
    }
}

static void progress(struct session *s, const struct waited *x, int64_t ms)
{
    render_progress(s, arena_printf(s->arena, "waiting: %s (%s)",
                                    x->reached ? pending_words(s, x) : "the database can't be asked yet",
                                    text_duration(s->arena, ms - ms % 1000)));
}

static bool connect(struct session *s, int64_t left_ms, struct err *e)
{
    int64_t seconds = (left_ms + 999) / 1000;

    if (s->database_open)
        return true;
    s->connect_seconds = seconds < 1 ? 1 : seconds < CONNECT_SECONDS ? seconds : CONNECT_SECONDS;
    session_close_database(s);
    s->database_open = setup_database(s, true, e);
    return s->database_open;
}

static void keep(struct waited *x, struct session *s, const struct wait_look *look)
{
    x->reached = true;
    x->why = NULL;
    x->partial = look->partial ? arena_string(s->arena, look->partial) : NULL;
    if (look->npending == x->npending)
        return; /* versions are applied in their order: as many are the same */
    x->pending = arena_make(s->arena, const char *, look->npending);
    x->ids = arena_make(s->arena, const char *, look->npending);
    x->npending = look->npending;
    for (size_t i = 0; i < look->npending; i++) {
        x->pending[i] = arena_string(s->arena, look->pending[i]);
        x->ids[i] = arena_string(s->arena, look->ids[i]);
    }
}

/* One look. False: *e is what waiting can't cure, or a signal. */
static bool look(struct waited *x, struct session *s, const char *to, int64_t left_ms, struct err *e)
{
    struct arena *a = arena_open();
    struct wait_look seen;
    bool ok = connect(s, left_ms, e) && wait_look(&seen, &s->work, to, a, e);

    if (ok) {
        keep(x, s, &seen);
        s->work.ledger.name = s->work.ledger.name ? s->work.ledger.name : arena_string(s->arena, seen.ledger);
    } else {
        e->at.path = e->at.path ? arena_string(s->arena, e->at.path) : NULL;
    }
    /* A SQLite file that was not there is looked for anew; so is a server whose connection may be broken. */
    if (!ok || !s->work.db->info.exists)
        session_close_database(s);
    arena_close(a);
    if (ok || !interrupt_check(e) || !wait_may_cure(e))
        return ok;
    x->reached = false;
    x->npending = 0;
    if (!x->why || strcmp(x->why, e->message) != 0)
        x->why = arena_string(s->arena, e->message);
    return true;
}

static bool pause_for(struct session *s, const struct waited *x, int64_t began, int64_t until, struct err *e)
{
    for (int64_t now = time_monotonic_ms(); now < until; now = time_monotonic_ms()) {
        if (!interrupt_check(e))
            return false;
        progress(s, x, now - began);
        poll(NULL, 0, (int)(until - now < LOOK_MS ? until - now : LOOK_MS));
    }
    return interrupt_check(e);
}

static bool duration(int64_t *ms, struct session *s, const char *option, const char *given, struct err *e)
{
    if (!given || config_duration(ms, text_from(given)))
        return true;
    err_plain(e, ERR_USAGE, "%s takes a duration of at most 24 days, not \"%s\"", option,
              text_shown(s->arena, text_from(given)));
    return err_hint(e, "a number with ms, s, min or h behind it, as in 90s");
}

static void conclude(struct session *s, const struct waited *x)
{
    bool done = x->reached && !x->npending;
    const char *took = text_duration(s->arena, x->ms);

    s->exit_code = done ? 0 : 3;
    if (s->format != FORMAT_HUMAN || (done && s->quiet))
        return;
    render_progress_clear(s);
    if (done) {
        fprintf(s->out, "nothing is pending, after %s\n", took);
        return;
    }
    for (size_t i = 0; i < x->npending; i++)
        fprintf(s->out, "pending  %s\n", text_shown(s->arena, text_from(x->ids[i])));
    if (x->reached)
        fprintf(s->out, "%zu still pending after %s\n", x->npending, took);
    else
        fprintf(s->out, "the database could not be asked for %s: %s\n", took, x->why);
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct wait_args *args = raw;
    struct waited *x = arena_make(s->arena, struct waited, 1);
    int64_t timeout = TIMEOUT_MS, interval = INTERVAL_MS, began = time_monotonic_ms(), left;

    s->add_json = json_waited;
    s->json_from = x;
    if (!duration(&timeout, s, "--timeout", args->timeout, e) ||
        !duration(&interval, s, "--interval", args->interval, e))
        return false;
    interval = interval < INTERVAL_LEAST_MS ? INTERVAL_LEAST_MS : interval;
    for (;;) {
        bool ok;

        left = timeout - (time_monotonic_ms() - began);
        ok = look(x, s, args->to, left, e);
        x->ms = time_monotonic_ms() - began;
        left = timeout - x->ms;
        if (!ok) {
            /* A ledger that is not ours stays so: it has failed, however it would be called elsewhere. */
            e->kind = err_exit_code(e->kind) == 4 ? ERR_DATABASE : e->kind;
            return false;
        }
        if ((x->reached && !x->npending) || left <= 0)
            break;
        tell(s, x, timeout);
        interval = interval < left ? interval : left;
        if (!pause_for(s, x, began, time_monotonic_ms() + (interval < left ? wait_pause_ms(interval) : left), e))
            return false;
    }
    *e = (struct err) { 0 };
    conclude(s, x);
    return true;
}

const struct command wait_command = {
    .name = "wait",
    .group = GROUP_MAINTAIN,
    .summary = "wait until nothing is pending",
    .details =
        "For programs that start beside the one that migrates: it applies nothing, takes no lock and writes nothing, "
        "so that a user who can only read is enough, and a standby will do. A database that can't be reached yet, or "
        "does not exist yet, is waited for too. What a version's script left midway has to be settled by somebody; "
        "until then it counts as pending. Versions that the database has and this source does not are none of its "
        "concern.",
    .examples = (const char *const[]) { "merganser wait", "merganser wait --timeout 10min --interval 5s",
                                        "merganser wait --to 20240320123000 --json", NULL },
    .options = options,
    .args_size = sizeof(struct wait_args),
    .needs = NEED_SOURCE,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
