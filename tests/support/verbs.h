/* A sample of verbs whose words need care in every shell and in roff, and what the reference makes of them. */
#ifndef TESTS_SUPPORT_VERBS_H
#define TESTS_SUPPORT_VERBS_H

#include "cmd/command.h"

/* up (alias migrate), changed and help; NULL-ended. */
extern const struct command *const verbs_sample[];

enum verbs_text {
    VERBS_HELP,
    VERBS_UP, /* the help of a verb, in the order of verbs_sample */
    VERBS_CHANGED,
    VERBS_HELP_HELP,
    VERBS_MAN,
    VERBS_BASH, /* in the order of reference_shells */
    VERBS_ZSH,
    VERBS_FISH
};

/* Color and width (0: as for no terminal) are those of the help. */
struct text verbs_written(enum verbs_text what, bool color, int width, struct arena *a);

#endif
