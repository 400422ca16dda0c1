/* Where migrations go: one struct of functions a database, and the values they speak in. */
#ifndef DIALECTS_DIALECT_H
#define DIALECTS_DIALECT_H

#include "core/base/actions.h"
#include "core/base/effects.h"
#include "core/base/err.h"
#include "core/base/script.h"
#include "dialects/contents.h"
#include "dialects/sessions.h"
#include "dialects/tables.h"

struct db;
struct dialect;

/* ---- opening ---- */

struct db_options {
    const char *url;              /* as the user gave it, variables expanded; a secret */
    const char *direct;           /* the same database around a pooler (`database.direct`); a secret; NULL: none */
    const char *base;             /* the directory that a relative file path starts from */
    const char *const *session;   /* NULL-ended; run first on every connection and after every reset; may be NULL */
    const char *application;      /* shown by the server's lists of sessions */
    int64_t lock_timeout_ms;      /* of the server, -1: not set */
    int64_t statement_timeout_ms; /* -1: not set */
    int64_t index_timeout_ms;     /* of a statement that builds or drops concurrently; 0 or -1: none */
    int64_t retries;              /* of a transaction that lost against others; -1: not set */
    bool lease;                   /* `lock: lease`: the run's lock is a row, not an advisory lock */
    int64_t connect_seconds;      /* a server that has not answered by then is unreachable; 0: as the URL says */
    bool read_only;               /* nothing will be written: an absent SQLite file is not made, a standby is fine */
    bool session_needed;          /* read_only: around a pooler all the same, to a session of the server's own */
    struct notices *notices;
};

/* Why a connection was lost, as far as connecting again tells. */
enum db_loss {
    LOSS_CUT,     /* the same server answers at once: something between us and it */
    LOSS_ENDED,   /* it answers at once, and had said that it ends the session: somebody wants that to stop */
    LOSS_RESTART, /* it was away, or another one answers, and it had said so: a restart, a failover */
    LOSS_CRASH    /* it was away without a word: what was sent may have brought it down */
};

struct reopen {
    const char *said; /* the SQLSTATE that the connection was lost with; "" for none */
    int64_t wait_ms;  /* how long a server that is away is waited for */
    enum db_loss why; /* set where it is open again */
};

/* Known once open; strings live in the arena given to db_open. */
struct db_info {
    const char *dialect; /* "postgres", "sqlite" */
    const char *host;    /* host or socket directory; NULL for a file */
    const char *name;    /* database, or the file's path */
    const char *user;    /* NULL for a file */
    const char *client;  /* this machine's name as the history records it */
    const char *shown;   /* the URL without secrets */
    int version;         /* of the server, as 150020; 0: it has none */
    bool exists;         /* false: a SQLite file that read_only kept from being made */
    bool read_only;      /* standby, or a database that refuses writing: writing verbs stop with ERR_READ_ONLY */
    bool leased;         /* the run's lock is a row: taking it writes, and may make its table */
    bool pooled;         /* a connection pooler stands between: what is not one transaction is refused */
};

/* Each backend's own struct begins with this. */
struct db {
    const struct dialect *dialect;
    struct db_info info;
};

/* ---- scripts ---- */

enum script_shape {
    SCRIPT_ATOMIC,    /* all of it in our transaction, with its rows */
    SCRIPT_REOPENING, /* commits and begins again in the middle: each part is a transaction */
    SCRIPT_STATEMENTS /* has what can't be in a transaction, or asks for none */
};

/* Statements that share a transaction, or one that can't have one. */
struct segment {
    uint64_t first, count; /* statements of the script, from 0; its own BEGIN and COMMIT count here */
    bool transactional;
    bool each;           /* every statement of it in a transaction of its own */
    const char *options; /* of the script's BEGIN, which ours takes over; NULL: none */
};

struct segments {
    struct segment *at;
    size_t len, cap;
};

