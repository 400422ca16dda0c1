#include "core/plan_danger.h"

#include "core/base/text.h"

/* From the weakest: PostgreSQL's documentation, "Explicit Locking". */
static const char *const strengths[] = {
    "ACCESS SHARE", "ROW SHARE",           "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
    "SHARE",        "SHARE ROW EXCLUSIVE", "EXCLUSIVE",     "ACCESS EXCLUSIVE",
};
enum { STRENGTH_SHARE = 5 }; /* from here on writers wait */

int plan_lock_strength(const char *lock)
{
    for (size_t i = 0; lock && i < sizeof strengths / sizeof *strengths; i++)
        if (strcmp(strengths[i], lock) == 0)
            return (int)i + 1;
    return 0;
}

const char *plan_relation(const struct effect *f, struct arena *a)
{
    return f->schema ? arena_printf(a, "%s.%s", f->schema, f->relation) : f->relation;
}

static bool same_text(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* Tables that the plan has made so far. */
struct made {
    const struct action **at;
    size_t len, cap;
};

static bool is_made(const struct made *made, const char *schema, const char *name)
{
    for (size_t i = 0; i < made->len; i++)
        if (same_text(made->at[i]->name, name) &&
            (!schema || !made->at[i]->schema || same_text(schema, made->at[i]->schema)))
            return true;
    return false;
}

static void make(struct made *made, const struct actions *actions, struct arena *a)
{
    for (size_t i = 0; i < actions->len; i++) {
        const struct action *x = &actions->at[i];

        if (x->verb == ACTION_CREATE && (x->object == OBJECT_TABLE || x->object == OBJECT_MATERIALIZED_VIEW) &&
            x->name && !(x->flags & ACTION_IF_NOT_EXISTS))
            *arena_push(a, made) = x;
    }
}

static const char *name_of(const struct action *x, struct arena *a)
{
    return arena_printf(a, "%s%s%s%s%s", x->schema ? x->schema : "", x->schema ? "." : "", x->name ? x->name : "",
                        x->sub ? "." : "", x->sub ? x->sub : "");
}

/* Rows that nobody brings back: those of what is dropped, and all of a table's. */
static const char *loss(const struct action *x, struct text sql, struct arena *a)
{
    static const struct {
        enum object_kind kind;
        const char *word;
    } kinds[] = {
        { OBJECT_TABLE, "table" }, { OBJECT_COLUMN, "column" },       { OBJECT_SCHEMA, "schema" },
        { OBJECT_TYPE, "type" },   { OBJECT_EXTENSION, "extension" }, { OBJECT_DATABASE, "database" },
    };

    for (size_t i = 0; x->verb == ACTION_DROP && i < sizeof kinds / sizeof *kinds; i++)
        if (x->object == kinds[i].kind)
            return arena_printf(a, "drops the %s %s%s", kinds[i].word, name_of(x, a),
                                x->flags & ACTION_CASCADE ? " and all that depends on it" : "");
    if (x->verb != ACTION_DATA)
        return NULL;
    if (text_is_nocase(text_cut(sql, 0, 8), "truncate"))
        return arena_printf(a, "empties the table %s", name_of(x, a));
    if (text_is_nocase(text_cut(sql, 0, 6), "delete") && !(x->flags & ACTION_FILTERED))
        return arena_printf(a, "deletes every row of %s", name_of(x, a));
    return NULL;
}

struct finding {
    struct plan_dangers *out;
    struct made made;
    size_t step, statement;
    struct arena *arena;
};

static void add(struct finding *f, enum danger_kind kind, const char *why)
{
    *arena_push(f->arena, f->out) = (struct plan_danger) { kind, f->step, f->statement, why };
}

static void look_at_actions(struct finding *f, const struct planned_statement *p)
{
    for (size_t i = 0; i < p->actions.len; i++) {
        const struct action *x = &p->actions.at[i];
        const char *lost = loss(x, p->sql, f->arena);

        if (lost && !is_made(&f->made, x->schema, x->name))
            add(f, DANGER_LOSS, lost);
        if (x->verb == ACTION_RUN) {
            add(f, DANGER_BLIND, "runs code that is not looked into");
            return;
        }
    }
    if (!p->actions.known)
        add(f, DANGER_BLIND, "could not be read: nobody can tell what it does");
}

static void look_at_effects(struct finding *f, const struct planned_statement *p)
{
    for (size_t i = 0; i < p->effects.len; i++) {
        const struct effect *x = &p->effects.at[i];
        const char *may = x->may ? "may " : "", *s = x->may ? "" : "s";

        if (!x->relation || is_made(&f->made, x->schema, x->relation))
            continue;
        if (x->rewrites)
            add(f, DANGER_REWRITE,
                arena_printf(f->arena, "%srewrite%s %s%s%s", may, s, plan_relation(x, f->arena),
                             x->lock ? " under " : "", x->lock ? x->lock : ""));
        else if (x->scans && plan_lock_strength(x->lock) >= STRENGTH_SHARE)
            add(f, DANGER_SCAN,
                arena_printf(f->arena, "%sread%s all of %s under %s", may, s, plan_relation(x, f->arena), x->lock));
    }
}

static int by_kind(const void *a, const void *b)
{
    const struct plan_danger *left = a, *right = b;

    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    if (left->step != right->step)
        return left->step < right->step ? -1 : 1;
    if (left->statement != right->statement)
        return left->statement < right->statement ? -1 : 1;
    return strcmp(left->why, right->why);
}

void plan_dangers_find(struct plan_dangers *out, const struct planned_script *scripts, size_t n, struct arena *a)
{
    struct finding f = { .out = out, .arena = a };

    *out = (struct plan_dangers) { 0 };
    for (f.step = 0; f.step < n; f.step++)
        for (f.statement = 0; f.statement < scripts[f.step].len; f.statement++) {
            const struct planned_statement *p = &scripts[f.step].at[f.statement];

            look_at_actions(&f, p);
            look_at_effects(&f, p);
            make(&f.made, &p->actions, a);
        }
    if (out->len)
        qsort(out->at, out->len, sizeof *out->at, by_kind);
}

struct plan_lock plan_strongest(const struct planned_script *scripts, size_t n, struct arena *a)
{
    struct plan_lock best = { 0 };
    struct made made = { 0 };
    bool best_is_made = true;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < scripts[i].len; k++) {
            const struct planned_statement *p = &scripts[i].at[k];

            for (size_t x = 0; x < p->effects.len; x++) {
                const struct effect *f = &p->effects.at[x];
                bool ours = f->relation && is_made(&made, f->schema, f->relation);
                bool stronger = !best.effect || plan_lock_strength(f->lock) > plan_lock_strength(best.effect->lock);

                if (!f->lock || !f->relation || (ours && !best_is_made) || (ours == best_is_made && !stronger))
                    continue;
                best = (struct plan_lock) { f, i, k };
                best_is_made = ours;
            }
            make(&made, &p->actions, a);
        }
    return best;
}
