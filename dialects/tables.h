/* Tables and rows as values: which there are, what is read of them, what changes in them. */
#ifndef DIALECTS_TABLES_H
#define DIALECTS_TABLES_H

#include "core/base/err.h"

/* schema NULL: as an unqualified name is found by the connection; SQLite has none. */
struct table_name {
    const char *schema, *table;
};

enum column_kind { COLUMN_TEXT, COLUMN_INTEGER, COLUMN_BOOLEAN, COLUMN_TIME, COLUMN_OTHER };

struct column_info {
    const char *name;
    const char *type; /* as the database calls it */
    enum column_kind kind;
    int max_length; /* of a text, in characters; 0: none */
    bool not_null, has_default, primary_key;
};

struct table_info {
    struct table_name name; /* schema filled in where the dialect has schemas */
    bool exists;
    struct column_info *columns;
    size_t ncolumns;
};

struct table_list {
    struct table_name *at;
    size_t len, cap;
};

/* Tables whose exact shape a tool's own code fixes; each dialect has its form of them. */
enum known_table {
    TABLE_SCHEMA_MIGRATIONS,    /* Rails: version character varying NOT NULL PRIMARY KEY */
    TABLE_AR_INTERNAL_METADATA, /* Rails */
    TABLE_DIESEL,               /* __diesel_schema_migrations */
    TABLE_DRIZZLE,              /* __drizzle_migrations, 0.x */
    TABLE_HISTORY,              /* ours: core/history.h says what the columns mean */
    TABLE_HISTORY_SCHEMA,       /* ours: core/schema_history.h says what the columns mean */
    TABLE_LEASE                 /* ours, of the dialects that know leases: who runs, and since when he was heard of */
};

/* ---- rows ---- */

enum cell_kind {
    CELL_NULL,
    CELL_TEXT,
    CELL_INTEGER, /* text holds the digits */
    CELL_STARTED, /* when the unit began, by the database's clock where it has one */
    CELL_NOW,     /* when this row is written */
    /* Of the unit, as far as it is known when the row is written: a row that stands with its transaction can't tell of
     * what that still waits for. 0 and 1 where nothing had to be tried again. */
    CELL_WAITED,  /* ms waited for locks and between attempts, by the attempts that came before */
    CELL_ATTEMPTS /* attempts so far, this one counted */
};

struct cell {
    const char *column;
    enum cell_kind kind;
    struct text text;
    bool key;      /* one of the columns that say which row it is */
    bool constant; /* the same in every row of this run: may become part of a prepared statement */
};

enum row_change_kind {
    ROW_INSERT,      /* a plain INSERT; a row with these keys must not be there before */
    ROW_DELETE,      /* by the keys; exactly one row must be there */
    ROW_UPDATE,      /* sets the other cells of the row with these keys; one must be there */
    ROW_EXPECT,      /* the script writes it itself: no row before, exactly one after, and none is sent */
    ROW_EXPECT_GONE, /* the script deletes it itself: one before, none after */
    ROW_APPEND       /* an INSERT without any check: an audit row */
};

struct row_change {
    enum row_change_kind kind;
    struct table_name table;
    const struct cell *cells;
    size_t len;
};

struct row_changes {
    struct row_change *at;
    size_t len, cap;
};

/* Every row of a table, the columns as text with a NUL behind it (times as RFC 3339 UTC, booleans as "t" and "f"), NULL
 * as {NULL, 0}. */
struct row_query {
    struct table_name table;
    const char *const *columns; /* n of them */
    size_t n;
    const char *order_by; /* a column, or NULL */
    bool descending;
    struct cell where; /* column = text, when column is set */
    uint64_t limit;    /* 0: none */
};

struct rows {
    struct text *cells; /* len * width, row by row */
    size_t len, width;
};

#endif
