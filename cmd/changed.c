/* changed: which migrations differ between two commits. */
#include "cmd/render/render.h"
#include "cmd/setup.h"

static const struct operand_row operands[] = {
    { .name = "<range>",
      .help = "A..B, A...B (from their merge base), or A (to HEAD)",
      .required = true,
      .completes = "ref" },
    { 0 },
};

static bool run(struct session *s, const void *raw, struct err *e)
{
    struct migration_changes *changes = arena_make(s->arena, struct migration_changes, 1);
    struct source_request r;

    (void)raw;
    s->add_json = json_changes;
    s->json_from = changes;
    if (!session_open_repository(s, e) || !setup_request(&r, s, e) ||
        !changes_load(changes, s->vcs, s->parsed->operands[0], &r, s->arena, &s->notices, e))
        return false;
    s->work.source = changes->source;
    s->work.source.at.ref = NULL;
    s->source_open = true;
    if (s->format == FORMAT_HUMAN)
        render_changes(s, changes);
    return true;
}

const struct command changed_command = {
    .name = "changed",
    .group = GROUP_LOOK,
    .summary = "list the migrations that differ between two commits",
    .details =
        "Opens no database. Understands what a push event gives: a base of zeros is a new branch, an absent base a "
        "forced push, a head of zeros a deleted branch.",
    .examples =
        (const char *const[]) { "merganser changed main..HEAD", "merganser changed \"$BEFORE..$AFTER\" --json", NULL },
    .operands = operands,
    .needs = NEED_NOTHING,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
