/* Completion for bash. Static words go through compgen -W, which expands what it is given; the names of refs and
 * files, which may hold `$(...)`, never do. */
#include "cmd/reference_rows.h"

static const char helpers[] =
    "# Completion of merganser for bash, made by `merganser completion bash`.\n"
    "\n"
    "_merganser_words() {\n"
    "    local word\n"
    "    while IFS= read -r word; do COMPREPLY+=(\"$word\"); done < <(compgen -W \"$1\" -- \"$cur\")\n"
    "}\n"
    "\n"
    "_merganser_paths() {\n"
    "    local path\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    while IFS= read -r path; do COMPREPLY+=(\"$path\"); done < <(compgen \"$1\" -- \"$cur\")\n"
    "}\n"
    "\n"
    "_merganser_refs() {\n"
    "    local ref range=\n"
    "    if [[ $cur == *..* ]]; then\n"
    "        range=${cur%..*}..\n"
    "        cur=${cur##*..}\n"
    "    fi\n"
    "    while IFS= read -r ref; do\n"
    "        [[ $ref == \"$cur\"* ]] && printf -v ref %q \"$ref\" && COMPREPLY+=(\"$range$ref\")\n"
    "    done < <(echo HEAD; git \"${where[@]}\" for-each-ref --format='%(refname:short)' 2>/dev/null)\n"
    "}\n"
    "\n";

static const char walk[] = "_merganser() {\n"
                           "    local cur=${COMP_WORDS[COMP_CWORD]} verb= option= prefix= ended= word\n"
                           "    local -i i operand=0\n"
                           "    local -a where=()\n"
                           "    COMPREPLY=()\n"
                           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                           "        word=${COMP_WORDS[i]}\n"
                           "        if [[ $option ]]; then\n"
                           "            [[ $word == = ]] && continue\n"
                           "            [[ $option == -C || $option == --directory ]] && where=(-C \"$word\")\n"
                           "            option=\n"
                           "        elif [[ $word == -- && ! $ended ]]; then\n"
                           "            ended=1\n"
                           "        elif [[ $word == -?* && ! $ended ]]; then\n"
                           "            _merganser_takes_value && option=$word\n"
                           "        elif [[ ! $verb ]]; then\n"
                           "            verb=$word\n"
                           "        else\n"
                           "            operand+=1\n"
                           "        fi\n"
                           "    done\n"
                           "    [[ $option && $cur == = ]] && cur=\n"
                           "    if [[ ! $option && ! $ended && $cur == --*=* ]]; then\n"
                           "        option=${cur%%=*} prefix=${cur%%=*}= cur=${cur#*=}\n"
                           "    fi\n"
                           "    if [[ $option ]]; then\n"
                           "        _merganser_value\n"
                           "    elif [[ $cur == -* && ! $ended ]]; then\n"
                           "        _merganser_options\n"
                           "    elif [[ ! $verb ]]; then\n"
                           "        _merganser_verbs\n"
                           "    else\n"
                           "        _merganser_operand\n"
                           "    fi\n"
                           "    [[ $prefix ]] && COMPREPLY=(\"${COMPREPLY[@]/#/$prefix}\")\n"
                           "    return 0\n"
                           "}\n"
                           "\n"
                           "complete -F _merganser merganser\n";

/* "up|migrate", or "up:--to|migrate:--to" with something behind each name. */
static void names(FILE *to, const struct command *c, const char *behind)
{
    fprintf(to, "%s%s", c->name, behind);
    if (c->alias)
        fprintf(to, "|%s%s", c->alias, behind);
}

static void words_call(FILE *to, const char *const *words)
{
    fputs("_merganser_words '", to);
    for (size_t i = 0; words[i]; i++)
        fprintf(to, "%s%s", i ? " " : "", words[i]);
    fputs("' ;;\n", to);
}

/* The call that completes a value; one that nobody can guess completes to nothing. */
static void value(FILE *to, const char *completes, const char *const *words)
{
    static const char *const calls[][2] = {
        { "file", "_merganser_paths -f" },
        { "folder", "_merganser_paths -d" },
        { "ref", "_merganser_refs" },
        { "verb", "_merganser_verbs" },
    };

    if (completes && strcmp(completes, "shell") == 0)
        words = reference_shells;
    if (words) {
        words_call(to, words);
        return;
    }
    for (size_t i = 0; completes && i < sizeof calls / sizeof *calls; i++) {
        if (strcmp(calls[i][0], completes) == 0) {
            fprintf(to, "%s ;;\n", calls[i][1]);
            return;
        }
    }
    fputs(": ;;\n", to);
}

