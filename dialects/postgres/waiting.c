#include "dialects/postgres/waiting.h"

#include <poll.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"

enum { PAUSE_MIN_MS = 50, PAUSE_MAX_MS = 500, LOOK_MS = 100 };

bool waiting_pause(int64_t left_ms, struct err *e)
{
    int64_t ms = PAUSE_MIN_MS + (int64_t)arc4random_uniform(PAUSE_MAX_MS - PAUSE_MIN_MS + 1);
    int64_t until = time_monotonic_ms() + (ms < left_ms ? ms : left_ms);

    for (int64_t left = until - time_monotonic_ms(); left > 0; left = until - time_monotonic_ms()) {
        if (!interrupt_check(e))
            return false;
        poll(NULL, 0, (int)(left < LOOK_MS ? left : LOOK_MS));
    }
    return interrupt_check(e);
}
