#include "core/base/interrupt.h"
#include "vcs/walk.h"

/* Two trees of the same folder: all zero where that side has none. The folder is names from folder_at on. */
struct join_pair {
    git_oid base, head;
    size_t folder_at, folder_len;
};

enum { LONGEST = INT32_MAX }; /* of names that git can't hold longer */

struct join join_open(struct trees *t, struct arena *a)
{
    return (struct join) { .trees = t, .arena = a, .names = buf_open(a, LONGEST), .path = buf_open(a, LONGEST) };
}

static struct text folder_of(const struct join *j, const struct join_pair *p)
{
    return text_cut(buf_content(&j->names), p->folder_at, p->folder_at + p->folder_len);
}

/* The folder's name and the entry's, valid until the next call. */
static struct text path_of(struct join *j, const struct join_pair *p, struct text name)
{
    j->path.len = 0;
    buf_text(&j->path, folder_of(j, p));
    if (p->folder_len > 0)
        buf_char(&j->path, '/');
    buf_text(&j->path, name);
    return buf_content(&j->path);
}

static void pair_add(struct join *j, const git_oid *base, const git_oid *head, struct text folder)
{
    struct join_pair p = { .folder_at = j->names.len, .folder_len = folder.len };

    if (base)
        p.base = *base;
    if (head)
        p.head = *head;
    buf_text(&j->names, folder);
    *arena_push(j->arena, &j->waiting) = p;
}

/* git's order in trees: a folder's name counts as ended by a slash. Equal only where both are of one kind. */
static int by_tree_order(const struct raw_entry *a, const struct raw_entry *b)
{
    size_t shorter = a->name.len < b->name.len ? a->name.len : b->name.len;
    int order = memcmp(a->name.at, b->name.at, shorter), a_end, b_end;

    if (order)
        return order;
    a_end = a->name.len > shorter ? (unsigned char)a->name.at[shorter] : raw_is_tree(a->mode) ? '/' : '\0';
    b_end = b->name.len > shorter ? (unsigned char)b->name.at[shorter] : raw_is_tree(b->mode) ? '/' : '\0';
    if (a_end != b_end)
        return a_end - b_end;
    return a->name.len < b->name.len ? -1 : a->name.len > b->name.len;
}

/* One entry, or the same one on both sides; base or head may be NULL. */
static void entry_compare(struct join *j, const struct join_pair *p, const struct raw_entry *base,
                          const struct raw_entry *head)
{
    const struct raw_entry *any = base ? base : head;
    bool base_file = base && tree_is_file(base->mode), head_file = head && tree_is_file(head->mode);

    if (base && head && base_file == head_file && git_oid_equal(base->id, head->id))
        return;
    if (raw_is_tree(any->mode)) {
        struct text below;

        path_of(j, p, any->name);
        buf_char(&j->path, '/');
        below = buf_content(&j->path);
        if (!j->enter || j->enter(j->to, below))
            pair_add(j, base ? base->id : NULL, head ? head->id : NULL, text_cut(below, 0, below.len - 1));
    } else if (base_file || head_file) {
        j->file(j->to, path_of(j, p, any->name), base_file ? base->id : NULL, head_file ? head->id : NULL);
    }
}

/* Most of a folder is the same on both sides, and what is new is mostly at its end. By pieces, since memcmp is fast but
 * does not say where. */
static size_t same_bytes(struct text a, struct text b)
{
    enum { PIECE = 256 };
    size_t len = a.len < b.len ? a.len : b.len, i = 0;

    while (len - i >= PIECE && memcmp(a.at + i, b.at + i, PIECE) == 0)
        i += PIECE;
    while (i < len && a.at[i] == b.at[i])
        i++;
    return i;
}

/* Only whole entries; what they hold is of no matter, but that an id's bytes, in which anything may stand, follow the
 * NUL behind each name. */
static void skip_same(struct text *base, struct text *head)
{
    size_t same = same_bytes(*base, *head), skipped = 0;
    const char *nul;

    while (same - skipped > GIT_OID_RAWSZ && (nul = memchr(head->at + skipped, '\0', same - skipped)) != NULL &&
           (size_t)(nul - head->at) + GIT_OID_RAWSZ < same)
        skipped = (size_t)(nul - head->at) + 1 + GIT_OID_RAWSZ;
    *base = text_cut(*base, skipped, base->len);
    *head = text_cut(*head, skipped, head->len);
}

/* False where a tree's bytes are broken, which *broken then names. */
static bool trees_compare(struct join *j, const struct join_pair *p, struct text base, struct text head,
                          const git_oid **broken)
{
    for (;;) {
        struct raw_entry left, right;
        struct text base_next, head_next;
        bool has_left, has_right;
        int order;

        skip_same(&base, &head);
        base_next = base;
        head_next = head;
        has_left = raw_entry(&left, &base_next);
        has_right = raw_entry(&right, &head_next);
        if (!has_left && !has_right)
            break;
        order = !has_left ? 1 : !has_right ? -1 : by_tree_order(&left, &right);
        entry_compare(j, p, order <= 0 ? &left : NULL, order >= 0 ? &right : NULL);
        if (order <= 0)
            base = base_next;
        if (order >= 0)
            head = head_next;
    }
    *broken = base.len ? &p->base : &p->head;
    return base.len == 0 && head.len == 0;
}

static bool side_read(git_odb_object **out, struct text *bytes, struct join *j, const struct join_pair *p,
                      const git_oid *id, struct err *e)
{
    *bytes = TEXT("");
    if (git_oid_is_zero(id))
        return true;
    if (!trees_read(out, j->trees, id, folder_of(j, p), e))
        return false;
    *bytes = raw_bytes(*out);
    return true;
}

static bool pair_compare(struct join *j, const struct join_pair *p, struct err *e)
{
    AUTO(git_odb_object) base_object = NULL;
    AUTO(git_odb_object) head_object = NULL;
    struct text base, head;
    const git_oid *broken;

    if (!interrupt_check(e))
        return false;
    if (git_oid_equal(&p->base, &p->head))
        return true;
    if (!side_read(&base_object, &base, j, p, &p->base, e) || !side_read(&head_object, &head, j, p, &p->head, e))
        return false;
    return trees_compare(j, p, base, head, &broken) || raw_failure(e, "tree", broken);
}

bool join_trees(struct join *j, const git_oid *base, const git_oid *head, const char *folder, struct err *e)
{
    j->names.len = 0;
    j->waiting.len = 0;
    pair_add(j, base, head, text_from(folder));
    while (j->waiting.len > 0) {
        struct join_pair next = j->waiting.at[--j->waiting.len];

        if (!pair_compare(j, &next, e))
            return false;
    }
    return true;
}
