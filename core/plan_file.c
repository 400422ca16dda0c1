#include "core/plan_file.h"

#include "core/base/text.h"
#include "core/files.h"
#include "core/plan_document.h"

enum { FORMAT_VERSION = 1 };

static const char again[] = "make it anew with `merganser plan --output FILE`";

static bool refuse(struct err *e, const char *path, const char *why)
{
    err_set(e, ERR_PLAN_FILE, IN_FILE(path), "%s", why);
    return err_hint(e, "%s", again);
}

static const char *kept(const struct json *object, const char *key, struct arena *a)
{
    const char *value = json_as_string(json_get(object, key));

    return value ? arena_string(a, value) : NULL;
}

/* ---- is it one, and whole ---- */

static bool check_format(const struct json *j, const char *path, struct err *e)
{
    const char *verb = json_as_string(json_get(j, "verb"));
    uint64_t format;

    if (!json_is_object(j) || !verb || !json_as_u64(json_get(j, "format_version"), &format))
        return refuse(e, path, "this is no plan of merganser's");
    if (format != FORMAT_VERSION) {
        err_set(e, ERR_PLAN_FILE, IN_FILE(path), "the plan has the format %llu, and this release reads %d",
                (unsigned long long)format, FORMAT_VERSION);
        return err_hint(e, "apply it with the release that made it, or make it anew with this one");
    }
    if (strcmp(verb, "plan") != 0)
        return refuse(e, path, "this is the output of another verb, and no plan");
    return true;
}

static bool check_sha256(const struct json *j, const char *path, struct arena *a, struct err *e)
{
    const char *said = json_as_string(json_get(j, "sha256"));

    if (!said)
        return refuse(e, path,
                      json_is_object(json_get(j, "error"))
                          ? "there is no plan in it: making it failed, and its `error` says why"
                          : "the plan has no checksum of its own");
    if (strcmp(said, plan_document_sha256(j, a)) == 0)
        return true;
    refuse(e, path, "the plan was changed after it was made: it does not have the checksum that it says");
    return err_detail(e, "its `sha256` is over all of it but `created_at`; %s", "an edited plan is not applied");
}

static bool check_usable(const struct json *j, const char *path, struct arena *a, struct err *e)
{
    const char *why = json_as_string(json_get(j, "unusable"));

    if (json_as_bool(json_get(j, "applicable")))
        return true;
    err_set(e, ERR_PLAN_FILE, IN_FILE(path), "the plan can't be applied: %s",
            why ? text_shown(a, text_from(why)) : "it does not say why");
    return err_hint(e, "make one of a commit, with the database: `merganser plan --ref REV --output FILE`");
}

/* ---- what it says ---- */

struct taking {
    struct plan_marks *out;
    struct arena *arena;
};

static void take_mark(void *to, const char *key, const struct json *value)
{
    struct taking *t = to;
    const char *is = json_as_string(value);

    plan_mark_add(t->out, arena_string(t->arena, key), is ? arena_string(t->arena, is) : "", t->arena);
}

static int by_name(const void *a, const void *b)
{
    const struct plan_mark *left = a, *right = b;

    return strcmp(left->name, right->name);
}

static void marks_take(struct plan_marks *out, const struct json *object, struct arena *a)
{
    struct taking t = { out, a };

    json_each(object, take_mark, &t);
    if (out->len)
        qsort(out->at, out->len, sizeof *out->at, by_name);
}

static bool steps_take(struct plan_file *out, const struct json *steps, struct arena *a)
{
    for (size_t i = 0; i < json_length(steps); i++) {
        const struct json *o = json_at(steps, i);
        struct plan_file_step *s = arena_push(a, &out->steps);
        const char *direction = json_as_string(json_get(o, "direction"));

        *s = (struct plan_file_step) { kept(o, "version", a), kept(o, "sha256", a), kept(o, "renamed_from", a) };
        if (!s->version || !s->sha256 || !direction ||
            (s->renamed_from != NULL) != (strcmp(direction, "relink") == 0) ||
            (!s->renamed_from && strcmp(direction, "up") != 0))
            return false;
    }
    return json_is_array(steps);
}

