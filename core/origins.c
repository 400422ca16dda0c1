#include "core/origins.h"

#include "core/base/text.h"

static const char *file_of(const struct migration *m)
{
    return m->up.path ? m->up.path : m->also.path;
}

static bool lies_in(const char *path, const char *folder)
{
    size_t len = strlen(folder);

    return !len || (strncmp(path, folder, len) == 0 && path[len] == '/');
}

static bool commit_read(struct vcs_commit *out, struct source *s, struct object_id id, struct arena *a, struct err *e)
{
    bool found;

    if (!id.known)
        return true;
    if (!vcs_commit_read(out, &found, s->vcs, id, a, e))
        return false;
    if (!found)
        *out = (struct vcs_commit) { .id = id };
    return true;
}

/* The migrations of one folder, in one walk. */
static bool folder_find(struct origin *out, struct source *s, const char *folder, struct arena *a, struct err *e)
{
    const struct migrations *m = &s->migrations;
    struct text *paths = arena_make(a, struct text, m->len);
    struct vcs_origin *found = arena_make(a, struct vcs_origin, m->len);
    size_t *which = arena_make(a, size_t, m->len), n = 0;

    for (size_t i = 0; i < m->len; i++) {
        if (!lies_in(file_of(&m->at[i]), folder))
            continue;
        which[n] = i;
        paths[n++] = text_from(file_of(&m->at[i]));
    }
    if (!n)
        return true;
    if (!vcs_origins(found, s->vcs, s->at.commit, folder, paths, n, a, e))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct origin *o = &out[which[i]];

        o->shallow = found[i].kind == VCS_ORIGIN_SHALLOW;
        if (!commit_read(&o->introduced, s, found[i].introduced, a, e) ||
            !commit_read(&o->edited, s, found[i].edited, a, e))
            return false;
    }
    return true;
}

bool origins_find(struct origin **out, struct source *s, struct arena *a, struct err *e)
{
    *out = arena_make(a, struct origin, s->migrations.len);
    for (size_t i = 0; s->at.commit.known && i < s->nfolders; i++)
        if (!folder_find(*out, s, s->folders[i].path, a, e))
            return false;
    return true;
}
