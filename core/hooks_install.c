/* Installing, removing and looking at the files that run hooks. */
#include "core/hooks.h"

/* Who else looks after hooks here, and where a person writes for them. */
struct keeper {
    struct vcs_hooks hooks;
    struct vcs_hooks lines;   /* where a hook's line is added: the same folder, but for husky */
    const char *lefthook;     /* its configuration's path; NULL: there is none */
    struct text lefthook_yml; /* that and lefthook-local.yml, to see what is called already */
};

static bool lefthook_find(struct keeper *k, struct vcs *v, struct arena *a, struct err *e)
{
    static const char *const paths[] = { "lefthook.yml",       ".lefthook.yml",       "lefthook.yaml", ".lefthook.yaml",
                                         "lefthook.toml",      ".lefthook.toml",      "lefthook.json", ".lefthook.json",
                                         "lefthook-local.yml", ".config/lefthook.yml" };
    const struct vcs_source tree = { .kind = VCS_WORKTREE };
    struct buf all = buf_open(a, SIZE_MAX / 2);

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct text one;
        bool found;

        if (!vcs_read_path(&one, &found, v, &tree, paths[i], 1024 * 1024, a, e))
            return false;
        if (!found)
            continue;
        buf_text(&all, one);
        if (!k->lefthook)
            k->lefthook = paths[i];
    }
    k->lefthook_yml = buf_content(&all);
    return true;
}

static bool keeper_find(struct keeper *k, struct vcs *v, struct arena *a, struct err *e)
{
    *k = (struct keeper) { .lefthook = NULL };
    if (!vcs_hooks_find(&k->hooks, v, a, e) || !lefthook_find(k, v, a, e))
        return false;
    k->lines = k->hooks;
    /* husky from 9 on: git runs .husky/_/NAME, which runs what people wrote into .husky/NAME. */
    if (k->hooks.in_tree && text_ends(text_from(k->hooks.folder), "/.husky/_")) {
        k->lines.folder = arena_cstr(a, text_cut(text_from(k->hooks.folder), 0, strlen(k->hooks.folder) - 2));
        k->lines.shown = arena_cstr(a, text_cut(text_from(k->hooks.shown), 0, strlen(k->hooks.shown) - 2));
    }
    return true;
}

static void lines_for(struct hook_state *s, const struct keeper *k, struct arena *a)
{
    const char *name = hook_word(s->hook);

    if (k->lefthook) {
        s->add_to = k->lefthook;
        s->add = arena_printf(a, "%s:\n  commands:\n    merganser:\n      run: merganser hook run %s {0}\n%s", name,
                              name, s->hook == HOOK_POST_REWRITE ? "      use_stdin: true\n" : "");
        return;
    }
    s->add_to = arena_printf(a, "%s/%s", k->lines.shown, name);
    s->add = arena_printf(a, "if command -v merganser >/dev/null; then merganser hook run %s \"$@\"%s; fi\n", name,
                          s->hook == HOOK_PRE_COMMIT ? " || exit" : "");
}

/* How the hook's file stands, and what it would be. */
static bool state_look(struct hook_state *s, struct text *wanted, const struct keeper *k, enum hook h,
                       const char *program, struct arena *a, struct err *e)
{
    const char *name = hook_word(h);
    const struct vcs_hooks *where = &k->lines;
    struct text content;
    bool found;

    *s = (struct hook_state) { .hook = h, .path = arena_printf(a, "%s/%s", where->shown, name) };
    *wanted = hook_script(h, program, a);
    if (!vcs_hook_read(&content, &found, where, name, a, e))
        return false;
    s->file = !found ? HOOK_FILE_ABSENT : !content.at ? HOOK_FILE_OTHER : hook_script_state(content, *wanted);
    if (k->lefthook && !found)
        s->path = k->lefthook;
    s->calls = hook_script_calls(content, h, a) || (k->lefthook && hook_script_calls(k->lefthook_yml, h, a));
    return true;
}

static bool is_ours(enum hook_file file)
{
    return file == HOOK_FILE_OURS || file == HOOK_FILE_OLDER;
}

static bool file_install(struct hook_state *s, struct text wanted, const struct keeper *k, struct arena *a,
                         struct err *e)
{
    bool managed = k->hooks.in_tree || k->lefthook;

