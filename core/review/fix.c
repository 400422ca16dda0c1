#include "core/review/fix.h"

#include "core/base/text.h"
#include "core/review/rule.h"

static bool check_source(const struct review *r, struct err *e)
{
    if (r->request->source.at.kind == VCS_WORKTREE && vcs_is_git(r->vcs))
        return true;
    err_plain(e, ERR_USAGE, "--fix renames files of a git work tree");
    if (!vcs_is_git(r->vcs))
        return err_hint(e, "there is no git repository here; name it with -C DIR");
    return err_hint(e,
                    vcs_is_bare(r->vcs) ? "this repository is bare; do it in a clone" : "leave out --ref and --staged");
}

/* Behind what they would be moved; nothing here is anybody's own without it. */
static bool check_base(const struct review *r, const char *reason, struct err *e)
{
    if (r->has_base)
        return true;
    err_plain(e, ERR_REVISION, "no branch to renumber behind: %s", reason);
    return err_hint(e, r->head.commit.known ? "name it with --base REV"
                                            : "commit them first; until then they are renamed by hand");
}

static size_t own_collect(const struct migration **own, const struct review *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->nsubjects; i++)
        if (r->subjects[i].own)
            own[n++] = r->subjects[i].m;
    return n;
}

/* The rules themselves say which can't stay as they are. */
static bool faults_find(struct review *r, struct err *e)
{
    static const struct rule *const rules[] = { &rule_duplicate_version, &rule_late_version, &rule_journal_order,
                                                &rule_snapshot_chain };

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if ((!rules[i]->layout || rules[i]->layout == r->head.source->layout) && !rules[i]->run(r, rules[i], e))
            return false;
    return true;
}

static bool is_faulty(const struct review *r, const struct migration *m)
{
    /* Drizzle's entries hang together: idx, when and snapshots are one chain. */
    if (r->head.source->layout == &drizzle_layout)
        return r->findings.len > 0;
    for (size_t i = 0; i < r->findings.len; i++)
        if (r->findings.at[i].version && strcmp(r->findings.at[i].version, m->version) == 0)
            return true;
    return false;
}

static const struct migration *later(const struct review *r, const struct migration *a, const struct migration *b)
{
    if (!a || !b)
        return a ? a : b;
    return version_compare(r->head.source->migrations.order, a->version, b->version) < 0 ? b : a;
}

/* What the own ones come behind: all that the base has, what is here and not this branch's, and what other branches
 * have that were named. */
static const struct migration *newest_before(const struct review *r)
{
    const struct migration *newest = side_newest(&r->base);

    for (size_t i = 0; i < r->nsubjects; i++)
        if (!r->subjects[i].own)
            newest = later(r, newest, r->subjects[i].m);
    for (size_t i = 0; i < r->with.len; i++)
        newest = later(r, newest, side_newest(&r->with.at[i]));
    return newest;
}

static bool rearrange(struct review *r, const struct renumbering *n, struct err *e)
{
    struct vcs_rewrite *rewrites = arena_make(r->arena, struct vcs_rewrite, n->rewrites.len);
    struct vcs_move *moves = arena_make(r->arena, struct vcs_move, n->moves.len);

    for (size_t i = 0; i < n->rewrites.len; i++)
        rewrites[i] = (struct vcs_rewrite) { n->rewrites.at[i].path, n->rewrites.at[i].content };
    for (size_t i = 0; i < n->moves.len; i++)
        moves[i] = (struct vcs_move) { n->moves.at[i].from, n->moves.at[i].to };
    return vcs_rearrange(r->vcs, rewrites, n->rewrites.len, moves, n->moves.len, r->arena, e);
}

static bool renumber(struct fix_result *out, struct review *r, struct err *e)
{
    const struct migration **own = arena_make(r->arena, const struct migration *, r->nsubjects);
    bool *needed = arena_make(r->arena, bool, r->nsubjects);
    struct renumber_request q = {
        .own = own,
        .needed = needed,
        .n = own_collect(own, r),
        .after = newest_before(r),
        .input = side_input(&r->head),
        .base = side_input(&r->base),
        .now_ms = time_now_ms(),
        .arena = r->arena,
    };
    bool any = false;

    out->before = arena_make(r->arena, const char *, q.n);
    out->len = q.n;
    for (size_t i = 0; i < q.n; i++) {
        out->before[i] = own[i]->id;
        needed[i] = is_faulty(r, own[i]);
        any = any || needed[i];
    }
    if (!any) {
        out->renumbering.ids = out->before;
        return true;
    }
    if (!r->head.source->layout->renumber(&out->renumbering, &q, e))
        return false;
    for (size_t i = 0; i < q.n; i++)
        out->moved += strcmp(out->before[i], out->renumbering.ids[i]) != 0;
    return true;
}

/* Rails writes the versions into its dump too, with `_` between the digits in schema.rb's newest. */
static bool dump_find(struct fix_result *out, const struct review *r, struct err *e)
{
    static const char *const names[] = { "structure.sql", "schema.rb" };
    struct text folder = text_from(r->head.source->folders[0].path);
    const char *slash = folder.len ? memrchr(folder.at, '/', folder.len) : NULL;
    int parent = slash ? (int)(slash - folder.at) + 1 : 0;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path = arena_printf(r->arena, "%.*s%s", parent, folder.at, names[i]);
        struct text dump;
        bool found;
        size_t at;

        if (!vcs_read_path(&dump, &found, r->vcs, &r->head.source->at, path, SOURCE_FILE_MAX, r->arena, e))
            return false;
        for (size_t k = 0; found && k < out->len; k++) {
            const char *id = out->before[k];
            struct text version = { id, strspn(id, "0123456789") };
            const char *dated;

            if (strcmp(id, out->renumbering.ids[k]) == 0 || version.len < strlen("20240320121000"))
                continue;
            dated = arena_printf(r->arena, "%.4s_%.2s_%.2s_%.6s", id, id + 4, id + 6, id + 8);
            if (text_find(dump, arena_cstr(r->arena, version), &at) || text_find(dump, dated, &at))
                out->stale = path;
        }
    }
    return true;
}

bool review_fix(struct fix_result *out, struct source *head, struct vcs *v, const struct review_request *q,
                bool dry_run, struct arena *a, struct notices *notices, struct err *e)
{
    struct review r = { .vcs = v, .arena = a, .notices = notices };
    struct review_request by_default = *q;
    const char *reason;

    /* Whatever of this branch was asked to be looked at, all of it is moved. */
    by_default.all = false;
    by_default.since = NULL;
    r.request = &by_default;
    *out = (struct fix_result) { 0 };
    if (!check_source(&r, e) || !sides_open(&r, head, &reason, e) || !check_base(&r, reason, e))
        return false;
    review_compare(&r);
    if (!faults_find(&r, e) || !renumber(out, &r, e) ||
        (r.head.source->layout == &rails_layout && !dump_find(out, &r, e)))
        return false;
    out->base = r.base.name;
    return dry_run || out->renumbering.rewrites.len + out->renumbering.moves.len == 0 ||
           rearrange(&r, &out->renumbering, e);
}
