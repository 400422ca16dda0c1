/* How SQLite waits for other connections, and how a signal or a deadline stops it. */
#ifndef DIALECTS_SQLITE_WAITING_H
#define DIALECTS_SQLITE_WAITING_H

#include "dialects/sqlite/connection.h"

/* Sets the handle's busy and progress handlers, which look at c. */
void sqlite_waiting_install(struct sqlite_db *c);

/* Sleeps until the next try: a little longer each time, with jitter, so that two waiting processes part. Returns early
 * when a signal comes. */
void sqlite_waiting_pause(int tries);

#endif
