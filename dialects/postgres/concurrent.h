/* Statements that build, drop or detach without stopping others: CREATE INDEX CONCURRENTLY, REINDEX … CONCURRENTLY,
 * DROP INDEX CONCURRENTLY, ALTER TABLE … DETACH PARTITION … CONCURRENTLY. They run outside any transaction, wait for
 * the transactions of others, and one that breaks off leaves something behind. */
#ifndef DIALECTS_POSTGRES_CONCURRENT_H
#define DIALECTS_POSTGRES_CONCURRENT_H

#include "dialects/postgres/apply.h"

/* ---- concurrent_read.c: what a statement says, by its tokens ---- */

enum concurrent_kind { CONCURRENT_CREATE, CONCURRENT_REINDEX, CONCURRENT_DROP, CONCURRENT_DETACH };
enum concurrent_scope { SCOPE_INDEX, SCOPE_TABLE, SCOPE_SCHEMA, SCOPE_DATABASE };

struct concurrent {
    enum concurrent_kind kind;
    enum concurrent_scope scope; /* of what `relation` is; SCOPE_SCHEMA: its table is the schema */
    bool if_exists;              /* IF NOT EXISTS, IF EXISTS */
    struct table_name relation;  /* CREATE, DETACH: the table; DROP, REINDEX: what is dropped or built anew */
    const char *index;           /* CREATE: its name; NULL: the server gives it one */
    struct table_name partition; /* DETACH */
    /* Bytes of the statement: the word CONCURRENTLY, and the relation. */
    size_t word_from, word_to, relation_from, relation_to;
};

/* False for any other statement, and for one whose names are written as U&"…". sql begins with its first token. Pure.
 */
bool concurrent_read(struct concurrent *out, struct text sql, struct arena *a);

/* ---- concurrent_state.c: what the catalog says of it ---- */

enum concurrent_state {
    CONCURRENT_NOT_DONE,
    CONCURRENT_DONE,
    CONCURRENT_REMAINS,   /* it broke off: invalid indexes, or a partition whose detaching is pending */
    CONCURRENT_UNDER_WAY, /* another session is at it now */
    CONCURRENT_UNCLEAR    /* the catalog does not tell */
};

/* An index, by its quoted name with the schema. */
struct concurrent_remain {
    const char *name;
    uint64_t oid;
};

struct concurrent_remains {
    struct concurrent_remain *at;
    size_t len, cap;
};

struct concurrent_found {
    enum concurrent_state state;
    const char *why;                   /* "the index public.i exists and is valid" */
    struct concurrent_remains remains; /* CONCURRENT_REMAINS: what stands in the way, invalid */
    struct db_sessions builders;       /* CONCURRENT_UNDER_WAY */
    const char *object;                /* "public.i", as far as it is known; for messages */
    bool elsewhere;                    /* CONCURRENT_DONE, but the index of that name is another table's */
};

/* Looks as the session would: by its search_path, role and settings. Changes nothing. */
bool concurrent_find(struct concurrent_found *out, struct pg *pg, const struct concurrent *c, struct text sql,
                     struct arena *a, struct err *e);

/* "public.i", "the database": for messages, before anybody has looked. */
const char *concurrent_object(const struct concurrent *c, struct arena *a);
/* A subquery for the oids of the tables whose indexes the statement is about. */
const char *concurrent_tables_sql(const struct pg *pg, const struct concurrent *c, struct arena *a);
/* Every invalid index of the tables that the statement is about. */
bool concurrent_invalid(struct concurrent_remains *out, struct pg *pg, const struct concurrent *c, struct arena *a,
                        struct err *e);

/* ---- concurrent_watch.c: what it waits for ---- */

/* The transactions that the statement would wait for now; those that sit idle come first. Empty where nobody can
 * tell. */
void concurrent_awaited(struct db_sessions *out, struct pg *pg, const struct concurrent *c, struct arena *a);

/* Sessions that wait, within a statement, for an advisory lock of ours: other runs, of tools that let the server wait.
 * A build waits for that statement to end, and so for itself. */
void concurrent_crossing(struct db_sessions *out, struct pg *pg, struct arena *a);

/* Between the two the unit's progress is told about once a second while a query is out: what the server says of the
 * build, and who blocks it. `what` is the phase where the server names none. */
struct concurrent_watch {
    const struct applying *p;
    const char *object, *what;
    int64_t looked_at;
    void (*tick)(struct pg *pg, int64_t running_ms); /* whose it was */
    void *tick_to;
};
void concurrent_watch(struct concurrent_watch *w, const struct applying *p, const char *object, const char *what);
void concurrent_unwatch(struct concurrent_watch *w);

/* ---- concurrent_timeouts.c ---- */

/* No lock_timeout, and timeouts.index as the statement_timeout, but where `scripts` says that the script has set one
 * itself. *restore is for concurrent_timeouts_end, which sets back what was; nothing where the connection is lost. */
bool concurrent_timeouts(const char **restore, struct pg *pg, bool scripts, struct arena *a, struct err *e);
bool concurrent_timeouts_end(const char *restore, struct pg *pg, struct err *e);

/* ---- concurrent.c ---- */

struct concurrent_job {
    struct applying *p;
    const struct statement *s;
    const char *sql;   /* as it is sent, a NUL behind it */
    size_t nth;        /* among the statements that are sent */
    bool begun_before; /* an earlier run of this script began it, and nobody wrote down how it ended */
    /* Where it failed: nothing of it has come to stay, and the next run may begin it as if for the first time. */
    bool nothing;
};

/* Runs it to its end, also what an earlier run has begun. Errors have the statement's place and say what remains. No
 * transaction may be open. */
bool concurrent_run(struct concurrent_job *job, const struct concurrent *c, struct err *e);

#endif
