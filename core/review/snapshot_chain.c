/* Drizzle's snapshots name the one before them; drizzle-kit compares with the last. */
#include "core/base/text.h"
#include "core/json.h"
#include "core/layouts/files.h"
#include "core/review/rule.h"

/* What the first snapshot names: drizzle-kit/src/global.ts, originUUID. */
static const char origin[] = "00000000-0000-0000-0000-000000000000";

struct snapshot {
    const struct layout_file *file;
    const char *id, *before, *side; /* side NULL: the reviewed tree */
    struct text bytes;
    bool looked_at;
};

struct snapshots {
    struct snapshot *at;
    size_t len, cap;
};

static bool is_snapshot(const struct layout_file *f)
{
    return f->regular && text_starts(f->name, "meta/") && text_ends(f->name, "_snapshot.json");
}

static bool read_snapshot(struct snapshots *list, const struct layout_input *in, const struct layout_file *f,
                          const char *side, struct arena *a, struct err *e)
{
    struct snapshot s = { .file = f, .side = side };
    struct json *root;
    const char *id, *before;

    if (!in->read(in->reader, &s.bytes, f->entry, e))
        return false;
    if (!json_parse(&root, text_shown(a, f->path), s.bytes, ERR_JOURNAL, e))
        return err_hint(e, "take it as it was: `git restore %s`, or let `drizzle-kit generate` write it again",
                        text_shown(a, f->path));
    id = json_as_string(json_get(root, "id"));
    before = json_as_string(json_get(root, "prevId"));
    s.id = id ? text_shown(a, text_from(id)) : NULL;
    s.before = before ? text_shown(a, text_from(before)) : NULL;
    json_free(root);
    if (s.id && s.before)
        *arena_push(a, list) = s;
    return true;
}

static bool side_has(const struct side *side, const struct layout_file *f)
{
    const struct layout_input *in = side_input(side);

    for (size_t i = 0; in && i < in->len; i++)
        if (object_id_equal(in->files[i].blob, f->blob) && text_equal(in->files[i].name, f->name))
            return true;
    return false;
}

/* Of the base only what head does not have. */
static bool read_side(struct snapshots *list, const struct side *side, const struct side *head, struct arena *a,
                      struct err *e)
{
    const struct layout_input *in = side_input(side);

    for (size_t i = 0; in && i < in->len; i++)
        if (is_snapshot(&in->files[i]) && !(head && side_has(head, &in->files[i])) &&
            !read_snapshot(list, in, &in->files[i], head ? side->name : NULL, a, e))
            return false;
    return true;
}

static bool is_looked_at(const struct review *r, const struct layout_file *f)
{
    if (r->all)
        return true;
    for (size_t i = 0; i < r->range.len; i++)
        if (side_has(&r->range.at[i], f))
            return false;
    return r->request->since || !r->has_base || !side_has(&r->base, f);
}

/* Why a snapshot's place in the chain is wrong, or NULL. */
static const char *fault_of(const struct review *r, const struct snapshots *list, size_t i)
{
    const struct snapshot *s = &list->at[i];
    bool found = strcmp(s->before, origin) == 0;

    for (size_t k = 0; k < list->len; k++) {
        const struct snapshot *other = &list->at[k];
        const char *of = other->side ? arena_printf(r->arena, " of %s", other->side) : "";
        bool named = k < i || !other->looked_at;

        found = found || strcmp(other->id, s->before) == 0;
        if (k == i || !named)
            continue;
        if (strcmp(other->id, s->id) == 0)
            return arena_printf(r->arena, "its id is that of %s%s too", text_shown(r->arena, other->file->name), of);
        if (strcmp(other->before, s->before) == 0)
            return arena_printf(r->arena, "it follows the same snapshot (prevId) as %s%s: the chain forks",
                                text_shown(r->arena, other->file->name), of);
    }
    return found ? NULL : arena_printf(r->arena, "its prevId %s is no snapshot's id: the chain is broken", s->before);
}

static void report(struct review *r, const struct rule *rule, const struct snapshot *s, const char *fault)
{
    struct finding *f = finding_add(r, rule, NULL, arena_cstr(r->arena, s->file->path), "%s", fault);
    size_t at;

    if (text_find(s->bytes, "\"prevId\"", &at))
        finding_place(f, s->bytes, at, at + strlen("\"prevId\""));
    finding_hint(r, f,
                 r->has_base ? "`merganser check --fix` puts this branch's snapshots behind %s's; then see with "
                               "`npx drizzle-kit generate` that nothing is left to do"
                             : "delete the later one with its entry and script, and run `npx drizzle-kit generate`",
                 r->base.name);
}

static bool run(struct review *r, const struct rule *rule, struct err *e)
{
    const struct layout_input *in = side_input(&r->head);
    struct snapshots list = { 0 };
    bool any = false;

    for (size_t i = 0; i < in->len && !any; i++)
        any = is_snapshot(&in->files[i]) && is_looked_at(r, &in->files[i]);
    /* Snapshots are large. */
    if (!any)
        return true;
    if (!read_side(&list, &r->head, NULL, r->arena, e) ||
        (r->has_base && !read_side(&list, &r->base, &r->head, r->arena, e)))
        return false;
    for (size_t i = 0; i < list.len; i++)
        list.at[i].looked_at = !list.at[i].side && is_looked_at(r, list.at[i].file);
    for (size_t i = 0; i < list.len; i++) {
        const char *fault = list.at[i].looked_at ? fault_of(r, &list, i) : NULL;

        if (fault)
            report(r, rule, &list.at[i], fault);
    }
    return true;
}

const struct rule rule_snapshot_chain = {
    .text = { .name = "snapshot-chain",
              .summary = "Drizzle's snapshots do not follow one another",
              .severity = SEVERITY_ERROR,
              .risk =
                  "drizzle-kit compares the schema with the last snapshot. Where two follow the same one, the last "
                  "does not know what the other side changed, and the next `generate` writes it again or undoes it.",
              .safe =
                  "`merganser check --fix` puts this branch's snapshots behind the base's. Surest is to delete this "
                  "branch's migrations and to run `drizzle-kit generate` on top of the base.",
              .except = "Migrations without a snapshot (`merganser new`) are not in the chain." },
    .layout = &drizzle_layout,
    .run = run,
};
