#include "core/layouts/naming.h"

#include <inttypes.h>

#include "core/base/text.h"

enum { NAME_MAX_LEN = 150, STAMP_DIGITS = 14 };

static bool refuse(const char *typed, const char *why, struct arena *a, struct err *e)
{
    err_plain(e, ERR_USAGE, "'%s' can't name a migration: %s", text_shown(a, text_from(typed)), why);
    return err_hint(e,
                    "say what it does in a few words of letters and digits, as in `merganser new add_city_to_users`");
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool begins_word(struct text t, size_t i)
{
    char before = i ? t.at[i - 1] : '\0', after = i + 1 < t.len ? t.at[i + 1] : '\0';

    if (!is_upper(t.at[i]) || !i)
        return false;
    if (is_upper(before))
        return text_is_letter(after) && !is_upper(after);
    return text_is_letter(before) || text_is_digit(before);
}

bool naming_clean(const char **out, const char *typed, struct arena *a, struct err *e)
{
    struct text t = text_trim(text_from(typed));
    struct buf clean = buf_open(a, NAME_MAX_LEN);

    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        bool word = text_is_letter(c) || text_is_digit(c);

        if ((unsigned char)c > 0x7e)
            return refuse(typed, "it has characters that are not ASCII", a, e);
        if ((unsigned char)c < ' ' || c == '/' || c == '\\')
            return refuse(typed, "it has a slash or a control character", a, e);
        if (clean.len && clean.at[clean.len - 1] != '_' && (!word || begins_word(t, i)))
            buf_char(&clean, '_');
        if (word)
            buf_char(&clean, text_lower(c));
    }
    while (clean.len && clean.at[clean.len - 1] == '_')
        clean.at[--clean.len] = '\0';
    if (clean.overflowed)
        return refuse(typed, arena_printf(a, "it is longer than %d characters", NAME_MAX_LEN), a, e);
    if (!clean.len)
        return refuse(typed, "no letter or digit is in it", a, e);
    if (!text_is_letter(clean.at[0]))
        return refuse(typed, "it has to begin with a letter", a, e);
    *out = buf_cstr(&clean);
    return true;
}

const char *naming_camelised(const char *name, struct arena *a)
{
    struct buf camel = buf_open(a, SIZE_MAX / 2);
    bool first = true;

    for (; *name; name++) {
        if (*name != '_')
            buf_char(&camel, first ? text_upper(*name) : *name);
        first = *name == '_';
    }
    return buf_cstr(&camel);
}

const char *naming_stamp(bool dashes, int64_t unix_ms, struct arena *a)
{
    time_t seconds = (time_t)(unix_ms / 1000);
    char stamp[64];
    struct tm tm;

    gmtime_r(&seconds, &tm);
    if (dashes)
        strftime(stamp, sizeof stamp, "%Y-%m-%d-%H%M%S", &tm);
    else
        strftime(stamp, sizeof stamp, "%Y%m%d%H%M%S", &tm);
    return arena_string(a, stamp);
}

static int number(const char *digits, size_t n)
{
    int value = 0;

    while (n--)
        value = value * 10 + (*digits++ - '0');
    return value;
}

bool naming_stamp_read(int64_t *unix_ms, const char *version)
{
    struct tm tm = { 0 };

    for (int i = 0; i < STAMP_DIGITS; i++)
        if (!text_is_digit(version[i]))
            return false;
    tm.tm_year = number(version, 4) - 1900;
    tm.tm_mon = number(version + 4, 2) - 1;
    tm.tm_mday = number(version + 6, 2);
    tm.tm_hour = number(version + 8, 2);
    tm.tm_min = number(version + 10, 2);
    tm.tm_sec = number(version + 12, 2);
    *unix_ms = (int64_t)timegm(&tm) * 1000;
    return true;
}

bool naming_successor(const char **out, const char *number_text, int digits, struct arena *a)
{
    uint64_t n;

    if (!text_to_u64(text_from(number_text), &n) || n >= INT64_MAX)
        return false;
    *out = arena_printf(a, "%0*" PRIu64, digits, n + 1);
    return true;
}
