#include "vcs/walk.h"

enum {
    TREE_LINE = sizeof "tree " - 1 + GIT_OID_HEXSZ + 1,
    PARENT_LINE = sizeof "parent " - 1 + GIT_OID_HEXSZ + 1,
};

bool raw_failure(struct err *e, const char *what, const git_oid *id)
{
    char hex[GIT_OID_HEXSZ + 1];

    git_oid_tostr(hex, sizeof hex, id);
    err_plain(e, ERR_GIT, "object %s is no %s", hex, what);
    return err_hint(e, "the repository is damaged: run `git fsck`");
}

bool raw_read(git_odb_object **out, struct vcs *v, const git_oid *id, git_object_t type, struct text path,
              struct err *e)
{
    const char *what = git_object_type2string(type);
    int rc = git_odb_read(out, v->odb, id);

    if (rc < 0)
        return failure_object(e, rc, v, what, id, path.len ? arena_cstr(v->arena, path) : NULL);
    if (git_odb_object_type(*out) == type)
        return true;
    git_odb_object_free(*out);
    *out = NULL;
    return raw_failure(e, what, id);
}

struct text raw_bytes(git_odb_object *object)
{
    return (struct text) { git_odb_object_data(object), git_odb_object_size(object) };
}

/* "LINE HEX\n" at the start of bytes. */
static bool id_line(git_oid *out, struct text bytes, const char *first, size_t len)
{
    return bytes.len >= len && bytes.at[len - 1] == '\n' && text_starts(bytes, first) &&
           git_oid_fromstrn(out, bytes.at + len - 1 - GIT_OID_HEXSZ, GIT_OID_HEXSZ) == 0;
}

/* A name may hold anything but "<", and broken ones hold that too, so the last ">" ends the address. */
struct raw_person raw_person(struct text line)
{
    struct raw_person p = { .name = line };
    const char *open = line.len ? memchr(line.at, '<', line.len) : NULL;
    const char *close = line.len ? memrchr(line.at, '>', line.len) : NULL;
    struct text rest;
    size_t space;

    if (open)
        p.name = text_cut(line, 0, (size_t)(open - line.at));
    p.name = text_trim(p.name);
    if (!open || !close || close < open)
        return p;
    p.email = text_trim(text_cut(line, (size_t)(open - line.at) + 1, (size_t)(close - line.at)));
    rest = text_trim(text_cut(line, (size_t)(close - line.at) + 1, line.len));
    if (text_find(rest, " ", &space))
        rest = text_cut(rest, 0, space);
    if (!text_to_u64(rest, &p.seconds))
        p.seconds = 0;
    return p;
}

static uint64_t committer_time(struct text rest)
{
    struct text line;

    while (text_line(&rest, &line) && line.len > 0)
        if (text_starts(line, "committer "))
            return raw_person(line).seconds;
    return 0;
}

bool raw_commit(struct raw_commit *out, struct text bytes)
{
    git_oid parent;

    *out = (struct raw_commit) { .n_parents = 0 };
    if (!id_line(&out->tree, bytes, "tree ", TREE_LINE))
        return false;
    out->rest = text_cut(bytes, TREE_LINE, bytes.len);
    out->parents.at = out->rest.at;
    while (text_starts(out->rest, "parent ")) {
        if (!id_line(&parent, out->rest, "parent ", PARENT_LINE))
            return false;
        out->rest = text_cut(out->rest, PARENT_LINE, out->rest.len);
        out->parents.len += PARENT_LINE;
        out->n_parents++;
    }
    out->time = committer_time(out->rest);
    return true;
}

git_oid raw_parent(const struct raw_commit *c, size_t i)
{
    git_oid out;

    git_oid_fromstrn(&out, c->parents.at + i * PARENT_LINE + strlen("parent "), GIT_OID_HEXSZ);
    return out;
}

bool raw_is_tree(uint32_t mode)
{
    return (mode & S_IFMT) == S_IFDIR;
}

/* By hand: the inner loop of every walk. An entry is "MODE NAME\0" and the 20 bytes of the id. */
bool raw_entry(struct raw_entry *out, struct text *rest)
{
    const char *at = rest->at, *end = rest->at + rest->len, *name;

    out->mode = 0;
    for (; at < end && *at >= '0' && *at <= '7'; at++)
        out->mode = out->mode << 3 | (uint32_t)(*at - '0');
    if (at == end || at == rest->at || *at != ' ')
        return false;
    name = ++at;
    at += strnlen(at, (size_t)(end - at));
    if (end - at <= GIT_OID_RAWSZ)
        return false;
    out->name = (struct text) { name, (size_t)(at - name) };
    out->id = (const git_oid *)(at + 1);
    at += 1 + GIT_OID_RAWSZ;
    *rest = (struct text) { at, (size_t)(end - at) };
    return true;
}

bool trees_read(git_odb_object **out, struct trees *t, const git_oid *id, struct text path, struct err *e)
{
    for (size_t i = 0; i < TREES_KEPT; i++)
        if (t->kept[i] && git_oid_equal(git_odb_object_id(t->kept[i]), id) && git_odb_object_dup(out, t->kept[i]) == 0)
            return true;
    if (!raw_read(out, t->v, id, GIT_OBJECT_TREE, path, e))
        return false;
    git_odb_object_free(t->kept[t->next]);
    git_odb_object_dup(&t->kept[t->next], *out);
    t->next = (t->next + 1) % TREES_KEPT;
    return true;
}

void trees_close(struct trees *t)
{
    for (size_t i = 0; i < TREES_KEPT; i++)
        git_odb_object_free(t->kept[i]);
    memset(t->kept, 0, sizeof t->kept);
}
