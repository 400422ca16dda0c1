/* The steps of opening a session: which configuration, which source, which database. */
#ifndef CMD_SETUP_H
#define CMD_SETUP_H

#include "cmd/session.h"
#include "core/review/review.h"
#include "core/scratch.h"

/* Reads the merganser.yml that holds and the environment's block of it. */
bool setup_config(struct session *s, struct err *e);
/* Which folders, layout and commit the options and the configuration name. */
bool setup_request(struct source_request *out, struct session *s, struct err *e);
/* Where the merganser.yml that holds lies, from the root: "" there, and where there is none. */
const char *setup_config_folder(const struct session *s);
/* The folder, from the root, of the file that a value of the configuration stands in: its relative paths start there.
 */
const char *setup_folder_of(const struct session *s, struct pos at);
/* What the configuration's `check:` says of a review. */
bool setup_review(struct review_request *out, struct session *s, struct err *e);
/* Loads the migrations. */
bool setup_source(struct session *s, struct err *e);

/* ---- setup_database.c ---- */

/* The dialect of the database that is named, which is not opened; NULL where none is, or its URL can't be read here. */
const struct dialect *setup_dialect(struct session *s);
/* What a trial needs of the target, which is opened for reading. With a database of the user's to try in, url, it may
 * be that no target is named, or that its variables are not set. */
bool setup_scratch(struct scratch_request *out, struct session *s, const char *url, struct err *e);
/* Optional: begins to connect, so that the server gets ready while the files are read. What fails is told by
 * setup_database. */
void setup_database_start(struct session *s, bool read_only);
/* Connects. */
bool setup_database(struct session *s, bool read_only, struct err *e);

#endif
