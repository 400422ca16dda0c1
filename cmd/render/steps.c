#include "cmd/render/render.h"
#include "core/base/text.h"

enum { WAITING_MS = 1000 }; /* what waited less is not worth the words */

/* Where a step's script is from, where that is not its file: " (script from history)". */
static const char *from_words(struct session *s, const struct step *step)
{
    if (step->relink)
        return arena_printf(s->arena, " (was %s)", text_shown(s->arena, text_from(step->entry->renamed->version)));
    if (step_goes_up(step) || step->from == FROM_FILE)
        return "";
    if (step->commit.known)
        return arena_printf(s->arena, " (script from %s %.7s)", script_from_word(step->from),
                            object_id_hex(s->arena, step->commit));
    return arena_printf(s->arena, " (script from %s)", script_from_word(step->from));
}

/* What a line says between its first word and its duration. */
static const char *step_words(struct session *s, const struct step *step)
{
    return arena_printf(s->arena, "%s%s%s", render_id(step->entry, s->arena), from_words(s, step),
                        step->no_transaction ? "  [no_transaction]" : "");
}

/* The durations of a run stand below each other; a very long line sticks out. */
static int step_width(struct session *s, const struct plan *plan)
{
    enum { MOST = 80 };
    int width = 0;

    for (size_t i = 0; i < plan->len; i++) {
        int own = render_width(step_words(s, &plan->at[i]));

        width = own > width && own <= MOST ? own : width;
    }
    return width;
}

/* "12.4 s, of which 9.1 s waiting, in 3 attempts", as far as that matters. */
static const char *time_words(struct session *s, const struct step *step)
{
    const char *took = text_duration(s->arena, step->duration_ms);

    if (step->lock_wait_ms >= WAITING_MS || step->attempts > 1)
        took = arena_printf(s->arena, "%s, of which %s waiting", took, text_duration(s->arena, step->lock_wait_ms));
    return step->attempts > 1 ? arena_printf(s->arena, "%s, in %u attempts", took, step->attempts) : took;
}

void render_step(struct session *s, const struct plan *plan, size_t i)
{
    const struct step *step = &plan->at[i];
    const char *word = step->relink ? "relink" : step_goes_up(step) ? "up" : "down";
    const char *words = step_words(s, step);
    bool planned = step->outcome == STEP_PLANNED;
    int pad;

    if (!planned && step->outcome != STEP_APPLIED && step->outcome != STEP_ROLLED_BACK &&
        step->outcome != STEP_RELINKED)
        return; /* the error says it */
    fprintf(s->out, "%s%-4s%s  %s", render_style(s->color_out, step_goes_down(step) ? STYLE_WARN : STYLE_GOOD), word,
            render_style(s->color_out, STYLE_END), words);
    if (!s->step_width)
        s->step_width = step_width(s, plan);
    pad = s->step_width - render_width(words);
    if (!planned)
        fprintf(s->out, "%*s  %s%s%s", pad > 0 ? pad : 0, "", render_style(s->color_out, STYLE_DIM),
                time_words(s, step), render_style(s->color_out, STYLE_END));
    fputc('\n', s->out);
}

/* What a person has to know of a version before agreeing that it goes: where it came from, and who applied it. */
static void plan_line(struct session *s, FILE *to, const char *word, const struct version_entry *v, const char *rest)
{
    const struct recovered *found = workspace_recovered(&s->work, v);
    const struct history_entry *applied = v->record ? v->record->applied : NULL;

    fprintf(to, "%-9s  %s%s\n", word, render_id(v, s->arena), rest);
    if (v->state != STATE_MISSING)
        return;
    if (found && found->seen.id.known)
        fprintf(to, "           last seen in %s\n", render_commit(&found->seen, found->ref, s->arena));
    if (applied && applied->finished_at)
        fprintf(to, "           applied %s%s%s\n", render_time(s, applied->finished_at), applied->author ? " by " : "",
                applied->author ? text_shown(s->arena, text_from(applied->author)) : "");
}

void render_plan(struct session *s, FILE *to, const struct plan *plan)
{
    for (size_t i = 0; i < plan->len; i++) {
        const struct step *step = &plan->at[i];
        const char *rest = from_words(s, step);

        if (step_goes_down(step))
            plan_line(s, to, "roll back", step->entry, rest);
        else
            fprintf(to, "%-9s  %s%s\n", step->relink ? "relink" : "apply", render_id(step->entry, s->arena), rest);
    }
    for (size_t i = 0; i < plan->left.len; i++)
        plan_line(s, to, "leave", plan->left.at[i].entry, arena_printf(s->arena, ": %s", plan->left.at[i].why));
}

static const char *count_words(struct session *s, size_t n)
{
    return arena_printf(s->arena, "%zu migration%s", n, n == 1 ? "" : "s");
}

static void nothing_done(struct session *s, const struct plan *plan)
{
    const char *verb = s->parsed->command->name;

    if (strcmp(verb, "sync") == 0 && plan->left.len)
        fprintf(s->out, "nothing to do; %s left as %s\n", count_words(s, plan->left.len),
                plan->left.len == 1 ? "it is" : "they are");
    else if (strcmp(verb, "sync") == 0)
        fputs("in step: nothing to do\n", s->out);
    else if (strcmp(verb, "apply") == 0)
        fputs("nothing to do: every step of the plan is applied\n", s->out);
    else
        fputs(strcmp(verb, "up") == 0 ? "up to date: nothing is pending\n" : "nothing to roll back\n", s->out);
}

enum { KINDS = 3 };

static void steps_count(size_t counts[KINDS], const struct plan *plan)
{
    memset(counts, 0, KINDS * sizeof *counts);
    for (size_t i = 0; i < plan->len; i++)
        counts[plan->at[i].relink ? 0 : step_goes_down(&plan->at[i]) ? 1 : 2]++;
}

void render_summary(struct session *s, const struct plan *plan, bool dry_run, int64_t took_ms)
{
    static const char *const words[KINDS] = { "relinked", "rolled back", "applied" };
    size_t counts[KINDS];
    int64_t waited_ms = plan->lock_wait_ms;
    const char *comma = "";

    if (s->format != FORMAT_HUMAN || s->quiet)
        return;
    steps_count(counts, plan);
    for (size_t i = 0; dry_run && !plan->verb && i < plan->len; i++)
        render_step(s, plan, i);
    if (plan->verb && (dry_run || !plan->len))
        render_plan(s, s->out, plan);
    if (!plan->len) {
        nothing_done(s, plan);
        return;
    }
    for (size_t i = 0; i < KINDS; i++) {
        if (!counts[i])
            continue;
        fprintf(s->out, "%s%s %s%s", comma, count_words(s, counts[i]), dry_run ? "would be " : "", words[i]);
        comma = ", ";
    }
    if (!dry_run)
        fprintf(s->out, " in %s", text_duration(s->arena, took_ms));
    for (size_t i = 0; i < plan->len; i++)
        waited_ms += plan->at[i].lock_wait_ms;
    if (waited_ms >= WAITING_MS)
        fprintf(s->out, ", of which %s waiting", text_duration(s->arena, waited_ms));
    fputs(dry_run ? "; nothing was run\n" : "\n", s->out);
    if (plan->nremaining && !dry_run)
        fprintf(s->out, "%s still pending\n", count_words(s, plan->nremaining));
}
