#include "core/history_since.h"

#include "core/base/text.h"

bool history_since_find(struct history_since *out, struct vcs *v, const char *asked, struct arena *a, struct err *e)
{
    struct vcs_source at;
    struct vcs_commit commit;
    bool found;

    *out = (struct history_since) { .asked = asked };
    if (vcs_is_git(v) && vcs_source_open(&at, v, VCS_COMMIT, asked, a, e)) {
        if (!vcs_commit_read(&commit, &found, v, at.commit, a, e))
            return false;
        out->commit = at.commit;
        out->at_ms = commit.made_ms;
        return true;
    }
    if (text_to_time(&out->at_ms, text_from(asked)))
        return true;
    if (vcs_is_git(v))
        return e->kind != ERR_REVISION ? false : err_prefix(e, "--since: ");
    err_plain(e, ERR_REVISION, "there is no git repository here, and '%s' is no time", text_shown(a, text_from(asked)));
    return err_hint(e, "give a time in UTC, such as 2024-03-20 or 2024-03-20T12:30:00Z");
}

/* The rows' commits, each once; of[i] is that of row i, or the number of commits where it has none. */
static size_t commits_of(struct object_id *commits, size_t *of, const struct history_entries *rows)
{
    size_t n = 0;

    for (size_t i = 0; i < rows->len; i++) {
        struct object_id id;

        of[i] = SIZE_MAX;
        if (!rows->at[i].commit || !object_id_parse(&id, text_from(rows->at[i].commit)))
            continue;
        for (of[i] = 0; of[i] < n && !object_id_equal(commits[of[i]], id);)
            of[i]++;
        if (of[i] == n)
            commits[n++] = id;
    }
    return n;
}

static bool is_later(const struct history_entry *row, const struct history_since *since)
{
    int64_t at;

    return row->started_at && text_to_time(&at, text_from(row->started_at)) && at >= since->at_ms;
}

bool history_since_keep(struct history_entries *rows, const struct history_since *since, uint64_t most, struct vcs *v,
                        struct arena *a, struct err *e)
{
    struct object_id *commits = arena_make(a, struct object_id, rows->len + 1);
    size_t *of = arena_make(a, size_t, rows->len + 1), n = commits_of(commits, of, rows), kept = 0;
    bool *behind = arena_make(a, bool, n + 1), *here = arena_make(a, bool, n + 1);

    for (size_t i = 0; since->commit.known && i < n; i++) {
        struct vcs_commit unused;

        if (!vcs_commit_read(&unused, &here[i], v, commits[i], a, e))
            return false;
    }
    if (!vcs_behind(behind, v, since->commit, commits, n, e))
        return false;
    for (size_t i = 0; i < rows->len && (!most || kept < most); i++) {
        bool by_graph = of[i] != SIZE_MAX && here[of[i]];

        if (by_graph ? !behind[of[i]] : is_later(&rows->at[i], since))
            rows->at[kept++] = rows->at[i];
    }
    rows->len = kept;
    return true;
}