/* Where an earlier run of the same script stopped: what its journal says. */
struct resume {
    uint64_t done;    /* statements that are done */
    uint64_t begun;   /* the one (from 1) that was begun outside a transaction and may be done; 0: none */
    const char *hash; /* of the done statements, as a journal chains them */
    void (*chain)(char hex[65], struct text statement); /* as struct unit_journal has it */
};

/* What reading a script's SQL tells, without a database. */
struct script_facts {
    enum script_shape shape;
    uint64_t statements;      /* 0: empty, or not known because the parser could not read it */
    bool parsed;              /* false: sent whole, the server decides */
    bool writes_own_row;      /* up: it inserts exactly its own version; down: it deletes it */
    bool changes_schema;      /* has a statement that defines something: CREATE, ALTER, DROP, … */
    bool changes_data;        /* has one that writes rows: INSERT, UPDATE, DELETE, COPY, … */
    bool changes_session;     /* SET, RESET, set_config, a role: restored before the next migration */
    struct segments segments; /* in file order, what is done left out; one of all statements where SCRIPT_ATOMIC */
    const void *reading;      /* the dialect's own: what apply needs not read again */
};

struct script_request {
    const struct script *script;
    enum direction direction;
    const char *version;
    struct table_name ledger; /* whose rows the script must leave alone, but for its own; table NULL: of none */
    bool no_transaction;      /* the layout or a comment takes it out of its transaction */
    const char *separator;    /* a text between statements (Drizzle), dropped; NULL: none */
    bool dump;                /* it fills a database from a file: what reads or runs other files is refused */
    bool pooled;              /* db_info.pooled: what a pooler can't carry is ERR_POOLER */
    int server;               /* db_info.version; 0: not known */
    /* What was done of it already: ERR_PARTIAL where that is not how the script begins now. NULL: nothing. */
    const struct resume *resume;
};

/* ---- applying ---- */

/* How a unit that is not one transaction keeps count in the row of before[0], so that a later run can go on behind what
 * is done: together with the statement where that can be, else before and behind it. NULL columns: not kept. */
struct unit_journal {
    const char *done;  /* column: how many statements are done */
    const char *begun; /* column: which one (from 1) was begun outside a transaction; NULL in it: none is under way */
    const char *hash;  /* column: a chain over the done statements' texts */
    /* The next link: hex is "" before the first statement, and what is written to the column behind each. */
    void (*chain)(char hex[65], struct text statement);
};

struct unit {
    struct script_request script;    /* script.script NULL: rows only */
    struct script_facts facts;       /* what inspect said of it */
    const struct row_change *before; /* committed before the script begins */
    size_t nbefore;
    const struct row_change *rows; /* with the script's last transaction, after it */
    size_t nrows;
    struct unit_journal journal;
    /* Called now and then while it takes its time; may be NULL. */
    void (*progress)(void *to, const struct db_progress *p);
    void *progress_to;
};

enum unit_outcome {
    UNIT_APPLIED,     /* all of it and its rows, committed */
    UNIT_ROLLED_BACK, /* failed, and nothing of it remains */
    UNIT_PARTIAL,     /* failed or stopped, and some of it remains, or may */
    UNIT_UNKNOWN      /* the connection was lost when it was, or may have been, committing */
};

struct unit_result {
    enum unit_outcome outcome;
    uint64_t statements_done; /* of UNIT_PARTIAL those that are kept, of an earlier run too */
    uint64_t begun;           /* of UNIT_PARTIAL: the one (from 1) that may or may not have run; 0: none */
    int64_t duration_ms;
    int64_t started_at_ms; /* unix time */
    int64_t lock_wait_ms;  /* of duration_ms: waited for locks, and between attempts */
    unsigned attempts;     /* of the transaction that took most; 0: none was sent */
};

/* ---- what a script that stopped midway has left ---- */

enum evidence_label { EVIDENCE_DONE, EVIDENCE_NOT_DONE, EVIDENCE_UNCLEAR };

