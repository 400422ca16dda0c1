/* A repository with a migration, a clone of it in ../clone, and what its tests of hooks have in common. */
#ifndef TESTS_SUPPORT_HOOKS_H
#define TESTS_SUPPORT_HOOKS_H

#include "core/base/text.h"
#include "tests/support/stage.h"

#define HOOKS_STORY                                                                                                    \
    "== commit Users\n"                                                                                                \
    "== file merganser.yml\n"                                                                                          \
    "database: ${DB}\n"                                                                                                \
    "environments: {server: {database: \"${PG}\"}}\n"                                                                  \
    "== file db/migrate/20240101000000_users.sql\n"                                                                    \
    "CREATE TABLE users (id integer);\n"                                                                               \
    "== git clone -q . ../clone\n"

/* Another migration, as a commit. */
#define HOOKS_POSTS                                                                                                    \
    "echo 'CREATE TABLE posts (id integer);' > db/migrate/20240102000000_posts.sql && git add db && "                  \
    "git commit -q -m posts"

/* Whether it is among what was said on standard error. */
static inline bool hooks_says(struct process_result r, const char *words)
{
    size_t at;

    return text_find(r.err, words, &at);
}

static inline size_t hooks_lines(struct text t)
{
    struct text line;
    size_t n = 0;

    while (text_line(&t, &line))
        n++;
    return n;
}

#endif
