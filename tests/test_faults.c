/* Every call to the database fails once, in each way that it can: the invariants hold after each (H24). */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/attempt.h"
#include "tests/support/rows.h"
#include "tests/support/scratch.h"

enum { MIGRATIONS = 4, OUTSIDE = 3 }; /* number 3 runs outside a transaction, in two statements */

static void write_migrations(const char *folder, struct arena *a)
{
    for (int i = 1; i <= MIGRATIONS; i++) {
        const char *mark = i == OUTSIDE ? "-- merganser: no-transaction\n" : "";
        const char *more = i == OUTSIDE ? "make half3\n" : "", *undo = i == OUTSIDE ? "drop half3\n" : "";

        scratch_write(folder, arena_printf(a, "db/migrate/%d_m.sql", i),
                      text_from(arena_printf(a, "%smake t%d\n%s", mark, i, more)));
        scratch_write(folder, arena_printf(a, "db/migrate/%d_m.down.sql", i),
                      text_from(arena_printf(a, "%s%sdrop t%d\n", mark, undo, i)));
    }
}

static void attempt_run(struct attempt *t, bool up, uint64_t steps)
{
    struct migrate_request r = { .go_up = up, .go_down = !up, .down = { .steps = steps } };

    t->ok = migrate(&t->plan, &t->w, &r, &t->e);
}

static const char *version_of(int i, char *into)
{
    snprintf(into, 16, "%d", i);
    return into;
}

/* What has to be true whenever nobody is connected. */
static void check_invariants(const struct fake_server *s, const char *what)
{
    char version[16], name[16], half[16];

    cr_expect(!s->in_transaction, "%s left a transaction", what);
    cr_expect_eq(s->made_twice, 0, "%s ran a migration twice", what);
    for (int i = 1; i <= MIGRATIONS; i++) {
        bool recorded = fake_has_version(s, version_of(i, version));

        snprintf(name, sizeof name, "t%d", i);
        snprintf(half, sizeof half, "half%d", i);
        if (i != OUTSIDE) {
            cr_expect_eq(recorded, fake_has_object(s, name), "%s: version %d and its schema disagree", what, i);
            continue;
        }
        if (recorded && !fake_history_says(s, version, "started") && !fake_history_says(s, version, "partial"))
            cr_expect(fake_has_object(s, name) && fake_has_object(s, half), "%s recorded half a migration", what);
        if (!recorded && (fake_has_object(s, name) || fake_has_object(s, half)))
            cr_expect(fake_history_says(s, version, "started") || fake_history_says(s, version, "partial"),
                      "%s left half of %d and nobody knows", what, i);
    }
}

/* A run that was not cut short has to be believed, and so has its error. */
static void check_report(const struct attempt *t, const struct fake_server *s, const char *what)
{
    for (size_t i = 0; i < t->plan.len; i++) {
        const struct step *step = &t->plan.at[i];
        bool up = step->direction == DIRECTION_UP, recorded = fake_has_version(s, step->entry->version);

        if (step->outcome == STEP_APPLIED || step->outcome == STEP_ROLLED_BACK)
            cr_expect_eq(recorded, up, "%s reported %s as done", what, step->entry->version);
        if (step->outcome == STEP_FAILED || step->outcome == STEP_NOT_RUN)
            cr_expect_eq(recorded, !up, "%s reported %s as not done", what, step->entry->version);
    }
    if (!t->ok)
        cr_expect(*t->e.message, "%s failed without a word", what);
    /* Nobody else changed anything, whatever could not be recorded. */
    for (size_t i = 0; i < t->notices.len; i++)
        cr_expect_str_neq(t->notices.at[i].code, "drift", "%s: %s", what, t->notices.at[i].message);
}

static const struct {
    enum fake_fault fault;
    bool stays_down, up;
} rows[] = {
    { FAKE_REFUSES, false, true },      { FAKE_LOST_BEFORE, false, true }, { FAKE_LOST_BEFORE, true, true },
    { FAKE_LOST_AFTER, false, true },   { FAKE_LOST_AFTER, true, true },   { FAKE_REFUSES, false, false },
    { FAKE_LOST_BEFORE, false, false }, { FAKE_LOST_AFTER, false, false }, { FAKE_LOST_AFTER, true, false },
};

ParameterizedTestParameters(faults, every_call)
{
    return rows_numbered(sizeof rows / sizeof *rows);
}

/* Runs once more without a fault. Either all is done, or it refuses because something may be half done. */
static void check_next_run(const char *folder, struct fake_server *s, bool up, const char *what)
{
    struct attempt again;
    char version[16];

    s->fail_at = 0;
    s->stays_down = false;
    attempt_open(&again, folder, s);
    attempt_run(&again, up, MIGRATIONS);
    check_report(&again, s, what);
    if (!again.ok)
        cr_expect_eq(again.e.kind, ERR_PARTIAL, "%s: the next run says %s", what, again.e.message);
    for (int i = 1; again.ok && i <= MIGRATIONS; i++)
        cr_expect_eq(fake_has_version(s, version_of(i, version)), up, "%s: the next run left %d", what, i);
    attempt_close(&again);
    check_invariants(s, what);
}

ParameterizedTest(size_t *number, faults, every_call)
{
    struct arena *a = arena_open();
    const char *folder = scratch_folder(a);
    bool reached = true;

    write_migrations(folder, a);
    for (int n = 1; reached; n++) {
        struct fake_server s = { .arena = arena_open(),
                                 .fault = rows[*number].fault,
                                 .stays_down = rows[*number].stays_down };
        const char *what = arena_printf(a, "row %zu, call %d", *number, n);
        struct attempt t;

        if (!rows[*number].up) {
            attempt_open(&t, folder, &s);
            attempt_run(&t, true, 0);
            cr_assert(t.ok, "%s", t.e.message);
            attempt_close(&t);
        }
        s.calls = 0;
        s.fail_at = n;
        attempt_open(&t, folder, &s);
        attempt_run(&t, rows[*number].up, MIGRATIONS);
        reached = s.calls >= n;
        check_report(&t, &s, what);
        if (!reached)
            cr_expect(t.ok, "%s: %s", what, t.e.message);
        cr_expect(!s.locked || s.unlock_failed, "%s left the lock", what);
        attempt_close(&t);
        check_invariants(&s, what);
        check_next_run(folder, &s, rows[*number].up, what);
        arena_close(s.arena);
    }
    arena_close(a);
}
