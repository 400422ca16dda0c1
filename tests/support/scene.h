/* A stage, and which of its two databases a test plays on: short words for tests that tell a story. */
#ifndef TESTS_SUPPORT_SCENE_H
#define TESTS_SUPPORT_SCENE_H

#include "tests/support/stage.h"

struct scene {
    struct arena *arena;
    struct stage stage;
    const char *url;     /* of the database */
    const char *history; /* the history's table in it */
};

/* The story is tests/support/story.h's. */
struct scene scene_open(const char *story, bool postgres);
void scene_close(struct scene *c);

/* Each fails the test where the exit code is not code, or 0. */
struct process_result scene_run(struct scene *c, int code, const char *line); /* `merganser LINE` on the database */
void scene_git(struct scene *c, const char *line);                            /* `git LINE` */
void scene_shell(struct scene *c, const char *line);

/* What the database answers, without the last line's end. */
const char *scene_ask(struct scene *c, const char *sql);
/* Fails the test where these words are not in what was printed. */
void scene_says(struct text printed, const char *words);

#endif
