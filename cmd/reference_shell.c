/* Which shell's completion is written where. */
#include "cmd/reference_rows.h"

const char *const reference_shells[] = { "bash", "zsh", "fish", NULL };

bool reference_completion(FILE *to, const char *shell, const struct command *const *commands)
{
    static void (*const write[])(FILE * to, const struct command *const *commands) = { reference_bash, reference_zsh,
                                                                                       reference_fish };

    for (size_t i = 0; reference_shells[i]; i++) {
        if (strcmp(reference_shells[i], shell) == 0) {
            write[i](to, commands);
            return true;
        }
    }
    return false;
}
