/* The words and settings of hooks. */
#include "core/hooks.h"

#define SECTION "merganser.hook."

static const char *const hooks[HOOK_COUNT] = { "post-merge", "post-checkout", "post-rewrite", "pre-commit" };
static const char *const modes[] = { "unset", "off", "notify", "apply", "sync", "check" };

const char *hook_word(enum hook h)
{
    return hooks[h];
}

const char *hook_mode_word(enum hook_mode m)
{
    return modes[m];
}

bool hook_named(enum hook *out, const char *word)
{
    for (size_t i = 0; i < HOOK_COUNT; i++) {
        if (strcmp(hooks[i], word) == 0) {
            *out = (enum hook)i;
            return true;
        }
    }
    return false;
}

static bool fits(enum hook h, enum hook_mode m)
{
    if (h == HOOK_PRE_COMMIT)
        return m == HOOK_CHECK;
    return m == HOOK_NOTIFY || m == HOOK_APPLY || (m == HOOK_SYNC && h == HOOK_POST_CHECKOUT);
}

/* A word that means nothing here does nothing: a newer release, or a slip of the hand, may have written it. */
static enum hook_mode mode_named(enum hook h, const char *word)
{
    for (size_t i = HOOK_OFF; i < sizeof modes / sizeof *modes; i++)
        if (strcmp(modes[i], word) == 0 && fits(h, (enum hook_mode)i))
            return (enum hook_mode)i;
    return HOOK_OFF;
}

static void setting_take(struct hook_settings *s, const char *name, const char *value)
{
    const struct {
        const char *name, **member;
    } texts[] = {
        { "environment", &s->environment }, { "folder", &s->folder },         { "target", &s->target },
        { "held-since", &s->held_since },   { "held-until", &s->held_until }, { "held-by", &s->held_by },
    };
    enum hook h;

    if (hook_named(&h, name))
        s->modes[h] = mode_named(h, value);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i].name, name) == 0)
            *texts[i].member = value;
}

bool hook_settings_read(struct hook_settings *out, struct vcs *v, struct arena *a, struct err *e)
{
    struct vcs_settings found;

    *out = (struct hook_settings) { .folder = "" };
    if (!vcs_settings_read(&found, v, SECTION, a, e))
        return false;
    for (size_t i = 0; i < found.len; i++)
        setting_take(out, found.at[i].key + sizeof SECTION - 1, found.at[i].value);
    return true;
}

/* Whole seconds, so that times compare as text. */
static const char *second(struct arena *a, int64_t ms)
{
    return text_time(a, ms - ms % 1000);
}

bool hook_settings_held(const struct hook_settings *s, int64_t now_ms, struct arena *a)
{
    return s->held_since && (!s->held_until || strcmp(second(a, now_ms), s->held_until) < 0);
}

static bool write_one(struct vcs *v, const char *name, const char *value, struct arena *a, struct err *e)
{
    return vcs_setting_write(v, arena_printf(a, SECTION "%s", name), value, e);
}

bool hook_settings_write(struct vcs *v, const struct hook_settings *s, struct arena *a, struct err *e)
{
    for (size_t i = 0; i < HOOK_COUNT; i++)
        if (!write_one(v, hooks[i], s->modes[i] == HOOK_UNSET ? NULL : modes[s->modes[i]], a, e))
            return false;
    return write_one(v, "environment", s->environment, a, e) &&
           write_one(v, "folder", s->folder && *s->folder ? s->folder : NULL, a, e) &&
           write_one(v, "target", s->target, a, e);
}

static bool held_write(const struct hook_settings *s, struct vcs *v, struct arena *a, struct err *e)
{
    return write_one(v, "held-since", s->held_since, a, e) && write_one(v, "held-until", s->held_until, a, e) &&
           write_one(v, "held-by", s->held_by, a, e);
}

bool hooks_hold(struct hook_settings *s, struct vcs *v, int64_t for_ms, struct arena *a, struct err *e)
{
    int64_t now = time_now_ms();

    if (!hook_settings_read(s, v, a, e))
        return false;
    s->held_since = second(a, now);
    s->held_until = for_ms ? second(a, now + for_ms + 999) : NULL;
    s->held_by = vcs_identity(v, a);
    return held_write(s, v, a, e);
}

bool hooks_continue(struct vcs *v, struct arena *a, struct err *e)
{
    const struct hook_settings none = { .folder = NULL };

    return held_write(&none, v, a, e);
}
