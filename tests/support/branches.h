/* Two branches that each add to a Drizzle journal, with the merge driver in place. */
#ifndef TESTS_SUPPORT_BRANCHES_H
#define TESTS_SUPPORT_BRANCHES_H

#include "tests/support/stage.h"

/* A line of a story: a journal of entries, "100:0000_ant 300:0001_mole", as drizzle-kit writes it, below folder. Each
 * tag makes a table of its name, and TAG.down.sql drops it. */
const char *branches_journal(struct arena *a, const char *folder, const char *entries);
/* The same files in a stage's work tree. */
void branches_write(struct stage *s, const char *folder, const char *entries);
/* Tells git of the drivers. */
void branches_install(struct stage *s);
/* "0:100:0000_ant 1:300:0001_mole": what a journal of the work tree says. Fails the test where it is none. */
const char *branches_entries(struct stage *s, const char *folder);

/* main has an ant and then a mole; feature, from the ant on, first a fox and in a second commit a goat; their `when`
 * are earlier than the mole's, or later. HEAD is main. */
struct stage branches_open(struct arena *a, bool later, bool postgres);

#endif
