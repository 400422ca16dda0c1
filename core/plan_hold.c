#include "core/plan_hold.h"

#include "core/base/text.h"
#include "core/plan_begun.h"
#include "core/plan_document.h"

const char *plan_move_word(enum plan_move_kind k)
{
    static const char *const words[] = { "added", "gone", "changed" };

    return words[k];
}

const char *const *plan_file_versions(const struct plan_file *f, struct arena *a)
{
    const char **versions = arena_make(a, const char *, f->steps.len + 1);

    for (size_t i = 0; i < f->steps.len; i++)
        versions[i] = f->steps.at[i].version;
    return versions;
}

/* ---- comparing ---- */

static void move(struct plan_moves *out, enum plan_part part, enum plan_move_kind kind, const char *name,
                 const char *planned, const char *actual, struct arena *a)
{
    *arena_push(a, out) = (struct plan_move) { part, kind, name, planned, actual };
}

static void compare_marks(struct plan_moves *out, enum plan_part part, const struct plan_marks *planned,
                          const struct plan_marks *now, struct arena *a)
{
    size_t i = 0, k = 0;

    while (i < planned->len || k < now->len) {
        const struct plan_mark *x = i < planned->len ? &planned->at[i] : NULL;
        const struct plan_mark *y = k < now->len ? &now->at[k] : NULL;
        int order = !x ? 1 : !y ? -1 : strcmp(x->name, y->name);

        if (order < 0)
            move(out, part, MOVE_GONE, x->name, x->is, NULL, a);
        else if (order > 0)
            move(out, part, MOVE_ADDED, y->name, NULL, y->is, a);
        else if (strcmp(x->is, y->is) != 0)
            move(out, part, MOVE_CHANGED, x->name, x->is, y->is, a);
        i += order <= 0;
        k += order >= 0;
    }
}

static bool same_step(const struct plan_file_step *f, const struct step *s)
{
    return strcmp(f->version, s->entry->version) == 0 && strcmp(f->sha256, s->sha256) == 0 &&
           (f->renamed_from != NULL) == s->relink &&
           (!s->relink || strcmp(f->renamed_from, s->entry->renamed->version) == 0);
}

/* What would run in the place of a step; its version may be another's, or nothing may run there at all. */
static void compare_steps(struct plan_moves *out, const struct plan_file *f, size_t done, const struct plan *plan,
                          struct arena *a)
{
    for (size_t i = 0; done + i < f->steps.len || i < plan->len; i++) {
        const struct plan_file_step *x = done + i < f->steps.len ? &f->steps.at[done + i] : NULL;
        const struct step *y = i < plan->len ? &plan->at[i] : NULL;

        if (x && y && same_step(x, y))
            continue;
        if (x && y && strcmp(x->version, y->entry->version) == 0)
            move(out, PART_SCRIPTS, MOVE_CHANGED, x->version, x->sha256, y->sha256, a);
        else if (x)
            move(out, PART_SCRIPTS, MOVE_GONE, x->version, x->sha256, NULL, a);
        else
            move(out, PART_SCRIPTS, MOVE_ADDED, y->entry->version, NULL, y->sha256, a);
    }
}

void plan_compare(struct plan_moves *out, const struct plan_file *f, size_t done, const struct plan_basis *now,
                  const struct plan *plan, struct arena *a)
{
    *out = (struct plan_moves) { 0 };
    for (enum plan_part p = PART_LEDGER; p <= PART_SCRIPTS; p++) {
        out->moved[p] = strcmp(f->fingerprint[p], now->fingerprint[p]) != 0;
        if (p == PART_SCRIPTS)
            compare_steps(out, f, done, plan, a);
        else if (out->moved[p] && !(p == PART_SCHEMA && (f->unnamed || now->unnamed)))
            compare_marks(out, p, &f->marks[p], &now->marks[p], a);
    }
    for (size_t i = 0; i < out->len; i++)
        out->moved[out->at[i].part] = true;
}

/* ---- saying it ---- */

enum { MOST_NAMED = 6 };

/* "applied now: 1, 2; not applied any more: 3" */
static void say_kind(struct buf *out, const struct plan_moves *m, enum plan_part part, enum plan_move_kind kind,
                     struct arena *a)
{
    static const char *const ledger[] = { "recorded now", "not recorded any more", "recorded otherwise" };
    static const char *const others[] = { "added", "gone", "changed" };
    const char *word = part == PART_LEDGER ? ledger[kind] : others[kind];
    size_t n = 0;

    for (size_t i = 0; i < m->len; i++) {
        const struct plan_move *x = &m->at[i];

        if (x->part != part || x->kind != kind || ++n > MOST_NAMED)
            continue;
        if (n == 1)
            buf_printf(out, "%s%s ", out->at && out->at[out->len - 1] != ' ' ? "; " : "", word);
        else
            buf_string(out, ", ");
        buf_string(out, text_summary(a, text_from(x->name), 80));
        if (part == PART_TARGET && x->planned && x->actual)
            buf_printf(out, " (%s, was %s)", text_summary(a, text_from(x->actual), 60),
                       text_summary(a, text_from(x->planned), 60));
    }
    if (n > MOST_NAMED)
        buf_printf(out, " and %zu more", n - MOST_NAMED);
}

