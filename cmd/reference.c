/* Help on a terminal. */
#include "cmd/reference_rows.h"
#include "core/base/text.h"

enum { WIDTH_LEAST = 40, WIDTH_DEFAULT = 80, WIDTH_MOST = 100, TERM_MOST = 26, MEANING_LEAST = 30, NARROW_INDENT = 8 };

struct page {
    FILE *to;
    struct arena *arena;
    bool color;
    size_t width;
};

static struct page page_open(FILE *to, bool color, int width)
{
    if (width <= 0)
        width = WIDTH_DEFAULT;
    if (width < WIDTH_LEAST)
        width = WIDTH_LEAST;
    if (width > WIDTH_MOST)
        width = WIDTH_MOST;
    return (struct page) { to, arena_open(), color, (size_t)width };
}

static void blanks(const struct page *p, size_t n)
{
    fprintf(p->to, "%*s", (int)n, "");
}

/* The next word, or what stands between backquotes: a command line is not torn apart unless it has to be. */
static struct text word_next(struct text *rest, size_t room)
{
    struct text t = *rest, word;
    size_t end = 0, quoted;

    while (t.len && t.at[0] == ' ')
        t = text_cut(t, 1, t.len);
    while (end < t.len && t.at[end] != ' ' && t.at[end] != '\n')
        end++;
    if (t.len && t.at[0] == '`' && text_find(text_cut(t, 1, t.len), "`", &quoted) &&
        text_chars(text_cut(t, 0, quoted + 2)) <= room) {
        if (quoted + 2 > end)
            end = quoted + 2;
        while (end < t.len && t.at[end] != ' ' && t.at[end] != '\n')
            end++;
    }
    word = text_cut(t, 0, end);
    *rest = text_cut(t, end, t.len);
    return word;
}

/* Words from the column `at` on, further lines beginning at `indent`. */
static void wrapped(const struct page *p, const char *content, size_t indent, size_t at)
{
    struct text rest = text_from(content);
    bool first = true;

    while (rest.len) {
        struct text word;
        size_t len;

        if (rest.at[0] == '\n') {
            rest = text_cut(rest, 1, rest.len);
            fputc('\n', p->to);
            blanks(p, rest.len && rest.at[0] != '\n' ? indent : 0);
            at = indent;
            first = true;
            continue;
        }
        word = word_next(&rest, p->width - indent);
        len = text_chars(word);
        if (!word.len)
            continue;
        if (!first && at + 1 + len > p->width) {
            fputc('\n', p->to);
            blanks(p, indent);
            at = indent;
            first = true;
        }
        fprintf(p->to, "%s%.*s", first ? "" : " ", (int)word.len, word.at);
        at += len + !first;
        first = false;
    }
    fputc('\n', p->to);
}

static void paragraph(const struct page *p, size_t indent, const char *content)
{
    blanks(p, indent);
    wrapped(p, content, indent, indent);
}

static void heading(const struct page *p, const char *name)
{
    fprintf(p->to, p->color ? "\n\033[1m%s\033[0m\n" : "\n%s\n", name);
}

/* A term and what it means, in two columns; a long term has a line of its own. */
static void item(const struct page *p, size_t column, const char *term, const char *content)
{
    size_t len = text_chars(text_from(term)) + 2;

    fprintf(p->to, "  %s", term);
    if (len + 2 > column) {
        fputc('\n', p->to);
        len = 0;
    }
    blanks(p, column - len);
    wrapped(p, content, column, column);
}

static const char *verb_term(const struct page *p, const struct command *c)
{
    return c->alias ? arena_printf(p->arena, "%s, %s", c->name, c->alias) : c->name;
}

/* Where any of them has a letter, long names stand under each other. */
static const char *option_term(const struct page *p, const struct option_row *row, bool letters)
{
    const char *letter = row->letter ? arena_printf(p->arena, "-%c, ", row->letter) : letters ? "    " : "";

    return arena_printf(p->arena, "%s--%s%s%s", letter, row->name, row->value ? " " : "", row->value ? row->value : "");
}

/* Where the meanings begin; on a narrow terminal below their terms. */
static size_t column_for(const struct page *p, size_t longest)
{
    size_t column = longest + 4;

    return column + MEANING_LEAST > p->width ? NARROW_INDENT : column;
}

static size_t longer(size_t longest, const char *term)
{
    size_t len = text_chars(text_from(term));

    return len > longest && len <= TERM_MOST ? len : longest;
}

