/* The built merganser on a stage of its own: a repository, a SQLite file that is not there yet, and where wanted an
 * empty PostgreSQL database. ./dev test says where program and server are. */
#ifndef TESTS_SUPPORT_STAGE_H
#define TESTS_SUPPORT_STAGE_H

#include "tests/support/scratch.h"

/* Stands as the password in $PG, and may never come back. */
#define STAGE_PASSWORD "hunter2"

struct stage {
    struct arena *arena;
    const char *folder;     /* holds all else */
    const char *repository; /* folder/repo */
    const char *sqlite;     /* its URL; folder/db.sqlite3 */
    const char *postgres;   /* its URL; NULL where none was wanted */
    const char *database;   /* its name */
    const char *conninfo;   /* the same database over the server's socket, as tests/support/postgres.h names it */
    const char *port;
    /* Of what runs here: PATH begins with a folder that holds merganser; DB and PG are the URLs. */
    const char **environment;
    struct {
        const char **at;
        size_t len, cap;
    } copies;    /* names of databases */
    int64_t now; /* what git takes for the time of a commit, in seconds: a minute later with each line that runs */
};

/* The story is tests/support/story.h's. */
struct stage stage_open(struct arena *a, struct text story, bool postgres);
/* Both databases as they were at first, whatever is still connected. */
void stage_empty(struct stage *s);
/* Keeps a copy of the PostgreSQL database, and puts it back in the database's place. A copy on a server that is going
 * to crash is made by its files: made by way of the WAL (the default since 15), a sequence's next values are not logged
 * again before a checkpoint, and the server gives them out twice. */
void stage_keep(struct stage *s, const char *name, bool crashing);
void stage_restore(struct stage *s, const char *name, bool crashing);
/* Drops the database, and the copies of it. */
void stage_close(struct stage *s);

/* Runs a line of the shell in the repository. */
struct process_result stage_run(struct stage *s, const char *line);
/* The same, and fails the test where it does not exit with code. */
struct process_result stage_expect(struct stage *s, int code, const char *line);
/* Starts it without waiting; its output goes to folder/NAME.out and folder/NAME.err. */
int stage_start(struct stage *s, const char *line, const char *name);
/* What was printed so far into such a file ("up.err"). */
const char *stage_printed(const struct stage *s, const char *file);
/* Returns once these words are there; fails the test where the process ends without, or never says them. */
void stage_await(const struct stage *s, int pid, const char *file, const char *words);

/* Runs `merganser up` with these arguments on the PostgreSQL database: the most memory that any child of the test has
 * held so far, in MiB. What a sanitizer keeps of freed memory is kept small. */
long stage_peak_of_up(struct stage *s, const char *arguments);

/* What psql, or sqlite3 where the url is the SQLite one, prints for a query, without the last line's end. */
const char *stage_query(struct stage *s, const char *url, const char *sql);

#endif
