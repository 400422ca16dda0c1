/* What `check --fix` renamed, for people and as JSON. */
#include "cmd/render/render.h"
#include "core/base/text.h"

static const char *shown(const struct session *s, const char *path)
{
    return text_shown(s->arena, text_from(path));
}

void render_fix(struct session *s, const struct fix_result *r, bool dry_run)
{
    const struct renumbering *n = &r->renumbering;

    if (!n->moves.len && !n->rewrites.len) {
        fprintf(s->out, "nothing to renumber: this branch's migrations stand behind %s's\n", shown(s, r->base));
        return;
    }
    for (size_t i = 0; i < r->len; i++)
        if (strcmp(r->before[i], n->ids[i]) != 0)
            fprintf(s->out, "%s -> %s\n", r->before[i], n->ids[i]);
    for (size_t i = 0; i < n->moves.len; i++)
        fprintf(s->out, "    renamed %s -> %s\n", shown(s, n->moves.at[i].from), shown(s, n->moves.at[i].to));
    for (size_t i = 0; i < n->rewrites.len; i++)
        fprintf(s->out, "    changed %s\n", shown(s, n->rewrites.at[i].path));
    if (r->stale)
        fprintf(s->out, "    %s names an old version: let Rails write it again (`bin/rails db:migrate`)\n",
                shown(s, r->stale));
    if (dry_run) {
        fputs("nothing was changed: leave out --dry-run\n", s->out);
        return;
    }
    fprintf(s->out, "%zu migration%s renumbered behind %s's newest; see `git diff --staged`, then commit\n", r->moved,
            r->moved == 1 ? "" : "s", shown(s, r->base));
    if (r->moved)
        fputs("a database that ran one of them under its old version shows it as renamed: `merganser up` says what to "
              "do\n",
              s->out);
}

void json_fix(struct json *object, const void *from, struct arena *a)
{
    const struct fix_result *r = from;
    const struct renumbering *n = &r->renumbering;
    struct json *migrations = json_new_array(), *files = json_new_array(), *changed = json_new_array();

    (void)a;
    json_set_string(object, "base", r->base);
    for (size_t i = 0; i < r->len; i++) {
        struct json *o;

        if (strcmp(r->before[i], n->ids[i]) == 0)
            continue;
        o = json_new_object();
        json_set_string(o, "from", r->before[i]);
        json_set_string(o, "to", n->ids[i]);
        json_add(migrations, o);
    }
    for (size_t i = 0; i < n->moves.len; i++) {
        struct json *o = json_new_object();

        json_set_string(o, "from", n->moves.at[i].from);
        json_set_string(o, "to", n->moves.at[i].to);
        json_add(files, o);
    }
    for (size_t i = 0; i < n->rewrites.len; i++)
        json_add_string(changed, n->rewrites.at[i].path);
    json_set(object, "renumbered", migrations);
    json_set(object, "moved_files", files);
    json_set(object, "changed_files", changed);
}
