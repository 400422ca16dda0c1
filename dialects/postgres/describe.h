/* One statement's text → what it does (core/base/actions.h), by PostgreSQL 15's own grammar. Pure. */
#ifndef DIALECTS_POSTGRES_DESCRIBE_H
#define DIALECTS_POSTGRES_DESCRIBE_H

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include "core/base/actions.h"
#include "core/base/text.h"

/* struct dialect's describe. */
void postgres_describe(struct actions *out, struct text sql, struct arena *a);

struct describing {
    struct actions *out;
    struct arena *arena;
};

/* Appends an action; its address holds until the next one. */
struct action *describe_add(struct describing *d, enum action_verb verb, enum object_kind object);

/* ---- describe_names.c: the tree's names and types as text; what they give lies in the arena ---- */

/* NULL for "" and for what is no string. */
const char *describe_text(struct describing *d, const char *s);
const char *describe_string(struct describing *d, const PgQuery__Node *n);
/* The last of n names, where there are that many behind it: [schema.]name. */
void describe_name(struct action *out, struct describing *d, PgQuery__Node *const *names, size_t n);
void describe_relation(struct action *out, struct describing *d, const PgQuery__RangeVar *r);
/* The other relation that an action names: new_schema and new_name. */
void describe_other_relation(struct action *out, struct describing *d, const PgQuery__RangeVar *r);
/* Names of columns, ", " between; NULL where there are none. */
const char *describe_columns(struct describing *d, PgQuery__Node *const *names, size_t n);
const char *describe_type(struct describing *d, const PgQuery__TypeName *t);
/* serial, bigserial, … */
bool describe_is_serial(const PgQuery__TypeName *t);
const char *describe_arguments(struct describing *d, const PgQuery__ObjectWithArgs *o);
/* Any object that a statement names, of the kind that it says: a relation, [schema.]name, or part of one. */
void describe_object_name(struct action *out, struct describing *d, const PgQuery__Node *n, PgQuery__ObjectType type);
enum object_kind describe_kind(PgQuery__ObjectType type);

/* ---- describe_default.c ---- */

/* ACTION_DEFAULT and what goes with it; 0 for NULL. */
unsigned describe_default(const PgQuery__Node *value);

/* ---- describe_table.c ---- */

void describe_create_table(struct describing *d, const PgQuery__CreateStmt *s);
void describe_create_index(struct describing *d, const PgQuery__IndexStmt *s);
/* A column of the table or type that `like` names, and its constraints. */
void describe_column(struct describing *d, const struct action *like, const PgQuery__ColumnDef *c, unsigned flags);
/* A constraint of the table or domain that `like` names. */
struct action *describe_constraint(struct describing *d, const struct action *like, const PgQuery__Constraint *c);

/* ---- describe_alter.c ---- */

void describe_alter_table(struct describing *d, const PgQuery__AlterTableStmt *s);

/* ---- describe_define.c: false for a statement that it does not know ---- */

bool describe_define(struct describing *d, const PgQuery__Node *n);
/* describe_change.c: DROP, RENAME, SET SCHEMA, OWNER, COMMENT, GRANT, … */
bool describe_change(struct describing *d, const PgQuery__Node *n);

/* describe_code.c: a DO statement. What its block does where that is nothing but statements, else ACTION_RUN. */
void describe_do(struct describing *d, struct text sql);

/* ---- describe_session.c: false for a statement that it does not know ---- */

bool describe_session(struct describing *d, const PgQuery__Node *n);
/* SELECT set_config('name', 'value', false), which does what SET does. */
bool describe_set_config(struct describing *d, const PgQuery__SelectStmt *s);

#endif
