/* version: print merganser's version. */
#include "cmd/session.h"

static bool version_run(struct session *s, const void *args, struct err *e)
{
    (void)args;
    (void)e;
    fprintf(session_out(s), "merganser %s\n", MERGANSER_VERSION);
    return true;
}

static const char *const examples[] = { "merganser version", NULL };

const struct command version_command = {
    .name = "version",
    .group = GROUP_HELP,
    .summary = "print merganser's version",
    .details = "`merganser --version` does the same.",
    .examples = examples,
    .run = version_run,
};
