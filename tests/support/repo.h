/* Throw-away git repositories, made by the real git program. */
#ifndef TESTS_SUPPORT_REPO_H
#define TESTS_SUPPORT_REPO_H

#include "tests/support/scratch.h"
#include "vcs/vcs.h"

/* Settings that make git the same everywhere: no configuration of the user or the system, fixed author and dates.
 * For struct process; NULL-ended. */
extern const char *const repo_environment[];

/* A new repository with a work tree, on the branch main, without a commit. From here on this process's HOME is an
 * empty folder, so that libgit2 finds no configuration of a user either. */
const char *repo_make(struct arena *a);
/* HOME as above, without a repository. */
const char *repo_isolate(struct arena *a);
/* Runs git -C folder with the arguments up to NULL, fails the test unless it exits with 0; its output without the
 * last line end. */
const char *repo_git(struct arena *a, const char *folder, ...) __attribute__((sentinel));
/* Runs a shell script in it, as git runs there, and fails the test unless it exits with 0. */
void repo_shell(struct arena *a, const char *repo, const char *script);
/* Writes a file of the work tree. */
void repo_write(const char *repo, const char *path, const char *content);
/* Adds all and commits; the commit's id. date is "SECONDS +0000", NULL for a fixed one. */
const char *repo_commit(struct arena *a, const char *repo, const char *message);
const char *repo_commit_at(struct arena *a, const char *repo, const char *message, const char *date);
/* Makes every file of the work tree old and refreshes the index, so that no entry is racy. */
void repo_settle(struct arena *a, const char *repo);

/* Opens it, or fails the test with the error. The caller closes it. */
struct vcs *repo_open(struct arena *a, const char *folder);
/* The error of opening it, as "message | hint"; fails the test when it opens. */
const char *repo_open_error(struct arena *a, const char *folder);
struct vcs_source repo_source(struct arena *a, struct vcs *v, enum vcs_kind kind, const char *rev);
/* The folder's files, a line each, with their flags behind: "db/1.sql uncommitted untracked"; "none" where the folder
 * is not there, and "error: message | hint". */
const char *repo_listing(struct arena *a, struct vcs *v, const struct vcs_source *s, const char *folder);
/* A listed file's bytes, or "error: message | hint". */
const char *repo_content(struct arena *a, struct vcs *v, const struct vcs_source *s, const char *path);
/* The same of the work tree, opened for this once. */
const char *repo_worktree_listing(struct arena *a, const char *repo, const char *folder);
const char *repo_worktree_content(struct arena *a, const char *repo, const char *path);

#endif
