#include "vcs/internal.h"

/* The repository's own file of a configuration; the caller frees both. */
static bool local_open(git_config **all, git_config **local, struct vcs *v, struct err *e)
{
    int rc;

    if (!v->repo) {
        err_plain(e, ERR_GIT, "'%s' is in no git repository", text_shown(v->arena, text_from(v->root)));
        return err_hint(e, "go to a clone, or name it with -C DIR");
    }
    rc = git_repository_config(all, v->repo);
    if (rc == 0)
        rc = git_config_open_level(local, *all, GIT_CONFIG_LEVEL_LOCAL);
    return rc == 0 || failure_other(e, v, "cannot read the configuration of '%s'",
                                    text_shown(v->arena, text_from(v->common_directory)));
}

bool vcs_settings_read(struct vcs_settings *out, struct vcs *v, const char *section, struct arena *a, struct err *e)
{
    AUTO(git_config) all = NULL;
    AUTO(git_config) local = NULL;
    AUTO(git_config_iterator) each = NULL;
    git_config_entry *entry;

    *out = (struct vcs_settings) { .at = NULL };
    if (!v->repo)
        return true;
    if (!local_open(&all, &local, v, e))
        return false;
    /* The iterators of libgit2 1.5 that match a pattern leak, so every entry is looked at. */
    if (git_config_iterator_new(&each, local) < 0)
        return failure_other(e, v, "cannot read the configuration");
    while (git_config_next(&entry, each) == 0) {
        struct vcs_setting *s;

        if (entry->include_depth || !text_starts(text_from(entry->name), section))
            continue;
        s = arena_push(a, out);
        s->key = arena_string(a, entry->name);
        s->value = arena_string(a, entry->value ? entry->value : "");
    }
    return true;
}

static bool setting_failure(struct err *e, int rc, struct vcs *v, const char *key)
{
    if (rc == GIT_ELOCKED) {
        err_plain(e, ERR_GIT, "another git command is writing the clone's configuration");
        return err_hint(e, "run it again; where no git is running, remove %s/config.lock",
                        text_shown(v->arena, text_from(v->common_directory)));
    }
    failure_other(e, v, "cannot write %s into the clone's configuration", key);
    return err_hint(e, "see whether %s/config can be written", text_shown(v->arena, text_from(v->common_directory)));
}

/* git_config_set_multivar of libgit2 1.5 writes what has to be escaped as it is, so that a line end would begin
 * settings of its own; git_config_set_string does not, and refuses a key that is there several times. */
static int set_quoted(git_config *local, const char *key, const char *value)
{
    int rc = git_config_set_string(local, key, value);

    if (rc < 0 && rc != GIT_ELOCKED && git_config_delete_multivar(local, key, ".*") == 0)
        rc = git_config_set_string(local, key, value);
    return rc;
}

bool vcs_setting_write(struct vcs *v, const char *key, const char *value, struct err *e)
{
    AUTO(git_config) all = NULL;
    AUTO(git_config) local = NULL;
    int rc;

    if (!local_open(&all, &local, v, e))
        return false;
    if (!value)
        rc = git_config_delete_multivar(local, key, ".*");
    else if (strpbrk(value, "\"\\\n\t\b"))
        rc = set_quoted(local, key, value);
    else
        rc = git_config_set_multivar(local, key, ".*", value);
    if (rc == 0 || (!value && rc == GIT_ENOTFOUND))
        return true;
    return setting_failure(e, rc, v, key);
}
