#include "tests/support/repo.h"

#include <criterion/criterion.h>

#include "core/base/text.h"

#define DATE "1700000000 +0000"

const char *const repo_environment[] = {
    "GIT_CONFIG_GLOBAL=/dev/null",
    "GIT_CONFIG_NOSYSTEM=1",
    "GIT_AUTHOR_NAME=Ada Author",
    "GIT_AUTHOR_EMAIL=ada@example.org",
    "GIT_COMMITTER_NAME=Cleo Committer",
    "GIT_COMMITTER_EMAIL=cleo@example.org",
    "GIT_AUTHOR_DATE=" DATE,
    "GIT_COMMITTER_DATE=" DATE,
    "GIT_TERMINAL_PROMPT=0",
    "LC_ALL=C",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_CEILING_DIRECTORIES",
    NULL,
};

enum { MAX_ARGUMENTS = 24 };

static const char *run(struct arena *a, const char *folder, const char *const *environment, va_list ap)
{
    const char *argv[MAX_ARGUMENTS + 1] = { "git", "-C", folder, "-c", "protocol.file.allow=always" };
    struct process p = { .argv = argv, .environment = environment };
    struct process_result r;
    size_t n = 5;

    while (n < MAX_ARGUMENTS && (argv[n] = va_arg(ap, const char *)) != NULL)
        n++;
    cr_assert(n < MAX_ARGUMENTS);
    r = process_run(&p, a);
    cr_assert_eq(r.exit_code, 0, "git %s in %s: %s", argv[5], folder, arena_cstr(a, r.err));
    while (r.out.len > 0 && r.out.at[r.out.len - 1] == '\n')
        r.out.len--;
    return arena_cstr(a, r.out);
}

const char *repo_git(struct arena *a, const char *folder, ...)
{
    const char *out;
    va_list ap;

    va_start(ap, folder);
    out = run(a, folder, repo_environment, ap);
    va_end(ap);
    return out;
}

static const char *git_with(struct arena *a, const char *folder, const char *const *environment, ...)
{
    const char *out;
    va_list ap;

    va_start(ap, environment);
    out = run(a, folder, environment, ap);
    va_end(ap);
    return out;
}

void repo_shell(struct arena *a, const char *repo, const char *script)
{
    const char *const argv[] = { "sh", "-c", script, NULL };
    const struct process p = { .argv = argv, .environment = repo_environment, .directory = repo };
    struct process_result r = process_run(&p, a);

    cr_assert_eq(r.exit_code, 0, "%s: %.*s", script, (int)r.err.len, r.err.at);
}

