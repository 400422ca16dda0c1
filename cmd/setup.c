#include "cmd/setup.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"

static bool config_take(struct session *s, const char *path, struct text yaml, struct err *e)
{
    return config_parse(&s->config, path, yaml, s->arena, e);
}

static bool config_read(struct session *s, const char *path, struct err *e)
{
    FILE *f = fopen(path, "rb");
    struct buf all = buf_open(s->arena, CONFIG_MAX);
    char piece[4096];
    size_t n;

    if (!f) {
        err_set(e, ERR_CONFIG, IN_FILE(text_shown(s->arena, text_from(path))), "can't be read: %m");
        return err_hint(e, "check the path that --config or MERGANSER_CONFIG gives");
    }
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        buf_add(&all, piece, n);
    fclose(f);
    if (all.overflowed) {
        err_set(e, ERR_CONFIG, IN_FILE(path), "is larger than 1 MiB");
        return err_hint(e, "--config names merganser.yml, not a script or a dump");
    }
    return config_take(s, path, buf_content(&all), e);
}

/* The nearest merganser.yml upward from here, never above the repository's root. NULL: there is none. The path is
 * relative to here, as a person would type it. */
static const char *config_find(const struct session *s)
{
    const char *prefix = vcs_prefix(s->vcs);
    const char *path = "merganser.yml";
    size_t up = *prefix != '\0';

    for (const char *p = prefix; *p; p++)
        up += *p == '/';
    for (;;) {
        if (access(path, F_OK) == 0)
            return path;
        if (up-- == 0)
            return NULL;
        path = arena_printf(s->arena, "../%s", path);
    }
}

/* The source that is asked for: by --ref or --staged, or by the verb's own arguments. */
static bool asked(enum vcs_kind *kind, const char **ref, const struct session *s, struct err *e)
{
    const struct common_options *o = &s->parsed->common;
    const struct command *c = s->parsed->command;
    const char *own = c->ref ? c->ref(s->parsed->args) : NULL;

    *ref = own ? own : o->ref;
    *kind = *ref ? VCS_COMMIT : o->staged ? VCS_INDEX : VCS_WORKTREE;
    if (own && (o->ref || o->staged)) {
        err_plain(e, ERR_USAGE, "--to-ref and %s exclude each other", o->ref ? "--ref" : "--staged");
        return err_hint(e, "give one of them");
    }
    return true;
}

/* What a commit's own merganser.yml says of the source holds for that commit; what concerns the target never does. */
static bool config_of_commit(struct session *s, struct config *out, bool *found, struct err *e)
{
    const char *prefix = vcs_prefix(s->vcs);
    struct text yaml;

    for (;;) {
        const char *path = *prefix ? arena_printf(s->arena, "%s/merganser.yml", prefix) : "merganser.yml";
        const char *slash;

        if (!vcs_read_path(&yaml, found, s->vcs, &s->work.source.at, path, CONFIG_MAX, s->arena, e))
            return false;
        if (*found)
            return config_parse(
                out, arena_printf(s->arena, "%s:%s", s->work.source.at.ref ? s->work.source.at.ref : "HEAD", path),
                yaml, s->arena, e);
        if (!*prefix)
            return true;
        slash = strrchr(prefix, '/');
        prefix = slash ? arena_printf(s->arena, "%.*s", (int)(slash - prefix), prefix) : "";
    }
}

/* git's own commands do not agree on such a name: `git switch` takes the branch, `git rev-parse` the tag. */
static void warn_of_two(struct session *s, const char *ref)
{
    const char *name = ref ? vcs_tag_and_branch(s->vcs, ref, s->arena) : NULL;

    if (!name)
        return;
    name = text_shown(s->arena, text_from(name));
    notice_add(&s->notices, NOTICE_WARNING, "ambiguous-ref", NOWHERE,
               arena_printf(s->arena, "write heads/%s for the branch, tags/%s for the tag", name, name),
               "'%s' is a tag and a branch: the tag is taken, as `git rev-parse` does", name);
}

static const char *const *drift_patterns(struct session *s)
{
    const struct config_list *ignore = &s->config.drift_ignore;
    const char **patterns = arena_make(s->arena, const char *, ignore->len + 1);

    for (size_t i = 0; i < ignore->len; i++)
        patterns[i] = ignore->at[i].value;
    return patterns;
}

bool setup_config(struct session *s, struct err *e)
{
    const struct common_options *o = &s->parsed->common;
    const char *path = o->config ? o->config : vcs_is_bare(s->vcs) ? NULL : config_find(s);
    struct config at_commit = { 0 };
    struct config_block of_commit;
    enum vcs_kind kind;
    const char *ref;
    bool found = false;

    if (!asked(&kind, &ref, s, e) || !vcs_source_open(&s->work.source.at, s->vcs, kind, ref, s->arena, e))
        return false;
    s->source_named = true;
    warn_of_two(s, ref);
    if (path && !config_read(s, path, e))
        return false;
    if (s->work.source.at.kind != VCS_WORKTREE && !config_of_commit(s, &at_commit, &found, e))
        return false;
    if (found && !path && vcs_is_bare(s->vcs))
        s->config = at_commit;
    if (!path && !(found && vcs_is_bare(s->vcs)) && !config_take(s, NULL, (struct text) { "", 0 }, e))
        return false;
    if (!config_for(&s->work.config, &s->config, o->environment, s->arena, e))
        return false;
    s->work.drift_ignore = drift_patterns(s);
    if (!found || s->config.path == at_commit.path)
        return true;
    if (!config_for(&of_commit, &at_commit, NULL, s->arena, e))
        return false;
    s->work.config.migrations = of_commit.migrations;
    s->work.config.layout = of_commit.layout;
    s->config.rules = at_commit.rules;
    s->config.nrules = at_commit.nrules;
    s->config.check_ignore = at_commit.check_ignore;
    return true;
}

