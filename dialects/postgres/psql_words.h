/* psql's commands, each with what merganser does about it. */
#ifndef DIALECTS_POSTGRES_PSQL_WORDS_H
#define DIALECTS_POSTGRES_PSQL_WORDS_H

#include "core/base/text.h"

enum psql_word {
    WORD_REFUSED,
    WORD_SILENT,   /* passed over: pg_dump writes it */
    WORD_HARMLESS, /* passed over: it prints, or says how psql prints */
    WORD_INCLUDE,
    WORD_INCLUDE_BESIDE,
    WORD_SET,
    WORD_UNSET,
    WORD_ENCODING
};

/* *hint says what to do instead, also for a command that psql itself does not know. */
enum psql_word psql_word(const char **hint, struct text name);

/* A variable by which psql itself is set. False: one of the script's own. *hint: what to do about this value, NULL
 * where it changes nothing here. */
bool psql_own_variable(const char **hint, struct text name, struct text value);

#endif
