/* Names and time stamps of the files that `new` makes. */
#ifndef CORE_LAYOUTS_NAMING_H
#define CORE_LAYOUTS_NAMING_H

#include "core/base/err.h"

/* What was typed as snake case: "Add City to users" and AddCityToUsers are add_city_to_users. ERR_USAGE where nothing
 * is left, where it does not begin with a letter, for slashes, control characters and what is not ASCII. */
bool naming_clean(const char **out, const char *typed, struct arena *a, struct err *e);
/* add_city_to_users is AddCityToUsers. */
const char *naming_camelised(const char *name, struct arena *a);

/* A time in UTC as 20240320123000, or dashed as 2024-03-20-123000. */
const char *naming_stamp(bool dashes, int64_t unix_ms, struct arena *a);
/* The time in the first 14 digits of a version (YYYYMMDDHHMMSS), in milliseconds; false where it has fewer. */
bool naming_stamp_read(int64_t *unix_ms, const char *version);
/* The next number as text, as wide as digits at least. False for what is not a number below INT64_MAX. */
bool naming_successor(const char **out, const char *number, int digits, struct arena *a);

#endif
