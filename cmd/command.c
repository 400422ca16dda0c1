#include "cmd/command.h"

#include "core/base/text.h"

/* Every verb, in the order that help lists them; VERB_command is in VERB.c. */
#define COMMANDS(X)                                                                                                    \
    X(init)                                                                                                            \
    X(new)                                                                                                             \
    X(status)                                                                                                          \
    X(up)                                                                                                              \
    X(plan)                                                                                                            \
    X(apply)                                                                                                           \
    X(down)                                                                                                            \
    X(redo)                                                                                                            \
    X(sync)                                                                                                            \
    X(show)                                                                                                            \
    X(history)                                                                                                         \
    X(drift)                                                                                                           \
    X(changed)                                                                                                         \
    X(check)                                                                                                           \
    X(dump)                                                                                                            \
    X(load)                                                                                                            \
    X(baseline)                                                                                                        \
    X(repair)                                                                                                          \
    X(wait)                                                                                                            \
    X(merge_driver)                                                                                                    \
    X(hook)                                                                                                            \
    X(help)                                                                                                            \
    X(completion)                                                                                                      \
    X(version)

#define X(verb) extern const struct command verb##_command;
COMMANDS(X)
#undef X

static const struct command *const commands[] = {
#define X(verb) &verb##_command,
    COMMANDS(X)
#undef X
        NULL,
};

const struct command *const *command_list(void)
{
    return commands;
}

const struct command *command_find(struct text name)
{
    for (size_t i = 0; commands[i]; i++)
        if (text_is(name, commands[i]->name) || (commands[i]->alias && text_is(name, commands[i]->alias)))
            return commands[i];
    return NULL;
}
