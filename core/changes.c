#include "core/changes.h"

#include "core/base/text.h"

/* The migrations at one end. A commit whose folder can't be read as it stands has none: what changed is shown all the
 * same, and `up` will say what is wrong with it. */
static bool end_load(struct source *out, struct vcs *v, struct object_id commit, const struct source_request *r,
                     struct arena *a, struct err *e)
{
    struct notices *unseen = arena_make(a, struct notices, 1);
    struct source_request at = *r;

    unseen->arena = a;
    if (!commit.known)
        return false;
    at.at = (struct vcs_source) { .kind = VCS_COMMIT, .commit = commit, .ref = object_id_hex(a, commit) };
    return source_load(out, v, &at, a, unseen, e);
}

static const struct migration *migration_with(const struct source *s, struct text path, enum direction *direction)
{
    for (size_t i = 0; i < s->migrations.len; i++) {
        const struct migration *m = &s->migrations.at[i];

        *direction = DIRECTION_UP;
        if (m->up.path && text_is(path, m->up.path))
            return m;
        if (m->also.path && text_is(path, m->also.path))
            return m;
        *direction = DIRECTION_DOWN;
        if (m->down.path && text_is(path, m->down.path))
            return m;
    }
    return NULL;
}

static bool names(const struct vcs_changes *changes, const char *path)
{
    for (size_t i = 0; path && i < changes->len; i++)
        if (text_is(changes->at[i].path, path) || text_is(changes->at[i].old_path, path))
            return true;
    return false;
}

/* A .rb or metadata.toml says how its script runs: alone it is an edit of that, with its script nothing of its own. */
static bool is_beside(const struct migration *m, const struct vcs_change *c)
{
    return !m->unrendered && m->also.path && text_is(c->path, m->also.path);
}

bool changes_load(struct migration_changes *out, struct vcs *v, const char *range, const struct source_request *r,
                  struct arena *a, struct notices *notices, struct err *e)
{
    const char *const *folders = r->folders ? r->folders : source_candidates();
    struct source base = { 0 }, head = { 0 };
    struct vcs_changes changes = { 0 };
    struct err base_err = { 0 }, head_err = { 0 };
    bool has_base, has_head;
    size_t n = 0;

    while (folders[n])
        n++;
    *out = (struct migration_changes) { 0 };
    if (!vcs_changed(&changes, v, range, folders, n, a, e))
        return false;
    out->base = object_id_hex(a, changes.base);
    out->head = object_id_hex(a, changes.head);
    out->note = changes.note;
    if (changes.note)
        notice_add(notices, NOTICE_NOTE, "range", NOWHERE, NULL, "%s", changes.note);
    out->source.at = (struct vcs_source) { .kind = VCS_COMMIT, .commit = changes.head };
    if (!changes.len)
        return true;
    has_base = end_load(&base, v, changes.base, r, a, &base_err);
    has_head = end_load(&head, v, changes.head, r, a, &head_err);
    if (has_head)
        out->source = head;
    if (!has_base && !has_head && changes.len) {
        *e = head_err;
        return false;
    }
    for (size_t i = 0; i < changes.len; i++) {
        const struct vcs_change *c = &changes.at[i];
        struct text old = c->kind == VCS_RENAMED ? c->old_path : c->path;
        enum direction direction = DIRECTION_UP;
        const struct migration *m = NULL;
        struct migration_change *change;

        if (has_head && c->kind != VCS_DELETED)
            m = migration_with(&head, c->path, &direction);
        if (!m && has_base)
            m = migration_with(&base, old, &direction);
        if (!m || (is_beside(m, c) && names(&changes, m->up.path)))
            continue;
        change = arena_push(a, out);
        *change = (struct migration_change) { .kind = is_beside(m, c) ? VCS_EDITED : c->kind,
                                              .version = m->version,
                                              .name = m->name,
                                              .id = m->id,
                                              .direction = direction };
        change->path = arena_cstr(a, c->path);
        change->old_path = c->kind == VCS_RENAMED ? arena_cstr(a, c->old_path) : NULL;
    }
    return true;
}
