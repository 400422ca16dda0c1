/* Times and durations. Declared in text.h. */
#include "core/base/text.h"

const char *text_time(struct arena *a, int64_t unix_ms)
{
    time_t seconds = (time_t)(unix_ms / 1000);
    int ms = (int)(unix_ms % 1000);
    struct tm tm;
    char day[32];

    if (ms < 0) {
        ms += 1000;
        seconds--;
    }
    gmtime_r(&seconds, &tm);
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
    return ms ? arena_printf(a, "%s.%03dZ", day, ms) : arena_printf(a, "%sZ", day);
}

/* Two digits between two bounds. */
static bool take_two(int *out, struct text *t, int least, int most)
{
    if (t->len < 2 || !text_is_digit(t->at[0]) || !text_is_digit(t->at[1]))
        return false;
    *out = (t->at[0] - '0') * 10 + t->at[1] - '0';
    *t = text_cut(*t, 2, t->len);
    return *out >= least && *out <= most;
}

static bool take(struct text *t, const char *one_of)
{
    if (!t->len || !strchr(one_of, *t->at))
        return false;
    *t = text_cut(*t, 1, t->len);
    return true;
}

/* ".123456": what is behind the milliseconds is dropped. */
static bool take_fraction(int64_t *ms, struct text *t)
{
    int scale = 100;

    if (!take(t, "."))
        return true;
    if (!t->len || !text_is_digit(*t->at))
        return false;
    for (; t->len && text_is_digit(*t->at); scale /= 10) {
        *ms += (*t->at - '0') * scale;
        *t = text_cut(*t, 1, t->len);
    }
    return true;
}

bool text_to_time(int64_t *unix_ms, struct text t)
{
    struct tm tm = { 0 }, same;
    int century, year;
    int64_t ms = 0;

    if (!take_two(&century, &t, 0, 99) || !take_two(&year, &t, 0, 99) || !take(&t, "-") ||
        !take_two(&tm.tm_mon, &t, 1, 12) || !take(&t, "-") || !take_two(&tm.tm_mday, &t, 1, 31))
        return false;
    tm.tm_year = century * 100 + year - 1900;
    tm.tm_mon--;
    if (t.len &&
        (!take(&t, "Tt ") || !take_two(&tm.tm_hour, &t, 0, 23) || !take(&t, ":") || !take_two(&tm.tm_min, &t, 0, 59) ||
         !take(&t, ":") || !take_two(&tm.tm_sec, &t, 0, 60) || !take_fraction(&ms, &t) || !take(&t, "Zz") || t.len))
        return false;
    same = tm;
    *unix_ms = (int64_t)timegm(&tm) * 1000 + ms;
    /* The 31st of a month that has 30 days. */
    return tm.tm_mday == same.tm_mday;
}

static int64_t clock_ms(clockid_t which)
{
    struct timespec now;

    clock_gettime(which, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t time_now_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

int64_t time_monotonic_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

const char *text_duration(struct arena *a, int64_t ms)
{
    if (ms < 1000)
        return arena_printf(a, "%lld ms", (long long)ms);
    if (ms < 60000)
        return arena_printf(a, "%lld.%lld s", (long long)(ms / 1000), (long long)(ms % 1000 / 100));
    return arena_printf(a, "%lld min %02lld s", (long long)(ms / 60000), (long long)(ms / 1000 % 60));
}
