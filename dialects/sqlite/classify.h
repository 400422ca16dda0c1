/* What kind of statement it is, told by its first words. Pure. */
#ifndef DIALECTS_SQLITE_CLASSIFY_H
#define DIALECTS_SQLITE_CLASSIFY_H

#include "core/base/types.h"
#include "dialects/sqlite/script.h"

/* Fills everything but the range and what is decided by the script as a whole. sql ends where the statement does. */
void sqlite_classify(struct sqlite_statement *s, struct text sql);

#endif
