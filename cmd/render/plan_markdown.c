/* A plan as a comment of a pull request: what is dangerous first, and short enough whatever the plan holds. */
#include "cmd/render/markdown.h"
#include "cmd/render/render.h"
#include "core/base/text.h"

/* Bytes that each part may take; the SQL gets what the others leave. */
enum { DANGERS_MAX = 10000, STEPS_MAX = 10000, FINDINGS_MAX = 14000, FOOT_MAX = 3000 };
enum { NAME = 120, LINES = 40, LINE = 200, ONE = 8000 };

struct writing {
    const struct plan_document *d;
    struct session *s;
    struct arena *arena;
};

static void put_name(struct buf *out, const char *name, struct arena *a)
{
    markdown_code(out, text_summary(a, text_from(name), NAME));
}

static void put_words(struct buf *out, const char *words, struct arena *a)
{
    markdown_text(out, text_summary(a, text_from(words), (size_t)4 * NAME));
}

/* Whole, or counted as left out; what comes behind one that had no room has none either. */
static void add(struct buf *out, const struct buf *piece, size_t most, size_t *left)
{
    if (*left || piece->overflowed || out->len + piece->len > most)
        (*left)++;
    else
        buf_text(out, buf_content(piece));
}

static void put_left(struct buf *out, size_t left, const char *what, struct arena *a)
{
    if (left)
        buf_printf(out, "\n%s more: `merganser plan` shows them all.\n", render_count(a, left, what));
}

/* ---- head ---- */

static void put_title(struct buf *out, const struct writing *w)
{
    const struct plan_document *d = w->d;
    size_t errors = d->findings.counts[SEVERITY_ERROR];
    const char *mark = errors || d->dangers.len ? "\xe2\x9a\xa0\xef\xb8\x8f" : "\xe2\x9c\x85";

    if (!d->plan->len) {
        buf_printf(out, "### \xe2\x9c\x85 merganser plan: nothing to apply\n\n");
        return;
    }
    buf_printf(out, "### %s merganser plan: %s to apply", mark, render_count(w->arena, d->plan->len, "migration"));
    if (d->dangers.len)
        buf_printf(out, ", %s", render_count(w->arena, d->dangers.len, "danger"));
    if (errors)
        buf_printf(out, ", %s", render_count(w->arena, errors, "error"));
    buf_string(out, "\n\n");
}

static void put_place(struct buf *out, const struct writing *w)
{
    const struct source *source = &w->d->work->source;
    const char *commit = object_id_hex(w->arena, source->at.commit);
    const struct db_identity *id = w->d->basis ? &w->d->basis->identity : NULL;

    buf_string(out, source->at.kind == VCS_COMMIT ? "Of commit " : "Of the work tree above commit ");
    put_name(out, commit ? commit : "(none)", w->arena);
    if (!id) {
        buf_string(out, ". No database was asked: what is applied, and what is there, is not known.\n\n");
        return;
    }
    buf_string(out, ", for the database ");
    put_name(out, session_database(w->s), w->arena);
    if (id->major)
        buf_printf(out, " (%s %d)", strcmp(w->d->work->db->info.dialect, "postgres") == 0 ? "PostgreSQL" : "version",
                   id->major);
    buf_printf(out, ", which has %s.", render_count(w->arena, w->d->work->versions.applied, "applied version"));
    if (w->d->plan->nremaining)
        buf_printf(out, " %s stay pending.", render_count(w->arena, w->d->plan->nremaining, "version"));
    buf_string(out, "\n\n");
}

/* ---- dangers ---- */

static void put_danger(struct buf *out, const struct plan_danger *x, const struct writing *w)
{
    static const char *const words[DANGER_KINDS] = { "loss", "rewrite", "scan", "unknown" };
    const struct planned_statement *p = &w->d->scripts[x->step].at[x->statement];

    buf_printf(out, "- **%s**: ", words[x->kind]);
    put_words(out, x->why, w->arena);
    buf_string(out, ", in ");
    put_name(out, w->d->plan->at[x->step].entry->id, w->arena);
    buf_printf(out, ", line %d\n", p->at.line);
}

