/* Names of git objects. Declared in text.h. */
#include "core/base/text.h"

bool object_id_equal(struct object_id a, struct object_id b)
{
    return a.known && b.known && memcmp(a.raw, b.raw, sizeof a.raw) == 0;
}

static int hex_digit(char c)
{
    if (text_is_digit(c))
        return c - '0';
    c = text_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool object_id_parse(struct object_id *out, struct text hex)
{
    struct object_id id = { .known = true };

    if (hex.len != 2 * sizeof id.raw)
        return false;
    for (size_t i = 0; i < sizeof id.raw; i++) {
        int high = hex_digit(hex.at[2 * i]), low = hex_digit(hex.at[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        id.raw[i] = (unsigned char)(high * 16 + low);
    }
    *out = id;
    return true;
}

const char *text_hex(struct arena *a, const unsigned char *raw, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    char *out = arena_alloc(a, 2 * len + 1);

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[raw[i] >> 4];
        out[2 * i + 1] = digits[raw[i] & 15];
    }
    return out;
}

const char *object_id_hex(struct arena *a, struct object_id id)
{
    return id.known ? text_hex(a, id.raw, sizeof id.raw) : NULL;
}