static bool members_take(struct plan_file *out, const struct json *j, struct arena *a)
{
    const struct json *source = json_get(j, "source"), *basis = json_get(j, "basis");
    const struct json *fingerprint = json_get(j, "fingerprint");
    const char *commit = json_as_string(json_get(source, "commit"));
    struct object_id root;

    out->sha256 = kept(j, "sha256", a);
    out->created_at = kept(j, "created_at", a);
    out->merganser = kept(j, "merganser_version", a);
    out->repository = kept(j, "repository", a);
    out->layout = kept(source, "layout", a);
    out->strict = json_as_bool(json_get(j, "strict"));
    out->fresh = json_as_bool(json_get(j, "fresh"));
    for (enum plan_part p = PART_LEDGER; p <= PART_SCRIPTS; p++) {
        out->fingerprint[p] = kept(fingerprint, plan_part_word(p), a);
        if (!out->fingerprint[p])
            return false;
    }
    marks_take(&out->marks[PART_LEDGER], json_get(basis, "ledger"), a);
    marks_take(&out->marks[PART_TARGET], json_get(basis, "target"), a);
    marks_take(&out->marks[PART_SCHEMA], json_get(basis, "objects"), a);
    out->unnamed = !json_is_object(json_get(basis, "objects"));
    return commit && object_id_parse(&out->commit, text_from(commit)) && out->repository &&
           object_id_parse(&root, text_from(out->repository)) && out->created_at && out->merganser &&
           steps_take(out, json_get(j, "steps"), a);
}

static bool take(struct plan_file *out, const struct json *j, struct arena *a, struct err *e)
{
    if (!check_format(j, out->path, e) || !check_sha256(j, out->path, a, e) || !check_usable(j, out->path, a, e))
        return false;
    return members_take(out, j, a) || refuse(e, out->path, "the plan lacks something that every plan has");
}

bool plan_file_read(struct plan_file *out, const char *path, struct arena *a, struct err *e)
{
    struct json *j;
    struct text bytes;
    bool ok;

    *out = (struct plan_file) { .path = path };
    if (!files_read(&bytes, path, PLAN_FILE_MAX, a, e)) {
        e->kind = ERR_USAGE;
        return err_hint(e, "`merganser apply` takes the file that `merganser plan --output FILE` wrote");
    }
    if (!json_parse(&j, path, bytes, ERR_PLAN_FILE, e)) {
        err_prefix(e, "the plan can't be read, or was cut off: ");
        return err_hint(e, "%s", again);
    }
    ok = take(out, j, a, e);
    json_free(j);
    return ok;
}

static bool is_elsewhere(const struct plan_file *f, const char *here, struct err *e)
{
    err_set(e, ERR_PLAN_FILE, IN_FILE(f->path), "the plan was made in another repository");
    if (here)
        err_detail(e, "its first commit is %s, the one here %s", f->repository, here);
    else
        err_detail(e, "its first commit, %s, is not here", f->repository);
    return err_hint(e, "apply it in a clone of that repository");
}

static const char unshallow[] = "`git fetch --unshallow` gets the rest of it (in CI: fetch-depth: 0)";

bool plan_file_is_of(const struct plan_file *f, struct workspace *w, struct err *e)
{
    const char *here = workspace_repository(w);

    if (here && strcmp(here, f->repository) == 0)
        return true;
    if (here)
        return is_elsewhere(f, here, e);
    err_set(e, ERR_PLAN_FILE, IN_FILE(f->path), "nobody can tell whether the plan is of this repository");
    err_detail(e, "the history here does not go back to the first commit, by which a repository is known");
    return err_hint(e, "%s", unshallow);
}

bool plan_file_lacks_commit(const struct plan_file *f, struct vcs *v, struct arena *a, struct err *e)
{
    const char *commit = object_id_hex(a, f->commit);
    struct object_id root;
    struct vcs_commit first;
    bool found = false;
    struct err ignored;

    if (!vcs_is_shallow(v) && object_id_parse(&root, text_from(f->repository)) &&
        vcs_commit_read(&first, &found, v, root, a, &ignored) && !found)
        return is_elsewhere(f, NULL, e);
    err_set(e, ERR_REVISION, IN_FILE(f->path), "the plan's commit %s is not here", commit);
    if (vcs_is_shallow(v))
        return err_hint(e, "the history is shallow: %s", unshallow);
    return err_hint(e, "fetch what has it, as with `git fetch origin %s`; a commit that no branch has any more is gone",
                    commit);
}
