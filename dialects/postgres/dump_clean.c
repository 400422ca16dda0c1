#include "dialects/postgres/dump_clean.h"

#include "core/base/text.h"

static const char open_word[] = "\\restrict ", close_word[] = "\\unrestrict ";

/* Takes a line with its end. */
static struct text take_line(struct text *rest)
{
    const char *end = memchr(rest->at, '\n', rest->len);
    size_t len = end ? (size_t)(end - rest->at) + 1 : rest->len;
    struct text line = text_cut(*rest, 0, len);

    *rest = text_cut(*rest, len, rest->len);
    return line;
}

static bool is_heading(struct text line)
{
    return text_starts(line, "--") || text_trim(line).len == 0;
}

static struct text key_of(struct text line, const char *word)
{
    return text_trim(text_cut(line, strlen(word), line.len));
}

void dump_clean(struct buf *out, struct text dump, bool keep_guard)
{
    struct text rest = dump, key = { NULL, 0 };
    bool heading = true;

    while (rest.len) {
        struct text line = take_line(&rest);

        if (!keep_guard && !key.at && heading && text_starts(line, open_word)) {
            key = key_of(line, open_word);
        } else if (key.at && text_starts(line, close_word) && text_equal(key_of(line, close_word), key)) {
            heading = true;
        } else if (!(heading && is_heading(line))) {
            buf_text(out, line);
            heading = false;
        }
    }
}
