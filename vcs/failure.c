#include <unistd.h>

#include "vcs/internal.h"

/* What libgit2 1.5 says in each case was measured: codes, classes and the two shapes of an ownership error. */

static const char *own_words(struct arena *a)
{
    const git_error *last = git_error_last();

    return last && last->message ? text_shown(a, text_from(last->message)) : "no reason given";
}

static int own_class(void)
{
    const git_error *last = git_error_last();

    return last ? last->klass : GIT_ERROR_NONE;
}

bool failure_other(struct err *e, struct vcs *v, const char *fmt, ...)
{
    const char *words = own_words(v->arena);
    va_list ap;

    va_start(ap, fmt);
    err_plain(e, ERR_GIT, "%s: %s", arena_vprintf(v->arena, fmt, ap), words);
    va_end(ap);
    return err_hint(e, "run `git fsck` in the repository to see whether it is whole");
}

/* Which of the paths that libgit2 looks at belongs to somebody else; NULL where it is one that we don't know of, as the
 * repository behind a linked work tree. */
static const char *foreign_path(const struct place *p, struct stat *st, struct arena *a)
{
    const char *paths[] = { p->folder, path_join(a, p->folder, ".git") };

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (stat(paths[i], st) == 0 && st->st_uid != geteuid())
            return paths[i];
    return NULL;
}

static bool failure_owner(struct err *e, const struct place *p, struct arena *a)
{
    struct text trusted = text_from(p->folder);
    struct stat st;
    const char *path = foreign_path(p, &st, a);

    /* Inside a .git the work tree's path is what git and libgit2 ask for. */
    if (text_ends(trusted, "/.git") && trusted.len > strlen("/.git"))
        trusted.len -= strlen("/.git");
    if (path)
        err_plain(e, ERR_GIT, "repository '%s' belongs to uid %u, this process is uid %u",
                  text_shown(a, text_from(path)), (unsigned)st.st_uid, (unsigned)geteuid());
    else
        err_plain(e, ERR_GIT, "a part of the repository '%s' belongs to another user, this process is uid %u",
                  text_shown(a, trusted), (unsigned)geteuid());
    return err_hint(e,
                    "if you trust it, run `git config --global --add safe.directory %s` (this very path: "
                    "a '*' is not understood by libgit2 1.5)",
                    text_shown(a, trusted));
}

static bool failure_extension(struct err *e, const struct place *p, struct text name, struct arena *a)
{
    const char *where = text_shown(a, text_from(p->folder));

    if (text_is_nocase(name, "objectformat")) {
        err_plain(e, ERR_GIT, "repository '%s' is a SHA-256 repository, which is not supported", where);
        return err_hint(e, "export it with `git archive HEAD | tar -x -C DIR` and run merganser with -C DIR: "
                           "a plain folder works too");
    }
    err_plain(e, ERR_GIT, "repository '%s' uses the extension '%s', which is not supported", where,
              text_shown(a, name));
    if (text_is_nocase(name, "refstorage"))
        return err_hint(e, "run `git refs migrate --ref-format=files` in it");
    return err_hint(e, "a clone without it, or a plain folder made by `git archive HEAD | tar -x -C DIR`, works");
}

bool failure_open(struct err *e, int rc, const struct place *p, struct arena *a)
{
    const git_error *last = git_error_last();
    struct text words = text_from(last ? last->message : NULL);
    size_t at;

    if (rc == GIT_EOWNER || (own_class() == GIT_ERROR_CONFIG && text_find(words, "safe.directory", &at)))
        return failure_owner(e, p, a);
    if (text_find(words, "extensions.", &at))
        return failure_extension(e, p, text_cut(words, at + strlen("extensions."), words.len), a);
    err_plain(e, ERR_GIT, "cannot open the repository at '%s': %s", text_shown(a, text_from(p->folder)), own_words(a));
    return err_hint(e, "run `git status` there: what git says about it helps more");
}

/* git-config(1): extensions.partialClone, remote.<name>.promisor. The matching iterators of libgit2 1.5 leak. */
static bool is_promised(struct vcs *v)
{
    AUTO(git_config) config = NULL;
    AUTO(git_config_iterator) each = NULL;
    git_config_entry *entry;

    if (git_repository_config_snapshot(&config, v->repo) < 0 || git_config_iterator_new(&each, config) < 0)
        return false;
    while (git_config_next(&entry, each) == 0) {
        struct text name = text_from(entry->name);

        if (text_is(name, "extensions.partialclone") || (text_starts(name, "remote.") && text_ends(name, ".promisor")))
            return true;
    }
    return false;
}

static const char unshallow_hint[] = "run `git fetch --unshallow`, or set fetch-depth: 0 in the CI's checkout step";

