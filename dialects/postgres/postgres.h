#ifndef DIALECTS_POSTGRES_POSTGRES_H
#define DIALECTS_POSTGRES_POSTGRES_H

#include "dialects/dialect.h"

extern const struct dialect postgres_dialect;

#endif