static const char *moves_words(const struct plan_moves *m, struct arena *a)
{
    struct buf out = buf_open(a, 4096);

    for (enum plan_part p = PART_LEDGER; p <= PART_SCRIPTS; p++) {
        size_t begun;

        if (!m->moved[p])
            continue;
        buf_printf(&out, "%s%s: ", out.len ? "\n" : "", plan_part_word(p));
        begun = out.len;
        for (enum plan_move_kind k = MOVE_ADDED; k <= MOVE_CHANGED; k++)
            say_kind(&out, m, p, k, a);
        if (out.len == begun)
            buf_string(&out, p == PART_SCHEMA ? "described otherwise" : "another one");
    }
    return buf_cstr(&out);
}

/* "its ledger and schema" */
static const char *parts_words(const struct plan_moves *m, struct arena *a)
{
    struct buf out = buf_open(a, 256);
    size_t left = 0;

    for (enum plan_part p = PART_LEDGER; p <= PART_SCRIPTS; p++)
        left += m->moved[p];
    for (enum plan_part p = PART_LEDGER; p <= PART_SCRIPTS; p++) {
        if (!m->moved[p])
            continue;
        left--;
        buf_printf(&out, "%s%s", plan_part_word(p), left > 1 ? ", " : left ? " and " : "");
    }
    return buf_cstr(&out);
}

static bool is_elsewhere(const struct plan_moves *m)
{
    static const char *const words[] = { "cluster", "database", "dialect" };

    for (size_t i = 0; i < m->len; i++)
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (m->at[i].part == PART_TARGET && strcmp(m->at[i].name, words[k]) == 0)
                return true;
    return false;
}

static bool refuse(const struct plan_hold *h, struct err *e)
{
    const struct plan_file *f = h->file;
    struct arena *a = h->work->arena;
    const char *made = text_shown(a, text_from(f->created_at));

    if (is_elsewhere(&h->moves))
        err_set(e, ERR_STALE_PLAN, IN_FILE(f->path), "the plan was made for another database than this one");
    else
        err_set(e, ERR_STALE_PLAN, IN_FILE(f->path),
                "the plan does not hold any more: since it was made (%s) its %s moved", made,
                parts_words(&h->moves, a));
    err_detail(e, "%s", moves_words(&h->moves, a));
    err_state(e, "nothing was run");
    if (strcmp(f->merganser, MERGANSER_VERSION) != 0)
        return err_hint(e, "it was made by merganser %s, and this is %s, which may see things otherwise: make it anew",
                        text_shown(a, text_from(f->merganser)), MERGANSER_VERSION);
    return err_hint(e, "look at what is to do now with `merganser plan --ref %.12s`, and apply that",
                    object_id_hex(a, f->commit));
}

/* Of all steps, where an earlier run of the plan has begun: so that what they can meet is told as it was then. */
static bool scripts_read(struct plan_begun_scripts *out, const struct plan_hold *h, const struct plan *plan, bool begun,
                         struct err *e)
{
    if (begun)
        return plan_begun_read(out, h->file, h->work, e);
    out->len = plan->len;
    return plan_scripts_read(&out->at, &out->undescribed, h->work, plan, e);
}

static void say_begun(const struct plan_hold *h, const struct plan_begun *b)
{
    size_t left = h->file->steps.len - b->done;

    if (left)
        notice_add(h->work->notices, NOTICE_NOTE, "plan-begun", NOWHERE, NULL,
                   "an earlier run of this plan has applied %zu of its %zu steps%s: going on with the rest", b->done,
                   h->file->steps.len, b->half ? " and begun another one" : "");
}

bool plan_holds(void *to, const struct plan *plan, struct err *e)
{
    struct plan_hold *h = to;
    struct arena *a = h->work->arena;
    struct plan_basis_request r = {
        .plan = plan, .strict = h->file->strict, .session = h->session, .ignore = h->ignore
    };
    const struct plan_mark *cluster = plan_mark_find(&h->file->marks[PART_TARGET], "cluster");
    struct plan_begun_scripts scripts;
    struct plan_begun begun;
    struct plan_basis now;
    bool has_begun;

    plan_begun_find(&begun, h->file, h->work);
    has_begun = begun.done || begun.half;
    if (!scripts_read(&scripts, h, plan, has_begun, e))
        return false;
    r.scripts = scripts.at;
    r.nscripts = scripts.len;
    r.blind = scripts.undescribed > 0;
    r.planned_cluster = cluster ? cluster->is : NULL;
    if (!plan_basis_take(&now, h->work, &r, e))
        return false;
    plan_compare(&h->moves, h->file, begun.done, &now, plan, a);
    if (has_begun)
        plan_begun_excuse(&h->moves, &begun, h->file, &scripts, a);
    for (enum plan_part p = PART_LEDGER; p <= PART_SCRIPTS; p++)
        if (h->moves.moved[p])
            return refuse(h, e);
    if (has_begun)
        say_begun(h, &begun);
    return true;
}
