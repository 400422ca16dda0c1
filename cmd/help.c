/* help: show what merganser and its verbs do. */
#include "cmd/options_value.h"
#include "cmd/reference.h"
#include "cmd/session.h"
#include "core/base/text.h"

struct help_args {
    bool man;
};

static const struct option_row help_options[] = {
    { .name = "man",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct help_args, man),
      .help = "print the manual page in roff, as `merganser help --man | man -l -`" },
    { 0 },
};

static bool verb_unknown(struct arena *a, const char *name, struct err *e)
{
    const char *nearest = options_nearest_verb(command_list(), name);

    err_plain(e, ERR_USAGE, "there is no verb \"%s\"", option_value_shown(a, name));
    return nearest ? err_hint(e, "did you mean `merganser help %s`?", nearest)
                   : err_hint(e, "`merganser help` lists every verb");
}

static bool help_run(struct session *s, const void *raw, struct err *e)
{
    const struct help_args *args = raw;
    const char *name = session_operands(s)[0];
    const struct command *c = name ? command_find(text_from(name)) : NULL;

    if (args->man && name) {
        err_plain(e, ERR_USAGE, "the manual page is about every verb");
        return err_hint(e, "write `merganser help --man` or `merganser help VERB`");
    }
    if (name && !c)
        return verb_unknown(session_arena(s), name, e);
    if (args->man)
        reference_man(session_out(s), command_list());
    else if (c)
        reference_verb(session_out(s), c, session_color(s), session_width(s));
    else
        reference_help(session_out(s), command_list(), session_color(s), session_width(s));
    return true;
}

static const char *const examples[] = { "merganser help", "merganser help up", "merganser help --man | man -l -",
                                        NULL };

static const struct operand_row operands[] = {
    { .name = "<verb>", .help = "the verb to explain; left out: the overview", .completes = "verb" },
    { 0 },
};

const struct command help_command = {
    .name = "help",
    .group = GROUP_HELP,
    .summary = "show what merganser and its verbs do",
    .details = "`merganser VERB --help` shows the same for one verb.",
    .examples = examples,
    .operands = operands,
    .options = help_options,
    .args_size = sizeof(struct help_args),
    .run = help_run,
};
