/* Repositories from which files are gone, and what the search says about them. */
#ifndef TESTS_SUPPORT_SEARCH_H
#define TESTS_SUPPORT_SEARCH_H

#include "tests/support/repo.h"

/* main with db/1.sql, in a commit called "one". */
const char *search_repo(struct arena *a);
/* The same, and a branch with db/2.sql in a commit called "two"; main is checked out, and no reflog is left. */
const char *search_branch(struct arena *a, const char *branch);
/* git with a command and one argument. */
const char *search_git(struct arena *a, const char *repo, const char *command, const char *argument);
void search_expire_reflogs(struct arena *a, const char *repo);
void search_collect_garbage(struct arena *a, const char *repo);

enum { SEARCH_MOST = 4 };

struct search_asked {
    const char *source; /* a revision; NULL: none */
    const char *folder; /* NULL: "db" */
    const char *paths[SEARCH_MOST];
    const char *blobs[SEARCH_MOST]; /* what was recorded, NULL: nothing */
};

/* Which of a NULL-ended list of paths it is: vcs_wanted's match. */
size_t search_match(const void *paths, struct text path);

/* A line for each path: "PATH: LAST", and "; recorded: EXACT" where a blob was given. A place is "SUBJECT by REF" with
 * ", line" where it is an ancestor of the source, or "nowhere". places may be NULL. */
const char *search_for(struct arena *a, const char *repo, const struct search_asked *asked, struct vcs_places *places);
/* The last place of one path, from HEAD. */
const char *search_one(struct arena *a, const char *repo, const char *path);

#endif
