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
