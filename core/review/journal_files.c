/* Drizzle's journal names one thing and the folder holds another. */
#include "core/base/text.h"
#include "core/layouts/drizzle_new.h"
#include "core/layouts/files.h"
#include "core/review/rule.h"

static bool has_tag(const struct journal *j, struct text tag)
{
    for (size_t i = 0; i < j->len; i++)
        if (text_is(tag, j->at[i].tag))
            return true;
    return false;
}

static void report_entries(struct review *r, const struct rule *rule)
{
    const struct journal *j = &r->head.journal;
    const struct layout_input *in = side_input(&r->head);
    const char *path = file_path(in->folder, DRIZZLE_JOURNAL, r->arena);

    for (size_t i = 0; i < j->len; i++) {
        const char *name = arena_printf(r->arena, "%s.sql", j->at[i].tag);
        struct finding *f;

        if (files_named(in, text_from(name)))
            continue;
        f = finding_add(r, rule, NULL, path, "the journal names %s, and there is no %s", j->at[i].tag,
                        file_path(in->folder, name, r->arena));
        f->version = j->at[i].tag;
        finding_place(f, j->bytes, j->at[i].from, j->at[i].to);
        finding_hint(r, f,
                     "add the file, or take the entry out; where the base has both: `git restore --source=%s -- %s`",
                     r->has_base ? r->base.name : "REV", path);
    }
}

static bool is_looked_at(const struct review *r, const struct layout_file *f)
{
    for (size_t i = 0; !r->all && i < r->range.len; i++) {
        const struct layout_input *in = side_input(&r->range.at[i]);
        const struct layout_file *then = in ? files_named(in, f->name) : NULL;

        if (then && object_id_equal(then->blob, f->blob))
            return false;
    }
    return true;
}

static void report_files(struct review *r, const struct rule *rule)
{
    const struct layout_input *in = side_input(&r->head);

    for (size_t i = 0; i < in->len; i++) {
        const struct layout_file *f = &in->files[i];
        struct text tag = f->name;

        if (file_directory(f->name).len || file_is_aside(f->name) || !text_ends(f->name, ".sql"))
            continue;
        tag = text_cut(tag, 0, tag.len - strlen(text_ends(tag, ".down.sql") ? ".down.sql" : ".sql"));
        if (has_tag(&r->head.journal, tag) || !is_looked_at(r, f))
            continue;
        finding_hint(r,
                     finding_add(r, rule, NULL, arena_cstr(r->arena, f->path),
                                 "no entry of " DRIZZLE_JOURNAL " names it: nothing will run it"),
                     "add its entry, or take the file away; a merge may have lost the entry");
    }
}

static bool run(struct review *r, const struct rule *rule, struct err *e)
{
    (void)e;
    if (r->head.has_journal) {
        report_entries(r, rule);
        report_files(r, rule);
    }
    return true;
}

const struct rule rule_journal_files = {
    .text = { .name = "journal-files",
              .summary = "Drizzle's journal and its folder disagree",
              .severity = SEVERITY_ERROR,
              .risk = "An entry without its file stops every run. A file without an entry is never run, in silence: a "
                      "merge "
                      "that kept one side's journal loses the other side's migrations this way.",
              .safe =
                  "Every .sql has its entry and every entry its .sql. Let `drizzle-kit generate` write both, and merge "
                  "both sides' entries.",
              .except = "Other SQL belongs in another folder." },
    .layout = &drizzle_layout,
    .run = run,
};
