/* What the database in memory keeps, and how it changes: only for its dialect. */
#ifndef TESTS_SUPPORT_FAKE_STATE_H
#define TESTS_SUPPORT_FAKE_STATE_H

#include "tests/support/fake.h"

/* NULL: the row has no such column. */
const struct cell *fake_cell(const struct fake_row *r, const char *column);
/* All of them or none; fails as a real table's keys and guards would. */
bool fake_write(struct fake_server *s, const struct row_change *changes, size_t n, struct err *e);
/* Runs one line of a script. */
bool fake_statement(struct fake_server *s, struct text line, struct err *e);

#endif
