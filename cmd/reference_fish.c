/* Completion for fish. */
#include "cmd/reference_rows.h"

static const char helpers[] = "\n"
                              "function __merganser_is\n"
                              "    set -l verb (__merganser_verb)\n"
                              "    and contains -- $verb $argv\n"
                              "end\n"
                              "\n"
                              "function __merganser_none\n"
                              "    not __merganser_verb >/dev/null\n"
                              "end\n"
                              "\n"
                              "function __merganser_refs\n"
                              "    echo HEAD\n"
                              "    git for-each-ref --format='%(refname:short)' 2>/dev/null\n"
                              "end\n"
                              "\n"
                              "complete -c merganser -e\n"
                              "complete -c merganser -f\n";

static void quoted(FILE *to, const char *content)
{
    fputc('\'', to);
    for (; *content; content++) {
        if (*content == '\'' || *content == '\\')
            fputc('\\', to);
        fputc(*content, to);
    }
    fputc('\'', to);
}

/* The option's arguments: files where they are paths, else the words that fit. */
static void arguments(FILE *to, const char *completes, const char *const *words)
{
    if (words) {
        fputs(" -x -a '", to);
        for (size_t i = 0; words[i]; i++)
            fprintf(to, "%s%s", i ? " " : "", words[i]);
        fputc('\'', to);
    } else if (completes && strcmp(completes, "file") == 0) {
        fputs(" -r -F", to);
    } else if (completes && strcmp(completes, "folder") == 0) {
        fputs(" -x -a '(__fish_complete_directories (commandline -ct))'", to);
    } else if (completes && strcmp(completes, "ref") == 0) {
        fputs(" -x -a '(__merganser_refs)'", to);
    } else {
        fputs(" -x", to);
    }
}

static void condition(FILE *to, const struct command *c)
{
    if (c)
        fprintf(to, " -n '__merganser_is %s%s%s'", c->name, c->alias ? " " : "", c->alias ? c->alias : "");
}

static void option(FILE *to, const struct command *c, const struct option_row *row, const char *const *choices)
{
    fputs("complete -c merganser", to);
    condition(to, c);
    if (row->letter)
        fprintf(to, " -s %c", row->letter);
    fprintf(to, " -l %s", row->name);
    if (row->kind != OPTION_FLAG)
        arguments(to, row->completes, choices);
    fputs(" -d ", to);
    quoted(to, row->help);
    fputc('\n', to);
}

static void operand(FILE *to, const struct command *const *commands, const struct command *c,
                    const struct operand_row *row)
{
    if (!row->completes && !row->choices)
        return;
    fputs("complete -c merganser", to);
    condition(to, c);
    if (row->choices) {
        arguments(to, NULL, row->choices);
    } else if (strcmp(row->completes, "verb") == 0) {
        fputs(" -a '", to);
        for (size_t i = 0; commands[i]; i++)
            fprintf(to, "%s%s", i ? " " : "", commands[i]->name);
        fputc('\'', to);
    } else {
        arguments(to, row->completes, strcmp(row->completes, "shell") == 0 ? reference_shells : NULL);
    }
    fputc('\n', to);
}

/* Prints the verb that stands on the line, passing over options and their values. */
static void verb_function(FILE *to)
{
    fputs("function __merganser_verb\n"
          "    set -l value 0\n"
          "    for word in (commandline -opc)[2..-1]\n"
          "        if test $value = 1\n"
          "            set value 0\n"
          "            continue\n"
          "        end\n"
          "        switch $word\n"
          "            case",
          to);
    for (const struct option_row *row = common_option_rows; row->name; row++) {
        if (row->kind == OPTION_FLAG)
            continue;
        if (row->letter)
            fprintf(to, " -%c", row->letter);
        fprintf(to, " --%s", row->name);
    }
    fputs("\n"
          "                set value 1\n"
          "            case '-*'\n"
          "            case '*'\n"
          "                echo $word\n"
          "                return 0\n"
          "        end\n"
          "    end\n"
          "    return 1\n"
          "end\n",
          to);
}

void reference_fish(FILE *to, const struct command *const *commands)
{
    const char *formats[FORMATS_MAX];

    fputs("# Completion of merganser for fish, made by `merganser completion fish`.\n\n", to);
    verb_function(to);
    fputs(helpers, to);
    for (const struct option_row *row = common_option_rows; row->name; row++)
        if (strcmp(row->name, "format") != 0 && !row->implies)
            option(to, NULL, row, row->choices);
    fputs("complete -c merganser -n __merganser_none -l version -d 'print the version and stop'\n", to);
    for (size_t i = 0; commands[i]; i++) {
        const struct command *c = commands[i];

        fprintf(to, "complete -c merganser -n __merganser_none -a %s -d ", c->name);
        quoted(to, c->summary);
        fputc('\n', to);
        reference_formats(formats, NULL, c);
        for (const struct option_row *row = c->options; row && row->name; row++)
            option(to, c, row, row->choices);
        for (const struct option_row *row = common_option_rows; row->name; row++)
            if ((strcmp(row->name, "format") == 0 || row->implies) && reference_row_applies(row, NULL, c))
                option(to, c, row, reference_choices(row, formats));
        for (const struct operand_row *row = c->operands; row && row->name; row++)
            operand(to, commands, c, row);
    }
}
