#ifndef DIALECTS_SQLITE_SQLITE_H
#define DIALECTS_SQLITE_SQLITE_H

#include "dialects/dialect.h"

extern const struct dialect sqlite_dialect;

#endif
