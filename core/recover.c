#include "core/recover.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/ledger.h"
#include "core/scripts.h"

/* What a path, or the version that it stands for, is among the wanted ones. */
struct known {
    struct text key;
    size_t at;
};

struct recovery {
    struct recovered *out;
    struct source *source;
    const struct recover_wanted *wanted;
    size_t n;
    const char **folders; /* NULL-ended */
    struct known *by_path, *by_version;
    size_t npaths;
    struct buf *version; /* of the path that is being looked at */
    struct vcs_found *found;
    struct vcs_places places;
    size_t recorded; /* commits that were looked at because they are recorded */
    bool unreadable; /* something was, of what these or a sighting has */
    struct arena *arena;
};

/* ---- which file is which version ---- */

static bool below(struct text *name, struct text path, const char *folder)
{
    size_t len = strlen(folder);

    if (len && (!text_starts(path, folder) || path.len <= len || path.at[len] != '/'))
        return false;
    *name = len ? text_cut(path, len + 1, path.len) : path;
    return true;
}

static int by_key(const void *a, const void *b)
{
    const struct known *left = a, *right = b;
    int order = text_compare(left->key, right->key);

    return order ? order : (left->at > right->at) - (left->at < right->at);
}

/* The first of those with that key. Every file of the history asks, so none of them looks at every wanted one. */
static size_t known_find(const struct known *at, size_t n, struct text key, size_t none)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (text_compare(at[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && text_compare(at[low].key, key) == 0 ? at[low].at : none;
}

static void known_collect(struct recovery *r)
{
    r->by_path = arena_make(r->arena, struct known, r->n);
    r->by_version = arena_make(r->arena, struct known, r->n);
    for (size_t i = 0; i < r->n; i++) {
        const struct history_entry *applied = r->wanted[i].applied;

        r->by_version[i] = (struct known) { text_from(r->wanted[i].version), i };
        if (applied && applied->path)
            r->by_path[r->npaths++] = (struct known) { text_from(applied->path), i };
    }
    if (r->npaths)
        qsort(r->by_path, r->npaths, sizeof *r->by_path, by_key);
    if (r->n)
        qsort(r->by_version, r->n, sizeof *r->by_version, by_key);
}

static size_t match(const void *to, struct text path)
{
    const struct recovery *r = to;
    size_t found = known_find(r->by_path, r->npaths, path, r->n);

    for (size_t f = 0; r->folders[f] && found == r->n; f++) {
        struct text name;

        r->version->len = 0;
        if (below(&name, path, r->folders[f]) && r->source->layout->version_of_up(r->version, name))
            found = known_find(r->by_version, r->n, buf_content(r->version), r->n);
    }
    return found;
}

/* Where an up script's folder of migrations is: Diesel has a directory for every one. */
static const char *folder_of(const struct recovery *r, const char *path)
{
    struct text folder = text_from(path);

    for (int up = r->source->layout == &diesel_layout ? 2 : 1; up > 0; up--) {
        const char *slash = folder.len ? memrchr(folder.at, '/', folder.len) : NULL;

        folder = text_cut(folder, 0, slash ? (size_t)(slash - folder.at) : 0);
    }
    return arena_cstr(r->arena, folder);
}

/* Those of the source, and those that were the source's when something was applied. */
static void folders_collect(struct recovery *r)
{
    size_t len = 0;

    r->folders = arena_make(r->arena, const char *, r->source->nfolders + r->n + 1);
    for (size_t i = 0; i < r->source->nfolders; i++)
        r->folders[len++] = r->source->folders[i].path;
    for (size_t i = 0; i < r->n; i++) {
        const struct history_entry *applied = r->wanted[i].applied;
        struct text name;
        bool known = !applied || !applied->path;

        for (size_t f = 0; f < len && !known; f++)
            known = below(&name, text_from(applied->path), r->folders[f]);
        if (!known)
            r->folders[len++] = folder_of(r, applied->path);
    }
}

/* ---- down scripts ---- */

/* What can't be read is not there, unless it was a stop signal: a pruned object, one that a partial clone left out, an
 * LFS pointer of long ago. */
static bool read_at(struct script *out, bool *found, struct recovery *r, struct object_id commit, const char *path,
                    struct err *e)
{
    struct vcs_source at = { .kind = VCS_COMMIT, .commit = commit };
    struct err ignored;
    bool there = true;

    if (scripts_open_at(out, found, r->source, commit, path, &ignored) && *found)
        return interrupt_check(e);
    *found = false;
    r->unreadable |= vcs_read_path(NULL, &there, r->source->vcs, &at, path, 0, r->arena, &ignored) && there;
    return interrupt_check(e);
}

static bool is_applied_one(bool *same, const struct recover_wanted *wanted, const struct script *up, struct arena *a,
                           struct err *e)
{
    const char *sha256;

    if (!wanted->applied || !wanted->applied->sha256)
        return ledger_hash_is(same, up, wanted->hash, a, e);
    if (!scripts_sha256(&sha256, up, a, e))
        return false;
    *same = strcmp(sha256, wanted->applied->sha256) == 0;
    return true;
}

/* The down script that a commit has beside an up script, where that is the applied one, or nobody knows. */
static bool down_take(struct recovery *r, size_t i, struct object_id commit, const char *up_path, enum script_from from,
                      struct err *e)
{
    const struct recover_wanted *wanted = &r->wanted[i];
    const char *down_path = r->source->layout->down_path(up_path, r->arena);
    bool checkable = (wanted->applied && wanted->applied->sha256) || wanted->hash, found, same = true;
    struct recovered *out = &r->out[i];
    struct script up, down;

    if (!down_path)
        return true;
    if (!read_at(&down, &found, r, commit, down_path, e))
        return false;
    if (!found)
        return true;
    if (checkable && !read_at(&up, &found, r, commit, up_path, e))
        return false;
    if (checkable && found && !is_applied_one(&same, wanted, &up, r->arena, e))
        return false;
    if (!found || !same)
        return true;
    out->script = down;
    out->from = from;
    out->script_path = down_path;
    out->commit = commit;
    out->unchecked = !checkable;
    return true;
}

static bool down_of_record(struct recovery *r, size_t i, struct err *e)
{
    const struct history_entry *applied = r->wanted[i].applied;
    struct object_id commit;

    if (!applied || !applied->commit || !applied->path || !object_id_parse(&commit, text_from(applied->commit)))
        return true;
    r->recorded++;
    return applied->has_down || down_take(r, i, commit, applied->path, FROM_COMMIT, e);
}

static bool down_of_sighting(struct recovery *r, size_t i, const struct vcs_sighting *s, struct err *e)
{
    const struct history_entry *applied = r->wanted[i].applied;

    return (applied && applied->has_down) || r->out[i].script.read || !s->found ||
           down_take(r, i, s->commit, s->path, FROM_REF, e);
}

/* ---- whose it is ---- */

static bool is_recorded_here(const struct history_entry *applied, const char *repository)
{
    return repository && applied && applied->repository && strcmp(applied->repository, repository) == 0;
}

static enum missing_kind kind_of(const struct recovery *r, const struct vcs_sighting *last, bool own)
{
    if (last->found && last->ancestor)
        return MISSING_RETIRED;
    if (!r->places.whole_line)
        return MISSING_UNKNOWN;
    return last->found || own ? MISSING_ELSEWHERE : MISSING_UNKNOWN;
}

static bool settle(struct recovery *r, size_t i, const char *repository, struct err *e)
{
    const struct history_entry *applied = r->wanted[i].applied;
    const struct vcs_found *found = &r->found[i];
    struct recovered *out = &r->out[i];
    bool there;

    out->own = is_recorded_here(applied, repository);
    out->kind = kind_of(r, &found->last, out->own);
    if (found->last.found) {
        out->path = found->last.path;
        out->ref = found->last.ref;
        if (!vcs_commit_read(&out->seen, &there, r->source->vcs, found->last.commit, r->arena, e))
            return false;
    }
    return down_of_sighting(r, i, &found->exact, e) && down_of_sighting(r, i, &found->last, e);
}

/* A walk through the whole history, so only for what it decides. */
static const char *repository_of(const struct recovery *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct vcs_sighting *last = &r->found[i].last;

        if (!(last->found && last->ancestor) && r->wanted[i].applied && r->wanted[i].applied->repository)
            return object_id_hex(r->arena, vcs_root_commit(r->source->vcs, r->source->at.commit));
    }
    return NULL;
}

/* ---- where it was looked ---- */

static void add_count(const char **parts, size_t *len, size_t n, const char *one, const char *many, struct arena *a)
{
    if (n >= 1000000)
        parts[(*len)++] = arena_printf(a, "%zu,%03zu,%03zu %s", n / 1000000, n / 1000 % 1000, n % 1000, many);
    else if (n >= 1000)
        parts[(*len)++] = arena_printf(a, "%zu,%03zu %s", n / 1000, n % 1000, many);
    else if (n)
        parts[(*len)++] = arena_printf(a, "%zu %s", n, n == 1 ? one : many);
}

static const char *places_words(const struct recovery *r)
{
    const char *parts[8];
    struct buf out = buf_open(r->arena, 512);
    size_t len = 0;

    if (!vcs_is_git(r->source->vcs))
        return "nothing else: there is no git repository";
    add_count(parts, &len, r->recorded, "recorded commit", "recorded commits", r->arena);
    add_count(parts, &len, r->places.refs, "ref", "refs", r->arena);
    add_count(parts, &len, r->places.reflog_entries, "reflog entry", "reflog entries", r->arena);
    add_count(parts, &len, r->places.stashes, "stash entry", "stash entries", r->arena);
    add_count(parts, &len, r->places.commits, "commit", "commits", r->arena);
    if (!len)
        parts[len++] = "no commit";
    for (size_t i = 0; i < len; i++)
        buf_printf(&out, "%s%s", i == 0 ? "" : i + 1 < len ? ", " : " and ", parts[i]);
    if (r->places.shallow)
        buf_string(&out, " (the history is shallow)");
    else if (r->places.unreadable || r->unreadable)
        buf_string(&out, " (some objects are not here, or damaged)");
    return buf_cstr(&out);
}

bool recover(struct recovered *out, const char **places, struct source *s, const struct recover_wanted *wanted,
             size_t n, struct arena *a, struct err *e)
{
    struct recovery r = { .out = out, .source = s, .wanted = wanted, .n = n, .arena = a };
    struct object_id *blobs = arena_make(a, struct object_id, n);
    struct vcs_wanted w = { .source = s->at.commit, .match = match, .to = &r, .n = n, .blobs = blobs };
    struct buf version = buf_open(a, SIZE_MAX / 2);
    const char *repository;

    r.found = arena_make(a, struct vcs_found, n);
    r.version = &version;
    known_collect(&r);
    folders_collect(&r);
    w.folders = r.folders;
    for (size_t i = 0; i < n; i++) {
        const struct history_entry *applied = wanted[i].applied;

        out[i] = (struct recovered) { .kind = MISSING_UNKNOWN };
        /* What was applied matters only for the down script beside it. */
        if (applied && applied->blob && !applied->has_down)
            object_id_parse(&blobs[i], text_from(applied->blob));
        if (!down_of_record(&r, i, e))
            return false;
    }
    if (!vcs_search(r.found, &r.places, s->vcs, &w, a, e))
        return false;
    repository = repository_of(&r);
    for (size_t i = 0; i < n; i++)
        if (!settle(&r, i, repository, e))
            return false;
    *places = places_words(&r);
    return true;
}
