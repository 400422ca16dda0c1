#include "core/renamed.h"

/* A version with the checksum that could make it another's: a missing one's as recorded, a pending one's of today. */
struct candidate {
    const char *sha256;
    struct version_entry *entry;
};

static const char *sha256_of(const struct version_entry *v, const struct resolve_input *in)
{
    if (v->state == STATE_PENDING)
        return v->migration ? in->sha256[v->migration - in->migrations->at] : NULL;
    return v->state == STATE_MISSING && v->record && v->record->applied ? v->record->applied->sha256 : NULL;
}

/* Missing before pending. */
static int by_sha256(const void *a, const void *b)
{
    const struct candidate *left = a, *right = b;
    int order = strcmp(left->sha256, right->sha256);

    return order ? order : (left->entry->state == STATE_PENDING) - (right->entry->state == STATE_PENDING);
}

static bool is_pair(const struct candidate *c, size_t n)
{
    return n == 2 && c[0].entry->state == STATE_MISSING && c[1].entry->state == STATE_PENDING &&
           !((c[0].entry->flags | c[1].entry->flags) & FLAG_PARTIAL);
}

/* Only one of each kind with one script is certain. */
void renamed_find(struct resolution *r, const struct resolve_input *in, struct arena *a)
{
    struct candidate *at = arena_make(a, struct candidate, r->len);
    size_t len = 0, n;

    for (size_t i = 0; in->sha256 && i < r->len; i++) {
        const char *sha256 = sha256_of(&r->at[i], in);

        if (sha256)
            at[len++] = (struct candidate) { sha256, &r->at[i] };
    }
    if (len)
        qsort(at, len, sizeof *at, by_sha256);
    for (size_t i = 0; i < len; i += n) {
        for (n = 1; i + n < len && strcmp(at[i + n].sha256, at[i].sha256) == 0;)
            n++;
        if (!is_pair(&at[i], n))
            continue;
        at[i + 1].entry->flags |= FLAG_RENAMED;
        at[i + 1].entry->renamed = at[i].entry;
        at[i].entry->renamed = at[i + 1].entry;
    }
}
