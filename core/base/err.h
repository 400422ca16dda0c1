/* An error is a value: what kind, where, what, and what to do now. Passed down, filled once, printed by main. */
#ifndef CORE_BASE_ERR_H
#define CORE_BASE_ERR_H

#include "core/base/arena.h"
#include "core/base/types.h"

/* name, exit code, the word users' scripts see, meaning. The README's tables are checked against this list. */
#define ERR_KINDS(X)                                                                                                   \
    X(NONE, 0, "ok", "no error")                                                                                       \
    X(DATABASE, 1, "database", "the database refused or failed outside a migration's script")                          \
    X(CONNECTION, 1, "connection", "the database could not be reached, or the connection was lost")                    \
    X(READ_ONLY, 1, "read-only", "the server is read-only or a standby")                                               \
    X(SCRIPT_FAILED, 1, "script-failed", "a migration's script failed; the message says what is applied")              \
    X(LEDGER_MOVED, 1, "ledger-moved", "the ledger changed under the lock, by a tool that does not hold it")           \
    X(LOCK_LOST, 1, "lock-lost", "the run's lock was lost to another run, and nothing was committed since")            \
    X(SYSTEM, 1, "system", "the operating system refused: a file, a terminal, a process")                              \
    X(INTERNAL, 1, "internal", "merganser itself is wrong; please report it")                                          \
    X(USAGE, 2, "usage", "the command line or a variable is wrong")                                                    \
    X(CONFIG, 2, "config", "merganser.yml is wrong")                                                                   \
    X(NO_MIGRATIONS, 2, "no-migrations", "no migrations folder, or several; name one")                                 \
    X(MIGRATION_FILE, 2, "migration-file", "a migration's file can't be used as it stands")                            \
    X(DUPLICATE_VERSION, 2, "duplicate-version", "two migrations have one version")                                    \
    X(JOURNAL, 2, "journal", "Drizzle's journal is broken or disagrees with its folder")                               \
    X(UNRENDERED, 2, "unrendered", "a Rails .rb would have to run and has no .sql beside it")                          \
    X(OTHER_TOOL, 2, "other-tool", "the folder or script belongs to a tool whose format is another")                   \
    X(SCRIPT_SYNTAX, 2, "script-syntax", "a script has an unterminated quote, comment or dollar quote")                \
    X(REVISION, 2, "revision", "a git revision does not exist or is ambiguous")                                        \
    X(GIT, 2, "git", "the git repository can't be read")                                                               \
    X(STRUCTURE_FILE, 2, "structure-file", "a structure.sql can't be used as it stands")                               \
    X(UNKNOWN_VERSION, 2, "unknown-version", "no migration and no ledger row has that version")                        \
    X(NOT_SUPPORTED, 2, "not-supported", "this release can't do that yet")                                             \
    X(POLICY, 4, "policy", "merganser.yml's policy refuses it")                                                        \
    X(PARTIAL, 4, "partial", "a migration stopped midway; what ran of it is unknown or half")                          \
    X(NO_DOWN_SCRIPT, 4, "no-down-script", "a version that would be rolled back has no down script")                   \
    X(RENAMED, 4, "renamed", "a pending migration looks like an applied one that was renamed")                         \
    X(SYNC_REFUSED, 4, "sync-refused", "sync would have to guess, or would roll back more than was allowed")           \
    X(STALE_PLAN, 4, "stale-plan", "what was planned or confirmed is not what would run now")                          \
    X(PLAN_FILE, 4, "plan-file", "the plan was edited or cut off, or is not one that can be applied here")             \
    X(UNCONFIRMED, 4, "unconfirmed", "it asks first, and nobody confirmed")                                            \
    X(LEDGER_FOREIGN, 4, "ledger-foreign", "the ledger's table is not one of ours")                                    \
    X(BASELINE_NEEDED, 4, "baseline-needed", "the database is not empty and nothing says what is applied")             \
    X(NOT_EMPTY, 4, "not-empty", "the database that a dump would be loaded into is not empty")                         \
    X(POOLER, 4, "pooler", "a connection pooler stands between, and can't carry it")                                   \
    X(NO_HISTORY, 4, "no-history", "it needs the history table, which can't be made")                                  \
    X(NO_DESCRIPTION, 4, "no-description", "nothing usable is recorded of the schema that it could be compared with")  \
    X(SCRATCH, 4, "scratch", "the database named for a trial is the target itself, or not one to try things in")       \
    X(UNCLEAN, 4, "unclean", "git is in the middle of something, or a file has changes that are not committed")        \
    X(LOCKED, 5, "locked", "the lock was not had in time")                                                             \
    X(UNKNOWN_OUTCOME, 6, "unknown-outcome", "the connection was lost and nobody can tell whether it was applied")     \
    X(HUNG_UP, 129, "hung-up", "stopped by SIGHUP: its terminal was closed")                                           \
    X(INTERRUPTED, 130, "interrupted", "stopped by SIGINT")                                                            \
    X(TERMINATED, 143, "terminated", "stopped by SIGTERM")

enum err_kind {
#define X(name, exit_code, word, meaning) ERR_##name,
    ERR_KINDS(X)
#undef X
};

struct err {
    enum err_kind kind;
    struct pos at; /* path as it is, borrowed from the command's arena: whoever prints it makes it safe */
    char sqlstate[6];
    char message[1024];
    char detail[1024];
    char hint[1024];
    char server_hint[1024]; /* the database's own, beside ours */
    char state[1024];       /* what is applied and what is not */
    char excerpt[512];      /* the source line at `at`, safe to show, or "" */
    int caret;              /* the caret's column in excerpt, 1-based; 0 for none */
};

struct err_word {
    enum err_kind kind;
    int exit_code;
    const char *name, *meaning;
};

/* Fills *e anew and returns false, so that a failing path is one line. */
bool err_set(struct err *e, enum err_kind kind, struct pos at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The same without a place. */
bool err_plain(struct err *e, enum err_kind kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Adds to an error that is set; each returns false too. */
bool err_hint(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool err_server_hint(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool err_detail(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool err_state(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Puts words before the message; the kind and the place stay. */
bool err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Sets place and excerpt from a byte of the file's text. */
bool err_place(struct err *e, const char *path, struct text source, size_t byte);

int err_exit_code(enum err_kind kind);
const char *err_word(enum err_kind kind);
bool err_is_stop(enum err_kind kind); /* somebody asked us to stop: interrupt_check's errors */
/* Row i of the list above, NULL behind the last: for the man page and the README's check. */
const struct err_word *err_row(size_t i);

/* Notes and warnings on the way: collected for JSON, and shown as they come. */
enum notice_level { NOTICE_VERBOSE, NOTICE_NOTE, NOTICE_WARNING };

struct notice {
    enum notice_level level;
    const char *code; /* a kebab-case word, static */
    struct pos at;
    const char *message, *hint; /* hint may be NULL */
};

struct notices {
    struct arena *arena;
    struct notice *at;
    size_t len, cap;
    void (*show)(void *to, const struct notice *n); /* may be NULL */
    void *to;
};

/* hint may be NULL. The message is copied. */
void notice_add(struct notices *list, enum notice_level level, const char *code, struct pos at, const char *hint,
                const char *fmt, ...) __attribute__((format(printf, 6, 7)));

#define NOWHERE       ((struct pos) { NULL, 0, 0 })
#define IN_FILE(name) ((struct pos) { (name), 0, 0 })

#endif
