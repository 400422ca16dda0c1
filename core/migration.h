/* A migration: one versioned change with its up and down script. And the order of versions. */
#ifndef CORE_MIGRATION_H
#define CORE_MIGRATION_H

#include "core/base/err.h"
#include "core/base/types.h"

/* Which of two versions is the older one. */
enum version_order {
    ORDER_NUMBER, /* digits as numbers; what is not a number comes after, as text */
    ORDER_TEXT,   /* by bytes */
    ORDER_JOURNAL /* by position; versions without a file come after those with one, by text */
};

/* One file of a migration. */
struct migration_file {
    const char *path;      /* from the source's root; NULL: there is none */
    struct object_id blob; /* of the cleaned bytes */
    bool uncommitted;
    const void *entry; /* the source's own: how to read it */
};

struct migration {
    const char *version; /* as the ledger has it */
    const char *name;    /* without version and ending, its bytes as they are; "" where there is none */
    const char *id;      /* as it is called in messages: the file's or folder's name without endings */
    struct migration_file up, down;
    struct migration_file also; /* Rails' .rb, Diesel's metadata.toml; path NULL where there is none */
    bool unrendered;            /* a .rb without a .sql: up.path is NULL, also.path names the .rb */
    bool no_transaction;        /* known once it was prepared (source_prepare), for what is pending */
    const char *separator;      /* between the statements of its scripts, dropped; NULL: none */
    uint64_t when_ms;           /* Drizzle's journal: "when" */
    size_t position;            /* in the journal, 0-based */
};

struct migrations {
    struct migration *at;
    size_t len, cap;
    enum version_order order;
};

/* <0, 0, >0. For ORDER_JOURNAL by bytes of the text: positions are the migrations' own. */
int version_compare(enum version_order order, const char *a, const char *b);
/* Sorts in place: by version or by position, those that are equal in it by their paths. */
void migrations_sort(struct migrations *list);
/* The migration of a version in a sorted list, or NULL. */
const struct migration *migration_find(const struct migrations *list, const char *version);
/* ERR_DUPLICATE_VERSION with both paths, where two of the sorted list have one version. */
bool migrations_check_versions(const struct migrations *list, struct arena *a, struct err *e);

#endif
