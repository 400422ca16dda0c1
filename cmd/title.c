#include "cmd/title.h"

#include "core/base/text.h"

/* Writes the redacted word over the old one, never longer than that was. */
static void overwrite(char *word, const char *redacted)
{
    size_t len = strlen(word), shown = strlen(redacted) < len ? strlen(redacted) : len;

    memcpy(word, redacted, shown);
    memset(word + shown, 0, len - shown);
}

char *const *title_take(int argc, char **argv, struct arena *a)
{
    char **copy = arena_make(a, char *, (size_t)argc + 1);

    for (int i = 0; i < argc; i++) {
        const char *redacted = url_redact(a, argv[i]);

        copy[i] = arena_string(a, argv[i]);
        if (i > 0 && strcmp(redacted, argv[i]) != 0)
            overwrite(argv[i], redacted);
    }
    return copy;
}
