#include "vcs/walk.h"

static size_t place_of(const struct id_map *m, const git_oid *id)
{
    size_t i;

    memcpy(&i, id->id, sizeof i);
    for (i &= m->cap - 1; m->at[i] && memcmp(m->at[i]->id, id->id, GIT_OID_RAWSZ) != 0;)
        i = (i + 1) & (m->cap - 1);
    return i;
}

void *id_map_find(const struct id_map *m, const git_oid *id)
{
    return m->cap ? m->at[place_of(m, id)] : NULL;
}

void id_map_add(struct id_map *m, void *record, struct arena *a)
{
    if ((m->len + 1) * 2 > m->cap) {
        struct id_map larger = { NULL, m->len, m->cap ? m->cap * 2 : 256 };

        larger.at = arena_make(a, git_oid *, larger.cap);
        for (size_t i = 0; i < m->cap; i++)
            if (m->at[i])
                larger.at[place_of(&larger, m->at[i])] = m->at[i];
        *m = larger;
    }
    m->at[place_of(m, record)] = record;
    m->len++;
}
