/* What the tests of the SQLite dialect share: a file, scripts out of strings, tables as text. */
#ifndef TESTS_SUPPORT_SQLITE_H
#define TESTS_SUPPORT_SQLITE_H

#include <criterion/criterion.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "dialects/dialect.h"
#include "tests/support/scratch.h"

/* A folder of its own, and a database in it that is not there yet. */
struct sqlite_place {
    struct arena *a;
    struct err e;
    struct notices notices;
    const char *folder, *path, *url;
    struct db_options options;
};

struct sqlite_place sqlite_place_make(void);
void sqlite_place_end(struct sqlite_place *p);

/* Opened for writing; fails the test where that does not work. session NULL: none. */
struct db *sqlite_place_open(struct sqlite_place *p, const char *const *session);
struct db *sqlite_place_open_reading(struct sqlite_place *p);

struct script_request sqlite_request(struct arena *a, const char *sql);
/* The unit of a script with the row ('V') of schema_migrations. V is "7". */
struct unit sqlite_unit(struct sqlite_place *p, struct db *db, const char *sql);
/* Applies it with its row. */
bool sqlite_applies(struct sqlite_place *p, struct db *db, const char *sql, struct unit_result *result);
/* Runs SQL with no row written: for setting things up. Fails the test where it fails. */
void sqlite_set_up(struct sqlite_place *p, struct db *db, const char *sql);

/* "1|a;2|b", a NULL as "-"; columns are separated by commas. */
const char *sqlite_rows(struct sqlite_place *p, struct db *db, const char *table, const char *columns);
/* Table names, separated by blanks. */
const char *sqlite_tables(struct sqlite_place *p, struct db *db);
bool sqlite_file_exists(struct sqlite_place *p, const char *ending);

/* A pipe between a test and the process that it forked: each says when it is ready, nobody sleeps. */
struct sqlite_signal {
    int fds[2];
};

struct sqlite_signal sqlite_signal_make(void);
void sqlite_signal_send(struct sqlite_signal *s);
void sqlite_signal_wait(struct sqlite_signal *s);

#endif
