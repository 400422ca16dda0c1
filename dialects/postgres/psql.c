#include "dialects/postgres/psql.h"

#include "dialects/postgres/psql_words.h"

struct command {
    struct input *in;
    size_t from; /* its backslash */
    struct text name, rest;
};

static enum psql_effect refuse(const struct command *c, const char *what, const char *hint, struct err *e)
{
    err_plain(e, ERR_MIGRATION_FILE, "psql's \\%s %s", text_shown(c->in->arena, c->name), what);
    input_place(c->in, c->from, e);
    err_hint(e, "%s", hint);
    return PSQL_REFUSED;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Takes an argument off the rest, as psql's own scanner reads it: quotes within it go, \n and '' in them count. False
 * where none is left; *bad: it has what only psql can work out, or a quote that stays open. */
static bool argument(struct text *out, bool *bad, struct command *c)
{
    struct buf word = buf_open(c->in->arena, SIZE_MAX / 2);
    struct text *rest = &c->rest;
    char quote = '\0';
    bool any = false;

    *bad = false;
    while (rest->len && is_blank(rest->at[0]))
        *rest = text_cut(*rest, 1, rest->len);
    for (; rest->len; *rest = text_cut(*rest, 1, rest->len)) {
        char at = rest->at[0], next = rest->len > 1 ? rest->at[1] : '\0';

        if (!quote && (is_blank(at) || at == '\\'))
            break;
        any = true;
        if (!quote && (at == '\'' || at == '"')) {
            quote = at;
        } else if (quote && at == quote && next == quote) {
            buf_char(&word, at);
            *rest = text_cut(*rest, 1, rest->len);
        } else if (quote && at == quote) {
            quote = '\0';
        } else {
            *bad = *bad || at == '`' || (quote == '\'' && at == '\\') ||
                   (!quote && at == ':' && (text_is_word(next) || next == '\'' || next == '"' || next == '{'));
            buf_char(&word, at);
        }
    }
    *bad = *bad || quote;
    *out = buf_content(&word);
    return any;
}

/* Moves behind the command: to the next backslash of the line, or to the next line. */
static void pass(struct command *c)
{
    struct lexer *l = &c->in->lexer;

    l->at = (size_t)(c->rest.at - l->src.at);
    if (!c->rest.len && lexer_sees(l, 0, TEXT("\n")))
        l->at++;
}

static void pass_all(struct command *c)
{
    struct text ignored;
    bool bad;

    while (argument(&ignored, &bad, c))
        ;
    pass(c);
}

static enum psql_effect include(struct command *c, bool beside, struct err *e)
{
    const char *one = "name one file on the line, in quotes where its name has blanks";
    struct text path, more;
    bool bad;

    if (!argument(&path, &bad, c))
        return refuse(c, "names no file", one, e);
    if (bad)
        return refuse(c, "names a file that only psql can work out", "write the file's own name", e);
    while (path.len > 1 && path.at[path.len - 1] == ';')
        path.len--;
    while (c->rest.len && is_blank(c->rest.at[0]))
        c->rest = text_cut(c->rest, 1, c->rest.len);
    if (text_starts(c->rest, "--"))
        c->rest = text_cut(c->rest, c->rest.len, c->rest.len);
    if (c->rest.len && (c->rest.at[0] == '\\' || argument(&more, &bad, c)))
        return refuse(c, "is followed by something else", one, e);
    pass(c);
    if (input_include(c->in, path, beside, e))
        return PSQL_INCLUDED;
    if (e->kind == ERR_MIGRATION_FILE && !e->at.path)
        input_place(c->in, c->from, e);
    return PSQL_REFUSED;
}

static enum psql_effect variable(struct command *c, bool sets, const char *no_variables, struct err *e)
{
    struct text name = TEXT(""), value = TEXT("");
    const char *hint;
    bool bad, bad_value = false;

    if (argument(&name, &bad, c))
        argument(&value, &bad_value, c);
    if (!psql_own_variable(&hint, name, sets && !bad_value ? value : TEXT("")))
        return refuse(c, "can't be used in a migration", no_variables, e);
    if (hint && sets)
        return refuse(c, arena_printf(c->in->arena, "%s can't be used in a migration", text_shown(c->in->arena, name)),
                      hint, e);
    pass_all(c);
    return PSQL_NOTED;
}

static enum psql_effect encoding(struct command *c, const char *hint, struct err *e)
{
    struct text value = TEXT("UTF8");
    bool bad;

    argument(&value, &bad, c);
    if (!text_is_nocase(value, "utf8") && !text_is_nocase(value, "utf-8") && !text_is_nocase(value, "unicode") &&
        value.len)
        return refuse(c, "asks for another encoding than UTF-8", hint, e);
    pass_all(c);
    return PSQL_NOTED;
}

enum psql_effect psql_command(struct input *in, bool inside, struct err *e)
{
    size_t len = lexer_line(&in->lexer), name = 0;
    struct command c = { .in = in, .from = in->lexer.at - 1 };
    struct text line = text_cut(in->lexer.src, in->lexer.at, in->lexer.at + len);
    const char *hint;
    enum psql_word word;

