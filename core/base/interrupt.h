/* SIGINT and SIGTERM: the handler stores a number, loops ask for it. A second signal ends the process at once. */
#ifndef CORE_BASE_INTERRUPT_H
#define CORE_BASE_INTERRUPT_H

#include "core/base/err.h"

/* Installs the handlers and ignores SIGPIPE. */
void interrupt_install(void);
/* The signal that asked us to stop, or 0. */
int interrupt_requested(void);
/* True while nobody asked us to stop; else sets *e to "interrupted" or "terminated". */
bool interrupt_check(struct err *e);
/* Forgets what was asked: for tests. */
void interrupt_reset(void);

#endif