const char *setup_folder_of(const struct session *s, struct pos at)
{
    struct buf out = buf_open(s->arena, 4096);
    const char *path = at.path, *colon = path ? strchr(path, ':') : NULL, *prefix = vcs_prefix(s->vcs);

    if (colon && s->work.source.at.kind != VCS_WORKTREE)
        path = colon + 1; /* a commit's: its path counts from the root already */
    else
        buf_string(&out, prefix);
    while (path && text_starts(text_from(path), "../")) {
        while (out.len && out.at[out.len - 1] != '/')
            out.len--;
        out.len -= out.len > 0;
        path += 3;
    }
    if (path && strrchr(path, '/'))
        buf_printf(&out, "%s%.*s", out.len ? "/" : "", (int)(strrchr(path, '/') - path), path);
    return arena_cstr(s->arena, buf_content(&out));
}

const char *setup_config_folder(const struct session *s)
{
    return s->config.path ? setup_folder_of(s, IN_FILE(s->config.path)) : "";
}

/* "a/./b//" → "a/b"; NULL where it leaves the tree. */
static const char *clean(const struct session *s, const char *folder, const char *path)
{
    struct buf out = buf_open(s->arena, 4096);

    buf_string(&out, folder);
    while (*path) {
        size_t len = strcspn(path, "/");

        if (len == 2 && path[0] == '.' && path[1] == '.') {
            if (!out.len)
                return NULL;
            while (out.len && out.at[out.len - 1] != '/')
                out.len--;
            out.len -= out.len > 0;
        } else if (len && !(len == 1 && path[0] == '.')) {
            buf_printf(&out, "%s%.*s", out.len ? "/" : "", (int)len, path);
        }
        path += len;
        path += *path == '/';
    }
    return arena_cstr(s->arena, buf_content(&out));
}

bool setup_request(struct source_request *out, struct session *s, struct err *e)
{
    const struct common_options *o = &s->parsed->common;
    const struct config_list *configured = &s->work.config.migrations;
    struct source_request r = { .layout = o->layout, .at = s->work.source.at };
    size_t n = 0;

    if (!r.layout)
        r.layout = s->work.config.layout.value;
    for (n = 0; o->migrations && o->migrations[n]; n++)
        ;
    if (n || configured->len) {
        const char **folders = arena_make(s->arena, const char *, (n ? n : configured->len) + 1);

        for (size_t i = 0; i < (n ? n : configured->len); i++) {
            const char *asked = n ? o->migrations[i] : configured->at[i].value;

            if (!n)
                r.asked_at = configured->at[i].at;
            folders[i] = asked[0] == '/' ? NULL : clean(s, n ? "" : setup_folder_of(s, r.asked_at), asked);
            if (!folders[i]) {
                err_set(e, ERR_USAGE, r.asked_at, "the migrations folder %s lies outside the tree",
                        text_shown(s->arena, text_from(asked)));
                return err_hint(e, "`--migrations` counts from the root of the tree");
            }
        }
        r.folders = folders;
    }
    *out = r;
    return true;
}

bool setup_review(struct review_request *out, struct session *s, struct err *e)
{
    const struct config_list *ignore = &s->config.check_ignore;
    const char **patterns = arena_make(s->arena, const char *, ignore->len + 1);

    for (size_t i = 0; i < ignore->len; i++) {
        patterns[i] = clean(s, setup_folder_of(s, ignore->at[i].at), ignore->at[i].value);
        if (patterns[i])
            continue;
        err_set(e, ERR_CONFIG, ignore->at[i].at, "the pattern %s lies outside the tree",
                text_shown(s->arena, text_from(ignore->at[i].value)));
        return err_hint(e, "patterns count from merganser.yml's folder, as in db/migrate/2019*");
    }
    out->ignore = patterns;
    out->rules = s->config.rules;
    out->nrules = s->config.nrules;
    out->lock_timeout_ms = s->work.config.timeouts.lock;
    if (!out->ledger.table)
        out->ledger.table = s->work.config.ledger.table.value ? s->work.config.ledger.table.value : "schema_migrations";
    if (!out->dialect)
        out->dialect = setup_dialect(s);
    return true;
}

bool setup_source(struct session *s, struct err *e)
{
    struct source_request r;

    return setup_request(&r, s, e) && source_load(&s->work.source, s->vcs, &r, s->arena, &s->notices, e);
}
