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
    ACTION_SESSION,  /* SET, RESET, LOCK, LISTEN, …: ends with the session or before */
    ACTION_CONTROL,  /* BEGIN, COMMIT, SAVEPOINT, … */
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

/* What an ACTION_ALTER alters, and of some other verbs which of their kind it is. */
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
    CHANGE_OPTIONS,    /* storage parameters, of a table, index or column; columns: which */
    CHANGE_SET_LOGGED, /* new file, all rows written to it and to the log */
    CHANGE_SET_UNLOGGED,
    CHANGE_TABLESPACE,    /* new_name: where to; all rows are copied */
    CHANGE_ACCESS_METHOD, /* new_name: which then */
    CHANGE_ADD_IDENTITY,  /* of a column */
    CHANGE_SET_IDENTITY,
    CHANGE_DROP_IDENTITY,
    CHANGE_DROP_EXPRESSION, /* a generated column becomes a plain one */
    CHANGE_STATISTICS,      /* of a column: how much is sampled */
    CHANGE_STORAGE,         /* of a column: how long values are kept, compression too */
    CHANGE_TRIGGERS,        /* enables or disables them */
    CHANGE_RULES,
    CHANGE_INHERIT, /* new_schema and new_name name the parent; of a CREATE TABLE too */
    CHANGE_NO_INHERIT,
    CHANGE_CLUSTER_ON,
    CHANGE_REPLICA_IDENTITY,
    CHANGE_LIKE, /* ACTION_CREATE of a table: it has the columns of the one that new_schema and new_name name */
    /* ACTION_DATA: */
    CHANGE_INSERT, /* and COPY; ACTION_QUERY: its rows come from a query */
    CHANGE_UPDATE,
    CHANGE_DELETE,
    CHANGE_MERGE,
    CHANGE_TRUNCATE,
    /* ACTION_MAINTAIN: */
    CHANGE_VACUUM,
    CHANGE_VACUUM_FULL,
    CHANGE_ANALYZE,
    CHANGE_REINDEX,
    CHANGE_CLUSTER,
    CHANGE_REFRESH, /* ACTION_EMPTY: WITH NO DATA */
    /* ACTION_SESSION: */
    CHANGE_SET,   /* name: the setting in lower case; new_name: its value, NULL where that is none of the statement's */
    CHANGE_RESET, /* name NULL: all of them */
    CHANGE_LOCK,  /* a table; new_name: the mode, "ACCESS EXCLUSIVE" */
    /* ACTION_CONTROL: */
    CHANGE_BEGIN,
    CHANGE_COMMIT,
    CHANGE_ROLLBACK,
    CHANGE_SAVEPOINT, /* it, RELEASE, ROLLBACK TO */
};

enum action_flag {
    ACTION_CONCURRENTLY = 1 << 0,
    ACTION_IF_EXISTS = 1 << 1,
    ACTION_IF_NOT_EXISTS = 1 << 2,
    ACTION_OR_REPLACE = 1 << 3,
    ACTION_CASCADE = 1 << 4,
    ACTION_TEMPORARY = 1 << 5, /* of a setting: until the transaction ends */
    ACTION_WITHIN = 1 << 6,    /* part of the CREATE TABLE before it; a constraint: of the column before it */
    /* Of columns, some of domains: */
    ACTION_NOT_NULL = 1 << 7,
    ACTION_DEFAULT = 1 << 8,    /* has one */
    ACTION_COMPUTED = 1 << 9,   /* which is more than a constant */
    ACTION_GENERATED = 1 << 10, /* stored; SQLite's virtual ones have ACTION_EMPTY too */
    ACTION_IDENTITY = 1 << 11,
    ACTION_REWRITES = 1 << 12, /* its new type is computed: USING */
    ACTION_SERIAL = 1 << 25,   /* serial and its like: its default comes from a sequence that is made with it */
    /* Of a default that is computed; none of both: it calls what only the server knows. */
    ACTION_STABLE = 1 << 26,   /* the same for every row */
    ACTION_VOLATILE = 1 << 27, /* another for every row */
    /* Of constraints and indexes: */
    ACTION_PRIMARY = 1 << 13,
    ACTION_UNIQUE = 1 << 14,
    ACTION_FOREIGN = 1 << 15, /* new_schema and new_name name the other table */
    ACTION_CHECK = 1 << 16,   /* of a domain too */
    ACTION_EXCLUDE = 1 << 17,
    ACTION_NOT_VALID = 1 << 18,
    ACTION_USING_INDEX = 1 << 19, /* new_name names it */
    ACTION_PARTIAL = 1 << 20,     /* an index with WHERE */
    /* Of tables: */
    ACTION_PARTITIONED = 1 << 21,
    ACTION_PARTITION = 1 << 22, /* PARTITION OF: new_schema and new_name name what it is one of */
    ACTION_UNLOGGED = 1 << 23,
    ACTION_FILTERED = 1 << 24, /* UPDATE and DELETE: has a WHERE */
    ACTION_ONLY = 1 << 28,     /* not of its partitions and what inherits from it */
    ACTION_QUERY = 1 << 29,    /* CREATE TABLE AS, INSERT … SELECT: its rows come from a query */
    ACTION_EMPTY = 1 << 30,    /* WITH NO DATA */
};

/* Names are as the server folds them, NULL where the statement does not say. */
struct action {
    enum action_verb verb;
    enum object_kind object;
    enum action_change change;
    unsigned flags;
    enum object_kind of;       /* of a column or constraint: what it is part of; OBJECT_NONE: not said */
    const char *schema, *name; /* of the object; of its table or type where it is a part of one: see sub */
    const char *sub;           /* a column, constraint, label, trigger, rule or policy of name */
    /* What it becomes or belongs to: see verb, change and flags. Of an index the table, whose schema it lies in; of
     * statistics the table; of a label the one that it is put before or behind; of GRANT and REVOKE the roles, ", "
     * between, PUBLIC as "public". */
    const char *new_schema, *new_name;
    const char *columns;   /* of an index or constraint, in order, ", " between; NULL too where one is an expression */
    const char *not_null;  /* of a check: columns that it keeps from being NULL, ", " between */
    const char *type;      /* as the server would print it where that is known: "character varying(20)"; of an index
                              its method */
    const char *arguments; /* types of a function's, ", " between; "" for none */
    const char *body;      /* of a function, where it is one string */
    const char *comment;   /* ACTION_COMMENT: NULL takes it away */
    size_t at;             /* byte of the statement where the object is named, 0 where that is not known */
};

/* A name that is longer than the server keeps. */
struct long_name {
    size_t at, len; /* bytes of the statement, quotes included */
    size_t bytes;   /* of the name itself; 0: there is none */
    size_t kept;    /* what the server keeps of it */
};

struct actions {
    struct action *at;
    size_t len, cap;
    bool known;                 /* false: the statement could not be read, and what it does is anybody's guess */
    struct long_name long_name; /* the first one */
};

#endif
