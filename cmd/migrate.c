#include "cmd/migrate.h"

#include "cmd/render/render.h"
#include "core/base/text.h"

static bool ask(void *to, const char *question)
{
    return session_ask(to, question);
}

/* Answered by --yes all the same, but never unseen. */
static bool agree(void *to, const struct plan *plan)
{
    struct session *s = to;
    bool shown = s->format == FORMAT_HUMAN && !s->quiet;

    if (shown || !s->parsed->common.yes)
        render_plan(s, shown ? s->out : s->err, plan);
    fflush(s->out);
    return session_ask(s, render_question(plan, s->arena));
}

bool migrate_run(struct session *s, struct migrate_request *r, const char *question, struct err *e)
{
    struct plan *plan = arena_make(s->arena, struct plan, 1);
    struct run_events events = render_events(s);
    int64_t began = time_monotonic_ms();

    r->events = &events;
    r->ask = ask;
    r->agree = agree;
    r->confirmed = s->parsed->common.yes;
    s->add_json = r->sync ? json_sync : json_steps;
    s->json_from = plan;
    /* sync asks anyway. */
    if (!r->dry_run && !r->sync && !session_confirm(s, question, e))
        return false;
    if (!migrate(plan, &s->work, r, e))
        return false;
    render_summary(s, plan, r->dry_run, time_monotonic_ms() - began);
    return true;
}
