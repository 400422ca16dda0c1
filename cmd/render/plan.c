/* A plan as a person reads it, and as JSON. */
#include "cmd/render/render.h"
#include "core/base/text.h"

enum { FEW = 25, SUMMARY = 76 }; /* statements of a step that are shown; characters of one */

/* ---- head ---- */

static void say_source(struct session *s, const struct plan_document *d)
{
    const struct source *source = &d->work->source;
    const char *commit = object_id_hex(s->arena, source->at.commit);

    fputs("from  ", s->out);
    for (size_t i = 0; i < source->nfolders; i++)
        fprintf(s->out, "%s%s", i ? ", " : "", text_shown(s->arena, text_from(source->folders[i].path)));
    if (source->at.kind == VCS_COMMIT)
        fprintf(s->out, " at %.7s", commit);
    else if (commit)
        fprintf(s->out, " in the %s, above %.7s", source->at.kind == VCS_INDEX ? "index" : "work tree", commit);
    if (source->at.ref && strcmp(source->at.ref, commit ? commit : "") != 0)
        fprintf(s->out, " (%s)", text_shown(s->arena, text_from(source->at.ref)));
    fputc('\n', s->out);
}

static void say_target(struct session *s, const struct plan_document *d)
{
    const struct db_identity *id = d->basis ? &d->basis->identity : NULL;

    if (!id) {
        fputs("to    no database was asked: what is applied, and what is there, is not known\n", s->out);
        return;
    }
    fprintf(s->out, "to    %s", text_shown(s->arena, text_from(session_database(s))));
    if (id->major)
        fprintf(s->out, ", version %d", id->major);
    if (id->schema)
        fprintf(s->out, ", schema %s", text_shown(s->arena, text_from(id->schema)));
    if (id->role)
        fprintf(s->out, ", as %s", text_shown(s->arena, text_from(id->role)));
    fprintf(s->out, "; %zu applied\n", d->work->versions.applied + d->work->versions.missing);
    if (d->trace)
        fprintf(s->out, "seen  in %s%s\n", text_shown(s->arena, text_from(d->trace->where)),
                d->trace->scratch ? "" : ", and rolled back");
}

/* ---- steps ---- */

static int by_strength(const void *a, const void *b)
{
    const struct effect *const *left = a, *const *right = b;
    int order = plan_lock_strength((*right)->lock) - plan_lock_strength((*left)->lock);

    return order ? order : strcmp((*left)->relation, (*right)->relation);
}

/* "ACCESS EXCLUSIVE on users, SHARE ROW EXCLUSIVE on cities" */
static const char *locks_words(const struct effects *list, struct arena *a)
{
    const struct effect **locks = arena_make(a, const struct effect *, list->len + 1);
    struct buf out = buf_open(a, 4096);
    size_t n = 0;

    for (size_t i = 0; i < list->len; i++)
        if (list->at[i].lock && list->at[i].relation)
            locks[n++] = &list->at[i];
    if (n)
        qsort(locks, n, sizeof *locks, by_strength);
    for (size_t i = 0; i < n; i++)
        buf_printf(&out, "%s%s on %s", i ? ", " : "", locks[i]->lock,
                   text_shown(a, text_from(plan_relation(locks[i], a))));
    if (list->observed && list->us >= 0)
        buf_printf(&out, "%s(seen, %s)", n ? " " : "", text_duration(a, (list->us + 999) / 1000));
    else if (list->untraced)
        buf_printf(&out, "%s(not seen: %s)", n ? " " : "", text_shown(a, text_from(list->untraced)));
    return buf_cstr(&out);
}

static void say_dangers(struct session *s, const struct plan_document *d, size_t step, size_t statement)
{
    for (size_t i = 0; i < d->dangers.len; i++) {
        const struct plan_danger *x = &d->dangers.at[i];

        if (x->step == step && x->statement == statement)
            fprintf(s->out, "          %sdanger:%s %s\n", render_style(s->color_out, STYLE_BAD),
                    render_style(s->color_out, STYLE_END), text_shown(s->arena, text_from(x->why)));
    }
}

static void say_statement(struct session *s, const struct plan_document *d, size_t step, size_t statement)
{
    const struct planned_statement *p = &d->scripts[step].at[statement];
    const char *locks = locks_words(&p->effects, s->arena);

    fprintf(s->out, "  %6d  %s\n", p->at.line, text_summary(s->arena, p->sql, SUMMARY));
    if (*locks)
        fprintf(s->out, "          %s%s%s\n", render_style(s->color_out, STYLE_DIM), locks,
                render_style(s->color_out, STYLE_END));
    say_dangers(s, d, step, statement);
}

static bool is_dangerous(const struct plan_document *d, size_t step, size_t statement)
{
    for (size_t i = 0; i < d->dangers.len; i++)
        if (d->dangers.at[i].step == step && d->dangers.at[i].statement == statement)
            return true;
    return false;
}

