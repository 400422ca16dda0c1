/* Waiting here for what somebody else holds: a statement that waits on the server would hold a snapshot, and a signal
 * could not end it. */
#ifndef DIALECTS_POSTGRES_WAITING_H
#define DIALECTS_POSTGRES_WAITING_H

#include "core/base/err.h"

/* Sleeps for a time that two who wait do not share, for left_ms at most. False when a signal asks to stop. */
bool waiting_pause(int64_t left_ms, struct err *e);

#endif
