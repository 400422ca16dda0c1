/* What a rule about SQL sees: one statement of a plan, and what the statements before it have made. Only the files of
 * core/review/ and core/review/sql/ include it.
 *
 * A rule is one file of core/review/sql/. Its functions are called once for every statement that will run, in the order
 * of the plan, and add findings; they keep nothing. They read the neutral actions, never the SQL text. */
#ifndef CORE_REVIEW_SQL_RULE_H
#define CORE_REVIEW_SQL_RULE_H

#include "core/review/known.h"
#include "core/review/rule.h"
#include "core/review/sql.h"

/* Where a rule looks. */
struct sql_look {
    const struct sql_review_request *request;
    const struct planned_script *script;
    const struct planned_statement *statement;
    struct sql_known *known; /* what the actions before this one have made */
    const struct rule *rule;
    struct sql_reviewing *reviewing; /* the framework's own */
};

/* Adds a finding with the rule's severity, where the action names its object; action NULL: where the statement begins.
 * It can be changed until the next one. */
struct finding *sql_find(struct sql_look *l, const struct action *a, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* What to do instead, in one line; the SQL of the rule's `safe` is told by --explain. */
void sql_hint(struct sql_look *l, struct finding *f, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* It holds only where an object that may have been there was there: lowers it to info. */
void sql_doubt(struct sql_look *l, struct finding *f);

/* A finding about an action on a table that holds rows and is used: none where the table (or what stands for it: view,
 * materialized view) is new in the plan, a doubtful one where it may be. NULL: there is none. */
struct finding *sql_find_on_table(struct sql_look *l, const struct action *a, const char *schema, const char *table,
                                  const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* "public.users", as the statement says it: without a schema where it gives none. For messages. */
const char *sql_name(const struct sql_look *l, const char *schema, const char *name);

/* The column whose definition a constraint stands in; NULL: it stands by itself. */
const struct action *sql_column_of(const struct sql_look *l, const struct action *a);
/* True for a column or constraint of the CREATE TABLE that makes its table. */
bool sql_is_part_of_create(const struct sql_look *l, const struct action *a);

/* True where the statement shares a transaction with what made the object. */
bool sql_same_transaction(const struct sql_look *l, const struct sql_object *made);
/* The statements that ran before in its transaction, the first one first: from script->at[*first] up to statement. */
const struct planned_statement *sql_transaction_begin(const struct sql_look *l);
/* A statement that has to wait for a lock gives up: by the script's own SET, or by merganser's timeouts.lock. */
bool sql_lock_timeout_holds(const struct sql_look *l);
/* One that runs too long is ended: by the script's own SET. */
bool sql_statement_timeout_holds(const struct sql_look *l);
/* True where the script was asked to run outside a transaction: by its layout or a comment. */
bool sql_asked_no_transaction(const struct sql_look *l);

/* sql_locks.c: what a statement takes from others on a relation that was there: a lock that stops writing, or all use.
 * NULL: nothing that is known of. */
const struct effect *sql_blocking(const struct sql_look *l, const struct planned_statement *p);

/* sql_rebuild.c: a later statement of the script gives the table's name to another one: by a rename, and where it was
 * renamed itself, by making one or a view too. */
bool sql_name_is_taken_again(const struct sql_look *l, const struct action *a);
/* An earlier statement of the script has renamed it to what it is called. */
bool sql_was_moved_aside(const struct sql_look *l, const struct action *a);

/* The server is known to be as old as that, or older: sql_server_before(l, 110000). False where it is not known. */
bool sql_server_before(const struct sql_look *l, int version);

#endif