bool failure_object(struct err *e, int rc, struct vcs *v, const char *what, const git_oid *id, const char *path)
{
    const char *shown = path ? text_shown(v->arena, text_from(path)) : NULL;
    const char *of = shown ? arena_printf(v->arena, " of '%s'", shown) : "";
    struct pos at = IN_FILE(shown);
    char hex[GIT_OID_HEXSZ + 1];

    git_oid_tostr(hex, sizeof hex, id);
    if (rc != GIT_ENOTFOUND) {
        err_set(e, ERR_GIT, at, "%s %s%s can't be read: %s", what, hex, of, own_words(v->arena));
        return err_hint(e, "the repository is damaged: run `git fsck`");
    }
    if (is_promised(v)) {
        err_set(e, ERR_GIT, at, "%s %s%s is not here (partial clone)", what, hex, of);
        return err_hint(e, "let git fetch it: `git -C %s cat-file -e %s`; a clone without --filter has everything",
                        text_shown(v->arena, text_from(v->root ? v->root : v->directory)), hex);
    }
    if (v->shallow && strcmp(what, "commit") == 0) {
        err_set(e, ERR_REVISION, at, "history is shallow: commit %s is not here", hex);
        return err_hint(e, "%s", unshallow_hint);
    }
    err_set(e, ERR_GIT, at, "the repository is incomplete or damaged: %s %s%s is missing", what, hex, of);
    return err_hint(e, "run `git fsck`, then fetch or clone again");
}

bool failure_index(struct err *e, struct vcs *v)
{
    const git_error *last = git_error_last();
    struct text words = text_from(last ? last->message : NULL);
    size_t at;

    err_plain(e, ERR_GIT, "cannot read git's index: %s", own_words(v->arena));
    if (text_find(words, "'sdir'", &at))
        return err_hint(e, "it is a sparse index: run `git sparse-checkout reapply --no-sparse-index`");
    if (text_find(words, "'link'", &at))
        return err_hint(e, "it is a split index: run `git update-index --no-split-index`");
    if (text_find(words, "checksum", &at))
        return err_hint(e,
                        "where index.skipHash is set, run `git -c index.skipHash=false update-index "
                        "--force-write-index`; else the file is damaged: `rm .git/index && git reset` makes it anew");
    return err_hint(e, "`rm .git/index && git reset` makes it anew; what was staged has to be added again");
}

bool failure_revision(struct err *e, int rc, struct vcs *v, const char *rev)
{
    const char *shown = text_shown(v->arena, text_from(rev));
    int class = own_class();

    if (rc == GIT_EAMBIGUOUS) {
        err_plain(e, ERR_REVISION, "'%s' is ambiguous: several objects begin like that", shown);
        return err_hint(e, "give more of its digits; `git rev-parse --disambiguate=%s` lists them", shown);
    }
    if (rc == GIT_EINVALIDSPEC) {
        err_plain(e, ERR_REVISION, "'%s' is not the name of a commit", shown);
        return err_hint(e, strstr(rev, "..") ? "name one commit, not a range"
                                             : "give a branch, a tag or a commit's id, as in main, v1.2 or HEAD~1");
    }
    if (rc != GIT_ENOTFOUND)
        return failure_other(e, v, "cannot look up '%s'", shown);
    if (v->shallow && class != GIT_ERROR_REFERENCE) {
        err_plain(e, ERR_REVISION, "history is shallow: '%s' is not here", shown);
        return err_hint(e, "%s", unshallow_hint);
    }
    err_plain(e, ERR_REVISION, "there is no commit '%s' here", shown);
    if (class == GIT_ERROR_INVALID)
        return err_hint(e, "history does not go back that far: see `git log --oneline`");
    return err_hint(e,
                    "`git branch --all` and `git tag` list what there is; `git fetch --all --tags` gets what is new");
}

bool failure_submodule(struct err *e, struct vcs *v, struct text submodule)
{
    const char *shown = text_shown(v->arena, submodule);

    err_set(e, ERR_GIT, IN_FILE(shown), "'%s' is a submodule, a repository of its own", shown);
    return err_hint(
        e, "open that repository: merganser -C %s",
        text_shown(v->arena, text_from(path_join(v->arena, v->root ? v->root : "", arena_cstr(v->arena, submodule)))));
}

bool failure_symlink(struct err *e, struct vcs *v, struct text link)
{
    const char *shown = text_shown(v->arena, link);

    err_set(e, ERR_MIGRATION_FILE, IN_FILE(shown), "'%s' is a symbolic link", shown);
    return err_hint(e,
                    "name what it points to: a link is not followed, since a commit does not hold what is behind it");
}

bool failure_conflict(struct err *e, struct vcs *v, const char *path)
{
    const char *shown = text_shown(v->arena, text_from(path));

    err_set(e, ERR_GIT, IN_FILE(shown), "'%s' has a merge conflict", shown);
    return err_hint(e, "resolve it, then run `git add %s`", shown);
}

bool failure_too_large(struct err *e, struct vcs *v, const char *path, uint64_t size, size_t max)
{
    const char *shown = path ? text_shown(v->arena, text_from(path)) : "the blob";

    err_set(e, ERR_MIGRATION_FILE, IN_FILE(path ? shown : NULL), "'%s' has %llu bytes, at most %llu are read", shown,
            (unsigned long long)size, (unsigned long long)max);
    return err_hint(e, "split it into smaller files");
}