static void pattern(FILE *to, const struct command *c, const struct option_row *row)
{
    const char *alias = c ? c->alias : NULL, *const verbs[] = { c ? c->name : "*", alias };

    for (size_t i = 0; i < 2 && verbs[i]; i++) {
        fprintf(to, "%s%s:--%s", i ? " | " : "    ", verbs[i], row->name);
        if (row->letter)
            fprintf(to, " | %s:-%c", verbs[i], row->letter);
    }
}

static void takes_value(FILE *to, const struct command *const *commands)
{
    fputs("_merganser_takes_value() {\n    case $verb:$word in\n", to);
    for (size_t i = 0; commands[i]; i++) {
        for (const struct option_row *row = commands[i]->options; row && row->name; row++) {
            pattern(to, commands[i], row);
            fprintf(to, ") return %d ;;\n", row->kind == OPTION_FLAG);
        }
    }
    for (const struct option_row *row = common_option_rows; row->name; row++) {
        if (row->kind == OPTION_FLAG)
            continue;
        pattern(to, NULL, row);
        fputs(") return 0 ;;\n", to);
    }
    fputs("    esac\n    return 1\n}\n\n", to);
}

static void values(FILE *to, const struct command *const *commands)
{
    const char *formats[FORMATS_MAX];

    fputs("_merganser_value() {\n    case $verb:$option in\n", to);
    for (size_t i = 0; commands[i]; i++) {
        for (const struct option_row *row = commands[i]->options; row && row->name; row++) {
            if (row->kind == OPTION_FLAG)
                continue;
            pattern(to, commands[i], row);
            fputs(") ", to);
            value(to, row->completes, row->choices);
        }
        reference_formats(formats, NULL, commands[i]);
        fputs("    ", to);
        names(to, commands[i], ":--format");
        fputs(") ", to);
        value(to, NULL, formats);
    }
    reference_formats(formats, commands, NULL);
    for (const struct option_row *row = common_option_rows; row->name; row++) {
        if (row->kind == OPTION_FLAG)
            continue;
        pattern(to, NULL, row);
        fputs(") ", to);
        value(to, row->completes, reference_choices(row, formats));
    }
    fputs("    esac\n}\n\n", to);
}

static void words_of(FILE *to, const struct option_row *rows, const struct command *const *commands,
                     const struct command *c)
{
    for (const struct option_row *row = rows; row && row->name; row++)
        if (reference_row_applies(row, commands, c))
            fprintf(to, "%s--%s", row == rows ? "" : " ", row->name);
}

static void options(FILE *to, const struct command *const *commands)
{
    fputs("_merganser_options() {\n    case $verb in\n    '') _merganser_words '", to);
    words_of(to, common_option_rows, commands, NULL);
    fputs(" --version' ;;\n", to);
    for (size_t i = 0; commands[i]; i++) {
        fputs("    ", to);
        names(to, commands[i], "");
        fputs(") _merganser_words '", to);
        words_of(to, commands[i]->options, NULL, commands[i]);
        fputc(' ', to);
        words_of(to, common_option_rows, NULL, commands[i]);
        fputs("' ;;\n", to);
    }
    fputs("    esac\n}\n\n", to);
}

static void operands(FILE *to, const struct command *const *commands)
{
    fputs("_merganser_operand() {\n    case $verb:$operand in\n", to);
    for (size_t i = 0; commands[i]; i++) {
        const struct operand_row *rows = commands[i]->operands;

        for (size_t n = 0; rows && rows[n].name; n++) {
            char behind[32];

            snprintf(behind, sizeof behind, ":%zu", n);
            fputs("    ", to);
            names(to, commands[i], behind);
            fputs(") ", to);
            value(to, rows[n].completes, rows[n].choices);
        }
    }
    fputs("    esac\n}\n\n", to);
}

void reference_bash(FILE *to, const struct command *const *commands)
{
    fputs(helpers, to);
    fputs("_merganser_verbs() {\n    _merganser_words '", to);
    for (size_t i = 0; commands[i]; i++)
        fprintf(to, "%s%s", i ? " " : "", commands[i]->name);
    fputs("'\n}\n\n", to);
    takes_value(to, commands);
    values(to, commands);
    options(to, commands);
    operands(to, commands);
    fputs(walk, to);
}
