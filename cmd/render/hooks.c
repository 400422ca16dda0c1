#include "cmd/hook.h"
#include "cmd/render/render.h"

enum { LIST_MOST = 8, NAMES_MOST = 3 };

static const char *const kinds[] = { "added", "edited", "renamed", "deleted" };

/* By version, the up script of each first. */
static int by_version(const void *left, const void *right)
{
    const struct migration_change *a = *(const struct migration_change *const *)left;
    const struct migration_change *b = *(const struct migration_change *const *)right;
    int found = strcmp(a->version, b->version);

    if (!found)
        found = (a->direction == DIRECTION_DOWN) - (b->direction == DIRECTION_DOWN);
    return found ? found : (a > b) - (a < b);
}

/* Which changes are shown: each migration once, though its up and its down script may both have changed. How many. */
static size_t shown_find(bool *is_shown, const struct migration_changes *list, struct arena *a)
{
    const struct migration_change **sorted = arena_make(a, const struct migration_change *, list->len);
    size_t n = 0;

    for (size_t i = 0; i < list->len; i++)
        sorted[i] = &list->at[i];
    if (list->len)
        qsort(sorted, list->len, sizeof *sorted, by_version);
    for (size_t i = 0; i < list->len; i++) {
        if (i && strcmp(sorted[i - 1]->version, sorted[i]->version) == 0)
            continue;
        is_shown[sorted[i] - list->at] = true;
        n++;
    }
    return n;
}

static void changes_line(struct session *s, const struct migration_change *c)
{
    static const enum style styles[] = { STYLE_GOOD, STYLE_WARN, STYLE_WARN, STYLE_BAD };

    fprintf(s->err, "  %s%-7s%s  %s", render_style(s->color_err, styles[c->kind]), kinds[c->kind],
            render_style(s->color_err, STYLE_END), text_shown(s->arena, text_from(c->id)));
    if (c->direction == DIRECTION_DOWN)
        fputs("  (its down script)", s->err);
    if (c->old_path)
        fprintf(s->err, "  (was %s)", text_shown(s->arena, text_from(c->old_path)));
    fputc('\n', s->err);
}

static void changes_block(struct session *s, const struct hook_news *news)
{
    static const char *const events[] = { "this merge", "this checkout", "this rewrite", "" };
    const struct migration_changes *list = &news->changes;
    bool *is_shown = arena_make(s->arena, bool, list->len);
    size_t n = shown_find(is_shown, list, s->arena), shown = 0;

    fprintf(s->err, "merganser: %s changed %zu migration%s\n", events[news->hook], n, n == 1 ? "" : "s");
    for (size_t i = 0; i < list->len && (shown < LIST_MOST || n <= LIST_MOST + 1); i++) {
        if (!is_shown[i])
            continue;
        changes_line(s, &list->at[i]);
        shown++;
    }
    if (shown < n)
        fprintf(s->err, "  and %zu more: `merganser changed %.12s..%.12s`\n", n - shown, list->base ? list->base : "",
                list->head);
}

/* "2 pending (20240320123000_add_city, 20240321090000_users)"; nothing for none. */
static void count_add(struct session *s, struct buf *to, size_t n, const char *word,
                      bool (*is_one)(const struct version_entry *v))
{
    const struct resolution *r = &s->work.versions;
    size_t named = 0;

    if (!n)
        return;
    buf_printf(to, "%s%zu %s (", to->len ? ", " : "", n, word);
    for (size_t i = 0; i < r->len && named < NAMES_MOST; i++)
        if (is_one(&r->at[i]))
            buf_printf(to, "%s%s", named++ ? ", " : "", render_id(&r->at[i], s->arena));
    buf_string(to, n > named ? ", ...)" : ")");
}

static bool is_pending(const struct version_entry *v)
{
    return v->state == STATE_PENDING;
}

static bool is_missing(const struct version_entry *v)
{
    return v->state == STATE_MISSING;
}

static bool is_edited(const struct version_entry *v)
{
    return v->flags & FLAG_EDITED;
}

static bool is_partial(const struct version_entry *v)
{
    return v->flags & FLAG_PARTIAL;
}

