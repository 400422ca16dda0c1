#include "core/base/interrupt.h"
#include "vcs/internal.h"

/* Every commit once, as raw bytes: git_revwalk costs several times more (it parses all of history into objects). */

struct seen {
    git_oid *at; /* open addressing; the zero id is an empty place, no object has it */
    size_t len, cap;
};

struct waiting {
    git_oid *at;
    size_t len, cap;
};

static size_t place_of(const struct seen *s, const git_oid *id)
{
    size_t i;

    memcpy(&i, id->id, sizeof i);
    for (i &= s->cap - 1; !git_oid_is_zero(&s->at[i]) && !git_oid_equal(&s->at[i], id);)
        i = (i + 1) & (s->cap - 1);
    return i;
}

/* False where it was there already. The arena is the walk's own, so that outgrown tables do not stay for long. */
static bool seen_add(struct seen *s, const git_oid *id, struct arena *a)
{
    size_t i;

    if ((s->len + 1) * 2 > s->cap) {
        struct seen larger = { NULL, s->len, s->cap ? s->cap * 2 : 1024 };

        larger.at = arena_make(a, git_oid, larger.cap);
        for (i = 0; i < s->cap; i++)
            if (!git_oid_is_zero(&s->at[i]))
                larger.at[place_of(&larger, &s->at[i])] = s->at[i];
        *s = larger;
    }
    i = place_of(s, id);
    if (!git_oid_is_zero(&s->at[i]))
        return false;
    s->at[i] = *id;
    s->len++;
    return true;
}

/* "committer NAME <EMAIL> SECONDS ZONE"; a name may hold anything but "<", so the last ">" counts. 0 where broken. */
static uint64_t committer_time(struct text line)
{
    const char *mail_end = memrchr(line.at, '>', line.len);
    uint64_t seconds = 0;
    struct text rest;
    size_t space;

    if (!mail_end)
        return 0;
    rest = text_trim(text_cut(line, (size_t)(mail_end - line.at) + 1, line.len));
    if (text_find(rest, " ", &space))
        rest = text_cut(rest, 0, space);
    return text_to_u64(rest, &seconds) ? seconds : 0;
}

struct walk {
    struct vcs *v;
    struct arena *arena;
    struct seen seen;
    struct waiting waiting;
    git_oid root;
    uint64_t root_time;
    bool found;
};

static bool walk_one(struct walk *w, const git_oid *id)
{
    AUTO(git_odb_object) object = NULL;
    bool is_root = true;
    uint64_t time = 0;
    struct text rest, line;

    if (git_odb_read(&object, w->v->odb, id) < 0 || git_odb_object_type(object) != GIT_OBJECT_COMMIT)
        return false;
    rest = (struct text) { git_odb_object_data(object), git_odb_object_size(object) };
    while (text_line(&rest, &line) && line.len > 0) {
        git_oid parent;

        if (text_starts(line, "parent ")) {
            if (line.len < 47 || git_oid_fromstrn(&parent, line.at + 7, GIT_OID_HEXSZ) < 0)
                return false;
            is_root = false;
            if (seen_add(&w->seen, &parent, w->arena))
                *arena_push(w->arena, &w->waiting) = parent;
        } else if (text_starts(line, "committer ")) {
            time = committer_time(line);
            break;
        }
    }
    if (is_root && (!w->found || time < w->root_time || (time == w->root_time && git_oid_cmp(id, &w->root) < 0))) {
        w->found = true;
        w->root = *id;
        w->root_time = time;
    }
    return true;
}

struct object_id vcs_root_commit(struct vcs *v, struct object_id commit)
{
    struct object_id none = { .known = false };
    struct walk w = { .v = v };
    git_oid tip = id_to_oid(commit);
    bool whole = true;

    if (!v->repo || !commit.known || v->shallow)
        return none;
    w.arena = arena_open();
    seen_add(&w.seen, &tip, w.arena);
    *arena_push(w.arena, &w.waiting) = tip;
    verification_set(false);
    while (whole && w.waiting.len > 0) {
        git_oid next = w.waiting.at[--w.waiting.len];

        whole = !interrupt_requested() && walk_one(&w, &next);
    }
    verification_set(true);
    arena_close(w.arena);
    return whole && w.found ? id_from_oid(&w.root) : none;
}
