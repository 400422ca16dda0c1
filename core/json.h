/* JSON in and out: the only user of jansson. */
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include "core/base/err.h"

struct json; /* a tree on the heap: whoever made or parsed it frees it */

/* ERR_JOURNAL's like is the caller's: kind and the place (line, column) are set by kind and path. */
bool json_parse(struct json **out, const char *path, struct text bytes, enum err_kind kind, struct err *e);
void json_free(struct json *j); /* NULL is allowed */

/* Reading. A missing member or a wrong type gives NULL, false, or 0 elements. */
const struct json *json_get(const struct json *object, const char *key);
size_t json_length(const struct json *array);
const struct json *json_at(const struct json *array, size_t i);
bool json_is_array(const struct json *j);
bool json_is_object(const struct json *j);
const char *json_as_string(const struct json *j); /* lives as long as j */
bool json_as_u64(const struct json *j, uint64_t *out);
bool json_as_bool(const struct json *j); /* false where it is none */
/* Every member of an object, in the order of the file. */
void json_each(const struct json *object, void (*take)(void *to, const char *key, const struct json *value), void *to);
/* Whether two objects hold the same members in whatever order; those of the keys, NULL-ended, aside. */
bool json_same_but(const struct json *one, const struct json *other, const char *const *keys);

/* Writing. What is set or added belongs to the tree afterwards; members keep their order. Strings may hold bytes that
 * are not UTF-8: each becomes U+FFFD. NULL strings become null. */
struct json *json_new_object(void);
struct json *json_new_array(void);
void json_set(struct json *object, const char *key, struct json *value);
void json_set_string(struct json *object, const char *key, const char *value);
void json_set_text(struct json *object, const char *key, struct text value); /* at NULL: null */
void json_set_integer(struct json *object, const char *key, int64_t value);
void json_set_bool(struct json *object, const char *key, bool value);
void json_set_null(struct json *object, const char *key);
void json_add(struct json *array, struct json *value);
void json_add_string(struct json *array, const char *value);

/* Indented by two, a line end behind it. */
void json_print(const struct json *j, FILE *to);
struct text json_bytes(const struct json *j, int indent, struct arena *a);
/* One text for all that are the same: an object without the members of the keys (NULL-ended), on one line, without
 * blanks, every object's members sorted by their names' bytes; in strings only what has to be is escaped. */
struct text json_canonical(const struct json *object, const char *const *without, struct arena *a);

#endif
