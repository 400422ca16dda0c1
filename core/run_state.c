#include "core/run_state.h"

#include "core/base/text.h"
#include "core/partial.h"

bool run_is_journalled(const struct workspace *w, const struct step *s)
{
    const struct script_facts *facts = s->facts;
    const struct history *h = &w->ledger.history;

    return facts && facts->shape != SCRIPT_ATOMIC && h->exists && !h->first_format &&
           (w->db->dialect->caps & CAP_RESUME);
}

/* The verb that goes on where this run stops. */
static const char *verb_of(const struct plan *plan, const struct step *s)
{
    return plan->verb ? plan->verb : s->relink ? "up --relink" : step_word(s);
}

/* How many versions are applied now, or were rolled back by this run. */
static size_t count_before(const struct plan *plan, size_t failed, bool up)
{
    size_t applied = plan->applied_before, down = 0;

    for (size_t i = 0; i < failed; i++) {
        down += step_goes_down(&plan->at[i]);
        applied += step_goes_up(&plan->at[i]);
    }
    return up ? applied - down : down;
}

static const char *others_words(size_t before, const char *done, size_t after, struct arena *a)
{
    struct buf out = buf_open(a, 256);

    if (before)
        buf_printf(&out, "; %zu migration%s before it %s %s", before, before == 1 ? "" : "s",
                   before == 1 ? "is" : "are", done);
    if (after)
        buf_printf(&out, "%s %zu%s after it did not run", before ? "," : ";", after,
                   before       ? ""
                   : after == 1 ? " migration"
                                : " migrations");
    return buf_cstr(&out);
}

static void state_say_relink(const struct plan *plan, size_t failed, const struct workspace *w, struct err *e)
{
    const struct step *s = &plan->at[failed];

    err_state(e, "%s %s%s", s->entry->id,
              s->outcome == STEP_UNKNOWN ? "may or may not be relinked" : "was not relinked",
              others_words(failed, "relinked", plan->len - failed - 1, w->arena));
    if (!*e->hint)
        err_hint(e, "run `merganser %s` again: it looks anew at what is to do", verb_of(plan, s));
}

/* What goes on with a version that stopped midway, behind what is said already of what failed. */
static void hint_partial(const struct plan *plan, const struct step *s, const struct workspace *w, struct err *e)
{
    const char *first = arena_string(w->arena, e->hint), *then = *first ? "; " : "";
    bool journalled = run_is_journalled(w, s);

    /* It names the way on itself. */
    if (journalled && !s->begun && strstr(first, "` again"))
        return;
    if (journalled && s->begun)
        err_hint(e, "%s%slook at what statement %llu left, then say what is so with `merganser repair %s`", first, then,
                 (unsigned long long)s->begun, s->entry->version);
    else if (journalled && e->kind == ERR_SCRIPT_FAILED)
        err_hint(e, "%s%smend the %s from statement %llu on, and run `merganser %s` again: it goes on there", first,
                 then, step_goes_up(s) ? "file" : "down script", (unsigned long long)s->statements_done + 1,
                 verb_of(plan, s));
    else if (journalled)
        err_hint(e, "%s%s`merganser %s` goes on where it stopped", first, then, verb_of(plan, s));
    else
        err_hint(e, "%s%s`merganser repair %s` shows what it left, and the commands that go on", first, then,
                 s->entry->version);
}

void run_state_say(const struct plan *plan, size_t failed, const struct workspace *w, struct err *e)
{
    const struct step *s = &plan->at[failed];
    bool up = step_goes_up(s);
    size_t before = count_before(plan, failed, up), after = plan->len - failed - 1;
    const char *what;

    if (s->relink) {
        state_say_relink(plan, failed, w, e);
        return;
    }
    switch (s->outcome) {
    case STEP_FAILED:
        what = up ? "was rolled back" : "is still applied";
        break;
    case STEP_PARTIAL:
        what = partial_words(s, w->arena);
        break;
    case STEP_NOT_RUN:
        what = "did not run";
        break;
    default:
        what = "may or may not be committed";
    }
    err_state(e, "%s %s%s", s->entry->id, what, others_words(before, up ? "applied" : "rolled back", after, w->arena));
    if (s->outcome == STEP_PARTIAL)
        hint_partial(plan, s, w, e);
    else if (e->kind == ERR_SCRIPT_FAILED && !*e->hint)
        err_hint(e, "fix the %s and run `merganser %s` again", up ? "file" : "down script", verb_of(plan, s));
    else if (err_is_stop(e->kind) && !*e->hint)
        err_hint(e, "run `merganser %s` again to go on", verb_of(plan, s));
}
