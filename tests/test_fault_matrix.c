/* The fault matrix: where a run is hit, by what, in a script of which shape. Whatever it is, nothing is lost, nothing
 * runs twice, nothing untrue is said, and the next run completes it. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/fault.h"
#include "tests/support/rows.h"

static const struct fault_where wheres[] = {
    { "connecting", POINT_BEFORE, NULL, 0, 0, false, IN_ALL },
    { "connected", POINT_BEHIND, NULL, 0, 0, false, IN_ALL },
    { "before the lock", POINT_BEFORE, "pg_try_advisory_lock(", 0, 0, false, IN_ALL },
    { "with the lock", POINT_BEHIND, "pg_try_advisory_lock(", 0, 0, false, IN_ALL },
    { "reading the ledger", POINT_BEHIND, "FROM \"public\".\"schema_migrations\"", 2, 0, false, IN_ALL },
    { "before making the history", POINT_BEFORE, "CREATE TABLE IF NOT EXISTS \"merganser\".\"history\"", 0, 0, true,
      IN_UP },
    { "behind making the history", POINT_BEHIND, "CREATE TABLE IF NOT EXISTS \"merganser\".\"history\"", 0, 0, true,
      IN_UP },
    { "before making the ledger", POINT_BEFORE, "CREATE TABLE IF NOT EXISTS \"schema_migrations\"", 0, 0, true, IN_UP },
    { "behind making the ledger", POINT_BEHIND, "CREATE TABLE IF NOT EXISTS \"schema_migrations\"", 0, 0, true, IN_UP },
    { "the head", POINT_BEFORE, "script", 0, 0, false, IN_ALL },
    { "first statement", POINT_GATE, NULL, 0, GATE_FIRST, false, IN_ALL },
    { "middle statement", POINT_GATE, NULL, 0, GATE_MIDDLE, false, IN_ALL },
    { "last statement", POINT_GATE, NULL, 0, GATE_LAST, false, IN_ALL },
    { "during COMMIT", POINT_GATE, NULL, 0, GATE_COMMIT, false, IN_ALL },
    { "behind COMMIT", POINT_BEHIND, "commit", 0, 0, false, IN_ALL },
    { "writing the history", POINT_GATE, NULL, 0, GATE_HISTORY, false, IN_ALL },
    { "between migrations", POINT_BEFORE, "next", 0, 0, false, IN_UP },
    { "build, writers", POINT_BUILD, "BEGIN; INSERT INTO fault.big VALUES (0)", 0, 0, false, IN_SEGMENTED },
    { "build, snapshots", POINT_BUILD, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM fault.big", 0, 0,
      false, IN_SEGMENTED },
    { "before the build", POINT_BEFORE, "CREATE INDEX CONCURRENTLY made", 0, 0, false, IN_SEGMENTED },
    { "behind the build", POINT_BEHIND, "CREATE INDEX CONCURRENTLY made", 0, 0, false, IN_SEGMENTED },
    { "before the journal", POINT_BEFORE, "UPDATE \"merganser\".\"history\"", 0, 0, false, IN_SEGMENTED | IN_OUTSIDE },
    { "behind the journal", POINT_BEHIND, "UPDATE \"merganser\".\"history\"", 0, 0, false, IN_SEGMENTED | IN_OUTSIDE },
    { "describing the schema", POINT_BEHIND, "REPEATABLE READ, READ ONLY", 1, 0, false, IN_ALL },
    { "describing it again", POINT_BEFORE, "REPEATABLE READ, READ ONLY", 2, 0, false, IN_ALL },
    { "before recording it", POINT_BEFORE, "INSERT INTO \"merganser\".\"history_schema\"", 0, 0, false, IN_ALL },
    { "behind recording it", POINT_BEHIND, "INSERT INTO \"merganser\".\"history_schema\"", 0, 0, false, IN_ALL },
    { "recording the last", POINT_BEFORE, "INSERT INTO \"merganser\".\"history_schema\"", 2, 0, false, IN_ALL },
    { "unlocking", POINT_BEFORE, "pg_advisory_unlock(", 0, 0, false, IN_ALL },
    { "unlocked", POINT_BEHIND, "pg_advisory_unlock(", 0, 0, false, IN_ALL },
};

enum { WHERES = sizeof wheres / sizeof *wheres };

struct tally {
    unsigned tried[WHERES][FAULT_WHATS], repaired;
};

static void one(struct fault_scene *c, struct tally *t, size_t where, enum fault_what what)
{
    fault_try(c, &wheres[where], what);
    t->tried[where][what]++;
    t->repaired += c->repaired;
}

static void print(const struct fault_scene *c, const struct tally *t, enum fault_what first, enum fault_what last)
{
    unsigned all = 0;

    fprintf(stderr, "%-26s", fault_shape_names[c->shape]);
    for (enum fault_what j = first; j <= last; j++)
        fprintf(stderr, " %12s", fault_what_names[j]);
    fputc('\n', stderr);
    for (size_t i = 0; i < WHERES; i++) {
        if (!(wheres[i].shapes & 1u << c->shape))
            continue;
        fprintf(stderr, "%-26s", wheres[i].name);
        for (enum fault_what j = first; j <= last; j++) {
            fprintf(stderr, " %12u", t->tried[i][j]);
            all += t->tried[i][j];
        }
        fputc('\n', stderr);
    }
    fprintf(stderr, "%u faults, %u settled with repair, %zu violations\n", all, t->repaired, c->nviolations);
}

/* Every fault from `first` to `last` that applies, or one in `apart` of them. */
static void play(enum fault_shape shape, struct server *server, enum fault_what first, enum fault_what last,
                 size_t apart)
{
    struct fault_scene c = fault_open(shape, server);
    struct tally t = { 0 };
    size_t turn = shape;

    for (size_t i = 0; i < WHERES; i++)
        for (enum fault_what j = first; j <= last; j++)
            if (fault_applies(&wheres[i], j, shape) && turn++ % apart == 0)
                one(&c, &t, i, j);
    print(&c, &t, first, last);
    cr_expect_eq(c.nviolations, 0, "%s", buf_cstr(&c.violations));
    for (enum fault_what j = first; j <= last; j++) {
        unsigned tried = 0;

        for (size_t i = 0; i < WHERES; i++)
            tried += t.tried[i][j];
        cr_expect(tried, "%s was never tried", fault_what_names[j]);
    }
    fault_close(&c);
}

static size_t apart(size_t n)
{
    return getenv("MERGANSER_SOAK") ? 1 : n;
}

ParameterizedTestParameters(fault_matrix, client_and_connection)
{
    return rows_numbered(FAULT_SHAPES);
}

ParameterizedTest(size_t *shape, fault_matrix, client_and_connection)
{
    play((enum fault_shape) * shape, NULL, FAULT_KILL, FAULT_STALL, apart(7));
}

ParameterizedTestParameters(fault_matrix, server)
{
    return rows_numbered(FAULT_SHAPES);
}

ParameterizedTest(size_t *shape, fault_matrix, server)
{
    struct arena *a = arena_open();
    struct server *server = server_open(a, NULL);

    play((enum fault_shape) * shape, server, FAULT_BACKEND, FAULT_DOWNTIME, apart(8));
    server_close(server);
    arena_close(a);
}
