#include <jansson.h>

/* jansson's macros of these names would replace the functions declared below. */
#undef json_is_array
#undef json_is_object

#include "core/base/text.h"
#include "core/json.h"

enum { BOM_LEN = 3 };

static json_t *mutable(const struct json *j)
{
    return (json_t *)j;
}

static const struct json *ours(const json_t *j)
{
    return (const struct json *)j;
}

/* jansson gives NULL only where there is no memory, for everything that is asked of it below. */
static json_t *made(json_t *j)
{
    if (!j)
        abort();
    return j;
}

static void done(int failed)
{
    if (failed)
        abort();
}

bool json_parse(struct json **out, const char *path, struct text bytes, enum err_kind kind, struct err *e)
{
    size_t skipped = text_starts(bytes, "\xef\xbb\xbf") ? BOM_LEN : 0;
    json_error_t error;
    json_t *j = json_loadb(bytes.at + skipped, bytes.len - skipped, JSON_REJECT_DUPLICATES, &error);

    if (j) {
        *out = (struct json *)j;
        return true;
    }
    /* Its message may quote any byte of the file. */
    for (char *c = error.text; *c; c++)
        if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7e)
            *c = '?';
    err_plain(e, kind, "not valid JSON: %s", error.text);
    return err_place(e, path, bytes, skipped + (error.position > 0 ? (size_t)error.position - 1 : 0));
}

void json_free(struct json *j)
{
    json_decref((json_t *)j);
}

const struct json *json_get(const struct json *object, const char *key)
{
    return ours(json_object_get(mutable(object), key));
}

size_t json_length(const struct json *array)
{
    return json_array_size(mutable(array));
}

const struct json *json_at(const struct json *array, size_t i)
{
    return ours(json_array_get(mutable(array), i));
}

bool json_is_array(const struct json *j)
{
    return j && json_typeof(mutable(j)) == JSON_ARRAY;
}

bool json_is_object(const struct json *j)
{
    return j && json_typeof(mutable(j)) == JSON_OBJECT;
}

const char *json_as_string(const struct json *j)
{
    return json_string_value(mutable(j));
}

bool json_as_u64(const struct json *j, uint64_t *out)
{
    json_int_t value = json_integer_value(mutable(j));

    if (!json_is_integer(mutable(j)) || value < 0)
        return false;
    *out = (uint64_t)value;
    return true;
}

bool json_as_bool(const struct json *j)
{
    return json_is_true(mutable(j));
}

void json_each(const struct json *object, void (*take)(void *to, const char *key, const struct json *value), void *to)
{
    const char *key;
    json_t *value;

    json_object_foreach(mutable(object), key, value) take(to, key, ours(value));
}

static size_t count_but(json_t *object, const char *const *keys)
{
    size_t n = json_object_size(object);

    for (size_t i = 0; keys[i]; i++)
        n -= json_object_get(object, keys[i]) != NULL;
    return n;
}

bool json_same_but(const struct json *one, const struct json *other, const char *const *keys)
{
    const char *key;
    json_t *value;

    if (!json_is_object(one) || !json_is_object(other) ||
        count_but(mutable(one), keys) != count_but(mutable(other), keys))
        return false;
    json_object_foreach(mutable(one), key, value)
    {
        size_t i = 0;

        while (keys[i] && strcmp(keys[i], key) != 0)
            i++;
        if (!keys[i] && !json_equal(value, json_object_get(mutable(other), key)))
            return false;
    }
    return true;
}

static json_t *string(struct text t)
{
    struct arena *a;
    json_t *j;

    if (!t.at)
        return made(json_null());
    if (text_is_utf8(t))
        return made(json_stringn_nocheck(t.at, t.len));
    a = arena_open();
    j = made(json_string_nocheck(text_as_utf8(a, t)));
    arena_close(a);
    return j;
}

static void set(struct json *object, const char *key, json_t *value)
{
    done(json_object_set_new_nocheck(mutable(object), key, value));
}

struct json *json_new_object(void)
{
    return (struct json *)made(json_object());
}

struct json *json_new_array(void)
{
    return (struct json *)made(json_array());
}

void json_set(struct json *object, const char *key, struct json *value)
{
    set(object, key, mutable(value));
}

void json_set_string(struct json *object, const char *key, const char *value)
{
    set(object, key, string((struct text) { value, value ? strlen(value) : 0 }));
}

void json_set_text(struct json *object, const char *key, struct text value)
{
    set(object, key, string(value));
}

void json_set_integer(struct json *object, const char *key, int64_t value)
{
    set(object, key, made(json_integer(value)));
}

void json_set_bool(struct json *object, const char *key, bool value)
{
    set(object, key, made(json_boolean(value)));
}

void json_set_null(struct json *object, const char *key)
{
    set(object, key, made(json_null()));
}

void json_add(struct json *array, struct json *value)
{
    done(json_array_append_new(mutable(array), mutable(value)));
}

void json_add_string(struct json *array, const char *value)
{
    done(json_array_append_new(mutable(array), string((struct text) { value, value ? strlen(value) : 0 })));
}

void json_print(const struct json *j, FILE *to)
{
    struct arena *a = arena_open();
    struct text bytes = json_bytes(j, 2, a);

    fwrite(bytes.at, 1, bytes.len, to);
    fputc('\n', to);
    arena_close(a);
}

static struct text dumped(json_t *j, size_t flags, struct arena *a)
{
    char *text = json_dumps(j, flags);
    struct text bytes;

    if (!text)
        abort();
    bytes = arena_text(a, text, strlen(text));
    free(text);
    return bytes;
}

struct text json_bytes(const struct json *j, int indent, struct arena *a)
{
    return dumped(mutable(j), JSON_ENCODE_ANY | (indent ? JSON_INDENT((size_t)indent) : JSON_COMPACT), a);
}

struct text json_canonical(const struct json *object, const char *const *without, struct arena *a)
{
    json_t *rest = made(json_copy(mutable(object)));
    struct text bytes;

    for (size_t i = 0; without[i]; i++)
        json_object_del(rest, without[i]);
    bytes = dumped(rest, JSON_COMPACT | JSON_SORT_KEYS, a);
    json_decref(rest);
    return bytes;
}
