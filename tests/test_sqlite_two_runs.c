/* Two processes that migrate one file at once: each migration is applied once. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "tests/support/rows.h"
#include "tests/support/sqlite.h"

/* Row 0: a rollback journal; row 1: a write-ahead log. */
static const char *const log_on[] = { "PRAGMA journal_mode = WAL", NULL };
static const char *const *const journals[] = { NULL, log_on };

static const struct lock_request patient = { .ledger = "schema_migrations", .wait_ms = 60000 };

enum { MIGRATIONS = 30 };

static struct row_change ledger_row(struct sqlite_place *p, int i, enum row_change_kind kind)
{
    struct cell *cell = arena_make(p->a, struct cell, 1);

    *cell = (struct cell) {
        .column = "version",
        .kind = CELL_TEXT,
        .text = text_from(arena_printf(p->a, "%02d", i)),
        .key = true,
    };
    return (struct row_change) { .kind = kind, .table = { NULL, "schema_migrations" }, .cells = cell, .len = 1 };
}

/* Applies number i unless it is there already. */
static bool migrate(struct sqlite_place *p, struct db *db, int i)
{
    struct row_change row = ledger_row(p, i, ROW_INSERT);
    struct unit unit = {
        .script = sqlite_request(p->a, arena_printf(p->a,
                                                    "INSERT INTO done (version, who) VALUES (%d, %d);\n"
                                                    "CREATE TABLE t%d (x);",
                                                    i, (int)getpid(), i)),
        .rows = &row,
        .nrows = 1,
    };
    struct unit_result result;

    return db_apply(db, &unit, &result, &p->e);
}

/* Its own ledger is read under the lock, where it takes one. 0: all was well. */
static int run_all(struct sqlite_place *p, const char *const *session, bool locked)
{
    const char *applied;
    int64_t waited;
    struct db *db;

    p->options.lock_timeout_ms = 60000;
    db = sqlite_place_open(p, session);
    if (locked)
        cr_assert(db_lock(db, &patient, &waited, &p->e), "%s", p->e.message);
    applied = sqlite_rows(p, db, "schema_migrations", "version");
    for (int i = 0; i < MIGRATIONS; i++) {
        if (strstr(applied, arena_printf(p->a, "%02d", i)) || migrate(p, db, i))
            continue;
        if (locked || p->e.kind != ERR_LEDGER_MOVED)
            return 1;
    }
    if (locked)
        cr_assert(db_unlock(db, &p->e), "%s", p->e.message);
    db_close(db);
    return 0;
}

/* Even rows with the run lock; odd ones without, where the ledger's row alone has to do. */
ParameterizedTestParameters(sqlite_two_runs, each_once)
{
    return rows_numbered(4);
}

ParameterizedTest(size_t *row, sqlite_two_runs, each_once)
{
    for (int round = 0; round < 5; round++) {
        struct sqlite_place p = sqlite_place_make();
        const char *const *session = journals[*row / 2];
        struct sqlite_signal start = sqlite_signal_make();
        struct db *db = sqlite_place_open(&p, session);
        int pids[2];

        sqlite_set_up(&p, db,
                      "CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY); "
                      "CREATE TABLE done (version, who);");
        db_close(db);
        for (int i = 0; i < 2; i++) {
            pids[i] = fork();
            if (pids[i] == 0) {
                sqlite_signal_wait(&start);
                _exit(run_all(&p, session, *row % 2 == 0));
            }
        }
        sqlite_signal_send(&start);
        sqlite_signal_send(&start);
        cr_expect_eq(process_wait(pids[0]), 0);
        cr_expect_eq(process_wait(pids[1]), 0);
        db = sqlite_place_open_reading(&p);
        for (int i = 0; i < MIGRATIONS; i++) {
            struct row_query q = {
                .table = { NULL, "done" },
                .columns = (const char *[]) { "who" },
                .n = 1,
                .where = { .column = "version", .kind = CELL_INTEGER, .text = text_from(arena_printf(p.a, "%d", i)) },
            };
            struct rows rows;

            cr_assert(db_rows_read(db, &q, &rows, p.a, &p.e), "%s", p.e.message);
            cr_expect_eq(rows.len, 1, "migration %d ran %zu times", i, rows.len);
        }
        db_close(db);
        sqlite_place_end(&p);
    }
}