/* Of a long script the first statements, and every dangerous one. */
static void say_step(struct session *s, const struct plan_document *d, size_t i)
{
    const struct step *step = &d->plan->at[i];
    const struct planned_script *script = &d->scripts[i];
    size_t left = script->len, shown = 0;

    render_step(s, d->plan, i);
    if (step->resumed_at)
        fprintf(s->out, "          goes on with statement %llu of %llu\n", (unsigned long long)step->resumed_at,
                (unsigned long long)step->statements);
    for (size_t k = 0; k < script->len; k++) {
        if (!s->verbose && shown >= FEW && !is_dangerous(d, i, k))
            continue;
        say_statement(s, d, i, k);
        shown++;
        left--;
    }
    if (left)
        fprintf(s->out, "          %s more (--verbose shows them)\n", render_count(s->arena, left, "statement"));
    if (script->len < script->total)
        fprintf(s->out, "          %s not taken apart: there are too many\n",
                render_count(s->arena, (size_t)(script->total - script->len), "statement"));
}

/* ---- foot ---- */

static const char *strongest_words(const struct plan_document *d, struct arena *a)
{
    struct plan_lock lock = plan_strongest(d->scripts, d->plan->len, a);

    return !lock.effect ? ""
                        : arena_printf(a, "; strongest lock %s on %s", lock.effect->lock,
                                       text_shown(a, text_from(plan_relation(lock.effect, a))));
}

static void say_sum(struct session *s, const struct plan_document *d)
{
    const struct resolution *r = &d->work->versions;
    struct arena *a = s->arena;
    size_t up = 0, relinks = 0;

    for (size_t i = 0; i < d->plan->len; i++)
        *(d->plan->at[i].relink ? &relinks : &up) += 1;
    fprintf(s->out, "%sPlan:%s ", render_style(s->color_out, STYLE_BOLD), render_style(s->color_out, STYLE_END));
    if (!d->plan->len) {
        fputs(d->offline ? "nothing to apply\n" : "nothing to do, nothing is pending\n", s->out);
        return;
    }
    fprintf(s->out, "%zu to apply", up);
    if (relinks)
        fprintf(s->out, ", %zu to relink", relinks);
    if (d->plan->nremaining)
        fprintf(s->out, ", %zu stay pending", d->plan->nremaining);
    if (r->missing)
        fprintf(s->out, ", %zu missing", r->missing);
    fprintf(s->out, "%s; %s, %s, %s\n", strongest_words(d, a), render_count(a, d->dangers.len, "danger"),
            render_count(a, d->findings.counts[SEVERITY_ERROR], "error"),
            render_count(a, d->findings.counts[SEVERITY_WARNING], "warning"));
}

void render_document(struct session *s, const struct plan_document *d, const char *to)
{
    struct buf word = buf_open(s->arena, SIZE_MAX / 2);

    say_source(s, d);
    say_target(s, d);
    fputc('\n', s->out);
    for (size_t i = 0; i < d->plan->len; i++)
        say_step(s, d, i);
    if (d->plan->len)
        fputc('\n', s->out);
    for (size_t i = 0; i < d->findings.findings.len; i++)
        render_finding(s->out, &d->findings.findings.at[i], s->color_out);
    say_sum(s, d);
    if (to && d->unusable) {
        fprintf(s->out, "written to %s, but it can't be applied: %s\n", text_shown(s->arena, text_from(to)),
                text_shown(s->arena, text_from(d->unusable)));
    } else if (to) {
        if (strspn(to, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") == strlen(to))
            buf_string(&word, to);
        else
            buf_shell_word(&word, to);
        fprintf(s->out, "written to %s: `merganser apply %s` runs exactly this\n", text_shown(s->arena, text_from(to)),
                text_shown(s->arena, buf_content(&word)));
    }
}

/* ---- JSON ---- */

void json_document(struct json *object, const void *from, struct arena *a)
{
    const struct plan_document *d = from;

    plan_document_json(object, d, a);
    json_findings(object, &d->findings, a);
    json_set_string(object, "sha256", plan_document_sha256(object, a));
}

void json_applied(struct json *object, const void *from, struct arena *a)
{
    const struct applied *x = from;
    struct json *moved = json_new_array();

    json_steps(object, x->plan, a);
    json_set_string(object, "plan_sha256", x->hold->file->sha256);
    for (size_t i = 0; i < x->hold->moves.len; i++) {
        const struct plan_move *m = &x->hold->moves.at[i];
        struct json *o = json_new_object();

        json_set_string(o, "part", plan_part_word(m->part));
        json_set_string(o, "change", plan_move_word(m->kind));
        json_set_string(o, "name", m->name);
        json_set_string(o, "planned", m->planned);
        json_set_string(o, "actual", m->actual);
        json_add(moved, o);
    }
    json_set(object, "moved", moved);
}
