#include "core/journals.h"

#include "core/base/text.h"
#include "core/layouts/drizzle_new.h"
#include "core/layouts/journal.h"

enum { LARGEST = 16 * 1024 * 1024 };

struct journals {
    const char **tags;
    const char *const *whens;
    size_t n, missing;
    const struct source *source;
    struct arena *arena;
};

static bool is_taken(const struct journals *j, const char *tag)
{
    for (size_t i = 0; i < j->source->migrations.len; i++)
        if (strcmp(j->source->migrations.at[i].version, tag) == 0)
            return true;
    for (size_t i = 0; i < j->n; i++)
        if (j->tags[i] && strcmp(j->tags[i], tag) == 0)
            return true;
    return false;
}

static void entry_take(struct journals *j, const struct journal_entry *entry)
{
    uint64_t when;

    for (size_t i = 0; i < j->n; i++) {
        if (j->tags[i] || !text_to_u64(text_from(j->whens[i]), &when) || when != entry->when || is_taken(j, entry->tag))
            continue;
        j->tags[i] = arena_string(j->arena, entry->tag);
        j->missing--;
    }
}

/* One that can't be read, as with a conflict's markers, says nothing. */
static bool journal_take(void *to, struct text content)
{
    struct arena *own = arena_open();
    struct journals *j = to;
    struct journal journal;
    struct err ignored;

    if (journal_parse(&journal, DRIZZLE_JOURNAL, content, own, &ignored))
        for (size_t i = 0; i < journal.len; i++)
            entry_take(j, &journal.at[i]);
    arena_close(own);
    return j->missing == 0;
}

bool journals_find_tags(const char **tags, const char *const *whens, size_t n, const struct source *s, struct arena *a,
                        struct err *e)
{
    const char *folder = s->folders[0].path;
    struct journals j = { .tags = tags, .whens = whens, .n = n, .missing = n, .source = s, .arena = a };

    for (size_t i = 0; i < n; i++)
        tags[i] = NULL;
    return n == 0 || vcs_contents(s->vcs, *folder ? arena_printf(a, "%s/%s", folder, DRIZZLE_JOURNAL) : DRIZZLE_JOURNAL,
                                  LARGEST, journal_take, &j, a, e);
}