static void database_line(struct session *s, const struct hook_news *news)
{
    const struct resolution *r = news->versions;
    struct buf counts = buf_open(s->arena, 4096);

    count_add(s, &counts, r->pending, "pending", is_pending);
    count_add(s, &counts, r->missing, "missing", is_missing);
    count_add(s, &counts, r->edited, "edited", is_edited);
    count_add(s, &counts, r->partial, "partial", is_partial);
    fprintf(s->err, "merganser: %s %s%s\n", text_shown(s->arena, text_from(news->database)),
            counts.len ? "has " : "is up to date", counts.len ? buf_cstr(&counts) : "");
    if (news->acts || !counts.len)
        return;
    if (r->partial)
        fputs("  `merganser repair` settles what is partial; `merganser status` shows every version\n", s->err);
    else if (r->missing)
        fputs("  `merganser sync` makes it match; `merganser status` shows every version\n", s->err);
    else if (r->pending)
        fputs("  `merganser up` applies what is pending\n", s->err);
    else
        fputs("  `merganser status` shows every version\n", s->err);
}

void render_hook_news(struct session *s, const struct hook_news *news)
{
    const struct resolution *r = news->versions;

    if (news->fresh && (!r || !(r->pending || r->missing || r->edited || r->partial)))
        return;
    if (!news->fresh)
        changes_block(s, news);
    if (r)
        database_line(s, news);
}

/* The words of an error on one line, with what stands after it. */
static const char *one_line(struct session *s, const struct err *e)
{
    struct buf all = buf_open(s->arena, 4096);
    char *whole;

    if (e->at.path)
        buf_printf(&all, "%s:", text_shown(s->arena, text_from(e->at.path)));
    if (e->at.path && e->at.line)
        buf_printf(&all, "%d:", e->at.line);
    if (e->at.path)
        buf_char(&all, ' ');
    buf_string(&all, e->message);
    if (*e->sqlstate)
        buf_printf(&all, " [%s]", e->sqlstate);
    if (*e->state)
        buf_printf(&all, "; %s", e->state);
    if (*e->hint)
        buf_printf(&all, "; %s", e->hint);
    whole = arena_string(s->arena, buf_cstr(&all));
    for (char *c = whole; *c; c++)
        if (*c == '\n')
            *c = ' ';
    return text_without_secrets(s->arena, text_from(whole), NULL);
}

void render_hook_failure(struct session *s, enum hook h, const struct err *e)
{
    render_progress_clear(s);
    fprintf(s->err, "merganser %s: %s\n", hook_word(h), one_line(s, e));
}

/* ---- install, uninstall, status ---- */

static const char *file_words(const struct hook_state *h)
{
    static const char *const deeds[] = { NULL, "written", "updated", "removed", NULL };
    static const char *const files[] = { "not there", "installed", "installed, as an earlier merganser wrote it",
                                         "changed since it was installed: left as it is", "another's: left as it is" };

    if (h->calls && (h->file == HOOK_FILE_ABSENT || h->file == HOOK_FILE_OTHER))
        return "another's, calls merganser";
    if (h->add && h->file == HOOK_FILE_ABSENT)
        return "yours to write";
    return deeds[h->deed] ? deeds[h->deed] : files[h->file];
}

static void held_line(struct session *s, const struct hook_settings *settings)
{
    fprintf(s->out, "held since %s%s%s%s%s: no hook says or does anything; `merganser hook continue` ends it\n",
            settings->held_since, settings->held_by ? " by " : "",
            settings->held_by ? text_shown(s->arena, text_from(settings->held_by)) : "",
            settings->held_until ? " until " : "", settings->held_until ? settings->held_until : "");
}

static void lines_block(struct session *s, const struct hook_report *r)
{
    for (size_t i = 0; i < HOOK_COUNT; i++) {
        struct text rest = text_from(r->at[i].add), line;

        if (!r->at[i].add)
            continue;
        fprintf(s->out, "add to %s:\n", text_shown(s->arena, text_from(r->at[i].add_to)));
        while (text_line(&rest, &line))
            fprintf(s->out, "    %s\n", text_shown(s->arena, line));
    }
}

