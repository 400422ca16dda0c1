#include "cmd/command.h"

#include "core/base/text.h"

extern const struct command init_command, status_command, up_command, down_command, redo_command, changed_command,
    show_command, history_command, baseline_command, repair_command, new_command, completion_command, help_command,
    version_command, sync_command;

static const struct command *const commands[] = {
    &init_command,    &new_command,        &status_command,   &up_command,
    &down_command,    &redo_command,       &sync_command,     &show_command,
    &history_command, &changed_command,    &baseline_command, &repair_command,
    &help_command,    &completion_command, &version_command,  NULL,
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
