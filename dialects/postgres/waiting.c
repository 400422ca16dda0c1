#include "dialects/postgres/waiting.h"

#include "core/base/interrupt.h"

enum { PAUSE_MIN_MS = 50, PAUSE_MAX_MS = 500 };

bool waiting_pause(int64_t left_ms, struct err *e)
{
    int64_t ms = PAUSE_MIN_MS + (int64_t)arc4random_uniform(PAUSE_MAX_MS - PAUSE_MIN_MS + 1);

    return interrupt_pause(ms < left_ms ? ms : left_ms, e);
}
