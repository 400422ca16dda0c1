#include "cmd/migrate.h"

#include "cmd/dump.h"
#include "cmd/render/render.h"
#include "core/base/text.h"

static bool ask(void *to, const char *question)
{
    return session_ask(to, question);
}

/* "Roll back 2_b and apply 3 versions, 3_c to 5_e, in the database shop on 127.0.0.1?" */
static const char *question(struct session *s, const struct plan *plan)
{
    static const char *const words[] = { "relink", "roll back", "apply" };
    struct buf out = buf_open(s->arena, SIZE_MAX / 2);

    for (size_t kind = 0; kind < 3; kind++) {
        const struct step *first = NULL, *last = NULL;
        size_t n = 0;

        for (size_t i = 0; i < plan->len; i++) {
            const struct step *step = &plan->at[i];

            if (kind != (step->relink ? 0 : step_goes_down(step) ? 1 : 2))
                continue;
            first = n++ ? first : step;
            last = step;
        }
        if (n)
            buf_printf(&out, "%s%s ", out.len ? " and " : "", words[kind]);
        if (n > 1)
            buf_printf(&out, "%zu versions, %s to ", n, text_shown(s->arena, text_from(first->entry->id)));
        if (n)
            buf_printf(&out, "%s%s", text_shown(s->arena, text_from(last->entry->id)), n > 1 ? "," : "");
    }
    if (out.len)
        out.at[0] = (char)(out.at[0] - 'a' + 'A');
    buf_printf(&out, " in the database %s?", session_database(s));
    return buf_cstr(&out);
}

/* Answered by --yes all the same, but never unseen. */
static bool agree(void *to, const struct plan *plan)
{
    struct session *s = to;
    bool shown = s->format == FORMAT_HUMAN && !s->quiet;

    if (shown || !s->parsed->common.yes)
        render_plan(s, shown ? s->out : s->err, plan);
    fflush(s->out);
    return session_ask(s, question(s, plan));
}

bool migrate_run(struct session *s, struct migrate_request *r, struct err *e)
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
    if (r->holds) {
        struct applied *applied = arena_make(s->arena, struct applied, 1);

        *applied = (struct applied) { plan, r->holds_to };
        s->add_json = json_applied;
        s->json_from = applied;
    }
    if (!migrate(plan, &s->work, r, e)) {
        if (e->kind == ERR_UNCONFIRMED && s->answered)
            session_unconfirmed(s, s->parsed->command->name, e);
        return false;
    }
    render_summary(s, plan, r->dry_run, time_monotonic_ms() - began);
    return true;
}

bool migrate_run_and_dump(struct session *s, struct migrate_request *r, bool dump, struct err *e)
{
    if (dump && !vcs_root(s->vcs)) {
        err_plain(e, ERR_USAGE, "--dump writes into a work tree, and there is none");
        return err_hint(e, "leave it out, and write the file elsewhere: `merganser dump FILE`");
    }
    return migrate_run(s, r, e) && (!dump || r->dry_run || dump_behind(s, e));
}
