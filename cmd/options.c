#include "cmd/options_parse.h"
#include "cmd/options_value.h"
#include "core/base/text.h"

const char *options_variable(struct arena *a, const struct option_row *row)
{
    char *name = arena_printf(a, "MERGANSER_%s", row->name);

    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : text_upper(*c);
    return name;
}

const struct option_row *option_row_find(const struct option_row *rows, struct text name, char letter)
{
    for (; rows && rows->name; rows++)
        if (letter ? rows->letter == letter : text_is(name, rows->name))
            return rows;
    return NULL;
}

/* A verb's own rows come first: `down --version` is its own. */
const struct option_row *option_find(const struct parse *p, struct text name, char letter)
{
    const struct command *c = p->out->command;
    const struct option_row *own = c ? option_row_find(c->options, name, letter) : NULL;

    return own ? own : option_row_find(common_option_rows, name, letter);
}

static bool row_is_common(const struct option_row *row)
{
    return row == option_row_find(common_option_rows, text_from(row->name), 0);
}

void *option_target(const struct parse *p, const struct option_row *row)
{
    return row_is_common(row) ? (void *)&p->out->common : p->out->args;
}

struct given *option_given(struct parse *p, const struct option_row *row)
{
    for (size_t i = 0; i < p->given.len; i++)
        if (p->given.at[i].row == row)
            return &p->given.at[i];
    return NULL;
}

/* What a flag stands for, where that is another option's choice. */
static bool implied(const struct option_row *row, const struct option_row **other, const char **choice)
{
    const char *equals = row->implies ? strchr(row->implies, '=') : NULL;

    if (!equals)
        return false;
    *other = option_row_find(common_option_rows, (struct text) { row->implies, (size_t)(equals - row->implies) }, 0);
    *choice = equals + 1;
    return *other != NULL;
}

/* One option of the command line; value NULL for a flag. */
static bool option_take(struct parse *p, const struct option_row *row, const char *shown, const char *value,
                        struct err *e)
{
    const struct option_row *other;
    bool stands_for = implied(row, &other, &value);
    struct given *before;

    if (stands_for)
        row = other;
    before = option_given(p, row);
    if (before && row->kind != OPTION_LIST && row->kind != OPTION_FLAG) {
        bool same_word = strcmp(before->shown, shown) == 0;
        const char *held;

        memcpy(&held, (char *)option_target(p, row) + row->offset, sizeof held);
        /* --json --format json, and --json as any flag twice: they say one thing. */
        if (row->kind == OPTION_CHOICE && (stands_for || !same_word) && strcmp(held, value) == 0)
            return true;
        if (same_word)
            err_plain(e, ERR_USAGE, "%s is given twice", shown);
        else
            err_plain(e, ERR_USAGE, "%s and %s can't both be given", before->shown, shown);
        return err_hint(e, "give it once");
    }
    if (row->kind == OPTION_FLAG)
        option_value_set_flag(option_target(p, row), row);
    else if (!option_value_set(option_target(p, row), row, shown, value, p->arena, e))
        return false;
    *arena_push(p->arena, &p->given) = (struct given) { row, shown, false };
    return true;
}

/* A word that begins like an option is a value only where no option is called so: a forgotten value must not
 * swallow the option behind it. */
static bool word_is_option(const struct parse *p, const char *word)
{
    if (strcmp(word, "--") == 0)
        return true;
    if (word[0] != '-' || !word[1])
        return false;
    if (word[1] == '-')
        return option_find(p, (struct text) { word + 2, strcspn(word + 2, "=") }, 0) != NULL;
    return !word[2] && option_find(p, TEXT(""), word[1]) != NULL;
}

static bool value_next(struct parse *p, const struct option_row *row, const char *shown, const char **value,
                       struct err *e)
{
    const char *word = p->argv[p->next];

    if (!word || word_is_option(p, word)) {
        const char *typed = word ? option_value_shown(p->arena, word) : "--";

        err_plain(e, ERR_USAGE, "%s needs a value", shown);
        return strcmp(typed, "--") != 0
                   ? err_hint(e, "write `%s %s`; where \"%s\" is meant as the value, write `--%s=%s`", shown,
                              row->value, typed, row->name, typed)
                   : err_hint(e, "write `%s %s`", shown, row->value);
    }
    *value = word;
    p->next++;
    return true;
}

