#include "core/merge_driver.h"

#include <errno.h>
#include <inttypes.h>

#include "core/base/text.h"
#include "core/files.h"
#include "core/merge_journal.h"
#include "core/merge_structure.h"
#include "core/source.h"

const char *const merge_driver_kinds[] = { "journal", "structure", NULL };

struct driver {
    const struct merge_driver_request *request;
    struct vcs *vcs;
    struct arena *arena;
    struct notices *notices;
    const char *shown; /* the file's path, for messages */
    struct text ancestor, ours, theirs;
};

/* By lines; a conflict that only the entries show is made one of lines, so that there are markers to resolve. */
static bool merge_text(struct text *out, bool *conflicted, bool conflict_wanted, struct vcs_merge m,
                       const struct driver *d, struct err *e)
{
    m.marker_size = d->request->marker_size;
    if (!vcs_merge_text(out, conflicted, &m, d->vcs, d->arena, e))
        return false;
    if (*conflicted || !conflict_wanted)
        return true;
    m.ancestor = TEXT("");
    return vcs_merge_text(out, conflicted, &m, d->vcs, d->arena, e);
}

/* ---- journal ---- */

static size_t read_published(struct text out[VCS_PUBLISHED_MAX], const struct driver *d)
{
    struct object_id tips[VCS_PUBLISHED_MAX];
    size_t ntips = d->vcs && d->request->path ? vcs_published(tips, d->vcs) : 0, n = 0;

    for (size_t i = 0; i < ntips; i++) {
        struct err e = { 0 };
        bool found;

        /* What can't be read settles nothing; a merge does not fail for it. */
        if (vcs_read_commit_path(&out[n], &found, d->vcs, tips[i], d->request->path, SOURCE_FILE_MAX, d->arena, &e) &&
            found)
            n++;
    }
    return n;
}

static void tell_moved(const struct driver *d, const struct merge_moved *m)
{
    struct buf said = buf_open(d->arena, SIZE_MAX / 2);

    if (m->old_idx != m->idx)
        buf_printf(&said, " is entry %" PRIu64 " now, not %" PRIu64, m->idx, m->old_idx);
    if (m->old_when != m->when)
        buf_printf(&said, "%s its `when` is %" PRIu64 " now, not %" PRIu64, said.len ? "," : ":", m->when, m->old_when);
    notice_add(d->notices, NOTICE_NOTE, "journal-renumbered", IN_FILE(d->shown), NULL, "%s%s",
               text_shown(d->arena, text_from(m->tag)), buf_cstr(&said));
}

/* Once for all entries, and what one may have to do about it. */
static void tell_later(const struct driver *d, const struct merge_journal *j)
{
    const struct merge_moved *first = NULL;
    size_t n = 0;

    for (size_t i = 0; i < j->nmoved; i++) {
        if (j->moved[i].when == j->moved[i].old_when)
            continue;
        first = first ? first : &j->moved[i];
        n++;
    }
    if (!n)
        return;
    notice_add(d->notices, NOTICE_WARNING, "journal-when-moved", IN_FILE(d->shown),
               "where one of them is applied already, run `merganser up`, which knows it by its content; Drizzle's own "
               "migrator would run it again",
               "%zu %s a later `when` now: with the old one Drizzle would pass over %s where %s is applied", n,
               n == 1 ? "entry has" : "entries have", n == 1 ? "it" : "them",
               first->behind ? text_shown(d->arena, text_from(first->behind)) : "another");
}

static void tell_twins(const struct driver *d, const struct merge_twins *t)
{
    notice_add(d->notices, NOTICE_NOTE, "journal-snapshots", IN_FILE(d->shown), NULL,
               "%s and %s both made meta/%s_snapshot.json; see \"Merge drivers\" in merganser's README",
               text_shown(d->arena, text_from(t->first)), text_shown(d->arena, text_from(t->second)), t->number);
}

static bool run_journal(struct text *merged, struct merge_driver_result *out, const struct driver *d, struct err *e)
{
    struct text published[VCS_PUBLISHED_MAX];
    struct merge_journal_input in = { .path = d->shown,
                                      .ancestor = d->ancestor,
                                      .ours = d->ours,
                                      .theirs = d->theirs,
                                      .published = published,
                                      .npublished = read_published(published, d) };
    struct merge_journal j;

    merge_journal(&j, &in, d->arena);
    if (j.conflict) {
        notice_add(d->notices, NOTICE_WARNING, "merge-conflict", IN_FILE(d->shown),
                   "keep the entries of both sides, each with an idx of its own and later than those before it, then "
                   "`git add` the file",
                   "a conflict that needs a person: %s", j.conflict);
        return merge_text(merged, &out->conflicted, true,
                          (struct vcs_merge) { .ancestor = d->ancestor, .ours = d->ours, .theirs = d->theirs }, d, e);
    }
    for (size_t i = 0; i < j.nmoved; i++)
        tell_moved(d, &j.moved[i]);
    tell_later(d, &j);
    for (size_t i = 0; i < j.ntwins; i++)
        tell_twins(d, &j.twins[i]);
    out->moved = j.nmoved;
    *merged = j.merged;
    return true;
}

/* ---- structure ---- */

static bool run_structure(struct text *merged, struct merge_driver_result *out, const struct driver *d, struct err *e)
{
    struct merge_structure m;

    merge_structure_take(&m, d->ancestor, d->ours, d->theirs, d->arena);
    if (!merge_text(merged, &out->conflicted, false,
                    (struct vcs_merge) { .ancestor = m.ancestor, .ours = m.ours, .theirs = m.theirs }, d, e))
        return false;
    *merged = merge_structure_give(*merged, &m, d->arena);
    if (out->conflicted)
        notice_add(d->notices, NOTICE_WARNING, "merge-conflict", IN_FILE(d->shown),
                   "resolve it, or dump the schema anew once the merged migrations are applied",
                   m.list.at ? "a conflict in the schema; the list of versions is merged"
                             : "a conflict; there is no list of versions on both sides");
    return true;
}

/* ---- files ---- */

static bool read_input(struct text *out, const char *path, const struct driver *d, struct err *e)
{
    return files_read(out, path, SOURCE_FILE_MAX, d->arena, e);
}

bool merge_driver_run(struct merge_driver_result *out, const struct merge_driver_request *r, struct vcs *v,
                      struct arena *a, struct notices *notices, struct err *e)
{
    struct driver d = { .request = r, .vcs = v, .arena = a, .notices = notices };
    bool journal = strcmp(r->kind, merge_driver_kinds[0]) == 0;
    struct text merged;

    *out = (struct merge_driver_result) { 0 };
    d.shown = text_shown(a, text_from(r->path ? r->path : r->ours));
    if (!read_input(&d.ancestor, r->ancestor, &d, e) || !read_input(&d.ours, r->ours, &d, e) ||
        !read_input(&d.theirs, r->theirs, &d, e) || !(journal ? run_journal : run_structure)(&merged, out, &d, e))
        return false;
    return text_equal(merged, d.ours) || files_write(*r->ours == '/' ? "" : ".", r->ours, merged, true, a, e);
}
