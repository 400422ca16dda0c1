#include "tests/support/origins.h"

#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/repo.h"

struct asked {
    struct vcs *v;
    struct vcs_files files;
    struct vcs_origin *origins;
    struct err e;
    bool ok;
};

static struct asked ask(struct arena *a, const char *repo, const char *rev, const char *folder)
{
    struct asked q = { .v = repo_open(a, repo) };
    struct vcs_source source;
    struct text *paths;
    bool found;

    q.ok = vcs_source_open(&source, q.v, VCS_COMMIT, rev, a, &q.e) &&
           vcs_list(&q.files, &found, q.v, &source, folder, a, &q.e);
    if (!q.ok)
        return q;
    paths = arena_make(a, struct text, q.files.len);
    q.origins = arena_make(a, struct vcs_origin, q.files.len);
    for (size_t i = 0; i < q.files.len; i++)
        paths[i] = q.files.at[i].path;
    q.ok = vcs_origins(q.origins, q.v, source.commit, folder, paths, q.files.len, a, &q.e);
    return q;
}

static const char *subject(struct arena *a, struct vcs *v, struct object_id commit)
{
    struct vcs_commit c;
    struct err e;
    bool found;

    cr_assert(vcs_commit_read(&c, &found, v, commit, a, &e), "%s", e.message);
    return found ? c.subject : "not here";
}

const char *origins_text(struct arena *a, const char *repo, const char *rev, const char *folder)
{
    struct buf out = buf_open(a, 1024 * 1024);
    struct asked q = ask(a, repo, rev, folder);
    size_t from = *folder ? strlen(folder) + 1 : 0;

    if (!q.ok) {
        vcs_close(q.v);
        return arena_printf(a, "error: %s | %s", q.e.message, q.e.hint);
    }
    for (size_t i = 0; i < q.files.len; i++) {
        const struct vcs_origin *o = &q.origins[i];
        const char *from_where = o->kind == VCS_ORIGIN_ABSENT    ? "absent"
                                 : o->kind == VCS_ORIGIN_SHALLOW ? "shallow"
                                                                 : subject(a, q.v, o->introduced);

        cr_expect_eq(o->introduced.known, o->kind == VCS_ORIGIN_FOUND);
        cr_expect_eq(o->edited.known, o->edits > 0);
        buf_printf(&out, "%s%s: %s", i ? "\n" : "", text_shown(a, q.files.at[i].path) + from, from_where);
        if (o->edits > 0)
            buf_printf(&out, ", edited %zu times, last %s", o->edits, subject(a, q.v, o->edited));
    }
    vcs_close(q.v);
    return buf_cstr(&out);
}

/* What git says of many paths in many commits, by one process: the questions are put in a first round and the answers
 * read in a second one that asks the same. */
struct git_blobs {
    struct buf questions;
    struct text answers;
    const char *parents; /* rev-list --parents */
    bool asking;
};

/* The blob, empty where the path isn't there. */
static struct text blob(struct git_blobs *g, struct text commit, struct text path)
{
    struct text line = TEXT("");

    if (g->asking) {
        buf_printf(&g->questions, "%.*s:%.*s\n", (int)commit.len, commit.at, (int)path.len, path.at);
        return line;
    }
    cr_assert(text_line(&g->answers, &line));
    return text_ends(line, " missing") ? TEXT("") : text_cut(line, 0, 40);
}

/* How many parents have the path at all, and *same how many as that blob. */
static size_t parents_with(struct git_blobs *g, size_t *same, struct text commit, struct text path, struct text as)
{
    struct text rest = text_from(g->parents), line;
    size_t n = 0;

    *same = 0;
    while (text_line(&rest, &line) && !text_equal(text_cut(line, 0, 40), commit))
        continue;
    for (size_t at = 41; at + 40 <= line.len; at += 41) {
        struct text there = blob(g, text_cut(line, at, at + 40), path);

        n += there.len > 0;
        *same += there.len > 0 && text_equal(there, as);
    }
    return n;
}

