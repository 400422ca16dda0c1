/* One statement's text → what it does (core/base/actions.h), read from its tokens: SQLite has no tree to give. Pure.
 * The forms are those of https://www.sqlite.org/lang.html. */
#ifndef DIALECTS_SQLITE_DESCRIBE_H
#define DIALECTS_SQLITE_DESCRIBE_H

#include "core/base/actions.h"
#include "dialects/sqlite/scan.h"

/* struct dialect's describe. What is not read is not known, and never guessed. */
void sqlite_describe(struct actions *out, struct text sql, struct arena *a);

struct sqlite_describing {
    struct text sql;
    size_t at;
    struct sqlite_token now;
    size_t behind; /* the last group that was passed */
    struct actions *out;
    struct arena *arena;
};

/* Appends an action; its address holds until the next one. */
struct action *sqlite_describe_add(struct sqlite_describing *d, enum action_verb verb, enum object_kind object);

/* ---- reading ---- */

void sqlite_describe_next(struct sqlite_describing *d);
bool sqlite_describe_is(const struct sqlite_describing *d, const char *word);
bool sqlite_describe_sign(const struct sqlite_describing *d, char sign);
/* Passes over the word, or does nothing. */
bool sqlite_describe_take(struct sqlite_describing *d, const char *word);
/* Passes over a name, which is given in lower case: SQLite tells no difference. NULL: it is none. */
const char *sqlite_describe_name(struct sqlite_describing *d);
/* [schema.]name, and where it stands. */
bool sqlite_describe_object(struct sqlite_describing *d, struct action *out);
/* Passes over "( … )" with all that is within. False where it is not one, or is not closed. */
bool sqlite_describe_group(struct sqlite_describing *d);
/* The same for one with plain names in it, which are given with ", " between; NULL in *out where it holds more. */
bool sqlite_describe_columns(struct sqlite_describing *d, const char **out);

/* ---- describe_table.c: false where the text is no such thing ---- */

/* "( … )" or AS, behind the table's name. */
bool sqlite_describe_table(struct sqlite_describing *d);
/* A column, up to the comma or parenthesis behind it; of the table that `of` names. */
bool sqlite_describe_column(struct sqlite_describing *d, const struct action *of, unsigned flags);

#endif
