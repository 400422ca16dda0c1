#include "core/partial.h"

#include "core/base/text.h"
#include "core/history.h"

bool partial_goes_down(const struct version_entry *v)
{
    const char *direction = v->record->open->direction;

    return direction && strcmp(direction, "down") == 0;
}

static bool is_its_direction(const struct step *s)
{
    return (s->direction == DIRECTION_DOWN) == partial_goes_down(s->entry);
}

const char *partial_goes_on_with(const struct version_entry *v, struct arena *a)
{
    struct resume resume;

    if (!history_resume(&resume, v->record->open))
        return NULL;
    if (partial_goes_down(v))
        return arena_printf(a, v->row ? "merganser down --version %s" : "merganser repair %s --undo", v->version);
    return v->row || !v->migration || !v->migration->up.path ? NULL : "merganser up";
}

static bool refuse_partial(const struct version_entry *v, struct arena *a, struct err *e)
{
    const struct history_entry *open = v->record->open;
    bool down = partial_goes_down(v);
    const char *where = !v->migration ? NULL : down ? v->migration->down.path : v->migration->up.path;
    const char *on = partial_goes_on_with(v, a);
    struct resume resume;

    err_set(e, ERR_PARTIAL, IN_FILE(where),
            "%s stopped midway: its %s script can't run in one transaction, and the run of %s did not finish it", v->id,
            down ? "down" : "up", open->started_at ? open->started_at : "an earlier time");
    err_detail(e, "its history says \"%s\": %s of %s statements are known to have run", open->outcome,
               open->statements_done ? open->statements_done : "0",
               open->statements_total ? open->statements_total : "an unknown number of");
    if (on)
        return err_hint(e,
                        "`%s` goes on with it, and nothing else runs before; `merganser repair %s` shows what it left",
                        on, v->version);
    if (!down && !v->row && history_resume(&resume, open))
        return err_hint(e,
                        "its file is not here: bring it back (`merganser show %s` says where it was last seen), and "
                        "`merganser up` goes on with it; `merganser repair %s` shows what it left",
                        v->version, v->version);
    return err_hint(e, "`merganser repair %s` shows what it left, and the commands that go on", v->version);
}

/* The first step of the version goes on where it stopped. */
static bool is_resumed(const struct plan *plan, const struct version_entry *v, struct arena *a)
{
    if (!partial_goes_on_with(v, a))
        return false;
    for (size_t i = 0; i < plan->len; i++)
        if (plan->at[i].entry == v)
            return !plan->at[i].relink && is_its_direction(&plan->at[i]);
    return false;
}

bool partial_refuses(const struct plan *plan, const struct resolution *r, struct arena *a, struct err *e)
{
    for (size_t i = 0; i < r->len; i++)
        if ((r->at[i].flags & FLAG_PARTIAL) && !is_resumed(plan, &r->at[i], a)) {
            refuse_partial(&r->at[i], a, e);
            return true;
        }
    return false;
}

bool partial_resume(struct resume *out, const struct step *s)
{
    const struct history_entry *open = s->entry->record ? s->entry->record->open : NULL;

    return open && !s->relink && !s->whole && is_its_direction(s) && history_resume(out, open);
}

const char *partial_words(const struct step *s, struct arena *a)
{
    const char *what = step_goes_up(s) ? "was applied in part" : "was rolled back in part";
    struct buf out = buf_open(a, 512);
    unsigned long long done = s->statements_done, total = s->statements;

    buf_string(&out, what);
    if (done == 0)
        buf_string(&out, ": no statement is known to have run");
    else if (done == 1)
        buf_printf(&out, ": statement 1 of %llu has run and is kept", total);
    else
        buf_printf(&out, ": statements 1 to %llu of %llu have run and are kept", done, total);
    if (s->begun)
        buf_printf(&out, ", statement %llu may have run", (unsigned long long)s->begun);
    return buf_cstr(&out);
}
