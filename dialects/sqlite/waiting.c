#include "dialects/sqlite/waiting.h"

#include <poll.h>
#include <sys/random.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"

enum {
    PAUSE_LEAST_MS = 2,
    PAUSE_MOST_MS = 60,
    PROGRESS_STEPS = 5000 /* of SQLite's machine: about a tenth of a millisecond */
};

void sqlite_waiting_pause(int tries)
{
    int most = tries < 10 ? PAUSE_LEAST_MS << (tries / 2) : PAUSE_MOST_MS;
    unsigned char chance = 0;

    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) != sizeof chance)
        chance = 128;
    poll(NULL, 0, PAUSE_LEAST_MS + most * chance / 256);
}

static int on_busy(void *to, int tries)
{
    struct sqlite_db *c = to;
    int64_t now = time_monotonic_ms();

    if (tries == 0)
        c->busy_since = now;
    if ((interrupt_requested() && !c->finishing) || now - c->busy_since >= c->busy_ms)
        return 0;
    sqlite_waiting_pause(tries);
    return 1;
}

static int on_progress(void *to)
{
    const struct sqlite_db *c = to;

    return !c->finishing && (interrupt_requested() || (c->deadline && time_monotonic_ms() > c->deadline));
}

void sqlite_waiting_install(struct sqlite_db *c)
{
    sqlite3_busy_handler(c->handle, on_busy, c);
    sqlite3_progress_handler(c->handle, PROGRESS_STEPS, on_progress, c);
}
