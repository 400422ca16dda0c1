/* Every call to the database fails once while sync relinks, rolls back and applies: nothing of it is done by half. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/attempt.h"
#include "tests/support/repo.h"
#include "tests/support/rows.h"
#include "tests/support/scratch.h"

static void write_migration(const char *folder, struct arena *a, int version, int object)
{
    scratch_write(folder, arena_printf(a, "db/migrate/%d_m.sql", version),
                  text_from(arena_printf(a, "make t%d\n", object)));
    scratch_write(folder, arena_printf(a, "db/migrate/%d_m.down.sql", version),
                  text_from(arena_printf(a, "drop t%d\n", object)));
}

static void delete_migration(const char *folder, struct arena *a, int version)
{
    cr_assert(unlink(arena_printf(a, "%s/db/migrate/%d_m.sql", folder, version)) == 0 &&
              unlink(arena_printf(a, "%s/db/migrate/%d_m.down.sql", folder, version)) == 0);
}

static void repository_make(const char *folder, struct arena *a)
{
    repo_git(a, folder, "init", "-q", "-b", "main", NULL);
    write_migration(folder, a, 1, 1);
    repo_git(a, folder, "add", "-A", NULL);
    repo_git(a, folder, "commit", "-q", "-m", "One", NULL);
}

static bool yes(void *to, const struct plan *plan)
{
    (void)to;
    return plan->len > 0;
}

static void sync_run(struct attempt *t)
{
    const struct sync_options o = { 0 };
    struct migrate_request r = { .sync = &o, .agree = yes };

    t->ok = migrate(&t->plan, &t->w, &r, &t->e);
}

/* 1, 2 and 4 are applied; then 2 is called 12, 4 belongs to nobody here, and 5 is new. */
static void before(const char *folder, struct arena *a, struct fake_server *s)
{
    struct migrate_request up = { .go_up = true };
    struct attempt t;

    write_migration(folder, a, 2, 2);
    write_migration(folder, a, 4, 4);
    attempt_open(&t, folder, s);
    cr_assert(migrate(&t.plan, &t.w, &up, &t.e), "%s", t.e.message);
    attempt_close(&t);
    delete_migration(folder, a, 2);
    delete_migration(folder, a, 4);
    write_migration(folder, a, 12, 2);
    write_migration(folder, a, 5, 5);
}

static void after(const char *folder, struct arena *a)
{
    delete_migration(folder, a, 12);
    delete_migration(folder, a, 5);
}

static void check(const struct fake_server *s, const char *what)
{
    cr_expect(!s->in_transaction, "%s left a transaction", what);
    cr_expect_eq(s->made_twice, 0, "%s ran a migration twice", what);
    cr_expect(fake_has_version(s, "1") && fake_has_object(s, "t1"), "%s touched 1", what);
    cr_expect_eq(fake_has_version(s, "4"), fake_has_object(s, "t4"), "%s: 4 is half gone", what);
    cr_expect_eq(fake_has_version(s, "5"), fake_has_object(s, "t5"), "%s: 5 is half there", what);
    cr_expect(fake_has_object(s, "t2"), "%s ran something of what was renamed", what);
    cr_expect_neq(fake_has_version(s, "2"), fake_has_version(s, "12"), "%s: the row is lost, or there are two", what);
    cr_expect_eq(fake_has_version(s, "12"), fake_history_says(s, "12", "applied"), "%s: the history disagrees", what);
}

static void check_report(const struct attempt *t, const struct fake_server *s, const char *what)
{
    for (size_t i = 0; i < t->plan.len; i++) {
        const struct step *step = &t->plan.at[i];
        bool recorded = fake_has_version(s, step->entry->version), up = !step_goes_down(step);

        if (step->outcome == STEP_APPLIED || step->outcome == STEP_ROLLED_BACK || step->outcome == STEP_RELINKED)
            cr_expect_eq(recorded, up, "%s reported %s as done", what, step->entry->version);
        if (step->outcome == STEP_FAILED || step->outcome == STEP_NOT_RUN)
            cr_expect_eq(recorded, !up, "%s reported %s as not done", what, step->entry->version);
    }
    if (!t->ok)
        cr_expect(*t->e.message && (*t->e.state || t->e.kind != ERR_UNKNOWN_OUTCOME), "%s failed without a word", what);
}

