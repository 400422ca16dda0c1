/* Which pending version is a missing one under another name. Pure. */
#ifndef CORE_RENAMED_H
#define CORE_RENAMED_H

#include "core/resolve.h"

/* Flags what is `renamed` and lets the two entries point at each other, when every entry has its place. */
void renamed_find(struct resolution *r, const struct resolve_input *in, struct arena *a);

#endif
