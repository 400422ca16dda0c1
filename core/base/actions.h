/* What one SQL statement does, in words that are no dialect's: what repairing and reviewing scripts read. */
#ifndef CORE_BASE_ACTIONS_H
#define CORE_BASE_ACTIONS_H

#include "core/base/types.h"

enum action_verb {
    ACTION_CREATE,
    ACTION_DROP,
    ACTION_ALTER,  /* see enum action_change */
    ACTION_RENAME, /* new_name: what it is called then */
    ACTION_MOVE,   /* new_name: the schema that it is in then */
    ACTION_COMMENT,
    ACTION_GRANT,
    ACTION_REVOKE,
    ACTION_DATA,     /* writes rows: INSERT, UPDATE, DELETE, MERGE, COPY, TRUNCATE */
    ACTION_MAINTAIN, /* VACUUM, ANALYZE, REINDEX, CLUSTER, REFRESH: nothing is defined, no row changes */
    ACTION_READ,     /* SELECT, EXPLAIN, …, as far as no function that it calls does more */
    ACTION_RUN,      /* DO, CALL, EXECUTE: code that is not looked into */
    ACTION_SESSION, /* SET, RESET, LOCK, LISTEN, …: ends with the session or before. A setting: name, and its value */
    ACTION_CONTROL, /* BEGIN, COMMIT, SAVEPOINT, … */
};

enum object_kind {
    OBJECT_NONE,
    OBJECT_TABLE, /* partitioned and foreign ones too */
    OBJECT_COLUMN,
    OBJECT_INDEX,
    OBJECT_CONSTRAINT,
    OBJECT_SEQUENCE,
    OBJECT_VIEW,
    OBJECT_MATERIALIZED_VIEW,
    OBJECT_TYPE,
    OBJECT_LABEL, /* of an enum type */
    OBJECT_DOMAIN,
    OBJECT_FUNCTION,
    OBJECT_PROCEDURE,
    OBJECT_AGGREGATE,
    OBJECT_TRIGGER,
    OBJECT_EVENT_TRIGGER,
    OBJECT_RULE,
    OBJECT_POLICY,
    OBJECT_SCHEMA,
    OBJECT_EXTENSION,
    OBJECT_ROLE,
    OBJECT_DATABASE,
    OBJECT_STATISTICS,
    OBJECT_PUBLICATION,
    OBJECT_SUBSCRIPTION,
    OBJECT_OTHER /* casts, operators, foreign servers, … */
};

/* What an ACTION_ALTER alters. */
enum action_change {
    CHANGE_OTHER,
    CHANGE_TYPE,         /* of a column; type says what to */
    CHANGE_SET_NOT_NULL, /* of a column or domain */
    CHANGE_DROP_NOT_NULL,
    CHANGE_SET_DEFAULT,
    CHANGE_DROP_DEFAULT,
    CHANGE_VALIDATE, /* a constraint */
    CHANGE_ATTACH,   /* a partition: new_schema and new_name name it */
    CHANGE_DETACH,
    CHANGE_OWNER, /* new_name: whose it is then, NULL where that is CURRENT_USER or its like */
    CHANGE_ROW_SECURITY,
    CHANGE_NO_ROW_SECURITY,
};

enum action_flag {
    ACTION_CONCURRENTLY = 1 << 0,
    ACTION_IF_EXISTS = 1 << 1,
    ACTION_IF_NOT_EXISTS = 1 << 2,
    ACTION_OR_REPLACE = 1 << 3,
    ACTION_CASCADE = 1 << 4,
    ACTION_TEMPORARY = 1 << 5, /* of a setting: SET LOCAL */
    ACTION_WITHIN = 1 << 6,    /* part of the CREATE TABLE before it; a constraint: of the column before it */
    /* Of columns: */
    ACTION_NOT_NULL = 1 << 7,   /* of a CHECK: it only says that columns are not NULL */
    ACTION_DEFAULT = 1 << 8,    /* has one */
    ACTION_COMPUTED = 1 << 9,   /* which is more than a constant */
    ACTION_GENERATED = 1 << 10, /* stored */
    ACTION_IDENTITY = 1 << 11,
    ACTION_REWRITES = 1 << 12, /* its new type is computed: USING */
    /* Of constraints and indexes: */
    ACTION_PRIMARY = 1 << 13,
    ACTION_UNIQUE = 1 << 14,
    ACTION_FOREIGN = 1 << 15, /* new_schema and new_name name the other table */
    ACTION_CHECK = 1 << 16,
    ACTION_EXCLUDE = 1 << 17,
    ACTION_NOT_VALID = 1 << 18,
    ACTION_USING_INDEX = 1 << 19, /* new_name names it */
    ACTION_PARTIAL = 1 << 20,     /* an index with WHERE */
    /* Of tables: */
    ACTION_PARTITIONED = 1 << 21,
    ACTION_PARTITION = 1 << 22, /* PARTITION OF */
    ACTION_UNLOGGED = 1 << 23,
    ACTION_FILTERED = 1 << 24, /* UPDATE and DELETE: has a WHERE */
};

/* Names are as the server folds them, NULL where the statement does not say. */
struct action {
    enum action_verb verb;
    enum object_kind object;
    enum action_change change;
    unsigned flags;
    const char *schema, *name; /* of the object; of its table or type where it is a part of one: see sub */
    const char *sub;           /* a column, constraint, label, trigger, rule or policy of name */
    /* What it becomes or belongs to: see verb, change and flags. Of an index the table, whose schema it lies in. */
    const char *new_schema, *new_name;
    const char *columns;   /* of an index or constraint, in order, ", " between; NULL too where one is an expression */
    const char *type;      /* as the server would print it where that is known: "character varying(20)" */
    const char *arguments; /* types of a function's, ", " between; "" for none */
    const char *body;      /* of a function, where it is one string */
    const char *comment;   /* ACTION_COMMENT: NULL takes it away */
    size_t at;             /* byte of the statement where the object is named, 0 where that is not known */
};

struct actions {
    struct action *at;
    size_t len, cap;
    bool known; /* false: the statement could not be read, and what it does is anybody's guess */
};

#endif