/* Of one statement: whether the database looks as it would behind it. */
struct evidence {
    uint64_t statement; /* of the script, from 0 */
    struct pos at;
    const char *sql; /* one line, shortened, without secrets */
    enum evidence_label label;
    const char *why; /* "index public.i exists and is valid" */
    bool repeats;    /* it can be run again, whether it was done or not */
};

struct evidences {
    struct evidence *at;
    size_t len, cap;
};

/* A statement of a script as it will run. */
struct script_statement {
    uint64_t nth;    /* from 0 */
    struct pos at;   /* its first token */
    size_t from, to; /* bytes of the script with what it includes, no semicolon */
    struct text sql;
};

struct script_statements {
    struct script_statement *at;
    size_t len, cap;
    uint64_t total;     /* there are; more than len where it was asked for fewer */
    struct text source; /* what from and to count in, included files where they are named; at NULL: it is too large */
};

/* A table by which another migration tool is told: what it keeps there is what it applied. */
struct tool_table {
    const char *table, *tool;
};

struct lock_request {
    int64_t wait_ms;    /* 0: one try */
    const char *ledger; /* what is locked, for messages: schema.table */
    /* Where one of these tables is in the database, the lock that its tool takes is held too; ntools of them. */
    const struct tool_table *tools;
    size_t ntools;
    struct table_name lease; /* where the lock is a row (`lock: lease`, or a pooler in between) */
    /* Called once when it has to wait, with who holds it ("pid 123, psql from …, for 12 s"); may be NULL. */
    void (*waiting)(void *to, const char *holder);
    void *to;
};

/* A script whose statements are run to see what they do. */
struct traced_script {
    struct script_request request;
    struct effects *effects; /* filled: of the statement nth (script_statement) at [nth], while that is below len */
    size_t len;
};

enum dialect_caps {
    CAP_SCHEMAS = 1 << 0, /* tables live in schemas */
    CAP_RESUME = 1 << 1   /* keeps all of struct unit_journal, and goes on where script_request.resume says */
};

struct dialect {
    const char *name;
    const char *const *schemes; /* URL schemes, NULL-ended */
    unsigned caps;

    /* True for a URL without a scheme of the list that is this dialect's all the same (conninfo, an existing file). */
    bool (*claims)(const char *url, const char *base);
    bool (*open)(struct db **out, const struct db_options *o, struct arena *a, struct err *e);
    /* Optional, all three: open in two parts, for a server that takes its time. start does not wait for it; advance
     * does what can be done at once; finish waits for the rest, and closes it where it fails. */
    bool (*start)(struct db **out, const struct db_options *o, struct arena *a, struct err *e);
    void (*advance)(struct db *db);
    bool (*finish)(struct db *db, struct err *e);
    /* Cannot fail: rolls back and unlocks what is open. */
    void (*close)(struct db *db);
    /* Connects again after a lost connection: without lock, session statements issued. */
    bool (*reopen)(struct db *db, struct reopen *how, struct err *e);

    /* Pure: no database. Errors have the file's place: ERR_SCRIPT_SYNTAX, ERR_MIGRATION_FILE (a script that writes
     * another version's row). Warnings go to notices. */
    bool (*inspect)(struct script_facts *out, const struct script_request *r, struct notices *notices, struct arena *a,
                    struct err *e);
    /* Optional, pure: a script with the files that it includes written in their place. at NULL: it includes none.
     * Errors: those of reading them, and ERR_NOT_SUPPORTED where all of it is large. */
    bool (*expand)(struct text *out, const struct script *s, const char *separator, struct arena *a, struct err *e);

