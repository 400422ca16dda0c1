/* SIGHUP, SIGINT and SIGTERM: the handler stores a number, loops ask for it. A second SIGINT or SIGTERM ends the
 * process at once. */
#ifndef CORE_BASE_INTERRUPT_H
#define CORE_BASE_INTERRUPT_H

#include "core/base/err.h"

/* Installs the handlers and ignores SIGPIPE. A SIGHUP that is ignored already (nohup) stays so. */
void interrupt_install(void);
/* The signal that asked us to stop, or 0. */
int interrupt_requested(void);
/* True while nobody asked us to stop; else *e is one of err_is_stop. */
bool interrupt_check(struct err *e);
/* Sleeps. Ends at once, with interrupt_check's false, when somebody asks us to stop. */
bool interrupt_pause(int64_t ms, struct err *e);
/* Forgets what was asked: for tests. */
void interrupt_reset(void);

#endif
