/* Variables, and what the words of the command line mean together. */
#include "cmd/options_parse.h"
#include "cmd/options_value.h"
#include "core/base/text.h"

static struct given *given_common(struct parse *p, const char *name)
{
    return option_given(p, option_row_find(common_option_rows, text_from(name), 0));
}

static bool variables_of(struct parse *p, const struct option_row *rows,
                         const char *(*lookup)(void *from, const char *name), void *from, struct err *e)
{
    struct err later;
    bool ok = true;

    for (const struct option_row *row = rows; row && row->name; row++) {
        const char *name = options_variable(p->arena, row), *value;

        if (!row->from_environment || option_given(p, row) || !(value = lookup(from, name)) || !*value)
            continue;
        value = arena_string(p->arena, value);
        ok = option_value_from_variable(option_target(p, row), row, name, value, p->arena, ok ? e : &later) && ok;
        *arena_push(p->arena, &p->given) = (struct given) { row, name, true };
    }
    return ok;
}

bool option_variables_read(struct parse *p, const char *(*lookup)(void *from, const char *name), void *from,
                           struct err *e)
{
    struct common_options *common = &p->out->common;
    const struct command *c = p->out->command;
    bool ok = variables_of(p, common_option_rows, lookup, from, e);
    struct err later;
    const struct given *database = given_common(p, "database"), *environment = given_common(p, "env");

    common->database_from_variable = database && database->from_variable;
    common->environment_from_variable = environment && environment->from_variable;
    return variables_of(p, c ? c->options : NULL, lookup, from, ok ? e : &later) && ok;
}

/* Two that exclude each other: the command line's is the one that counts, from one place both are an error. */
static bool exclusive(struct parse *p, const char *one, const char *other, struct err *e)
{
    const struct given *a = given_common(p, one), *b = given_common(p, other);

    /* A variable that says no is as good as none. */
    if (!a || !b || !option_value_is_set(&p->out->common, a->row) || !option_value_is_set(&p->out->common, b->row))
        return true;
    if (a->from_variable != b->from_variable) {
        option_value_clear(&p->out->common, a->from_variable ? a->row : b->row);
        return true;
    }
    err_plain(e, ERR_USAGE, "%s and %s can't stand together", a->shown, b->shown);
    return err_hint(e, "%s one of them", a->from_variable ? "unset" : "leave out");
}

static bool format_check(struct parse *p, struct err *e)
{
    const struct command *c = p->out->command;
    const struct given *given = given_common(p, "format");
    const char *all[16] = { "human" };
    size_t n = 1;

    for (size_t i = 0; c->formats && c->formats[i] && n + 1 < sizeof all / sizeof *all; i++)
        all[n++] = c->formats[i];
    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i], p->out->common.format) == 0)
            return true;
    /* A variable is set for all of a job's steps, those included that only print text. */
    if (n == 1 && given->from_variable) {
        p->out->common.format = "human";
        return true;
    }
    if (n == 1)
        err_plain(e, ERR_USAGE, "%s prints plain text, not %s", c->name, p->out->common.format);
    else
        err_plain(e, ERR_USAGE, "%s prints %s, not %s", c->name, option_value_words(p->arena, all),
                  p->out->common.format);
    if (n == 1)
        return err_hint(e, "leave out %s", given->shown);
    return err_hint(e, "write --format and one of them");
}

static const char *usage_of(const struct command *c, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    buf_printf(&out, "merganser %s", c->name);
    for (const struct operand_row *row = c->operands; row && row->name; row++)
        buf_printf(&out, row->required ? " %s" : row->repeated ? " [%s...]" : " [%s]", row->name);
    return buf_cstr(&out);
}

static bool operand_check(struct parse *p, const struct operand_row *row, const char *given, struct err *e)
{
    const struct command *c = p->out->command;
    const char *nearest;

    if (!given || (!*given && !row->repeated)) {
        err_plain(e, ERR_USAGE, given ? "%s: %s is empty" : "%s needs %s", c->name, row->name);
        return row->choices ? err_hint(e, "write `merganser %s` and one of %s", c->name,
                                       option_value_words(p->arena, row->choices))
                            : err_hint(e, "write `%s`", usage_of(c, p->arena));
    }
    for (size_t i = 0; row->choices && row->choices[i]; i++)
        if (strcmp(row->choices[i], given) == 0)
            return true;
    if (!row->choices)
        return true;
    err_plain(e, ERR_USAGE, "%s: %s is %s, not \"%s\"", c->name, row->name, option_value_words(p->arena, row->choices),
              option_value_shown(p->arena, given));
    nearest = text_nearest(given, row->choices);
    return nearest ? err_hint(e, "did you mean \"%s\"?", nearest) : err_hint(e, "name one of them");
}

/* What is an option of another of the verb's words. */
static bool with_check(struct parse *p, struct err *e)
{
    const struct command *c = p->out->command;
    const char *first = p->out->operands[0];

    for (size_t i = 0; i < p->given.len; i++) {
        const struct given *g = &p->given.at[i];

        if (!g->row->with || g->from_variable || strcmp(g->row->with, first) == 0)
            continue;
        err_plain(e, ERR_USAGE, "%s %s: there is no option \"%s\"", c->name, first, g->shown);
        return err_hint(e, "%s is an option of `merganser %s %s`", g->shown, c->name, g->row->with);
    }
    return true;
}

static bool operands_check(struct parse *p, struct err *e)
{
    const struct command *c = p->out->command;
    const char *const *given = p->out->operands;
    size_t n = 0;

    for (const struct operand_row *row = c->operands; row && row->name; row++, n++) {
        if (!given[n] && !row->required)
            return true;
        if (!operand_check(p, row, given[n], e))
            return false;
        while (row->repeated && given[n + 1])
            n++;
    }
    if (!given[n])
        return true;
    if (n)
        err_plain(e, ERR_USAGE, "%s takes %zu operand%s; \"%s\" is too many", c->name, n, n == 1 ? "" : "s",
                  option_value_shown(p->arena, given[n]));
    else
        err_plain(e, ERR_USAGE, "%s takes no operand, but \"%s\" is given", c->name,
                  option_value_shown(p->arena, given[n]));
    return err_hint(e, "write `%s`; `merganser help %s` lists its options", usage_of(c, p->arena), c->name);
}

bool option_check(struct parse *p, struct err *e)
{
    return exclusive(p, "ref", "staged", e) && exclusive(p, "quiet", "verbose", e) && format_check(p, e) &&
           operands_check(p, e) && with_check(p, e);
}
