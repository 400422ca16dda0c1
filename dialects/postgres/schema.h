/* A description of the schema, as core/base/schema.h has it: which questions are asked of the catalog, and what is made
 * of the answers. The catalog is described in https://www.postgresql.org/docs/current/catalogs.html. */
#ifndef DIALECTS_POSTGRES_SCHEMA_H
#define DIALECTS_POSTGRES_SCHEMA_H

#include "core/base/schema.h"
#include "dialects/postgres/session.h"

/* Catalogs by their own oids, which never change; with a row's oid they name an object. */
enum {
    CLASS_NONE = 0,
    CLASS_DEFAULT_ACL = 826,
    CLASS_TYPE = 1247,
    CLASS_FUNCTION = 1255,
    CLASS_RELATION = 1259,
    CLASS_SERVER = 1417,
    CLASS_USER_MAPPING = 1418,
    CLASS_WRAPPER = 2328,
    CLASS_METHOD = 2601,
    CLASS_CAST = 2605,
    CLASS_CONSTRAINT = 2606,
    CLASS_CONVERSION = 2607,
    CLASS_LANGUAGE = 2612,
    CLASS_SCHEMA = 2615,
    CLASS_OPCLASS = 2616,
    CLASS_OPERATOR = 2617,
    CLASS_RULE = 2618,
    CLASS_TRIGGER = 2620,
    CLASS_OPFAMILY = 2753,
    CLASS_EXTENSION = 3079,
    CLASS_POLICY = 3256,
    CLASS_STATISTICS = 3381,
    CLASS_COLLATION = 3456,
    CLASS_EVENT_TRIGGER = 3466,
    CLASS_TRANSFORM = 3576,
    CLASS_DICTIONARY = 3600,
    CLASS_PARSER = 3601,
    CLASS_CONFIGURATION = 3602,
    CLASS_TEMPLATE = 3764,
    CLASS_SUBSCRIPTION = 6100,
    CLASS_PUBLICATION = 6104
};

/* An operator class, as indexes name it; oids as text. */
struct opclass {
    const char *oid, *name, *type, *key_type;
    bool is_default;
};

/* What is known of an object while the answers are read. */
struct known {
    struct schema_object object;
    uint64_t key;     /* 0: nothing refers to it */
    uint64_t whole;   /* what it is a part of; 0: of nothing */
    uint64_t parent;  /* the first that it is a child or a partition of; 0: none */
    bool partition;   /* of its parent: a table, an index or the constraint that the index belongs to */
    bool listed;      /* it becomes part of the description; others only lend their names */
    const char *part; /* its name alone, where that of the whole stands before it */
    const char *number, *type, *collation; /* of a column: its attnum, and oids */
    bool inherits;                         /* a column that its parent has too */
    bool inherited;                        /* a column that is there for its parent's sake alone */
    size_t columns, ncolumns;              /* of a relation: where its columns stand among what is known */
};

struct schema_reading {
    struct pg *pg;
    const struct schema_request *request;
    struct arena *arena;
    uint64_t *without; /* keys of the request's tables, 0 of one that is not there */
    struct {
        struct known *at;
        size_t len, cap;
    } known;
    struct {
        struct {
            uint64_t key; /* 0: free */
            size_t known;
        } * at;
        size_t len, cap;
    } index; /* open addressing */
    struct {
        struct opclass *at;
        size_t len, cap;
    } opclasses;
};

/* What a row becomes. Its first column is its oid. */
typedef void schema_take(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row);

/* A question. {150000?one;other} in it is `one` from that version of the server on, `other` before it. */
struct schema_query {
    unsigned class; /* the catalog of its rows' oids */
    unsigned of;    /* the catalog of what they are part of */
    schema_take *take;
    const char *sql;
    const char *rare; /* asked only where this, as FROM has it, has rows; NULL: always */
    int since;        /* the first version of the server that can answer */
};

/* The columns that schema_take_object reads, and what stands first in most other answers too. */
enum { TAKE_OID, TAKE_KIND, TAKE_SCHEMA, TAKE_NAME, TAKE_OF, TAKE_DEFINITION, TAKE_MORE };

/* ---- schema_known.c ---- */

enum { OID_BITS = 32 }; /* of a key; its catalog's stand above them */

uint64_t schema_key(unsigned class, const PGresult *r, int row, int column); /* 0 of an oid that is 0 or NULL */
/* NULL where nothing is known by that key. Holds until the next one is added. */
struct known *schema_known(const struct schema_reading *s, uint64_t key);
struct known *schema_add(struct schema_reading *s, uint64_t key);
/* A second key for the one that was added last. */
void schema_alias(struct schema_reading *s, uint64_t key);
/* A relation's column by its attnum, once columns are known; NULL for 0, which stands for an expression. */
const struct known *schema_column(const struct schema_reading *s, const struct known *relation, struct text number);
const char *schema_cell(struct schema_reading *s, const PGresult *r, int row, int column); /* NULL is NULL */
bool schema_flag(const PGresult *r, int row, int column);
/* An object by itself, or a part, whose name goes behind that of what it is part of. What is part of something unknown
 * (an extension's table) is passed over: NULL. */
struct known *schema_take_known(struct schema_reading *s, unsigned class, unsigned of, const PGresult *r, int row);
schema_take schema_take_object;

/* ---- schema_take.c ---- */

schema_take schema_take_schema, schema_take_relation, schema_take_parent, schema_take_column, schema_take_constraint,
    schema_take_sequence;
/* What a relation's or index's row in pg_inherits is known by. */
uint64_t schema_child_key(uint64_t relation);
/* Once all rows are read: what being a child and a partition means for columns, constraints and names. */
void schema_take_settle(struct schema_reading *s);

/* ---- schema_tables.c, schema_indexes.c, schema_kinds.c, schema_notes.c: questions, ended by one without SQL ---- */

extern const struct schema_query schema_tables[], schema_indexes[], schema_kinds[], schema_notes[], schema_owners[],
    schema_grants[];

/* ---- schema_text.c ---- */

/* An expression as the server prints it when it has read its own print once more: a dump that was loaded prints
 * (ARRAY['a'::character varying])::text[] as ARRAY[('a'::character varying)::text], and (VALUES (1)) as ( VALUES (1)).
 */
const char *schema_settled(const char *definition, struct arena *a);
/* Behind the first of several expressions that ", " separates, at its comma or the end. */
const char *schema_expression_end(const char *list);

#endif
