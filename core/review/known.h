/* What a plan's statements have made so far, as far as their text tells: which tables, columns, constraints, indexes
 * and types are new, and what is known of those that are not. */
#ifndef CORE_REVIEW_KNOWN_H
#define CORE_REVIEW_KNOWN_H

#include "core/statements.h"

/* How long an object has been there. */
enum sql_age {
    SQL_OLD,         /* it was there before the plan, or nobody knows otherwise */
    SQL_PERHAPS_NEW, /* made with IF NOT EXISTS */
    SQL_NEW          /* made by the plan: nobody uses it yet, and it has few rows or none */
};

/* Tables and views of every kind, their columns and constraints, indexes, types, domains, schemas. */
struct sql_object {
    enum object_kind kind;
    const char *schema;                  /* where the statement names none: what search_path says, else "public" */
    const char *name;                    /* of a column or constraint its own */
    size_t plan;                         /* that it was made in */
    bool perhaps;                        /* made with IF NOT EXISTS */
    bool gone;                           /* dropped, or renamed away */
    unsigned flags;                      /* enum action_flag, of the action that made it and those that changed it */
    const char *type;                    /* of a column, as it is now; NULL: not known */
    const char *columns;                 /* of a constraint or index */
    const char *not_null;                /* of a check: what it keeps from being NULL */
    struct sql_object *table;            /* of a column, constraint, index */
    struct sql_object *parts;            /* of a table: columns and constraints */
    const struct planned_script *script; /* that made it; NULL: it was there before */
    const struct planned_statement *statement;
    struct sql_object *next; /* known.c's */
};

struct sql_known;

struct sql_known *known_open(struct arena *a);
/* What comes from here on is another plan: what was made so far is old. */
void known_next_plan(struct sql_known *k);
/* A script begins: the session is as it was. */
void known_next_script(struct sql_known *k);
void known_next_statement(struct sql_known *k, const struct planned_script *s, const struct planned_statement *p);
void known_learn(struct sql_known *k, const struct action *a);

/* NULL for what nothing was heard of. A name that the statement gives without schema is looked for as the server would,
 * with the search_path that the script has set. */
const struct sql_object *known_table(struct sql_known *k, const char *schema, const char *name);
const struct sql_object *known_column(struct sql_known *k, const char *schema, const char *table, const char *column);
const struct sql_object *known_constraint(struct sql_known *k, const char *schema, const char *table,
                                          const char *constraint);
const struct sql_object *known_index(struct sql_known *k, const char *schema, const char *name);
const struct sql_object *known_type(struct sql_known *k, const char *schema, const char *name);

enum sql_age known_age(const struct sql_known *k, const struct sql_object *o); /* NULL is SQL_OLD */
/* Of a table or view, the age of its schema included. */
enum sql_age known_table_age(struct sql_known *k, const char *schema, const char *name);
/* A column is as new as its table. */
enum sql_age known_column_age(struct sql_known *k, const char *schema, const char *table, const char *column);

enum sql_age known_schema_age(struct sql_known *k, const char *name);

/* A valid CHECK says that the column is not NULL. */
bool known_not_null(struct sql_known *k, const char *schema, const char *table, const char *column);

/* A setting of the session as a SET of the script, or of the transaction, has it; NULL: the script says nothing. */
const char *known_setting(const struct sql_known *k, const char *name);

#endif
