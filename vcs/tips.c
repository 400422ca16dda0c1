#include "vcs/search.h"

/* Reflogs and HEAD's like are read as files: git_reflog_read of libgit2 1.5 makes an absent log, and finds those of
 * other work trees no more than their HEADs. Formats: git-update-ref(1), gitrepository-layout(5). */

enum { FILE_MAX = 256 * 1024 * 1024 };

static void tip_add(struct tips *out, const git_oid *id, enum tip_kind kind, const char *ref, long entry,
                    struct arena *a)
{
    *arena_push(a, out) = (struct tip) { .id = *id, .kind = kind, .ref = ref, .entry = entry };
}

static bool read_file(struct text *out, const char *folder, const char *path, struct vcs *v, struct arena *a)
{
    struct err ignored;
    bool found;

    return directory_read(out, &found, folder, path, FILE_MAX, v, a, &ignored) && found;
}

/* The id at a place of a line; all zero counts as none. */
static bool id_at(git_oid *out, struct text line, size_t from)
{
    return line.len >= from + GIT_OID_HEXSZ && git_oid_fromstrn(out, line.at + from, GIT_OID_HEXSZ) == 0 &&
           !git_oid_is_zero(out);
}

/* ---- refs ---- */

static enum tip_kind kind_of(const char *ref)
{
    struct text t = text_from(ref);

    if (text_starts(t, "refs/heads/"))
        return TIP_BRANCH;
    if (text_starts(t, "refs/remotes/"))
        return TIP_REMOTE;
    if (text_starts(t, "refs/tags/"))
        return TIP_TAG;
    return strcmp(ref, "refs/stash") == 0 ? TIP_STASH : TIP_OTHER;
}

/* A symbolic one leads to another that is listed too. */
static bool refs_add(struct tips *out, struct vcs *v, struct arena *a, struct err *e)
{
    git_reference_iterator *each;
    git_reference *ref;
    int rc;

    if (git_reference_iterator_new(&each, v->repo) < 0)
        return failure_other(e, v, "cannot list the refs");
    while ((rc = git_reference_next(&ref, each)) == 0) {
        const git_oid *peeled = git_reference_target_peel(ref), *id = peeled ? peeled : git_reference_target(ref);

        if (id)
            tip_add(out, id, kind_of(git_reference_name(ref)), arena_string(a, git_reference_name(ref)), -1, a);
        git_reference_free(ref);
    }
    git_reference_iterator_free(each);
    return rc == GIT_ITEROVER || failure_other(e, v, "cannot list the refs");
}

static void mark_current(struct tips *tips, struct vcs *v)
{
    AUTO(git_reference) head = NULL;
    const char *target;

    if (git_reference_lookup(&head, v->repo, "HEAD") < 0 || !(target = git_reference_symbolic_target(head)))
        return;
    for (size_t i = 0; i < tips->len; i++)
        tips->at[i].current = strcmp(tips->at[i].ref, target) == 0;
}

/* ---- reflogs ---- */

/* The line that ends at *end, which is moved before it. */
static struct text line_before(struct text bytes, size_t *end)
{
    const char *start = *end ? memrchr(bytes.at, '\n', *end - 1) : NULL;
    size_t from = start ? (size_t)(start - bytes.at) + 1 : 0;
    struct text line = text_cut(bytes, from, *end);

    *end = from;
    return line;
}

/* A line is "OLD NEW NAME <EMAIL> SECONDS ZONE\tMESSAGE", the oldest first. What a line comes from is mostly what the
 * one before led to. */
static void reflog_add(struct tips *out, struct text bytes, const char *ref, struct arena *a)
{
    enum tip_kind kind = strcmp(ref, "refs/stash") == 0 ? TIP_STASH : TIP_REFLOG;
    git_oid before = { { 0 } }, id;
    size_t end = bytes.len;

    for (long n = 0; end > 0; n++) {
        struct text line = line_before(bytes, &end);

        if (id_at(&id, line, GIT_OID_HEXSZ + 1))
            tip_add(out, &id, kind, ref, n, a);
        else
            id = (git_oid) { { 0 } };
        if (!git_oid_is_zero(&before) && !git_oid_equal(&before, &id))
            tip_add(out, &before, kind, NULL, -1, a);
        if (!id_at(&before, line, 0))
            before = (git_oid) { { 0 } };
    }
    if (!git_oid_is_zero(&before))
        tip_add(out, &before, kind, NULL, -1, a);
}

/* The logs of all refs, also of those that were deleted by a tool that left them. */
static void reflogs_add(struct tips *out, struct vcs *v, struct arena *a)
{
    const char *folder = path_join(a, v->common_directory, "logs");
    struct disk_files files;
    struct err ignored;
    struct text bytes;

    if (!directory_list(&files, folder, "refs", NULL, NULL, a, &ignored))
        return;
    for (size_t i = 0; i < files.len; i++) {
        const char *ref = arena_cstr(a, files.at[i].path);

        if (read_file(&bytes, folder, ref, v, a))
            reflog_add(out, bytes, ref, a);
    }
}

