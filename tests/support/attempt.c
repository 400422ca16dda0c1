#include "tests/support/attempt.h"

#include <criterion/criterion.h>

#include "core/digest.h"

void attempt_open(struct attempt *t, const char *folder, struct fake_server *server)
{
    struct source_request r = { .layout = "rails" };
    struct vcs_options o = { .start = folder };

    memset(t, 0, sizeof *t);
    t->arena = arena_open();
    t->notices.arena = t->arena;
    t->w = (struct workspace) {
        .arena = t->arena, .notices = &t->notices, .run_id = digest_run_id(t->arena), .environment = "test"
    };
    t->w.config.timeouts.wait = 0;
    cr_assert(vcs_open(&t->vcs, &o, t->arena, &t->e), "%s", t->e.message);
    cr_assert(vcs_source_open(&r.at, t->vcs, VCS_WORKTREE, NULL, t->arena, &t->e), "%s", t->e.message);
    cr_assert(source_load(&t->w.source, t->vcs, &r, t->arena, &t->notices, &t->e), "%s", t->e.message);
    t->w.db = fake_connect(server, t->arena);
}

void attempt_close(struct attempt *t)
{
    db_close(t->w.db);
    vcs_close(t->vcs);
    arena_close(t->arena);
}