    if (s->file == HOOK_FILE_OURS)
        return true;
    if (s->file == HOOK_FILE_EDITED || s->file == HOOK_FILE_OTHER || managed) {
        s->deed = HOOK_DEED_LEFT;
        if (!s->calls)
            lines_for(s, k, a);
        return true;
    }
    s->deed = s->file == HOOK_FILE_OLDER ? HOOK_DEED_UPDATED : HOOK_DEED_WRITTEN;
    s->file = HOOK_FILE_OURS;
    s->calls = true;
    return vcs_hook_write(&k->hooks, hook_word(s->hook), wanted, s->deed == HOOK_DEED_UPDATED, a, e);
}

/* Takes the file away where nobody but merganser has written it. */
static bool file_remove(struct hook_state *s, const struct keeper *k, struct arena *a, struct err *e)
{
    if (!is_ours(s->file) || k->hooks.in_tree) {
        if (s->calls || s->file == HOOK_FILE_EDITED)
            s->deed = HOOK_DEED_LEFT;
        return true;
    }
    s->deed = HOOK_DEED_REMOVED;
    s->file = HOOK_FILE_ABSENT;
    s->calls = false;
    return vcs_hook_remove(&k->hooks, hook_word(s->hook), a, e);
}

static enum hook_mode mode_settled(enum hook h, enum hook_mode asked, enum hook_mode before)
{
    if (asked != HOOK_UNSET)
        return asked;
    if (before != HOOK_UNSET)
        return before;
    return h == HOOK_PRE_COMMIT ? HOOK_OFF : HOOK_NOTIFY;
}

static bool report_open(struct hook_report *out, struct keeper *k, struct vcs *v, struct arena *a, struct err *e)
{
    memset(out, 0, sizeof *out);
    if (!keeper_find(k, v, a, e) || !hook_settings_read(&out->settings, v, a, e))
        return false;
    out->held = hook_settings_held(&out->settings, time_now_ms(), a);
    return true;
}

bool hooks_install(struct hook_report *out, struct vcs *v, const struct hook_install *r, struct arena *a, struct err *e)
{
    struct hook_settings *settings = &out->settings;
    struct keeper k;

    if (!report_open(out, &k, v, a, e))
        return false;
    for (enum hook h = 0; h < HOOK_COUNT; h++) {
        struct hook_state *s = &out->at[h];
        struct text wanted;

        if (!state_look(s, &wanted, &k, h, r->program, a, e))
            return false;
        s->mode = settings->modes[h] = mode_settled(h, r->modes[h], settings->modes[h]);
        if (s->mode == HOOK_OFF ? !file_remove(s, &k, a, e) : !file_install(s, wanted, &k, a, e))
            return false;
    }
    settings->environment = r->environment;
    settings->folder = r->folder;
    settings->target = r->target;
    /* Last: before it a file that is there does nothing. */
    return hook_settings_write(v, settings, a, e);
}

bool hooks_uninstall(struct hook_report *out, struct vcs *v, enum hook one, const char *program, struct arena *a,
                     struct err *e)
{
    struct hook_settings *settings = &out->settings;
    struct keeper k;
    bool any = false;

    if (!report_open(out, &k, v, a, e))
        return false;
    for (enum hook h = 0; h < HOOK_COUNT; h++) {
        bool meant = one == HOOK_COUNT || one == h;
        struct text wanted;

        if (!state_look(&out->at[h], &wanted, &k, h, program, a, e))
            return false;
        if (meant)
            settings->modes[h] = HOOK_UNSET;
        any |= settings->modes[h] > HOOK_OFF;
        out->at[h].mode = settings->modes[h];
    }
    if (!any)
        *settings = (struct hook_settings) { .folder = "" };
    /* First: a file that is left does nothing any more. */
    if (!hook_settings_write(v, settings, a, e) || (!any && !hooks_continue(v, a, e)))
        return false;
    for (enum hook h = 0; h < HOOK_COUNT; h++)
        if ((one == HOOK_COUNT || one == h) && !file_remove(&out->at[h], &k, a, e))
            return false;
    return true;
}

bool hooks_look(struct hook_report *out, struct vcs *v, const char *program, struct arena *a, struct err *e)
{
    struct keeper k;

    if (!report_open(out, &k, v, a, e))
        return false;
    for (enum hook h = 0; h < HOOK_COUNT; h++) {
        struct text wanted;

        if (!state_look(&out->at[h], &wanted, &k, h, program, a, e))
            return false;
        out->at[h].mode = out->settings.modes[h];
        if (out->at[h].mode > HOOK_OFF && !out->at[h].calls)
            lines_for(&out->at[h], &k, a);
    }
    return true;
}
