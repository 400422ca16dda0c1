/* What up, down and redo have in common. */
#ifndef CMD_MIGRATE_H
#define CMD_MIGRATE_H

#include "cmd/session.h"
#include "core/migrate.h"

/* Runs the request and shows what it did. question is asked where the policy says `confirm: true`. */
bool migrate_run(struct session *s, struct migrate_request *r, const char *question, struct err *e);

#endif
