#include "cmd/render/render.h"
#include "core/base/text.h"

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

    if (s->terminal_err)
        render_progress(s, arena_printf(s->arena, "[%zu/%zu] %s %s", i + 1, plan->len,
                                        step->direction == DIRECTION_UP ? "applying" : "rolling back",
                                        text_shown(s->arena, text_from(step->entry->id))));
}

static void step_ended(void *to, const struct plan *plan, size_t i)
{
    struct session *s = to;

    render_progress_clear(s);
    if (s->format == FORMAT_HUMAN && !s->quiet)
        render_step(s, &plan->at[i]);
}

struct run_events render_events(struct session *s)
{
    return (struct run_events) { .waiting = waiting, .step_begins = step_begins, .step_ended = step_ended, .to = s };
}

void render_step(struct session *s, const struct step *step)
{
    const char *word = step->direction == DIRECTION_UP ? "up" : "down";
    const char *from = "";

    if (step->outcome != STEP_PLANNED && step->outcome != STEP_APPLIED && step->outcome != STEP_ROLLED_BACK)
        return; /* the error says it */
    if (step->direction == DIRECTION_DOWN && step->from != FROM_FILE)
        from = arena_printf(s->arena, " (script from %s)", script_from_word(step->from));
    fprintf(s->out, "%s%-4s%s  %s%s%s",
            render_style(s->color_out, step->direction == DIRECTION_UP ? STYLE_GOOD : STYLE_WARN), word,
            render_style(s->color_out, STYLE_END), text_shown(s->arena, text_from(step->entry->id)), from,
            step->no_transaction ? "  [no_transaction]" : "");
    if (step->outcome != STEP_PLANNED)
        fprintf(s->out, "  %s%s%s", render_style(s->color_out, STYLE_DIM), text_duration(s->arena, step->duration_ms),
                render_style(s->color_out, STYLE_END));
    fputc('\n', s->out);
}

static const char *count_words(struct session *s, size_t n)
{
    return arena_printf(s->arena, "%zu migration%s", n, n == 1 ? "" : "s");
}

void render_summary(struct session *s, const struct plan *plan, bool dry_run, int64_t took_ms)
{
    size_t up = 0, down = 0;

    if (s->format != FORMAT_HUMAN || s->quiet)
        return;
    for (size_t i = 0; i < plan->len; i++) {
        up += plan->at[i].direction == DIRECTION_UP;
        down += plan->at[i].direction == DIRECTION_DOWN;
    }
    for (size_t i = 0; dry_run && i < plan->len; i++)
        render_step(s, &plan->at[i]);
    if (!plan->len) {
        fputs(strcmp(s->parsed->command->name, "up") == 0 ? "up to date: nothing is pending\n"
                                                          : "nothing to roll back\n",
              s->out);
        return;
    }
    if (down)
        fprintf(s->out, "%s %s", count_words(s, down), dry_run ? "would be rolled back" : "rolled back");
    if (up)
        fprintf(s->out, "%s%s %s", down ? ", " : "", count_words(s, up), dry_run ? "would be applied" : "applied");
    if (!dry_run)
        fprintf(s->out, " in %s", text_duration(s->arena, took_ms));
    fputs(dry_run ? "; nothing was run\n" : "\n", s->out);
    if (plan->nremaining && !dry_run)
        fprintf(s->out, "%s still pending\n", count_words(s, plan->nremaining));
}