static void put_dangers(struct buf *out, const struct writing *w)
{
    size_t left = 0, most = out->len + DANGERS_MAX;

    if (!w->d->dangers.len)
        return;
    buf_string(out, "#### Dangerous\n\n");
    for (size_t i = 0; i < w->d->dangers.len; i++) {
        struct buf one = buf_open(w->arena, ONE);

        put_danger(&one, &w->d->dangers.at[i], w);
        add(out, &one, most, &left);
    }
    put_left(out, left, "danger", w->arena);
    buf_char(out, '\n');
}

/* ---- steps ---- */

static void put_cell(struct buf *out, const char *text, struct arena *a)
{
    markdown_cell(out, text_summary(a, text_from(text), NAME));
}

static const char *strongest(const struct planned_script *script, struct arena *a)
{
    struct plan_lock lock = plan_strongest(script, 1, a);

    return lock.effect ? arena_printf(a, "%s on %s", lock.effect->lock, plan_relation(lock.effect, a)) : NULL;
}

static void put_step(struct buf *out, size_t i, const struct writing *w)
{
    const struct step *step = &w->d->plan->at[i];
    const char *lock = strongest(&w->d->scripts[i], w->arena), *flags = render_flags(step->entry, w->arena);
    size_t dangers = 0;

    for (size_t k = 0; k < w->d->dangers.len; k++)
        dangers += w->d->dangers.at[k].step == i;
    buf_printf(out, "| %zu | %s | ", i + 1, step->relink ? "relink" : "up");
    put_cell(out, step->entry->id, w->arena);
    buf_printf(out, " | %llu | ", (unsigned long long)step->statements);
    if (lock)
        put_cell(out, lock, w->arena);
    buf_string(out, " | ");
    if (dangers)
        buf_printf(out, "**%s** ", render_count(w->arena, dangers, "danger"));
    if (step->no_transaction)
        buf_string(out, "outside a transaction ");
    if (*flags)
        put_cell(out, flags, w->arena);
    buf_string(out, " |\n");
}

static void put_steps(struct buf *out, const struct writing *w)
{
    size_t left = 0, most = out->len + STEPS_MAX;

    if (!w->d->plan->len)
        return;
    buf_string(out, "#### Steps\n\n| | | migration | statements | strongest lock | |\n"
                    "| --- | --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < w->d->plan->len; i++) {
        struct buf one = buf_open(w->arena, ONE);

        put_step(&one, i, w);
        add(out, &one, most, &left);
    }
    put_left(out, left, "step", w->arena);
    buf_char(out, '\n');
}

/* ---- SQL ---- */

/* A line that could end the block of code, for whoever reads Markdown less carefully, does not begin so any more. */
static void put_line(struct buf *out, struct text line, struct arena *a)
{
    struct text word = text_trim(line);

    if (text_starts(word, "```") || text_starts(word, "~~~"))
        buf_string(out, "\xe2\x80\x8b");
    for (size_t i = 0; i < line.len && line.at[i] == '\t'; i++)
        buf_string(out, "    ");
    while (line.len && *line.at == '\t')
        line = text_cut(line, 1, line.len);
    if (text_chars(line) > LINE)
        buf_printf(out, "%s\xe2\x80\xa6\n", text_shown(a, text_cut(line, 0, byte_from_char(line, LINE))));
    else
        buf_printf(out, "%s\n", text_shown(a, line));
}

static void put_statement(struct buf *out, const struct planned_statement *p, struct arena *a)
{
    struct text rest = p->sql, line;
    size_t lines = 0, more = 0;

    for (size_t i = 0; i < p->effects.len; i++)
        if (p->effects.at[i].lock && p->effects.at[i].relation)
            buf_printf(out, "-- %s on %s\n", p->effects.at[i].lock,
                       text_summary(a, text_from(plan_relation(&p->effects.at[i], a)), NAME));
    while (text_line(&rest, &line)) {
        if (++lines <= LINES)
            put_line(out, line, a);
        else
            more++;
    }
    if (more)
        buf_printf(out, "-- … %s more\n", render_count(a, more, "line"));
    else if (out->len)
        out->len -= out->at[out->len - 1] == '\n';
    buf_string(out, more ? "" : ";\n");
}

