/* A git repository told as plain text.
 *
 *     == commit Create users
 *     == file db/migrate/1_users.sql
 *     CREATE TABLE users (id int);
 *     == branch late
 *     == commit ...
 *     == uncommitted
 *     == file db/migrate/2_posts.sql
 *
 * == commit SUBJECT      the files, links and deletions behind it are one commit
 * == uncommitted         those behind it stay in the work tree
 * == file PATH           the lines up to the next "== "
 * == bytes PATH          the same with \n \r \t \e \\ \xNN as bytes, and no line end but those
 * == link PATH TARGET    a symbolic link
 * == delete PATH
 * == branch NAME         a new branch, from here
 * == git ARGUMENTS       git, with the shell's quoting
 * == plain               first of all: a folder without git
 *
 * A PATH may hold the same escapes; a blank in it is \x20. Author and dates are pinned, each step a day later than
 * the one before, so that commit ids do not change from run to run. */
#ifndef TESTS_SUPPORT_STORY_H
#define TESTS_SUPPORT_STORY_H

#include "core/base/arena.h"

/* Makes the repository in folder, which exists and is empty. Fails the test where a line makes no sense. */
void story_tell(const char *folder, struct text story);

/* The ids of all its commits, oldest first, NULL-ended. */
const char *const *story_commits(const char *folder, struct arena *a);

#endif
