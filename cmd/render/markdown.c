#include "cmd/render/markdown.h"

#include "core/base/text.h"

/* Between "@" and a name nobody sees it, and nobody is told (GitHub looks for mentions in the rendered text). */
#define APART "\xe2\x80\x8b"

static size_t longest_run(const char *text, char of)
{
    size_t longest = 0, run = 0;

    for (; *text; text++) {
        run = *text == of ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void fence(struct buf *out, size_t n)
{
    while (n--)
        buf_char(out, '`');
}

static void put_plain(struct buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (c == '<')
            buf_string(out, "&lt;");
        else if (c == '&')
            buf_string(out, "&amp;");
        else if (c == '\n' || c == '\r')
            buf_char(out, ' ');
        else if (strchr("\\`*_{}[]()#+!|~>$", c))
            buf_printf(out, "\\%c", c);
        else
            buf_char(out, c);
        /* Mentions, references to issues, and bare addresses. */
        if (c == '@' || c == '#' || (c == ':' && i + 1 < len && text[i + 1] == '/') ||
            (c == '.' && i >= 3 && text_is_nocase((struct text) { text + i - 3, 3 }, "www")))
            buf_string(out, APART);
    }
}

void markdown_text(struct buf *out, const char *text)
{
    while (*text) {
        size_t plain = strcspn(text, "`"), code;

        put_plain(out, text, plain);
        text += plain;
        if (!*text)
            break;
        code = strcspn(text + 1, "`");
        if (!code || !text[1 + code]) {
            put_plain(out, text++, 1);
            continue;
        }
        buf_printf(out, "`%.*s`", (int)code, text + 1);
        text += code + 2;
    }
}

/* CommonMark 6.1: a blank at both ends is taken off, so that a backtick may stand there. */
void markdown_code(struct buf *out, const char *text)
{
    size_t n = longest_run(text, '`') + 1, len = strlen(text);
    const char *pad = len && (text[0] == '`' || text[len - 1] == '`' || text[0] == ' ') ? " " : "";

    fence(out, n);
    buf_printf(out, "%s%s%s", pad, len ? text : " ", pad);
    fence(out, n);
}

/* A bar ends a cell also within backticks. */
void markdown_cell(struct buf *out, const char *text)
{
    buf_string(out, "<code>");
    for (; *text; text++) {
        if ((unsigned char)*text >= 0x80 || text_is_word(*text) || *text == ' ' || *text == '.' || *text == ',')
            buf_char(out, *text);
        else
            buf_printf(out, "&#%d;", *text == '\n' || *text == '\r' ? ' ' : *text);
    }
    buf_string(out, "</code>");
}

void markdown_block(struct buf *out, const char *language, const char *lines)
{
    size_t n = longest_run(lines, '`') + 1, len = strlen(lines);

    fence(out, n < 3 ? 3 : n);
    buf_printf(out, "%s\n%s%s", language, lines, len && lines[len - 1] == '\n' ? "" : "\n");
    fence(out, n < 3 ? 3 : n);
    buf_char(out, '\n');
}
