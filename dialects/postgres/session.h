/* One connection, and how a query goes over it: sent, waited for by poll, answered result by result. */
#ifndef DIALECTS_POSTGRES_SESSION_H
#define DIALECTS_POSTGRES_SESSION_H

#include <libpq-fe.h>

#include "core/base/text.h"
#include "dialects/postgres/foreign_locks.h"
#include "dialects/postgres/postgres.h"
#include "dialects/postgres/url.h"

/* A statement that the server keeps ready, by its text. */
struct prepared {
    const char *sql, *name;
};

struct pg {
    struct db db;
    struct arena *arena; /* db_open's */
    struct db_options options;
    struct pg_target target;
    PGconn *conn; /* NULL between close and reopen */
    PostgresPollingStatusType connecting;
    int64_t connect_started;
    const char *server_started; /* another one: the server is another one, or was started anew */
    char ending[6];             /* the SQLSTATE of a warning that the server ends the session; "" */
    const char *path;           /* the script that runs, for the server's notices; or NULL */
    bool transaction_odd;       /* the server warned that a BEGIN or COMMIT met no or another transaction */
    bool dirty;                 /* a script may have changed settings or role */
    bool uninterrupted;         /* what is sent now is finished even when a signal asks to stop */
    bool cancelled;             /* the running query was cancelled for a signal */
    bool stopping_said;         /* a person knows that we wait for that */
    int canceller;              /* cancel.c's: the process that asks for it; 0: none */
    int64_t lock_timeout_ms;    /* of our transactions (timeouts.h); -1: the session's own holds */
    /* Through a pooler: what each transaction of ours begins with, `nlocal` statements; NULL on a connection that is a
     * session of the server's. */
    const char *local;
    size_t nlocal;
    bool locked;                /* our own lock is held */
    struct foreign_locks locks; /* the run's: the first is our own */
    /* While a query is out, every LOOK_MS or so, with how long it has been; NULL: nobody asks. Must not use conn. */
    void (*tick)(struct pg *pg, int64_t running_ms);
    void *tick_to;
    int64_t sent_at, ticked_at;
    struct copy_rows *rows; /* of the script that runs, for its COPY … FROM stdin (copy.h); NULL: it has none */
    int64_t lock_wait_ms;   /* what the run lets its lock be waited for */
    struct {
        struct table_name table;
        const char *ledger, *holder; /* holder: a name for this process, the same after reopening */
        int64_t token, renewed_at;   /* renewed_at: monotonic ms */
        PGconn *conn;                /* lease_beat.c's */
        PostgresPollingStatusType connecting;
        bool busy;
    } lease;
    PGconn *watching; /* watch.c's; NULL: not opened */
    bool watch_failed;
    struct {
        struct prepared *at;
        size_t len, cap;
    } prepared;
    size_t prepared_ever; /* for names: a failed PREPARE may have left one behind */
};

/* ---- query.c ---- */

/* Starts a query. False: the connection is lost. */
bool pg_send(struct pg *pg, const char *sql, struct err *e);
/* The next result, NULL behind the last. One row a result where rows_singly was asked. What COPY sends is thrown away;
 * what it asks for comes from pg->rows. A stop signal cancels the query once; its error is a result like any other. */
PGresult *pg_next(struct pg *pg);
/* The same for scripts: rows come one a result, so that a large SELECT needs no memory. */
void pg_rows_singly(struct pg *pg);
/* Waits until all that was given to libpq is sent. False: the connection is gone, or was given up for a signal. */
bool pg_flush(struct pg *pg);
bool pg_lost(const struct pg *pg);
/* Ends what is open, whatever it is. */
void pg_rollback(struct pg *pg);
/* Sends a query of ours and gives its last result that has rows, or the last of all. *failed_at (may be NULL) is the
 * number of results before the error, SIZE_MAX where none was read. The caller clears *out. What does not begin with
 * pg_begin's BEGIN is a transaction for itself. */
bool pg_query(PGresult **out, struct pg *pg, const char *sql, size_t *failed_at, struct err *e);
/* The same where the result does not matter. */
bool pg_run(struct pg *pg, const char *sql, struct err *e);

/* BEGIN in that mode ("READ ONLY"), with what a pooler needs behind it. How many statements that is. */
size_t pg_begin(struct buf *out, const struct pg *pg, const char *mode);
/* How our transactions that write begin. Under another isolation a check would not see what a lock waited for. */
#define PG_WRITING "ISOLATION LEVEL READ COMMITTED, READ WRITE"

