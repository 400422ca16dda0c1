/* What a review found, in the forms that other programs read: on standard output, and in files beside it. */
#ifndef CMD_REPORT_H
#define CMD_REPORT_H

#include "cmd/session.h"

/* What --format names; human for NULL. */
enum output_format report_format(const char *name);
/* Opens the files of a list of FORMAT=FILE (NULL-ended, or NULL) and empties them, so that what lies there afterwards
 * is this run's, however it ends. ERR_USAGE for another format and for a file that is named twice; ERR_SYSTEM. */
bool report_open(struct session *s, const char *const *list, struct err *e);
/* Writes what s->review holds and the error that ended the run (NULL: none): to standard output where --format is
 * neither human nor json, and into the files, which are closed. ERR_SYSTEM where one can't be written. */
bool report_finish(struct session *s, const struct err *error, struct err *e);
/* Closes what is still open. */
void report_close(struct session *s);

#endif
