/* How the reviewed tree's migrations stand to the base's: by the trees and where the two lines part, never by which
 * time stamp is the largest. */
#include "core/base/text.h"
#include "core/review/rule.h"

const char *path_of_migration(const struct migration *m)
{
    return m->up.path ? m->up.path : m->also.path;
}

const struct migration *side_next(const struct side *s, const char *version, const struct migration *before)
{
    const struct migrations *list = &s->source->migrations;
    size_t i = before ? (size_t)(before - list->at) + 1 : 0;

    if (list->order == ORDER_JOURNAL) {
        while (i < list->len && strcmp(list->at[i].version, version) != 0)
            i++;
        return i < list->len ? &list->at[i] : NULL;
    }
    /* The list is sorted, so those of one version are neighbours, and migration_find gives any of them. */
    if (!before) {
        const struct migration *found = migration_find(list, version);

        while (found && found > list->at && strcmp(found[-1].version, version) == 0)
            found--;
        return found;
    }
    return i < list->len && strcmp(list->at[i].version, version) == 0 ? &list->at[i] : NULL;
}

const struct migration *side_find(const struct side *s, const struct migration *m)
{
    const struct migration *found = side_next(s, m->version, NULL);

    while (found && strcmp(found->id, m->id) != 0)
        found = side_next(s, m->version, found);
    return found;
}

const struct migration *side_newest(const struct side *s)
{
    const struct migrations *list = &s->source->migrations;
    const struct migration *newest = list->len ? &list->at[list->len - 1] : NULL;

    for (size_t i = 0; list->order == ORDER_JOURNAL && i < list->len; i++)
        if (list->at[i].when_ms > newest->when_ms)
            newest = &list->at[i];
    return newest;
}

const struct layout_input *side_input(const struct side *s)
{
    return s->source->nfolders ? &s->source->folders[0].input : NULL;
}

static bool same_file(const struct migration_file *a, const struct migration_file *b)
{
    return (a->path != NULL) == (b->path != NULL) && (!a->path || object_id_equal(a->blob, b->blob));
}

static bool unchanged_since(const struct side *s, const struct migration *m)
{
    const struct migration *then = side_find(s, m);

    return then && same_file(&then->up, &m->up) && same_file(&then->down, &m->down) && same_file(&then->also, &m->also);
}

static bool any_unchanged(const struct sides *sides, const struct migration *m)
{
    for (size_t i = 0; i < sides->len; i++)
        if (unchanged_since(&sides->at[i], m))
            return true;
    return false;
}

static bool any_has(const struct sides *sides, const struct migration *m)
{
    for (size_t i = 0; i < sides->len; i++)
        if (side_find(&sides->at[i], m))
            return true;
    return false;
}

static bool any_has_script(const struct sides *sides, const struct migration *m)
{
    for (size_t i = 0; i < sides->len; i++) {
        const struct migration *then = side_find(&sides->at[i], m);

        if (then && same_file(&then->up, &m->up))
            return true;
    }
    return false;
}

static bool is_empty_script(const struct migration_file *f)
{
    return object_id_equal(f->blob, vcs_hash_blob(TEXT("")));
}

/* What the base's migration is called here, where nothing has its name: the same version, else the same script, under a
 * name that neither the base nor what both started from knows. */
static struct subject *renamed_to(struct review *r, const struct migration *b, bool shared)
{
    struct subject *by_script = NULL;

    for (size_t i = 0; i < r->nsubjects; i++) {
        struct subject *s = &r->subjects[i];
        bool same_script =
            b->up.path && s->m->up.path && object_id_equal(b->up.blob, s->m->up.blob) && !is_empty_script(&b->up);

        if (!s->own)
            continue;
        if (strcmp(s->m->version, b->version) == 0 && (shared || same_script))
            return s;
        if (same_script && !by_script)
            by_script = s;
    }
    return by_script;
}

static enum fate fate_here(struct review *r, const struct migration *b, const struct subject **now)
{
    const struct migration *m = side_find(&r->head, b);
    bool shared = any_has(&r->shared, b);
    struct subject *renamed;

    if (m) {
        *now = &r->subjects[m - r->head.source->migrations.at];
        if (!b->up.path || !m->up.path || object_id_equal(b->up.blob, m->up.blob) || any_has_script(&r->shared, m))
            return FATE_KEPT;
        return FATE_EDITED;
    }
    renamed = renamed_to(r, b, shared);
    if (renamed) {
        renamed->own = false;
        *now = renamed;
        return FATE_RENAMED;
    }
    return shared ? FATE_DELETED : FATE_ABSENT;
}

static void look_at_originals(struct review *r)
{
    const struct migrations *list = &r->base.source->migrations;

    r->originals = arena_make(r->arena, struct original, list->len);
    r->noriginals = list->len;
    for (size_t i = 0; i < list->len; i++) {
        struct original *o = &r->originals[i];

        o->m = &list->at[i];
        o->fate = fate_here(r, o->m, &o->now);
        o->looked_at = r->all || (o->now ? o->now->looked_at : any_has(&r->range, o->m));
    }
}

/* What came from the base as it is, by a merge or a cherry-pick, was looked at there. */
static bool is_looked_at(const struct review *r, const struct migration *m)
{
    if (r->all)
        return true;
    for (const char *const *version = r->request->versions; version && *version; version++)
        if (strcmp(*version, m->version) == 0)
            return true;
    if (r->request->versions)
        return false;
    return !any_unchanged(&r->range, m) && (r->request->since || !r->has_base || !unchanged_since(&r->base, m));
}

void review_compare(struct review *r)
{
    const struct migrations *list = &r->head.source->migrations;

    r->subjects = arena_make(r->arena, struct subject, list->len);
    r->nsubjects = list->len;
    for (size_t i = 0; i < list->len; i++) {
        const struct migration *m = &list->at[i];

        r->subjects[i] = (struct subject) {
            .m = m,
            .looked_at = is_looked_at(r, m),
            .own = r->has_base && !side_find(&r->base, m) && !any_has(&r->shared, m),
        };
    }
    if (r->has_base)
        look_at_originals(r);
}
