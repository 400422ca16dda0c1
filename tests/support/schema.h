/* Descriptions of databases, and how two of them differ, as text. */
#ifndef TESTS_SUPPORT_SCHEMA_H
#define TESTS_SUPPORT_SCHEMA_H

#include "core/schema.h"

/* Opens the database, describes it, closes it; owners and grants too where `all` is set. Fails the test where that does
 * not work. wanted may be NULL. */
struct schema schema_of(const char *url, const char *const *session, const struct schema_wanted *wanted,
                        struct arena *a);
/* With owners and grants. */
extern const struct schema_wanted schema_all;

/* "added column public.users.city", a line each. */
const char *schema_differences(const struct schema *expected, const struct schema *actual, struct arena *a);
/* NULL where there is none. */
const struct schema_object *schema_object(const struct schema *s, const char *kind, const char *name);
/* Fails the test with the differences, and where the texts are not the same. */
void schema_assert_same(const struct schema *expected, const struct schema *actual, struct arena *a);

#endif
