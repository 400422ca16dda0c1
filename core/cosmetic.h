/* Whether two scripts differ in comments and white space alone. Pure. */
#ifndef CORE_COSMETIC_H
#define CORE_COSMETIC_H

#include "core/base/arena.h"

/* Quoted text, quoted names and dollar quotes count as they are; what is in doubt counts as a difference. */
bool cosmetic_equal(struct text a, struct text b);

#endif