    /* One round trip for all of them. */
    bool (*tables_find)(struct db *db, const struct table_name *names, size_t n, struct table_info *out,
                        struct arena *a, struct err *e);
    /* Every user table, extension members aside: schema and name. */
    bool (*tables_list)(struct db *db, struct table_list *out, struct arena *a, struct err *e);
    /* Makes a table (and its schema) where it is absent; a history that lacks columns of its second format gets them.
     * name.schema NULL: where an unqualified name is made. */
    bool (*table_create)(struct db *db, enum known_table kind, struct table_name name, struct err *e);
    bool (*rows_read)(struct db *db, const struct row_query *q, struct rows *out, struct arena *a, struct err *e);
    /* All of them in one transaction; the same checks as in a unit. Failing checks: ERR_LEDGER_MOVED. */
    bool (*rows_write)(struct db *db, const struct row_change *changes, size_t n, struct err *e);

    /* For the whole run. ERR_LOCKED names the holder. unlock's result is checked: a lock that was not held any more
     * is an error. */
    bool (*lock)(struct db *db, const struct lock_request *r, int64_t *waited_ms, struct err *e);
    bool (*unlock)(struct db *db, struct err *e);

    /* One migration, one direction. False: *result still says what is known. A failing script is ERR_SCRIPT_FAILED with
     * place, excerpt and SQLSTATE; a stop asked for is one of err_is_stop's. */
    bool (*apply)(struct db *db, const struct unit *unit, struct unit_result *result, struct err *e);

    /* Optional: holds every statement of a script against the catalog. Changes nothing. */
    bool (*examine)(struct evidences *out, struct db *db, const struct script_request *r, struct arena *a,
                    struct err *e);
    /* Optional, pure: *hash is the chain of struct unit_journal behind the first n statements; NULL: it has fewer. */
    bool (*chained)(const char **hash, const struct script_request *r, uint64_t n,
                    void (*chain)(char hex[65], struct text statement), struct arena *a, struct err *e);
    /* Optional, pure: what one statement does. */
    void (*describe)(struct actions *out, struct text statement, struct arena *a);
    /* Optional, pure: the statements of a script, at most max of them. */
    bool (*statements)(struct script_statements *out, const struct script_request *r, size_t max, struct arena *a,
                       struct err *e);
    /* Optional, pure: the locks, rewrites and scans that a statement's actions mean, by the server's documentation. */
    void (*effects)(struct effects *out, const struct actions *actions, int server, struct arena *a);

    bool (*identify)(struct db_identity *out, struct db *db, struct arena *a, struct err *e);
    /* Sorted as struct schema says. Reads in one transaction of its own, which must not be open yet. */
    bool (*schema)(struct schema *out, struct db *db, const struct schema_request *r, struct arena *a, struct err *e);
    /* The statements that make the schema anew, as the dialect's own tool writes them, cleaned as Rails does. */
    bool (*dump)(struct text *out, struct db *db, const struct dump_request *r, struct arena *a, struct err *e);
    /* Optional, pure: a dump as a script for an empty database. What stands in it only for its readers, or makes what
     * every database has, is gone; every byte else stays on its line. */
    struct text (*undump)(struct text dump, struct arena *a);

    /* An empty database beside this one, for a trial, and its URL (a secret). Whoever makes it drops it. */
    bool (*scratch_make)(const char **url, struct db *beside, struct arena *a, struct err *e);
    bool (*scratch_drop)(struct db *beside, const char *url, struct err *e);
    /* Runs scripts one behind the other, statement by statement. `ours`: a scratch database, in which they are run as
     * `up` would. Else all of it is one transaction that is rolled back, what can't be in one is not run or in a plain
     * form (effects.untraced says so), and a script that ends its transaction by itself is ERR_SCRATCH. A statement
     * that fails is ERR_SCRIPT_FAILED with its place. */
    bool (*trace)(struct db *db, struct traced_script *scripts, size_t n, bool ours, struct arena *a, struct err *e);
};

/* ---- what callers use ---- */

/* By its name, "postgres"; NULL where there is none. */
const struct dialect *dialect_named(const char *name);
/* The dialect of a URL. ERR_USAGE for an unknown scheme, ERR_NOT_SUPPORTED for one that will come. */
bool dialect_for_url(const struct dialect **out, const char *url, const char *base, struct err *e);

