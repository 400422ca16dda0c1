/* A description of the schema, as core/base/schema.h has it. SQLite keeps the text of each definition, edited in place
 * by ALTER TABLE (https://www.sqlite.org/schematab.html); that says all, so it is read, not what the pragmas give of
 * it: they know no CHECK, no COLLATE, no name of a constraint. */
#ifndef DIALECTS_SQLITE_SCHEMA_H
#define DIALECTS_SQLITE_SCHEMA_H

#include "core/base/schema.h"
#include "dialects/sqlite/connection.h"

/* dialect.h's schema and identify. A file is known by its device and inode. */
bool sqlite_schema(struct schema *out, struct db *db, const struct schema_request *r, struct arena *a, struct err *e);
bool sqlite_identify(struct db_identity *out, struct db *db, struct arena *a, struct err *e);

/* ---- schema_words.c: pure ---- */

/* SQL with its tokens as they always are: no comments, single blanks, keywords in capitals, names in double quotes
 * where they have to be and nowhere else. */
const char *sqlite_words(struct text sql, struct arena *a);
/* A name as it stands in that. */
const char *sqlite_word_name(const char *name, struct arena *a);

/* ---- schema_table.c: pure ---- */

/* Adds the table, its columns, their order and its constraints. sql is its CREATE TABLE. */
void sqlite_schema_table(struct schema *out, const char *name, struct text sql, struct arena *a);

#endif
