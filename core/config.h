/* merganser.yml as values, each with its place. */
#ifndef CORE_CONFIG_H
#define CORE_CONFIG_H

#include "core/base/err.h"

/* A scalar and where it stood; value NULL: the key is not there. */
struct config_value {
    const char *value;
    struct pos at;
    int lead; /* columns from at to the value's first character; -1: it is written otherwise than it reads */
};

/* at NULL: the key is not there; an empty list has an at. */
struct config_list {
    struct config_value *at;
    size_t len, cap;
};

enum policy { POLICY_UNSET, POLICY_ALLOW, POLICY_WARN, POLICY_REFUSE };

struct config_policy {
    enum policy out_of_order, edited, uncommitted, sync;
    int confirm; /* -1 unset, 0, 1 */
    struct pos out_of_order_at, edited_at, uncommitted_at, sync_at, confirm_at;
};

struct config_timeouts {                           /* milliseconds; -1 unset */
    int64_t lock, statement, index, wait, retries; /* retries is a count */
    struct pos lock_at, statement_at, index_at, retries_at;
};

struct config_table {
    struct config_value schema, table;
};

/* What may stand at the top and in an environment's block. */
struct config_block {
    struct config_list migrations;
    struct config_value layout;
    struct config_value database, direct; /* with ${VARIABLE} as written; direct of {url: …, direct: …} */
    struct config_table ledger, history;
    struct config_list session;
    struct config_value lock; /* "advisory" or "lease" */
    struct config_policy policy;
    struct config_timeouts timeouts;
};

struct config_environment {
    const char *name;
    struct pos at;
    struct config_block block;
};

struct config_rule {
    struct config_value name, severity;
};

struct config {
    const char *path; /* as shown; NULL: there is no file */
    struct config_block top;
    struct config_environment *environments;
    size_t nenvironments, environments_cap;
    struct config_rule *rules;
    size_t nrules, rules_cap;
    struct config_list check_ignore, drift_ignore;
};

/* Larger files are ERR_CONFIG. */
enum { CONFIG_MAX = 1024 * 1024 };

/* Pure. Unknown and repeated keys (with the nearest one that exists), wrong types and bad values are ERR_CONFIG with
 * path:line:column, and so are anchors, aliases and tags. What the contract knows and this release does not do yet
 * (lock: lease, an environment's unknown policy) is read and kept: whoever needs it refuses it. */
bool config_parse(struct config *out, const char *path, struct text yaml, struct arena *a, struct err *e);

/* The block that holds for an environment: its own values over the top's; name NULL: the top's. ERR_CONFIG with the
 * nearest name when there is none of that name, and when it names no database of its own. */
bool config_for(struct config_block *out, const struct config *c, const char *name, struct arena *a, struct err *e);

/* value with every ${VARIABLE} replaced: the whole and a SQLite file's path as they are; the user, password, host or
 * database part of a URL percent-encoded, of a conninfo string with its backslashes. ERR_CONFIG at the place of the
 * `$` for a variable that is not set (or empty, but for a password) and for any other place. lookup is getenv's
 * like. */
bool config_expand(const char **out, struct config_value v, const char *(*lookup)(void *from, const char *name),
                   void *from, struct arena *a, struct err *e);

/* One checksum over the keys that say which database is meant and how it is treated, as they are written: database,
 * session, ledger, history, lock, policy, at the top and in every environment. What else the file says, its places and
 * the order of its keys do not count. */
const char *config_target_sha256(const struct config *c, struct arena *a);

/* "5s", "250ms", "2min", "1h", "0", "1500" (milliseconds); 2147483647 ms at most, as PostgreSQL has it. */
bool config_duration(int64_t *ms, struct text t);

#endif
