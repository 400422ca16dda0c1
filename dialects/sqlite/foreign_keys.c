#include "dialects/sqlite/foreign_keys.h"

#include <inttypes.h>

bool sqlite_keys_on(const struct sqlite_db *c)
{
    int on = 0;

    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_ENABLE_FKEY, -1, &on);
    return on;
}

void sqlite_keys_set(struct sqlite_db *c, bool on)
{
    if (!sqlite_in_transaction(c))
        sqlite3_db_config(c->handle, SQLITE_DBCONFIG_ENABLE_FKEY, (int)on, NULL);
}

/* The foreign key that the rows being read belong to: they come one key after the other. */
struct foreign_key {
    const char *child;
    int number;
    const char *columns;  /* "a, b" */
    sqlite3_stmt *values; /* of those columns, by row id; NULL: the table has none */
};

static const char *text_of(sqlite3_stmt *stmt, int column)
{
    const char *value = (const char *)sqlite3_column_text(stmt, column);

    return value ? value : "";
}

/* Prepares the query of the columns' values. */
static bool foreign_key_find(struct foreign_key *k, struct sqlite_db *c, struct arena *a)
{
    sqlite3_stmt *names = NULL;
    struct buf columns = buf_open(a, 64 * 1024), values = buf_open(a, 256 * 1024);
    bool ok;

    buf_string(&values, "SELECT ");
    ok = sqlite3_prepare_v2(c->handle, "SELECT \"from\" FROM pragma_foreign_key_list(?1) WHERE id = ?2 ORDER BY seq",
                            -1, &names, NULL) == SQLITE_OK &&
         sqlite3_bind_text(names, 1, k->child, -1, SQLITE_STATIC) == SQLITE_OK &&
         sqlite3_bind_int(names, 2, k->number) == SQLITE_OK;
    while (ok && sqlite3_step(names) == SQLITE_ROW) {
        const char *name = text_of(names, 0);

        buf_printf(&values, "%squote(%s)", columns.len ? "||', '||" : "", sqlite_quoted(name, a));
        buf_printf(&columns, "%s%s", columns.len ? ", " : "", name);
    }
    sqlite3_finalize(names);
    buf_printf(&values, " FROM %s WHERE rowid = ?1", sqlite_quoted(k->child, a));
    k->columns = buf_cstr(&columns);
    /* A table WITHOUT ROWID does not prepare: its violations are only counted. */
    if (ok && columns.len)
        sqlite3_prepare_v2(c->handle, buf_cstr(&values), -1, &k->values, NULL);
    return ok;
}

static const char *values_read(struct foreign_key *k, sqlite3_stmt *check, struct arena *a)
{
    const char *values = NULL;

    if (!k->values || sqlite3_column_type(check, 1) == SQLITE_NULL)
        return NULL;
    sqlite3_bind_int64(k->values, 1, sqlite3_column_int64(check, 1));
    if (sqlite3_step(k->values) == SQLITE_ROW)
        values = arena_string(a, text_of(k->values, 0));
    sqlite3_reset(k->values);
    return values;
}

static bool violation_add(struct sqlite_violations *out, struct foreign_key *k, sqlite3_stmt *check,
                          struct sqlite_db *c, struct arena *a)
{
    const char *child = text_of(check, 0), *values, *parent;
    int number = sqlite3_column_int(check, 3);
    struct sqlite_violation *v;

    if (!k->child || strcmp(k->child, child) != 0 || k->number != number) {
        sqlite3_finalize(k->values);
        *k = (struct foreign_key) { .child = arena_string(a, child), .number = number };
        if (!foreign_key_find(k, c, a))
            return false;
    }
    parent = text_of(check, 2);
    values = values_read(k, check, a);
    v = arena_push(a, out);
    v->shown = arena_printf(a, "%s(%s)%s%s has no row in %s", k->child, k->columns, values ? " = " : "",
                            values ? values : "", parent);
    return true;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct sqlite_violation *)a)->shown, ((const struct sqlite_violation *)b)->shown);
}

bool sqlite_violations_read(struct sqlite_violations *out, struct sqlite_db *c, bool may_be_unknown, struct arena *a,
                            struct err *e)
{
    const char *doing = "check the foreign keys";
    sqlite3_stmt *check = NULL;
    struct foreign_key k = { 0 };
    int code = SQLITE_ERROR;
    bool ok = true;

    *out = (struct sqlite_violations) { 0 };
    if (sqlite3_prepare_v2(c->handle, "PRAGMA foreign_key_check", -1, &check, NULL) == SQLITE_OK)
        while (ok && (code = sqlite3_step(check)) == SQLITE_ROW)
            ok = violation_add(out, &k, check, c, a);
    if ((code & 0xff) == SQLITE_ERROR && may_be_unknown)
        out->unknown = true;
    else if (code != SQLITE_DONE)
        ok = sqlite_failed(c, doing, e);
    sqlite3_finalize(k.values);
    sqlite3_finalize(check);
    if (ok && out->len)
        qsort(out->at, out->len, sizeof *out->at, by_text);
    return ok;
}

size_t sqlite_violations_new(const struct sqlite_violations *before, const struct sqlite_violations *after,
                             const struct sqlite_violation **first)
{
    size_t n = 0, i = 0;

    *first = NULL;
    if (before->unknown)
        return 0;
    for (size_t k = 0; k < after->len; k++) {
        while (i < before->len && by_text(&before->at[i], &after->at[k]) < 0)
            i++;
        if (i < before->len && by_text(&before->at[i], &after->at[k]) == 0) {
            i++;
        } else {
            *first = *first ? *first : &after->at[k];
            n++;
        }
    }
    return n;
}
