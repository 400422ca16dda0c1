/* A plan that was made, and what is tried with it afterwards. */
#ifndef TESTS_SUPPORT_PLANNED_H
#define TESTS_SUPPORT_PLANNED_H

#include "tests/support/scene.h"

/* Something that moves between plan and apply, and its way back. */
struct planned_change {
    const char *name;
    const char *sql, *back;      /* on the database; NULL: none */
    const char *shell, *unshell; /* in the repository; NULL: none */
    bool elsewhere;              /* it is applied to the SQLite file */
    int exit_code;               /* of apply */
    const char *says;            /* what standard error holds; NULL: anything */
};

/* A repository with three applied migrations and two that are planned: plan.json lies in it. */
extern const char planned_story[];
struct scene planned_open(bool postgres);
/* Makes the change, applies, holds the result against the row, and where it was refused that versions and schema are
 * as before; then takes the change back. */
void planned_try(struct scene *c, const struct planned_change *change);

#endif