static void put_script(struct buf *out, size_t i, const struct writing *w, size_t most)
{
    const struct planned_script *script = &w->d->scripts[i];
    struct buf code = buf_open(w->arena, SIZE_MAX / 2);
    size_t left = 0;

    for (size_t k = 0; k < script->len; k++) {
        struct buf one = buf_open(w->arena, ONE);

        put_statement(&one, &script->at[k], w->arena);
        add(&code, &one, most, &left);
    }
    left += (size_t)(script->total - script->len);
    if (left)
        buf_printf(&code, "-- … %s more\n", render_count(w->arena, left, "statement"));
    buf_string(out, "\n**");
    put_name(out, w->d->plan->at[i].entry->id, w->arena);
    buf_string(out, "**\n\n");
    markdown_block(out, "sql", buf_cstr(&code));
}

static void put_sql(struct buf *out, const struct writing *w, size_t most)
{
    static const char end[] = "\n</details>\n\n";
    size_t left = 0, scripts = 0;

    for (size_t i = 0; i < w->d->plan->len; i++)
        scripts += w->d->scripts[i].len > 0;
    if (!scripts)
        return;
    buf_printf(out, "<details>\n<summary>SQL of %s</summary>\n", render_count(w->arena, scripts, "migration"));
    for (size_t i = 0; i < w->d->plan->len; i++) {
        struct buf one = buf_open(w->arena, SIZE_MAX / 2);

        if (!w->d->scripts[i].len)
            continue;
        /* No script takes all the room there is. */
        if (!left)
            put_script(&one, i, w, ONE);
        add(out, &one, most, &left);
    }
    put_left(out, left, "script", w->arena);
    buf_string(out, end);
}

/* ---- findings ---- */

static void put_finding(struct buf *out, const struct finding *f, const struct writing *w)
{
    buf_printf(out, "- **%s** ", severity_word(f->severity));
    put_name(out, f->at.line ? arena_printf(w->arena, "%s:%d", f->at.path, f->at.line) : f->at.path, w->arena);
    buf_string(out, " ");
    put_words(out, f->message, w->arena);
    buf_printf(out, " (`%s`)", f->rule);
    if (f->hint) {
        buf_string(out, "<br>");
        put_words(out, f->hint, w->arena);
    }
    buf_char(out, '\n');
}

static void put_findings(struct buf *out, const struct writing *w)
{
    const struct review_findings *list = &w->d->findings.findings;
    size_t left = 0, most = out->len + FINDINGS_MAX;

    if (!list->len)
        return;
    buf_string(out, "#### Findings\n\n");
    for (enum severity severity = SEVERITY_ERROR; severity > SEVERITY_OFF; severity--)
        for (size_t i = 0; i < list->len; i++) {
            struct buf one = buf_open(w->arena, ONE);

            if (list->at[i].severity != severity)
                continue;
            put_finding(&one, &list->at[i], w);
            add(out, &one, most, &left);
        }
    put_left(out, left, "finding", w->arena);
    buf_char(out, '\n');
}

/* ---- foot ---- */

static void put_foot(struct buf *out, const struct writing *w)
{
    const struct plan_document *d = w->d;

    if (d->basis) {
        buf_string(out, "<details>\n<summary>Fingerprint</summary>\n\n| | |\n| --- | --- |\n");
        for (enum plan_part p = PART_LEDGER; p <= PART_SCRIPTS; p++)
            buf_printf(out, "| %s | `%s` |\n", plan_part_word(p), d->basis->fingerprint[p]);
        buf_string(out, "\n</details>\n\n");
    }
    if (d->unusable) {
        buf_string(out, "This plan can't be applied: ");
        put_words(out, d->unusable, w->arena);
        buf_string(out, ".\n");
    } else if (d->plan->len) {
        buf_printf(out,
                   "`merganser plan --ref %.12s --output plan.json` keeps it, `merganser apply plan.json` runs "
                   "exactly this, and refuses where anything of it has moved.\n",
                   object_id_hex(w->arena, d->work->source.at.commit));
    }
}

void markdown_plan(struct buf *out, struct session *s, const struct plan_document *d)
{
    const struct writing w = { d, s, s->arena };
    struct buf foot = buf_open(s->arena, FOOT_MAX), findings = buf_open(s->arena, SIZE_MAX / 2);

    put_title(out, &w);
    put_place(out, &w);
    put_dangers(out, &w);
    put_steps(out, &w);
    put_findings(&findings, &w);
    put_foot(&foot, &w);
    put_sql(out, &w, MARKDOWN_MAX - 1000 - findings.len - foot.len);
    buf_text(out, buf_content(&findings));
    buf_text(out, buf_content(&foot));
}