static void check_next_run(const char *folder, struct fake_server *s, const char *what)
{
    struct attempt t;

    s->fail_at = 0;
    s->stays_down = false;
    attempt_open(&t, folder, s);
    sync_run(&t);
    cr_expect(t.ok, "%s: the next run says %s", what, t.e.message);
    attempt_close(&t);
    check(s, what);
    cr_expect(fake_has_version(s, "12") && fake_has_version(s, "5") && !fake_has_version(s, "4"),
              "%s: the next run left something", what);
}

static const struct {
    enum fake_fault fault;
    bool stays_down;
} rows[] = {
    { FAKE_REFUSES, false },    { FAKE_LOST_BEFORE, false }, { FAKE_LOST_BEFORE, true },
    { FAKE_LOST_AFTER, false }, { FAKE_LOST_AFTER, true },
};

ParameterizedTestParameters(faults_sync, every_call)
{
    return rows_numbered(sizeof rows / sizeof *rows);
}

ParameterizedTest(size_t *number, faults_sync, every_call)
{
    struct arena *a = arena_open();
    const char *folder = scratch_folder(a);
    bool reached = true;

    repository_make(folder, a);
    for (int n = 1; reached; n++) {
        struct fake_server s = { .arena = arena_open(),
                                 .fault = rows[*number].fault,
                                 .stays_down = rows[*number].stays_down };
        const char *what = arena_printf(a, "row %zu, call %d", *number, n);
        struct attempt t;

        before(folder, a, &s);
        s.calls = 0;
        s.fail_at = n;
        attempt_open(&t, folder, &s);
        sync_run(&t);
        reached = s.calls >= n;
        check_report(&t, &s, what);
        if (!reached)
            cr_expect(t.ok && t.plan.len == 3, "%s: %s", what, t.e.message);
        cr_expect(!s.locked || s.unlock_failed, "%s left the lock", what);
        attempt_close(&t);
        check(&s, what);
        check_next_run(folder, &s, what);
        after(folder, a);
        arena_close(s.arena);
    }
    arena_close(a);
}

/* Somebody else rolls one back, or syncs, between the question and the lock. */
struct rival {
    const char *folder;
    struct fake_server *server;
    bool syncs;
};

static bool while_a_rival_runs(void *to, const struct plan *plan)
{
    const struct rival *rival = to;
    struct migrate_request down = { .go_down = true, .down = { .version = "4" } };
    struct attempt t;

    cr_assert_eq(plan->len, 3);
    attempt_open(&t, rival->folder, rival->server);
    if (rival->syncs)
        sync_run(&t);
    else
        t.ok = migrate(&t.plan, &t.w, &down, &t.e);
    cr_assert(t.ok, "%s", t.e.message);
    attempt_close(&t);
    rival->server->connected = true; /* closing that one was not closing ours */
    return true;
}

ParameterizedTestParameters(faults_sync, what_was_confirmed_is_what_runs)
{
    static bool syncs[] = { false, true };

    return cr_make_param_array(bool, syncs, 2);
}

ParameterizedTest(bool *syncs, faults_sync, what_was_confirmed_is_what_runs)
{
    struct arena *a = arena_open();
    const char *folder = scratch_folder(a);
    struct fake_server s = { .arena = a };
    struct rival rival = { folder, &s, *syncs };
    const struct sync_options o = { 0 };
    struct run_events events = { .to = &rival };
    struct migrate_request r = { .sync = &o, .agree = while_a_rival_runs, .events = &events };
    struct attempt t;

    repository_make(folder, a);
    before(folder, a, &s);
    attempt_open(&t, folder, &s);
    t.ok = migrate(&t.plan, &t.w, &r, &t.e);
    cr_expect_eq(t.ok, *syncs, "%s", t.e.message); /* where nothing is left to do, there is nothing to refuse */
    if (!t.ok) {
        cr_expect_eq(t.e.kind, ERR_STALE_PLAN);
        cr_expect_str_eq(t.e.state, "nothing was run");
    }
    cr_expect(!s.locked);
    attempt_close(&t);
    check(&s, "a rival");
    cr_expect_eq(fake_has_version(&s, "12"), *syncs);
    cr_expect_eq(fake_has_version(&s, "5"), *syncs);
    cr_expect(!fake_has_version(&s, "4"));
    arena_close(a);
}
