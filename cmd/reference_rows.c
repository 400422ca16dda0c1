/* What the reference asks of verbs and rows. */
#include "cmd/reference_rows.h"

#include "cmd/options_value.h"
#include "core/base/text.h"

const struct exit_row reference_exits[] = {
    { .code = 0, .meaning = "done, or nothing to do" },
    { .code = 1, .meaning = "it ran and failed; the message says what is applied and what is not" },
    { .code = 2, .meaning = "bad usage, configuration or migration files; nothing ran" },
    { .code = 3,
      .meaning = "with --exit-code: something is pending, missing, edited or partial",
      .option = "exit-code" },
    { .code = 3, .meaning = "it found what --fail-on names, an error unless told", .option = "fail-on" },
    { .code = 3,
      .meaning = "it timed out: something is still pending, or the database could not be asked",
      .option = "timeout" },
    { .code = 4,
      .meaning =
          "refused, nothing ran: a policy, a partial migration, no down script, no confirmation, a ledger that is not "
          "ours" },
    { .code = 5, .meaning = "the lock was not had in time; nothing ran" },
    { .code = 6,
      .meaning =
          "the connection was lost and the outcome of the named migration is unknown; `merganser status` tells" },
    { .code = 129,
      .meaning =
          "stopped by SIGHUP, as where its terminal is closed; the message says what is applied and what is not" },
    { .code = 130, .meaning = "stopped by SIGINT; the message says what is applied and what is not" },
    { .code = 143, .meaning = "stopped by SIGTERM; the message says what is applied and what is not" },
    { 0 },
};

static void format_add(const char *out[FORMATS_MAX], const char *format)
{
    size_t n = 0;

    for (; out[n]; n++)
        if (strcmp(out[n], format) == 0)
            return;
    if (n + 1 < FORMATS_MAX) {
        out[n] = format;
        out[n + 1] = NULL;
    }
}

void reference_formats(const char *out[FORMATS_MAX], const struct command *const *commands, const struct command *c)
{
    out[0] = "human";
    out[1] = NULL;
    for (size_t i = 0; commands && commands[i]; i++)
        for (size_t k = 0; (!c || c == commands[i]) && commands[i]->formats && commands[i]->formats[k]; k++)
            format_add(out, commands[i]->formats[k]);
    for (size_t k = 0; !commands && c->formats && c->formats[k]; k++)
        format_add(out, c->formats[k]);
}

static bool is_format(const struct option_row *row)
{
    return strcmp(row->name, "format") == 0 && row->offset == offsetof(struct common_options, format);
}

bool reference_row_applies(const struct option_row *row, const struct command *const *commands, const struct command *c)
{
    const char *formats[FORMATS_MAX];

    reference_formats(formats, commands, c);
    if (is_format(row))
        return formats[1] != NULL;
    for (size_t i = 0; row->implies; i++) {
        if (!formats[i])
            return false;
        if (text_starts(text_from(row->implies), "format=") && strcmp(row->implies + 7, formats[i]) == 0)
            return true;
    }
    return true;
}

const char *const *reference_choices(const struct option_row *row, const char *formats[FORMATS_MAX])
{
    return is_format(row) ? formats : row->choices;
}

const char *reference_usage(struct arena *a, const struct command *c)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    buf_printf(&out, "merganser %s [options]", c->name);
    for (const struct operand_row *row = c->operands; row && row->name; row++)
        buf_printf(&out, row->required ? " %s" : row->repeated ? " [%s...]" : " [%s]", row->name);
    return buf_cstr(&out);
}

const char *reference_row_help(struct arena *a, const struct option_row *row, const char *const *choices)
{
    const char *help = row->with ? arena_printf(a, "with %s: %s", row->with, row->help) : row->help;

    return choices ? arena_printf(a, "%s (%s)", help, option_value_words(a, choices)) : help;
}

const char *reference_operand_help(struct arena *a, const struct operand_row *row)
{
    return row->choices ? arena_printf(a, "%s: %s", row->help, option_value_words(a, row->choices)) : row->help;
}

static bool has_row(const struct command *c, const char *name)
{
    for (const struct option_row *row = c->options; row && row->name; row++)
        if (strcmp(row->name, name) == 0)
            return true;
    return false;
}

/* `wait` opens its database itself, again and again. */
static bool may_be_stopped(const struct command *c)
{
    return (c->needs & (NEED_DATABASE | NEED_READING)) || has_row(c, "timeout");
}

bool reference_exit_applies(const struct exit_row *row, const struct command *const *commands, const struct command *c)
{
    for (size_t i = 0; !c && commands[i]; i++)
        if (reference_exit_applies(row, commands, commands[i]))
            return true;
    if (!c)
        return false;
    if (row->option)
        return has_row(c, row->option);
    switch (row->code) {
    case 0:
    case 2:
        return true;
    case 1:
        return c->needs != NEED_NOTHING || has_row(c, "pending");
    case 4:
        return (c->needs & (NEED_DATABASE | NEED_READING)) || has_row(c, "fix");
    case 5:
    case 6:
        return c->needs & NEED_DATABASE;
    default:
        return may_be_stopped(c);
    }
}
