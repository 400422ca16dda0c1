/* Completion for zsh, by its _arguments. */
#include "cmd/reference_rows.h"

static const char head[] = "#compdef merganser\n"
                           "# Completion of merganser for zsh, made by `merganser completion zsh`.\n"
                           "\n"
                           "_merganser_refs() {\n"
                           "    local -a refs\n"
                           "    refs=(HEAD ${(f)\"$(git for-each-ref --format='%(refname:short)' 2>/dev/null)\"})\n"
                           "    compset -P '*..'\n"
                           "    compadd \"$@\" -a refs\n"
                           "}\n"
                           "\n";

static const char tail[] = "    return ret\n"
                           "}\n"
                           "\n"
                           "if [[ $funcstack[1] == _merganser ]]; then\n"
                           "    _merganser \"$@\"\n"
                           "else\n"
                           "    compdef _merganser merganser\n"
                           "fi\n";

/* Inside single quotes, with what `special` names behind a backslash. */
static void quoted(FILE *to, const char *content, const char *special)
{
    for (; *content; content++) {
        if (*content == '\'')
            fputs("'\\'", to);
        else if (strchr(special, *content))
            fputc('\\', to);
        fputc(*content, to);
    }
}

static void action(FILE *to, const char *completes, const char *const *words)
{
    if (words) {
        fputc('(', to);
        for (size_t i = 0; words[i]; i++)
            fprintf(to, "%s%s", i ? " " : "", words[i]);
        fputc(')', to);
    } else if (completes && strcmp(completes, "file") == 0) {
        fputs("_files", to);
    } else if (completes && strcmp(completes, "folder") == 0) {
        fputs("_files -/", to);
    } else if (completes && strcmp(completes, "ref") == 0) {
        fputs("_merganser_refs", to);
    } else if (completes && strcmp(completes, "verb") == 0) {
        fputs("_merganser_verbs", to);
    } else if (completes && strcmp(completes, "shell") == 0) {
        action(to, NULL, reference_shells);
    }
}

/* '(-n --steps)'{-n+,--steps=}'[help]:<n>:action' */
static void spec(FILE *to, const struct option_row *row, const char *const *choices)
{
    const char *join = row->kind == OPTION_FLAG ? "" : "=", *letter_join = row->kind == OPTION_FLAG ? "" : "+";

    fputs("        '", to);
    if (row->kind == OPTION_LIST)
        fputc('*', to);
    else if (row->letter)
        fprintf(to, "(-%c --%s)", row->letter, row->name);
    if (row->letter)
        fprintf(to, "'{-%c%s,--%s%s}'[", row->letter, letter_join, row->name, join);
    else
        fprintf(to, "--%s%s[", row->name, join);
    quoted(to, row->help, "[]\\:");
    fputc(']', to);
    if (row->kind != OPTION_FLAG) {
        fputc(':', to);
        quoted(to, row->value, ":\\");
        fputc(':', to);
        action(to, row->completes, choices);
    }
    fputs("'\n", to);
}

static void specs(FILE *to, const struct option_row *rows, const struct command *const *commands,
                  const struct command *c)
{
    const char *formats[FORMATS_MAX];

    reference_formats(formats, commands, c);
    for (const struct option_row *row = rows; row && row->name; row++)
        if (reference_row_applies(row, commands, c))
            spec(to, row, reference_choices(row, formats));
}

static bool is_format_word(const struct option_row *row)
{
    return strcmp(row->name, "format") == 0 || row->implies;
}

static void verbs(FILE *to, const struct command *const *commands)
{
    fputs("_merganser_verbs() {\n    local -a verbs\n    verbs=(\n", to);
    for (size_t i = 0; commands[i]; i++) {
        fprintf(to, "        '%s:", commands[i]->name);
        quoted(to, commands[i]->summary, "\\:");
        fputs("'\n", to);
    }
    fputs("    )\n    _describe -t verbs verb verbs\n}\n\n", to);
}

/* One verb's branch: its own options, its formats, the common ones, its operands. */
static void branch(FILE *to, const struct command *c)
{
    fprintf(to, "    %s%s%s)\n        specs=(\n", c->name, c->alias ? "|" : "", c->alias ? c->alias : "");
    specs(to, c->options, NULL, c);
    for (const struct option_row *row = common_option_rows; row->name; row++) {
        const char *formats[FORMATS_MAX];

        reference_formats(formats, NULL, c);
        if (is_format_word(row) && reference_row_applies(row, NULL, c))
            spec(to, row, reference_choices(row, formats));
    }
    for (const struct operand_row *row = c->operands; row && row->name; row++) {
        fprintf(to, "        '%s:", row->repeated ? "*" : row->required ? "" : ":");
        quoted(to, row->name, "\\:");
        fputc(':', to);
        action(to, row->completes, row->choices);
        fputs("'\n", to);
    }
    fputs("        )\n        ;;\n", to);
}

void reference_zsh(FILE *to, const struct command *const *commands)
{
    fputs(head, to);
    verbs(to, commands);
    fputs("_merganser() {\n"
          "    local curcontext=$curcontext state line ret=1\n"
          "    local -a common formats specs\n"
          "    local -A opt_args\n"
          "    common=(\n",
          to);
    for (const struct option_row *row = common_option_rows; row->name; row++)
        if (!is_format_word(row))
            spec(to, row, row->choices);
    fputs("    )\n    formats=(\n", to);
    for (const struct option_row *row = common_option_rows; row->name; row++) {
        const char *formats[FORMATS_MAX];

        reference_formats(formats, commands, NULL);
        if (is_format_word(row) && reference_row_applies(row, commands, NULL))
            spec(to, row, reference_choices(row, formats));
    }
    fputs("    )\n"
          "    _arguments -C -s $common $formats '--version[print the version and stop]' \\\n"
          "        '(-): :_merganser_verbs' '(-)*:: :->rest' && ret=0\n"
          "    [[ $state == rest ]] || return ret\n"
          "    case $words[1] in\n",
          to);
    for (size_t i = 0; commands[i]; i++)
        branch(to, commands[i]);
    fputs("    *) return ret ;;\n    esac\n    _arguments -s $common $specs && ret=0\n", to);
    fputs(tail, to);
}
