/* The marks that a script carries in its comments: ours, and the section marks of other tools. */
#ifndef CORE_LAYOUTS_MARKS_H
#define CORE_LAYOUTS_MARKS_H

#include "core/layouts/layout.h"

/* What every layout does before a pending script runs:
 * - `-- merganser: no-transaction` among its leading comments (of a script that comes in pieces: its first 64 KiB) sets
 * m->no_transaction; another word behind
 *   `-- merganser:`, or the mark behind the first statement, is a warning; `-- merganser: ignore` is the review's;
 * - a script without a statement is a note;
 * - another tool's mark at the start of a line is ERR_OTHER_TOOL at its place. The marks are those of dbmate
 *   (`-- migrate:up`), goose (`-- +goose`), sql-migrate (`-- +migrate`), node-pg-migrate (`-- Up Migration`),
 *   tern (`---- create above / drop below ----`) and graphile-migrate (`--! Previous:`). */
bool marks_prepare(struct migration *m, const struct layout_input *in, const struct script *up, struct err *e);

/* Takes the line `-- merganser: ignore RULE REASON` apart, which may stand anywhere in a script; the reason may be
 * empty. False: it is another line. */
bool marks_ignore(struct text *rule, struct text *reason, struct text line);

#endif
