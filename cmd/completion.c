/* completion: print the completion script of a shell. */
#include "cmd/options_value.h"
#include "cmd/reference.h"
#include "cmd/session.h"
#include "core/base/text.h"

static bool completion_run(struct session *s, const void *args, struct err *e)
{
    const char *shell = session_operands(s)[0], *nearest = text_nearest(shell, reference_shells);

    (void)args;
    if (reference_completion(session_out(s), shell, command_list()))
        return true;
    err_plain(e, ERR_USAGE, "there is a completion for %s, not for \"%s\"",
              option_value_words(session_arena(s), reference_shells), option_value_shown(session_arena(s), shell));
    return err_hint(e, "write `merganser completion %s`", nearest ? nearest : reference_shells[0]);
}

static const char *const examples[] = {
    "source <(merganser completion bash)",
    "merganser completion zsh > ~/.zfunc/_merganser",
    "merganser completion fish > ~/.config/fish/completions/merganser.fish",
    NULL,
};

static const struct operand_row operands[] = {
    { .name = "<shell>", .help = "bash, zsh or fish", .required = true, .completes = "shell" },
    { 0 },
};

const struct command completion_command = {
    .name = "completion",
    .group = GROUP_HELP,
    .summary = "print the completion script of a shell",
    .details =
        "It completes verbs, options, their choices, files, folders and git's refs. Load it in the shell's start-up "
        "file, or write it where the shell looks for completions.",
    .examples = examples,
    .operands = operands,
    .run = completion_run,
};
