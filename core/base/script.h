/* Scripts that lie in memory, and whole ones made of pieces. */
#ifndef CORE_BASE_SCRIPT_H
#define CORE_BASE_SCRIPT_H

#include "core/base/arena.h"

/* A script whose one piece is text, which has to live as long. It can't name other files. */
struct script script_in_memory(const char *path, struct text text, struct arena *a);

/* All of a script's bytes. Copies only when it comes in more than one piece. */
bool script_whole(struct text *out, const struct script *s, struct arena *a, struct err *e);

/* Whether all of it lies in memory as one piece already. */
bool script_is_in_memory(const struct script *s);

#endif