static void verbs(const struct page *p, const struct command *const *commands)
{
    static const char *const names[] = {
        [GROUP_START] = "Start here",  [GROUP_EVERY_DAY] = "Every day", [GROUP_LOOK] = "Look",
        [GROUP_MAINTAIN] = "Maintain", [GROUP_HELP] = "Help",
    };
    size_t longest = 0;

    for (size_t i = 0; commands[i]; i++)
        longest = longer(longest, verb_term(p, commands[i]));
    for (size_t group = 0; group < sizeof names / sizeof *names; group++) {
        bool any = false;

        for (size_t i = 0; commands[i]; i++) {
            if (commands[i]->group != group)
                continue;
            if (!any)
                heading(p, names[group]);
            any = true;
            item(p, column_for(p, longest), verb_term(p, commands[i]), commands[i]->summary);
        }
    }
}

static void options(const struct page *p, const struct option_row *rows, const struct command *const *commands,
                    const struct command *c, bool version)
{
    const char *formats[FORMATS_MAX];
    size_t longest = 0;
    bool letters = false;

    reference_formats(formats, commands, c);
    for (const struct option_row *row = rows; row->name; row++)
        letters |= row->letter != 0;
    for (const struct option_row *row = rows; row->name; row++)
        longest = longer(longest, option_term(p, row, letters));
    for (const struct option_row *row = rows; row->name; row++)
        if (reference_row_applies(row, commands, c))
            item(p, column_for(p, longest), option_term(p, row, letters),
                 reference_row_help(p->arena, row, reference_choices(row, formats)));
    if (version)
        item(p, column_for(p, longest), "    --version", "print the version and stop; before a verb only");
}

void reference_help(FILE *to, const struct command *const *commands, bool color, int width)
{
    struct page p = page_open(to, color, width);

    paragraph(&p, 0, "merganser applies the migrations of a git repository to a database, each exactly once.");
    fputc('\n', to);
    paragraph(&p, 0, "usage: merganser [options] <verb> [options] [operands]");
    verbs(&p, commands);
    heading(&p, "Options of every verb, before or after it");
    options(&p, common_option_rows, commands, NULL, true);
    fputc('\n', to);
    paragraph(&p, 0,
              "Most have a variable too, MERGANSER_DATABASE for --database; the command line wins.\n"
              "`merganser help VERB` shows a verb's own options, `merganser help --man` the manual page.");
    arena_close(p.arena);
}

/* The common options in one paragraph: the overview explains them. */
static const char *common_short(const struct page *p, const struct command *c)
{
    struct buf out = buf_open(p->arena, SIZE_MAX / 2);
    const char *formats[FORMATS_MAX];

    reference_formats(formats, NULL, c);
    for (const struct option_row *row = common_option_rows; row->name; row++) {
        const char *const *choices = row->choices ? reference_choices(row, formats) : NULL;

        if (!reference_row_applies(row, NULL, c) || row->implies)
            continue;
        if (out.len)
            buf_string(&out, ", ");
        if (row->letter)
            buf_printf(&out, "-%c", row->letter);
        else
            buf_printf(&out, "--%s", row->name);
        for (size_t i = 0; choices && choices[i]; i++)
            buf_printf(&out, "%c%s", i ? '|' : '=', choices[i]);
        if (!choices && row->value)
            buf_printf(&out, "%s%s", row->letter ? " " : "=", row->value);
    }
    return buf_cstr(&out);
}

void reference_verb(FILE *to, const struct command *c, bool color, int width)
{
    struct page p = page_open(to, color, width);

    paragraph(&p, 0, arena_printf(p.arena, "merganser %s: %s", c->name, c->summary));
    fputc('\n', to);
    paragraph(&p, 0, arena_printf(p.arena, "usage: %s", reference_usage(p.arena, c)));
    if (c->alias)
        paragraph(&p, 0, arena_printf(p.arena, "also called: merganser %s", c->alias));
    if (c->details) {
        fputc('\n', to);
        paragraph(&p, 0, c->details);
    }
    if (c->operands && c->operands->name) {
        size_t longest = 0;

        heading(&p, "Operands");
        for (const struct operand_row *row = c->operands; row->name; row++)
            longest = longer(longest, row->name);
        for (const struct operand_row *row = c->operands; row->name; row++)
            item(&p, column_for(&p, longest), row->name, reference_operand_help(p.arena, row));
    }
    if (c->options && c->options->name) {
        heading(&p, "Options");
        options(&p, c->options, NULL, c, false);
    }
    if (c->needs != NEED_NOTHING) {
        heading(&p, "Options of every verb (`merganser help` explains them)");
        paragraph(&p, 2, common_short(&p, c));
    }
    if (c->examples && c->examples[0]) {
        heading(&p, "Examples");
        for (size_t i = 0; c->examples[i]; i++)
            fprintf(to, "  %s\n", c->examples[i]);
    }
    heading(&p, "Exit codes");
    for (const struct exit_row *row = reference_exits; row->meaning; row++)
        if (reference_exit_applies(row, NULL, c))
            item(&p, 7, arena_printf(p.arena, "%d", row->code), row->meaning);
    arena_close(p.arena);
}