static bool take_long(struct parse *p, const char *word, struct err *e)
{
    const char *equals = strchr(word, '=');
    struct text name = { word + 2, equals ? (size_t)(equals - word - 2) : strlen(word + 2) };
    const struct option_row *row = option_find(p, name, 0);
    const char *value = equals ? equals + 1 : NULL, *shown;

    if (!row && !p->out->command && text_is(name, "version") && !equals) {
        p->out->version = true;
        return true;
    }
    if (!row)
        return option_unknown(p, name, e);
    shown = arena_printf(p->arena, "--%s", row->name);
    if (row->kind == OPTION_FLAG && value) {
        err_plain(e, ERR_USAGE, "%s takes no value", shown);
        return err_hint(e, "write `%s` alone", shown);
    }
    if (row->kind != OPTION_FLAG && !value && !value_next(p, row, shown, &value, e))
        return false;
    return option_take(p, row, shown, value, e);
}

static bool take_letters(struct parse *p, const char *word, struct err *e)
{
    for (size_t i = 1; word[i]; i++) {
        const struct option_row *row = option_find(p, TEXT(""), word[i]);
        const char *shown = arena_printf(p->arena, "-%c", word[i]), *value = NULL;

        if (!row)
            return option_letter_unknown(p, word, i, e);
        if (row->kind == OPTION_FLAG) {
            if (!option_take(p, row, shown, NULL, e))
                return false;
            continue;
        }
        if (word[i + 1])
            value = word + i + 1;
        else if (!value_next(p, row, shown, &value, e))
            return false;
        return option_take(p, row, shown, value, e);
    }
    return true;
}

static bool take_verb(struct parse *p, const char *word, struct err *e)
{
    for (size_t i = 0; p->commands[i]; i++) {
        const struct command *c = p->commands[i];

        if (strcmp(c->name, word) == 0 || (c->alias && strcmp(c->alias, word) == 0)) {
            p->out->command = c;
            p->out->args = arena_alloc(p->arena, c->args_size);
            return true;
        }
    }
    return option_verb_unknown(p, word, e);
}

static void take_operand(struct parse *p, const char *word)
{
    const char **bigger = arena_make(p->arena, const char *, p->out->noperands + 2);

    if (p->out->noperands)
        memcpy(bigger, p->out->operands, p->out->noperands * sizeof *bigger);
    bigger[p->out->noperands++] = word;
    p->out->operands = bigger;
}

static bool take_word(struct parse *p, struct err *e)
{
    const char *word = p->argv[p->next++];

    if (!p->ended && strcmp(word, "--") == 0) {
        p->ended = true;
        return true;
    }
    if (!p->ended && word[0] == '-' && word[1])
        return word[1] == '-' ? take_long(p, word, e) : take_letters(p, word, e);
    if (!p->out->command)
        return take_verb(p, word, e);
    take_operand(p, word);
    return true;
}

static bool no_verb(struct err *e)
{
    err_plain(e, ERR_USAGE, "no verb is given");
    return err_hint(e, "`merganser status` shows what is applied and what is pending, `merganser up` applies it, "
                       "`merganser down` rolls the newest back; `merganser help` lists every verb");
}

bool options_parse(struct parsed *out, const struct command *const *commands, char *const *argv,
                   const char *(*lookup)(void *from, const char *name), void *from, struct arena *a, struct err *e)
{
    struct parse p = { .out = out, .commands = commands, .argv = argv, .next = 1, .arena = a };
    bool ok = true;
    struct err later;

    memset(out, 0, sizeof *out);
    out->common.format = "human";
    out->common.color = "auto";
    out->operands = arena_make(a, const char *, 1);
    /* The first error is the one told; what follows it is read for --json and --color. */
    while (argv[0] && argv[p.next] && !out->common.help && !out->version)
        ok = take_word(&p, ok ? e : &later) && ok;
    if (out->common.help || out->version) {
        option_variables_read(&p, lookup, from, &later);
        return ok;
    }
    ok = option_variables_read(&p, lookup, from, ok ? e : &later) && ok;
    if (ok && !out->command)
        return no_verb(e);
    return ok && option_check(&p, e);
}