    while (name < len && !is_blank(line.at[name]) && line.at[name] != '\\')
        name++;
    /* \; and \: stand before more SQL. */
    if (name && (line.at[0] == ';' || line.at[0] == ':'))
        name = 1;
    c.name = text_cut(line, 0, name);
    c.rest = text_cut(line, name, len);
    word = psql_word(&hint, c.name);
    if (word == WORD_REFUSED && !text_starts(line, "\\"))
        return refuse(&c, "can't be used in a migration", hint, e);
    if (inside)
        return refuse(&c, "stands inside a statement", "end the statement before it with a semicolon", e);
    switch (word) {
    case WORD_INCLUDE:
    case WORD_INCLUDE_BESIDE:
        return include(&c, word == WORD_INCLUDE_BESIDE, e);
    case WORD_SET:
    case WORD_UNSET:
        return variable(&c, word == WORD_SET, hint, e);
    case WORD_ENCODING:
        return encoding(&c, hint, e);
    case WORD_REFUSED:
        /* Two backslashes: they end the command before them. */
        in->lexer.at++;
        return PSQL_PASSED;
    default:
        pass_all(&c);
        return word == WORD_SILENT ? PSQL_PASSED : PSQL_NOTED;
    }
}

bool psql_colon(struct input *in, struct err *e)
{
    struct lexer *l = &in->lexer;
    size_t from = l->at, to = from;
    char quote;

    if (!lexer_line(l))
        return true;
    quote = l->src.at[from] == '\'' || l->src.at[from] == '"' ? l->src.at[from] : '\0';
    to = from += quote != '\0';
    while (to < l->src.len && (text_is_word(l->src.at[to]) || (unsigned char)l->src.at[to] >= 0x80))
        to++;
    if (!lexer_sees(l, 0, TEXT("{?")) &&
        (to == from || text_is_digit(l->src.at[from]) || (quote && (to >= l->src.len || l->src.at[to] != quote))))
        return true;
    err_plain(e, ERR_MIGRATION_FILE, "psql's variable :%s can't be used in a migration",
              text_shown(in->arena, text_cut(l->src, l->at, to + (quote != '\0'))));
    input_place(in, l->at - 1, e);
    return err_hint(e, "write the value itself: a migration has no variables, so that it does the same everywhere");
}

bool psql_rows_begin(struct input *in, struct err *e)
{
    struct lexer *l = &in->lexer;
    size_t len = lexer_line(l), from = l->at;
    struct text rest = text_cut(l->src, from, from + len);

    while (rest.len && is_blank(rest.at[0]))
        rest = text_cut(rest, 1, rest.len);
    l->at = from + len;
    if (!rest.len || text_starts(rest, "--")) {
        if (lexer_sees(l, 0, TEXT("\n")))
            l->at++;
        return true;
    }
    err_plain(e, ERR_MIGRATION_FILE, "more stands on the line of a COPY … FROM stdin;");
    input_place(in, (size_t)(rest.at - l->src.at), e);
    return err_hint(e, "begin the rows on the next line, and put other statements behind their end, the line \\.");
}

/* The length of the line \. with its end, at the current byte; 0 where another one stands there. */
static size_t rows_end(struct lexer *l)
{
    size_t len;

    if (!lexer_sees(l, 0, TEXT("\\.")))
        return 0;
    len = lexer_sees(l, 2, TEXT("\r\n")) ? 4 : lexer_sees(l, 2, TEXT("\n")) ? 3 : 0;
    if (len)
        return len;
    /* Nothing behind it: the file's end. */
    return l->at + 2 == l->src.len ? 2 : l->at + 3 == l->src.len && l->src.at[l->at + 2] == '\r' ? 3 : 0;
}

bool psql_rows(struct text *piece, struct input *in, bool *inside, struct err *e)
{
    struct lexer *l = &in->lexer;
    size_t from, end;
    const char *found;

    *piece = (struct text) { l->src.at + l->at, 0 };
    l->loose = true;
    if (!lexer_sees(l, 0, TEXT("\\")) && l->at >= l->src.len) {
        if (in->failed)
            *e = in->err;
        return !in->failed;
    }
    l->loose = false;
    end = *inside ? 0 : rows_end(l);
    from = l->at;
    l->at += end;
    if (end || in->failed) {
        if (in->failed)
            *e = in->err;
        return !in->failed;
    }
    found = memmem(l->src.at + from, l->src.len - from, "\n\\.", 3);
    if (found)
        l->at = (size_t)(found - l->src.at) + 1;
    else
        found = memrchr(l->src.at + from, '\n', l->src.len - from);
    /* Up to the last line that ends here: what follows may be the first byte of their end. */
    l->at = found ? (size_t)(found - l->src.at) + 1 : l->src.len;
    *inside = !found;
    *piece = text_cut(l->src, from, l->at);
    return true;
}
