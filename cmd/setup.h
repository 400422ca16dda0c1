/* The steps of opening a session: which configuration, which source, which database. */
#ifndef CMD_SETUP_H
#define CMD_SETUP_H

#include "cmd/session.h"

/* Reads the merganser.yml that holds and the environment's block of it. */
bool setup_config(struct session *s, struct err *e);
/* Which folders, layout and commit the options and the configuration name. */
bool setup_request(struct source_request *out, struct session *s, struct err *e);
/* Loads the migrations. */
bool setup_source(struct session *s, struct err *e);
/* Begins to connect, so that the server gets ready while the files are read. What fails is told by setup_database. */
void setup_database_start(struct session *s, bool read_only);
/* Connects. */
bool setup_database(struct session *s, struct err *e);

#endif
