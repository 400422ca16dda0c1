/* What PostgreSQL's documentation (Explicit Locking, ALTER TABLE, each command's page) says that statements lock, write
 * anew and read through. Pure. */
#ifndef DIALECTS_POSTGRES_EFFECTS_H
#define DIALECTS_POSTGRES_EFFECTS_H

#include "dialects/dialect.h"

/* struct dialect's effects. Only what the statement names is in it: the ACCESS SHARE of what a query reads is not, nor
 * is what a CASCADE, a trigger or a foreign key reaches beyond. */
void postgres_effects(struct effects *out, const struct actions *actions, int server, struct arena *a);

/* Which of two lock modes ("ACCESS EXCLUSIVE", NULL: none) is the stronger one: <0, 0, >0. */
int effects_compare_locks(const char *x, const char *y);

#endif
