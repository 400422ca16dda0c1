/* Actions as words, for tests that compare them. */
#ifndef TESTS_SUPPORT_ACTIONS_H
#define TESTS_SUPPORT_ACTIONS_H

#include "core/base/actions.h"
#include "core/base/arena.h"

/* "alter column public.t.c type text rewrites; …", "?" for what could not be read. */
const char *actions_words(const struct actions *list, struct arena *a);

#endif