bool db_open(struct db **out, const struct db_options *o, struct arena *a, struct err *e);
bool db_open_as(struct db **out, const struct dialect *d, const struct db_options *o, struct arena *a, struct err *e);
/* db_open in two parts, with other work between them. *out is NULL where the dialect knows one part only: then
 * db_finish opens it. What db_start gave is closed by db_finish, where that fails, or by db_close. */
bool db_start(struct db **out, const struct db_options *o, struct arena *a, struct err *e);
void db_advance(struct db *db); /* now and then in between; NULL is allowed */
bool db_finish(struct db **db, const struct db_options *o, struct arena *a, struct err *e);
void db_close(struct db *db); /* NULL is allowed */
bool db_reopen(struct db *db, struct reopen *how, struct err *e);
bool db_inspect(struct script_facts *out, const struct db *db, const struct script_request *r, struct notices *notices,
                struct arena *a, struct err *e);
/* The same without a database. */
bool dialect_inspect(struct script_facts *out, const struct dialect *d, const struct script_request *r,
                     struct notices *notices, struct arena *a, struct err *e);
/* See struct dialect: at NULL too where the dialect's scripts include none. */
bool db_expand(struct text *out, const struct db *db, const struct script *s, const char *separator, struct arena *a,
               struct err *e);
bool db_tables_find(struct db *db, const struct table_name *names, size_t n, struct table_info *out, struct arena *a,
                    struct err *e);
bool db_tables_list(struct db *db, struct table_list *out, struct arena *a, struct err *e);
bool db_table_create(struct db *db, enum known_table kind, struct table_name name, struct err *e);
bool db_rows_read(struct db *db, const struct row_query *q, struct rows *out, struct arena *a, struct err *e);
bool db_rows_write(struct db *db, const struct row_change *changes, size_t n, struct err *e);
bool db_lock(struct db *db, const struct lock_request *r, int64_t *waited_ms, struct err *e);
bool db_unlock(struct db *db, struct err *e);
bool db_apply(struct db *db, const struct unit *unit, struct unit_result *result, struct err *e);
/* ERR_NOT_SUPPORTED where the dialect can't tell. */
bool db_examine(struct evidences *out, struct db *db, const struct script_request *r, struct arena *a, struct err *e);
/* The chain behind the first n statements of a script, "" for none; NULL where it has fewer. ERR_NOT_SUPPORTED of a
 * dialect without CAP_RESUME. */
bool db_chained(const char **hash, const struct db *db, const struct script_request *r, uint64_t n,
                void (*chain)(char hex[65], struct text statement), struct arena *a, struct err *e);
/* What one statement does; out->known is false where the dialect can't tell, or doesn't know the statement. */
void dialect_describe(struct actions *out, const struct dialect *d, struct text statement, struct arena *a);
/* ERR_NOT_SUPPORTED, all of these, where the dialect can't; what they do stands at struct dialect. */
bool dialect_statements(struct script_statements *out, const struct dialect *d, const struct script_request *r,
                        size_t max, struct arena *a, struct err *e);
/* out->known is false where the dialect can't tell. */
void dialect_effects(struct effects *out, const struct dialect *d, const struct actions *actions, int server,
                     struct arena *a);
bool db_identify(struct db_identity *out, struct db *db, struct arena *a, struct err *e);
bool db_schema(struct schema *out, struct db *db, const struct schema_request *r, struct arena *a, struct err *e);
bool db_dump(struct text *out, struct db *db, const struct dump_request *r, struct arena *a, struct err *e);
struct text dialect_undump(const struct dialect *d, struct text dump, struct arena *a);
bool db_scratch_make(const char **url, struct db *beside, struct arena *a, struct err *e);
bool db_scratch_drop(struct db *beside, const char *url, struct err *e);
bool db_trace(struct db *db, struct traced_script *scripts, size_t n, bool ours, struct arena *a, struct err *e);

#endif