/* What a mode that writes will and will not do. */
static void modes_line(struct session *s, const struct hook_report *r)
{
    bool applies = false;

    for (size_t i = 0; i < HOOK_COUNT; i++)
        applies |= r->at[i].mode == HOOK_APPLY;
    if (applies)
        fputs("apply runs `merganser up` with what is committed; it rolls nothing back\n", s->out);
    if (r->at[HOOK_POST_CHECKOUT].mode == HOOK_SYNC)
        fputs(
            "sync runs `merganser sync` after a checkout, unasked: it rolls back what this repository applied and the "
            "branch does not have\n",
            s->out);
    else if (r->at[HOOK_POST_CHECKOUT].mode == HOOK_APPLY)
        fputs("`--post-checkout sync` rolls back what belongs to the branch that is left\n", s->out);
}

void render_hooks(struct session *s, const struct hook_report *r)
{
    bool any = false;

    for (size_t i = 0; i < HOOK_COUNT && !s->quiet; i++) {
        const struct hook_state *h = &r->at[i];
        bool off = h->mode <= HOOK_OFF;

        any |= !off;
        fprintf(s->out, "%-13s  %s", hook_word(h->hook), off ? "off" : hook_mode_word(h->mode));
        if (!off || h->deed != HOOK_DEED_NONE || (h->file != HOOK_FILE_ABSENT && h->file != HOOK_FILE_OTHER) ||
            h->calls)
            fprintf(s->out, "%*s  %s %s", off ? 3 : 6 - (int)strlen(hook_mode_word(h->mode)), "",
                    text_shown(s->arena, text_from(h->path)), file_words(h));
        fputc('\n', s->out);
    }
    lines_block(s, r);
    if (s->quiet)
        return;
    modes_line(s, r);
    if (any && r->settings.environment)
        fprintf(s->out, "environment: %s\n", text_shown(s->arena, text_from(r->settings.environment)));
    if (r->target_differs)
        fputs("merganser.yml says another thing of the database than at install: the hooks connect to nothing until "
              "`merganser hook install` is run again\n",
              s->out);
    if (r->held)
        held_line(s, &r->settings);
}

void render_merge_drivers(struct session *s, const struct merge_drivers *m)
{
    if (!s->quiet && (m->installed || m->changed))
        fprintf(s->out, "merge drivers  %s\n", m->installed ? "installed" : "removed");
    if (!m->installed || !m->add[0])
        return;
    fputs("add to .gitattributes, and commit it:\n", s->out);
    for (size_t i = 0; m->add[i]; i++)
        fprintf(s->out, "    %s\n", text_shown(s->arena, text_from(m->add[i])));
}

void json_hooks(struct json *object, const void *from, struct arena *a)
{
    static const char *const files[] = { "absent", "installed", "outdated", "edited", "other" };
    static const char *const deeds[] = { "none", "written", "updated", "removed", "left" };
    const struct hook_answer *answer = from;
    const struct hook_report *r = &answer->hooks;
    struct json *list = json_new_array(), *drivers = json_new_object();

    (void)a;
    for (size_t i = 0; i < HOOK_COUNT; i++) {
        const struct hook_state *h = &r->at[i];
        struct json *o = json_new_object();

        json_set_string(o, "hook", hook_word(h->hook));
        json_set_string(o, "mode", h->mode <= HOOK_OFF ? "off" : hook_mode_word(h->mode));
        json_set_string(o, "path", h->path);
        json_set_string(o, "file", files[h->file]);
        json_set_bool(o, "calls", h->calls);
        json_set_string(o, "done", deeds[h->deed]);
        json_set_string(o, "add", h->add);
        json_set_string(o, "add_to", h->add_to);
        json_add(list, o);
    }
    json_set(object, "hooks", list);
    json_set_string(object, "environment", r->settings.environment);
    json_set_bool(object, "target_differs", r->target_differs);
    json_set_bool(object, "held", r->held);
    json_set_string(object, "held_until", r->held ? r->settings.held_until : NULL);
    list = json_new_array();
    for (size_t i = 0; answer->merge.add && answer->merge.add[i]; i++)
        json_add_string(list, answer->merge.add[i]);
    json_set_bool(drivers, "installed", answer->merge.installed);
    json_set(drivers, "add", list);
    json_set_string(drivers, "add_to", ".gitattributes");
    json_set(object, "merge_drivers", drivers);
}
