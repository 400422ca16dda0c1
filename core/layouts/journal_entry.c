#include "core/layouts/journal_entry.h"

#include <inttypes.h>

#include "core/base/text.h"

struct text journal_entry_bytes(const struct journal *j, size_t i)
{
    return text_cut(j->bytes, j->at[i].from, j->at[i].to);
}

static size_t spaces_end(struct text t, size_t at)
{
    while (at < t.len && text_is_space(t.at[at]))
        at++;
    return at;
}

/* Where the number behind a key of the entry itself stands; quoted is the key with its quotes. */
static bool number_at(size_t *from, size_t *to, struct text entry, const char *quoted)
{
    size_t depth = 0;

    for (size_t at = 0; at < entry.len; at++) {
        char c = entry.at[at];

        if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
        } else if (c == '"') {
            size_t end = journal_string_end(entry, at), colon = spaces_end(entry, end);

            if (depth == 1 && colon < entry.len && entry.at[colon] == ':' &&
                text_is(text_cut(entry, at, end), quoted)) {
                *from = *to = spaces_end(entry, colon + 1);
                while (*to < entry.len && text_is_digit(entry.at[*to]))
                    (*to)++;
                return *to > *from;
            }
            at = end - 1;
        }
    }
    return false;
}

static bool replace_number(struct text *entry, const char *quoted, uint64_t number, struct arena *a)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);
    size_t from, to;

    if (!number_at(&from, &to, *entry, quoted))
        return false;
    buf_text(&b, text_cut(*entry, 0, from));
    buf_printf(&b, "%" PRIu64, number);
    buf_text(&b, text_cut(*entry, to, entry->len));
    *entry = buf_content(&b);
    return true;
}

bool journal_entry_renumbered(struct text *out, struct text entry, uint64_t idx, uint64_t when, struct arena *a)
{
    *out = entry;
    return replace_number(out, "\"idx\"", idx, a) && replace_number(out, "\"when\"", when, a);
}
