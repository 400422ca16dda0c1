/* What does not exist, and the nearest that does. */
#include "cmd/options_parse.h"
#include "cmd/options_value.h"
#include "core/base/text.h"

/* The verbs that have an own option of this name, or NULL. */
static const char *verbs_with_option(const struct parse *p, struct text name)
{
    struct buf out = buf_open(p->arena, SIZE_MAX / 2);

    for (size_t i = 0; p->commands[i]; i++)
        if (option_row_find(p->commands[i]->options, name, 0))
            buf_printf(&out, "%s`%s`", out.len ? ", " : "", p->commands[i]->name);
    return out.len ? buf_cstr(&out) : NULL;
}

static const char *option_nearest(const struct parse *p, const char *typed)
{
    const struct command *c = p->out->command;
    const struct option_row *lists[] = { c ? c->options : NULL, common_option_rows };
    const char *names[128];
    size_t n = 0;

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const struct option_row *row = lists[i]; row && row->name && n + 1 < sizeof names / sizeof *names; row++)
            names[n++] = row->name;
    names[n] = NULL;
    return text_nearest(typed, names);
}

bool option_unknown(const struct parse *p, struct text name, struct err *e)
{
    const struct command *c = p->out->command;
    const char *typed = arena_cstr(p->arena, name);
    const char *others = verbs_with_option(p, name);
    const char *nearest = option_nearest(p, typed);

    err_plain(e, ERR_USAGE, "%s%s there is no option \"--%s\"", c ? c->name : "", c ? ":" : "before the verb",
              option_value_shown(p->arena, typed));
    if (others && !c)
        return err_hint(e, "--%s is an option of %s: write it behind the verb", typed, others);
    if (others)
        return err_hint(e, "--%s is an option of %s; `merganser help %s` lists those of %s", typed, others, c->name,
                        c->name);
    if (nearest)
        return err_hint(e, "did you mean --%s?", nearest);
    return c ? err_hint(e, "`merganser help %s` lists its options", c->name)
             : err_hint(e, "`merganser help` lists the options");
}

bool option_letter_unknown(const struct parse *p, const char *word, size_t at, struct err *e)
{
    const struct command *c = p->out->command;
    struct text rest = text_from(word + at);
    size_t len = text_char_len(rest);
    const char *name = c ? arena_printf(p->arena, " %s", c->name) : "";

    err_plain(e, ERR_USAGE, "%s%s there is no option \"-%s\"", c ? c->name : "", c ? ":" : "before the verb",
              text_shown(p->arena, text_cut(rest, 0, len ? len : 1)));
    if (text_is_digit(word[at]))
        return err_hint(e, "where \"%s\" is meant as it stands, write `--` before it", word);
    if (at == 1 && strlen(word) > 3 && option_find(p, text_from(word + 1), 0))
        return err_hint(e, "did you mean -%s, with two dashes?", word);
    return err_hint(e, "`merganser help%s` lists the options", name);
}

const char *options_nearest_verb(const struct command *const *commands, const char *typed)
{
    const char *names[128];
    size_t n = 0;

    for (size_t i = 0; commands[i] && n + 2 < sizeof names / sizeof *names; i++) {
        names[n++] = commands[i]->name;
        if (commands[i]->alias)
            names[n++] = commands[i]->alias;
    }
    names[n] = NULL;
    return text_nearest(typed, names);
}

bool option_verb_unknown(const struct parse *p, const char *word, struct err *e)
{
    const char *nearest = options_nearest_verb(p->commands, word);

    err_plain(e, ERR_USAGE, "there is no verb \"%s\"", option_value_shown(p->arena, word));
    return nearest ? err_hint(e, "did you mean `merganser %s`?", nearest)
                   : err_hint(e, "`merganser help` lists every verb");
}