/* ---- HEAD and its like, of every work tree ---- */

/* FETCH_HEAD and MERGE_HEAD have several lines; HEAD itself counts where it names a commit. */
static void heads_add(struct tips *out, const char *directory, const char *prefix, struct vcs *v, struct arena *a)
{
    static const char *const names[] = { "HEAD",       "ORIG_HEAD",        "FETCH_HEAD",
                                         "MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD" };
    struct text bytes, line;
    git_oid id;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *ref = arena_printf(a, "%s%s", prefix, names[i]);

        if (!read_file(&bytes, directory, names[i], v, a))
            continue;
        while (text_line(&bytes, &line))
            if (id_at(&id, line, 0))
                tip_add(out, &id, TIP_HEAD, ref, -1, a);
    }
    if (read_file(&bytes, directory, "logs/HEAD", v, a))
        reflog_add(out, bytes, arena_printf(a, "%sHEAD", prefix), a);
}

static bool enter_nothing(void *to, const char *path)
{
    size_t slashes = 0;

    (void)to;
    for (; *path; path++)
        slashes += *path == '/';
    return slashes < 2;
}

/* git-worktree(1): the others' HEADs are called worktrees/NAME/HEAD and main-worktree/HEAD. */
static void worktrees_add(struct tips *out, struct vcs *v, struct arena *a)
{
    struct disk_files files;
    struct err ignored;

    heads_add(out, v->directory, "", v, a);
    if (strcmp(v->directory, v->common_directory) != 0)
        heads_add(out, v->common_directory, "main-worktree/", v, a);
    if (!directory_list(&files, v->common_directory, "worktrees", enter_nothing, NULL, a, &ignored))
        return;
    for (size_t i = 0; i < files.len; i++) {
        struct text path = files.at[i].path;
        const char *prefix, *directory;

        if (!text_ends(path, "/HEAD"))
            continue;
        prefix = arena_cstr(a, text_cut(path, 0, path.len - strlen("HEAD")));
        directory = path_join(a, v->common_directory, arena_cstr(a, text_cut(path, 0, path.len - strlen("/HEAD"))));
        if (strcmp(directory, v->directory) != 0)
            heads_add(out, directory, prefix, v, a);
    }
}

/* ---- all of them ---- */

/* refs/stash itself is the newest entry of its log, where it has one. */
static bool is_said_twice(const struct tip *t, const struct tips *tips)
{
    if (t->kind != TIP_STASH || t->entry >= 0)
        return false;
    for (size_t i = 0; i < tips->len; i++)
        if (tips->at[i].kind == TIP_STASH && tips->at[i].entry >= 0 && git_oid_equal(&tips->at[i].id, &t->id))
            return true;
    return false;
}

/* Counting, not qsort: within a kind the order stays. */
static void sort_by_kind(struct tips *tips, struct arena *a)
{
    struct tip *sorted = arena_make(a, struct tip, tips->len);
    size_t n = 0;

    for (int kind = 0; kind < TIP_KINDS; kind++)
        for (size_t i = 0; i < tips->len; i++)
            if (tips->at[i].kind == (enum tip_kind)kind && !is_said_twice(&tips->at[i], tips))
                sorted[n++] = tips->at[i];
    *tips = (struct tips) { sorted, n, tips->len };
}

bool tips_collect(struct tips *out, struct vcs *v, struct arena *a, struct err *e)
{
    *out = (struct tips) { NULL, 0, 0 };
    if (!refs_add(out, v, a, e))
        return false;
    mark_current(out, v);
    worktrees_add(out, v, a);
    reflogs_add(out, v, a);
    sort_by_kind(out, a);
    return true;
}

static const char *short_name(const char *ref, struct vcs *v, struct arena *a)
{
    static const char *const prefixes[] = { "refs/heads/", "refs/remotes/", "refs/tags/" };
    AUTO(git_reference) found = NULL;
    const char *name = NULL;

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (text_starts(text_from(ref), prefixes[i]))
            name = ref + strlen(prefixes[i]);
    if (name && git_reference_dwim(&found, v->repo, name) == 0 && strcmp(git_reference_name(found), ref) == 0)
        return arena_string(a, name);
    return arena_string(a, text_starts(text_from(ref), "refs/") ? ref + strlen("refs/") : ref);
}

const char *tip_name(const struct tip *t, struct vcs *v, struct arena *a)
{
    const char *name = t->ref ? short_name(t->ref, v, a) : NULL;

    return t->entry >= 0 ? arena_printf(a, "%s@{%ld}", name, t->entry) : name;
}
