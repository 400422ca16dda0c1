/* One run on the fake database: what migrate() needs, opened on a folder. */
#ifndef TESTS_SUPPORT_ATTEMPT_H
#define TESTS_SUPPORT_ATTEMPT_H

#include "core/migrate.h"
#include "tests/support/fake.h"

struct attempt {
    struct arena *arena;
    struct notices notices;
    struct vcs *vcs;
    struct workspace w;
    struct plan plan;
    struct err e;
    bool ok;
};

/* The folder's migrations, of the layout rails, below db/migrate. */
void attempt_open(struct attempt *t, const char *folder, struct fake_server *server);
void attempt_close(struct attempt *t);

#endif