/* The newest commit that git says added the path, of its log "COMMIT\0\nPATH\0PATH\0...". */
static const char *added(struct arena *a, struct text log, struct text path)
{
    const char *commit = "";

    while (log.len > 0) {
        struct text field = text_cut(log, 0, strnlen(log.at, log.len));

        log = text_cut(log, field.len + 1, log.len);
        if (text_starts(field, "\n"))
            field = text_cut(field, 1, field.len);
        if (text_starts(field, "commit "))
            commit = arena_cstr(a, text_cut(field, strlen("commit "), field.len));
        else if (text_equal(field, path))
            return commit;
    }
    return "";
}

static struct text git_run(struct arena *a, const char *const *argv, const char *input)
{
    struct process p = { .argv = argv, .environment = repo_environment, .input = input };
    struct process_result r = process_run(&p, a);

    cr_assert_eq(r.exit_code, 0, "%s", arena_cstr(a, r.err));
    return r.out;
}

static void check(struct arena *a, struct git_blobs *g, const char *rev, const struct vcs_file *f,
                  const struct vcs_origin *o, struct text log)
{
    struct text introduced = text_from(object_id_hex(a, o->introduced)), last = text_from(object_id_hex(a, o->edited));
    struct text now = blob(g, text_from(rev), f->path), first = blob(g, introduced, f->path), edit = TEXT("");
    const char *path = arena_cstr(a, f->path);
    size_t before, same_before, edit_before = 0, edit_same = 0;

    before = parents_with(g, &same_before, introduced, f->path, first);
    if (o->edits > 0) {
        edit = blob(g, last, f->path);
        edit_before = parents_with(g, &edit_same, last, f->path, edit);
    }
    if (g->asking)
        return;
    cr_assert_eq(o->kind, VCS_ORIGIN_FOUND, "%s", path);
    if (!text_is(introduced, added(a, log, f->path))) {
        cr_expect(first.len > 0, "%s is not in %s", path, introduced.at);
        cr_expect_eq(before, 0, "%s is in a parent of %s", path, introduced.at);
    }
    cr_expect(text_equal(o->edits ? edit : first, now), "%s has changed later", path);
    if (o->edits > 0) {
        cr_expect_eq(edit_same, 0, "%s is the same before %s", path, last.at);
        cr_expect(edit_before > 0, "%s is new in %s", path, last.at);
    }
}

void origins_check(struct arena *a, const char *repo, const char *rev, const char *folder)
{
    const char *log[] = { "git",
                          "-C",
                          repo,
                          "--no-replace-objects",
                          "log",
                          "-z",
                          "--format=commit %H",
                          "--diff-filter=A",
                          "--name-only",
                          "--no-renames",
                          rev,
                          "--",
                          *folder ? folder : ".",
                          NULL };
    const char *batch[] = { "git", "-C", repo, "--no-replace-objects", "cat-file", "--batch-check", NULL };
    struct git_blobs g = { .questions = buf_open(a, 64 * 1024 * 1024), .asking = true };
    struct asked q = ask(a, repo, rev, folder);
    struct text added_log = git_run(a, log, NULL);

    cr_assert(q.ok, "%s | %s", q.e.message, q.e.hint);
    cr_assert(q.files.len > 0);
    g.parents = repo_git(a, repo, "--no-replace-objects", "rev-list", "--parents", rev, NULL);
    for (size_t i = 0; i < q.files.len; i++)
        check(a, &g, rev, &q.files.at[i], &q.origins[i], added_log);
    g.answers = git_run(a, batch, buf_cstr(&g.questions));
    g.asking = false;
    for (size_t i = 0; i < q.files.len; i++)
        check(a, &g, rev, &q.files.at[i], &q.origins[i], added_log);
    vcs_close(q.v);
}