/* Fills *e from a failed result; what a stop signal cancelled becomes that error. */
bool pg_error(struct err *e, const struct pg *pg, enum err_kind kind, const PGresult *r);
/* hints.c: what to do about its SQLSTATE, where that says enough. */
bool pg_hint(struct err *e);
/* ERR_CONNECTION; r is what the server said last, or NULL. A stop signal that made us give it up is that error. */
bool pg_error_lost(struct err *e, const struct pg *pg, const PGresult *r);
const char *pg_sqlstate(const PGresult *r);
bool pg_failed(const PGresult *r);
/* A message of the server or of libpq: one line, no password. */
const char *pg_shown(const struct pg *pg, const char *message, struct arena *a);
/* The same of SQL, cut off behind so many characters. */
const char *pg_sql_shown(const struct pg *pg, const char *sql, size_t most, struct arena *a);

/* The server's notices and warnings, as they come; arg is the struct pg. */
void pg_notice(void *arg, const PGresult *r);

/* 'text' and "name", as SQL. */
void pg_literal(struct buf *out, const struct pg *pg, struct text value);
void pg_name(struct buf *out, const char *name);
void pg_table(struct buf *out, struct table_name name);

/* tables.c: an expression for a table's oid, NULL where there is none. Unlike to_regclass('schema.table') it asks for
 * no right to the schema. */
void pg_table_oid(struct buf *out, const struct pg *pg, struct table_name name);

/* A condition of i, a row of pg_index, and c, the same index's of pg_class: no build of it has broken off. One of a
 * partitioned table is only complete once all partitions have theirs, and is what it was made as before that too. */
#define PG_INDEX_VALID "(c.relkind = 'I' OR (i.indisvalid AND i.indisready AND i.indislive))"

/* ---- connect.c ---- */

/* Connects to pg->target without waiting; advance does what can be done at once, finish waits for the rest. A stop
 * signal ends the wait. The caller finishes pg->conn where one of them failed. */
bool pg_connect_start(struct pg *pg, struct err *e);
void pg_connect_advance(struct pg *pg);
bool pg_connect_finish(struct pg *pg, struct err *e);

/* ---- connection.c ---- */

bool postgres_open(struct db **out, const struct db_options *o, struct arena *a, struct err *e);
bool postgres_start(struct db **out, const struct db_options *o, struct arena *a, struct err *e);
void postgres_advance(struct db *db);
bool postgres_finish(struct db *db, struct err *e);
void postgres_close(struct db *db);
/* reopen.c */
bool postgres_reopen(struct db *db, struct reopen *how, struct err *e);
/* Connects and settles the session; conn is NULL where it fails. */
bool pg_connect(struct pg *pg, struct err *e);
/* Settings and role as they were after open, where a script may have changed them. Between transactions only. */
bool pg_restore(struct pg *pg, struct err *e);
/* What the URL and the timeouts ask of every session, or of a transaction; how many statements. */
size_t pg_settings(struct buf *out, const struct pg *pg, bool local);
/* The user's session statements, each ended by a line end and a semicolon. */
void pg_session_statements(struct buf *out, const struct pg *pg);

/* ---- the rest of struct dialect ---- */

bool postgres_tables_find(struct db *db, const struct table_name *names, size_t n, struct table_info *out,
                          struct arena *a, struct err *e);
bool postgres_tables_list(struct db *db, struct table_list *out, struct arena *a, struct err *e);
bool postgres_table_create(struct db *db, enum known_table kind, struct table_name name, struct err *e);
bool postgres_rows_read(struct db *db, const struct row_query *q, struct rows *out, struct arena *a, struct err *e);
bool postgres_rows_write(struct db *db, const struct row_change *changes, size_t n, struct err *e);
bool postgres_lock(struct db *db, const struct lock_request *r, int64_t *waited_ms, struct err *e);
bool postgres_unlock(struct db *db, struct err *e);
bool postgres_apply(struct db *db, const struct unit *unit, struct unit_result *result, struct err *e);
bool postgres_identify(struct db_identity *out, struct db *db, struct arena *a, struct err *e);
bool postgres_schema(struct schema *out, struct db *db, const struct schema_request *r, struct arena *a, struct err *e);

#endif
