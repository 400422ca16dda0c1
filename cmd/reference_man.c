/* The manual page, in roff with the man macros. */
#include "cmd/reference_rows.h"
#include "core/base/text.h"

/* Plain text as roff: what is between backquotes in bold, what roff would read as its own escaped. */
static void roff(FILE *to, const char *content)
{
    bool line_begins = true, bold = false;

    for (const char *c = content; *c; c++) {
        if (*c == '\n') {
            fputs("\n.PP\n", to);
            while (c[1] == '\n')
                c++;
            line_begins = true;
            continue;
        }
        if (line_begins && (*c == '.' || *c == '\''))
            fputs("\\&", to);
        line_begins = false;
        switch (*c) {
        case '\\':
            fputs("\\e", to);
            break;
        case '-':
            fputs("\\-", to);
            break;
        case '\'':
            fputs("\\(aq", to);
            break;
        case '"':
            fputs("\\(dq", to);
            break;
        case '~':
            fputs("\\(ti", to);
            break;
        case '^':
            fputs("\\(ha", to);
            break;
        case '`':
            if (!bold && !strchr(c + 1, '`'))
                fputs("\\(ga", to);
            else
                fputs((bold = !bold) ? "\\fB" : "\\fR", to);
            break;
        default:
            fputc(*c, to);
        }
    }
    fputc('\n', to);
}

static void section(FILE *to, const char *name)
{
    fprintf(to, ".SH \"%s\"\n", name);
}

static void tagged(FILE *to, struct arena *a, const char *tag, const char *content)
{
    fputs(".TP\n", to);
    roff(to, arena_printf(a, "`%s`", tag));
    roff(to, content);
}

static void option(FILE *to, struct arena *a, const struct option_row *row, const char *const *choices)
{
    const char *letter = row->letter ? arena_printf(a, "`-%c`, ", row->letter) : "";

    fputs(".TP\n", to);
    roff(to, arena_printf(a, "%s`--%s`%s%s", letter, row->name, row->value ? " " : "", row->value ? row->value : ""));
    roff(to, arena_printf(a, "%s.", reference_row_help(a, row, choices)));
}

static void verb(FILE *to, struct arena *a, const struct command *c)
{
    const char *formats[FORMATS_MAX];

    fprintf(to, ".SS \"merganser %s\"\n", c->name);
    roff(to, arena_printf(a, "`%s`", reference_usage(a, c)));
    fputs(".PP\n", to);
    roff(to, arena_printf(a, "%c%s.%s%s%s", text_upper(c->summary[0]), c->summary + 1,
                          c->alias ? arena_printf(a, " Also called `%s`.", c->alias) : "", c->details ? "\n" : "",
                          c->details ? c->details : ""));
    for (const struct operand_row *row = c->operands; row && row->name; row++)
        tagged(to, a, row->name, arena_printf(a, "%s.", reference_operand_help(a, row)));
    for (const struct option_row *row = c->options; row && row->name; row++)
        option(to, a, row, row->choices);
    reference_formats(formats, NULL, c);
    if (formats[1]) {
        const struct option_row *row = common_option_rows;

        while (strcmp(row->name, "format") != 0)
            row++;
        option(to, a, row, formats);
    }
}

static void environment(FILE *to, struct arena *a, const struct command *const *commands)
{
    section(to, "ENVIRONMENT");
    roff(to,
         "The command line wins over a variable. A flag's variable takes 1, true, yes, 0, false or no; an empty one "
         "counts as not set.");
    for (const struct option_row *row = common_option_rows; row->name; row++)
        if (row->from_environment)
            tagged(to, a, options_variable(a, row),
                   arena_printf(a, "As `--%s`%s.", row->name,
                                row->kind == OPTION_LIST ? ", several separated by colons" : ""));
    for (size_t i = 0; commands[i]; i++)
        for (const struct option_row *row = commands[i]->options; row && row->name; row++)
            if (row->from_environment)
                tagged(to, a, options_variable(a, row),
                       arena_printf(a, "As `--%s` of `merganser %s`.", row->name, commands[i]->name));
    tagged(to, a, "DATABASE_URL",
           "The database, where neither an option, nor MERGANSER_DATABASE, nor merganser.yml "
           "names one.");
    tagged(to, a, "NO_COLOR", "Where it is set and not empty, nothing is coloured unless --color says so.");
    tagged(to, a, "PGHOST, PGPORT, PGUSER, PGPASSFILE, ...", "As for `psql`: what the URL leaves open.");
}

static void exits(FILE *to, struct arena *a, const struct command *const *commands)
{
    section(to, "EXIT STATUS");
    roff(to, "Below each code stand the words that JSON output has as the error's code.");
    for (const struct exit_row *exit = reference_exits; exit->meaning; exit++) {
        if (!reference_exit_applies(exit, commands, NULL))
            continue;
        tagged(to, a, arena_printf(a, "%d", exit->code), arena_printf(a, "%s.", exit->meaning));
        fputs(".RS\n", to);
        for (size_t i = 0; err_row(i); i++)
            if (err_row(i)->exit_code == exit->code && err_row(i)->kind != ERR_NONE)
                tagged(to, a, err_row(i)->name, arena_printf(a, "%s.", err_row(i)->meaning));
        fputs(".RE\n", to);
    }
}

static void examples(FILE *to, const struct command *const *commands)
{
    section(to, "EXAMPLES");
    fputs(".nf\n", to);
    for (size_t i = 0; commands[i]; i++)
        for (size_t k = 0; commands[i]->examples && commands[i]->examples[k]; k++)
            roff(to, commands[i]->examples[k]);
    fputs(".fi\n", to);
}

void reference_man(FILE *to, const struct command *const *commands)
{
    struct arena *a = arena_open();
    const char *formats[FORMATS_MAX];

    reference_formats(formats, commands, NULL);
    fprintf(to, ".TH MERGANSER 1 \"\" \"merganser %s\" \"User Commands\"\n", MERGANSER_VERSION);
    section(to, "NAME");
    fputs("merganser \\- migrations of a git repository, applied to a database exactly once\n", to);
    section(to, "SYNOPSIS");
    roff(to, "`merganser` [options] <verb> [options] [operands]");
    section(to, "DESCRIPTION");
    roff(to, "Merganser reads versioned migration files from a commit, the index or the work tree, compares them with "
             "the database's own version table, and applies what is pending, each migration together with its version "
             "row. It rolls back with the down script.\n"
             "It takes a project as it is: the folder and the version table that Rails, Drizzle or Diesel made stay "
             "theirs, and either tool can run next.");
    section(to, "COMMANDS");
    for (size_t i = 0; commands[i]; i++)
        verb(to, a, commands[i]);
    section(to, "OPTIONS");
    roff(to, "Every verb takes these, before or after it. `--` ends the options.");
    for (const struct option_row *row = common_option_rows; row->name; row++)
        if (reference_row_applies(row, commands, NULL))
            option(to, a, row, reference_choices(row, formats));
    tagged(to, a, "--version", "Print the version and stop; before a verb only.");
    environment(to, a, commands);
    section(to, "FILES");
    tagged(to, a, "merganser.yml",
           "The configuration: the nearest one upward from the current directory, never above "
           "the repository's root.");
    tagged(to, a,
           "db/migrate, migrations, drizzle, db/migrations, src/db/migrations, src/db/drizzle, "
           "src/lib/db/drizzle",
           "The folders that are looked at where nothing names one.");
    exits(to, a, commands);
    examples(to, commands);
    section(to, "SEE ALSO");
    fputs(".BR git (1),\n.BR psql (1),\n.BR sqlite3 (1)\n", to);
    arena_close(a);
}
