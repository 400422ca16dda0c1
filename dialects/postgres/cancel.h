/* Asking the server to cancel what runs. libpq opens a connection for that and waits as long as the network makes it
 * wait: a process of its own does it, and is given CANCEL_SECONDS. */
#ifndef DIALECTS_POSTGRES_CANCEL_H
#define DIALECTS_POSTGRES_CANCEL_H

#include "dialects/postgres/session.h"

/* Does not wait. */
void cancel_start(struct pg *pg);
/* Waits until what was started has arrived, or is given up. Nothing where nothing was started. */
void cancel_finish(struct pg *pg);

#endif