const char *repo_isolate(struct arena *a)
{
    static const char *const names[] = { "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_CEILING_DIRECTORIES" };
    const char *home = scratch_folder(a);

    setenv("HOME", home, 1);
    setenv("XDG_CONFIG_HOME", home, 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    return home;
}

const char *repo_make(struct arena *a)
{
    const char *repo = scratch_folder(a);

    repo_isolate(a);
    repo_git(a, repo, "init", "--quiet", "--initial-branch=main", NULL);
    return repo;
}

void repo_write(const char *repo, const char *path, const char *content)
{
    scratch_write(repo, path, text_from(content));
}

const char *repo_commit_at(struct arena *a, const char *repo, const char *message, const char *date)
{
    const char *environment[sizeof repo_environment / sizeof *repo_environment + 2];
    size_t n = 0;

    for (; repo_environment[n]; n++)
        environment[n] = repo_environment[n];
    environment[n++] = arena_printf(a, "GIT_AUTHOR_DATE=%s", date ? date : DATE);
    environment[n++] = arena_printf(a, "GIT_COMMITTER_DATE=%s", date ? date : DATE);
    environment[n] = NULL;
    git_with(a, repo, environment, "add", "--all", NULL);
    git_with(a, repo, environment, "commit", "--quiet", "--allow-empty", "-m", message, NULL);
    return repo_git(a, repo, "rev-parse", "HEAD", NULL);
}

const char *repo_commit(struct arena *a, const char *repo, const char *message)
{
    return repo_commit_at(a, repo, message, NULL);
}

void repo_settle(struct arena *a, const char *repo)
{
    const char *argv[] = { "find",  repo, "-path", "*/.git", "-prune", "-o",
                           "-type", "f",  "-exec", "touch",  "-d",     "2020-01-02 03:04:05.678",
                           "{}",    "+",  NULL };
    struct process p = { .argv = argv };

    cr_assert_eq(process_run(&p, a).exit_code, 0);
    repo_git(a, repo, "update-index", "-q", "--really-refresh", NULL);
}

static const char *error_text(struct arena *a, const struct err *e)
{
    return arena_printf(a, "%s | %s", e->message, e->hint);
}

struct vcs *repo_open(struct arena *a, const char *folder)
{
    struct vcs_options o = { .start = folder };
    struct err e;
    struct vcs *v;

    cr_assert(vcs_open(&v, &o, a, &e), "%s: %s", folder, error_text(a, &e));
    return v;
}

const char *repo_open_error(struct arena *a, const char *folder)
{
    struct vcs_options o = { .start = folder };
    struct err e;
    struct vcs *v;

    cr_assert(!vcs_open(&v, &o, a, &e), "%s opens", folder);
    return error_text(a, &e);
}

struct vcs_source repo_source(struct arena *a, struct vcs *v, enum vcs_kind kind, const char *rev)
{
    struct vcs_source s;
    struct err e;

    cr_assert(vcs_source_open(&s, v, kind, rev, a, &e), "%s: %s", rev ? rev : "source", error_text(a, &e));
    return s;
}

const char *repo_listing(struct arena *a, struct vcs *v, const struct vcs_source *s, const char *folder)
{
    static const char *const kinds[] = { "", " symlink", " submodule" };
    struct buf out = buf_open(a, 1024 * 1024);
    struct vcs_files files;
    struct err e;
    bool found;

    if (!vcs_list(&files, &found, v, s, folder, a, &e))
        return arena_printf(a, "error: %s", error_text(a, &e));
    if (!found)
        return "none";
    for (size_t i = 0; i < files.len; i++)
        buf_printf(&out, "%s%s%s%s%s", i ? "\n" : "", text_shown(a, files.at[i].path), kinds[files.at[i].kind],
                   files.at[i].uncommitted ? " uncommitted" : "", files.at[i].untracked ? " untracked" : "");
    return buf_cstr(&out);
}

const char *repo_content(struct arena *a, struct vcs *v, const struct vcs_source *s, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct text folder = { path, slash ? (size_t)(slash - path) : 0 };
    struct vcs_files files;
    struct text content;
    struct err e;
    bool found;

    cr_assert(vcs_list(&files, &found, v, s, arena_cstr(a, folder), a, &e), "%s", error_text(a, &e));
    for (size_t i = 0; i < files.len; i++) {
        if (!text_is(files.at[i].path, path))
            continue;
        if (!vcs_read(&content, v, s, &files.at[i], 1024 * 1024, a, &e))
            return arena_printf(a, "error: %s", error_text(a, &e));
        return arena_cstr(a, content);
    }
    return NULL;
}

const char *repo_worktree_listing(struct arena *a, const char *repo, const char *folder)
{
    struct vcs *v = repo_open(a, repo);
    struct vcs_source s = repo_source(a, v, VCS_WORKTREE, NULL);
    const char *all = repo_listing(a, v, &s, folder);

    vcs_close(v);
    return all;
}

const char *repo_worktree_content(struct arena *a, const char *repo, const char *path)
{
    struct vcs *v = repo_open(a, repo);
    struct vcs_source s = repo_source(a, v, VCS_WORKTREE, NULL);
    const char *all = repo_content(a, v, &s, path);

    vcs_close(v);
    return all;
}
