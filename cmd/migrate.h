/* What up, down and redo have in common. */
#ifndef CMD_MIGRATE_H
#define CMD_MIGRATE_H

#include "cmd/session.h"
#include "core/migrate.h"

/* Runs the request and shows what it did. Asks first where that has to be. */
bool migrate_run(struct session *s, struct migrate_request *r, struct err *e);

/* The same, and where dump is set (and nothing was only shown) dump_behind. */
bool migrate_run_and_dump(struct session *s, struct migrate_request *r, bool dump, struct err *e);

#endif
