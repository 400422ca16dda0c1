#include "core/merge_install.h"

#include "core/base/text.h"
#include "core/hooks.h"
#include "core/merge_driver.h"

static const struct {
    const char *shown, *pattern; /* of every such file, wherever it lies */
} about[] = {
    { "merganser: Drizzle's journal", "**/meta/_journal.json" },
    { "merganser: the versions of structure.sql", "structure.sql" },
};

enum { KINDS = sizeof about / sizeof *about };

static const char *key(size_t kind, const char *member, struct arena *a)
{
    return arena_printf(a, "merge.merganser-%s.%s", merge_driver_kinds[kind], member);
}

/* git expands every %, so those of the path are doubled. */
static const char *command(size_t kind, const char *program, struct arena *a)
{
    struct buf b = buf_open(a, SIZE_MAX / 2), path = b;

    for (const char *c = program; *c; c++) {
        if (*c == '%')
            buf_char(&path, '%');
        buf_char(&path, *c);
    }
    buf_string(&b, "\"$(command -v merganser || echo ");
    buf_shell_word(&b, buf_cstr(&path));
    buf_printf(&b, ")\" merge-driver %s --marker-size=%%L -- %%O %%A %%B %%P", merge_driver_kinds[kind]);
    return buf_cstr(&b);
}

/* ---- .gitattributes ---- */

struct lines {
    const char **at;
    size_t len, cap;
};

static void add_line(struct lines *l, size_t kind, const char *pattern, struct arena *a)
{
    const char *line = arena_printf(a, "%s merge=merganser-%s", pattern, merge_driver_kinds[kind]);

    for (size_t i = 0; i < l->len; i++)
        if (strcmp(l->at[i], line) == 0)
            return;
    *arena_push(a, l) = line;
}

static bool kind_of(size_t *kind, struct text path)
{
    *kind = !(text_is(path, "meta/_journal.json") || text_ends(path, "/meta/_journal.json"));
    return *kind == 0 || text_is(path, "structure.sql") || text_ends(path, "/structure.sql") ||
           text_ends(path, "_structure.sql");
}

/* gitattributes(5): a pattern with a slash is anchored; what needs quoting or escaping is left to the general one. */
static const char *pattern_of(size_t kind, struct text path, struct arena *a)
{
    bool slash = false;

    for (size_t i = 0; i < path.len; i++) {
        if (!text_is_word(path.at[i]) && !strchr("/.-", path.at[i]))
            return text_ends(path, "_structure.sql") ? "*_structure.sql" : about[kind].pattern;
        slash |= path.at[i] == '/';
    }
    return arena_printf(a, "%s%s", slash ? "" : "/", arena_cstr(a, path));
}

/* The files that HEAD has; where it has neither kind, any that may come. */
static bool find_lines(struct merge_drivers *out, struct vcs *v, struct arena *a, struct err *e)
{
    struct vcs_files files = { 0 };
    struct lines l = { 0 };
    struct vcs_source head;
    struct err unborn;
    bool found, any = false;

    if (vcs_source_open(&head, v, VCS_COMMIT, "HEAD", a, &unborn) && !vcs_list(&files, &found, v, &head, "", a, e))
        return false;
    for (size_t i = 0; i < files.len; i++) {
        const char *path = arena_cstr(a, files.at[i].path), *has;
        size_t kind;

        if (!kind_of(&kind, files.at[i].path))
            continue;
        any = true;
        has = vcs_merge_attribute(v, path, a);
        if (!has || strcmp(has, arena_printf(a, "merganser-%s", merge_driver_kinds[kind])) != 0)
            add_line(&l, kind, pattern_of(kind, files.at[i].path, a), a);
    }
    for (size_t kind = 0; !any && kind < KINDS; kind++)
        add_line(&l, kind, about[kind].pattern, a);
    *arena_push(a, &l) = NULL;
    out->add = l.at;
    return true;
}

/* ---- the configuration ---- */

static bool git_needed(struct vcs *v, struct err *e)
{
    if (vcs_is_git(v))
        return true;
    err_plain(e, ERR_GIT, "there is no git repository here");
    return err_hint(e, "go to where it is, or name it with -C");
}

static const char *setting(const struct vcs_settings *all, const char *name)
{
    const char *value = NULL;

    for (size_t i = 0; i < all->len; i++)
        if (strcmp(all->at[i].key, name) == 0)
            value = all->at[i].value;
    return value;
}

bool merge_drivers_look(struct merge_drivers *out, struct vcs *v, const char *program, struct arena *a, struct err *e)
{
    struct vcs_settings all;

    *out = (struct merge_drivers) { .installed = true };
    if (!git_needed(v, e) || !vcs_settings_read(&all, v, "merge.merganser-", a, e))
        return false;
    for (size_t kind = 0; kind < KINDS; kind++) {
        const char *is = setting(&all, key(kind, "driver", a));

        out->installed &= is && strcmp(is, command(kind, program, a)) == 0;
    }
    return find_lines(out, v, a, e);
}

bool merge_drivers_install(struct merge_drivers *out, struct vcs *v, const char *program, struct arena *a,
                           struct err *e)
{
    if (!merge_drivers_look(out, v, program, a, e))
        return false;
    for (size_t kind = 0; kind < KINDS && !out->installed; kind++)
        if (!vcs_setting_write(v, key(kind, "name", a), about[kind].shown, e) ||
            !vcs_setting_write(v, key(kind, "driver", a), command(kind, program, a), e))
            return false;
    out->changed = !out->installed;
    out->installed = true;
    return true;
}

bool merge_drivers_uninstall(struct merge_drivers *out, struct vcs *v, struct arena *a, struct err *e)
{
    struct vcs_settings all;

    *out = (struct merge_drivers) { 0 };
    if (!git_needed(v, e) || !vcs_settings_read(&all, v, "merge.merganser-", a, e))
        return false;
    for (size_t kind = 0; kind < KINDS; kind++) {
        out->changed |= setting(&all, key(kind, "driver", a)) != NULL;
        if (!vcs_setting_write(v, key(kind, "name", a), NULL, e) ||
            !vcs_setting_write(v, key(kind, "driver", a), NULL, e))
            return false;
    }
    return true;
}
