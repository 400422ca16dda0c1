/* Concurrent builds on a database of a test's own: a table, who is in the way of them, and what they leave. */
#ifndef TESTS_SUPPORT_POSTGRES_BUILD_H
#define TESTS_SUPPORT_POSTGRES_BUILD_H

#include "tests/support/postgres.h"
#include "tests/support/postgres_unit.h"

/* A unique index `i` on the table's column `a`. */
extern const char build_sql[];
/* An earlier run began the script's first statement. */
extern const struct resume build_begun;

/* With the table t (a int, b text): a is 1 to 10. */
struct unit_db *build_open(void);
/* Leaves the invalid index that the statement breaks off with, as of a run of nobody's. */
void build_leave_invalid(struct unit_db *b, const char *sql);
/* The indexes of tables named t, p and c, joined by a blank; an invalid one with a "!". */
const char *build_indexes(struct unit_db *b);

/* Returns once a build in the database waits for somebody. */
void build_await(const char *conninfo);

/* Somebody in the way, and what was told about him. The first time that a build is said to wait, he runs `release`. */
struct build_wait {
    struct unit_db *unit;
    struct postgres_session *holder;
    const char *release;
    bool stop;  /* a signal comes instead */
    bool quiet; /* nothing is done about it */
    struct db_progress build;
    struct db_session first, blocker; /* of those awaited before, and of those that block */
    unsigned told;
};

/* A session that has run this, and lets go with COMMIT. */
struct build_wait build_wait_for(struct unit_db *b, const char *sql);
bool build_up(struct unit_db *b, struct build_wait *w, const char *version, const char *sql);

#endif
