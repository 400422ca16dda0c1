#include "core/scripts.h"

#include "core/base/text.h"
#include "core/digest.h"

struct opened {
    struct script inner; /* vcs's */
    const struct source *source;
    struct vcs_source at;  /* where the files that it includes are from */
    const char *whose;     /* of one that can't include any: whose it is; else NULL */
    struct digest *digest; /* of the reading that is under way; NULL where all of it lies in memory */
    size_t read;           /* how far that is */
    const char *sha256;    /* of the first one that came to the end */
    bool ended;            /* so did the last one, and it was the same */
};

static bool changed(const struct opened *o, const char *path, struct err *e)
{
    const char *shown = text_shown(o->source->arena, text_from(path));

    err_set(e, ERR_MIGRATION_FILE, IN_FILE(shown), "'%s' changed while it was being read", shown);
    return err_hint(e, "run it again once nothing writes to that folder");
}

static bool end_reading(struct opened *o, const char *path, struct err *e)
{
    const char *sha256 = digest_end(o->digest, o->source->arena);

    o->read = 0;
    if (!o->sha256)
        o->sha256 = sha256;
    o->ended = strcmp(o->sha256, sha256) == 0;
    return o->ended || changed(o, path, e);
}

static bool opened_read(const struct script *s, size_t offset, struct text *piece, struct err *e)
{
    struct opened *o = (struct opened *)s->from;

    if (!o->inner.read(&o->inner, offset, piece, e))
        return false;
    if (!o->digest)
        return true;
    if (offset == 0) {
        digest_begin(o->digest, DIGEST_LF);
        o->read = 0;
        o->ended = false;
    }
    if (offset != o->read || o->ended)
        return true;
    digest_add(o->digest, *piece);
    o->read += piece->len;
    return o->read < s->size || end_reading(o, s->path, e);
}

/* Whoever has not read to the end is spared nothing: what was not read may have changed what was. */
static bool opened_unchanged(const struct script *s, struct err *e)
{
    struct opened *o = (struct opened *)s->from;
    struct text piece;

    while (!o->ended)
        if (!opened_read(s, o->read, &piece, e))
            return false;
    return true;
}

static bool refuse_include(const struct script *s, struct text path, const char *why, struct err *e)
{
    const struct opened *o = s->from;

    return err_plain(e, ERR_MIGRATION_FILE, "'%s' can't be included: %s", text_shown(o->source->arena, path), why);
}

/* The folder that s lies in, and path from there, without dots. False where it leaves the root. */
static bool resolve(struct buf *out, const char *s, struct text path, bool beside)
{
    const char *slash = beside ? strrchr(s, '/') : NULL;

    if (slash)
        buf_text(out, (struct text) { s, (size_t)(slash - s) });
    while (path.len) {
        size_t end;
        struct text part = path;

        if (text_find(path, "/", &end))
            part = text_cut(path, 0, end);
        path = text_cut(path, part.len + 1, path.len);
        if (part.len == 0 || text_is(part, "."))
            continue;
        if (text_is(part, "..")) {
            slash = out->len ? memrchr(out->at, '/', out->len) : NULL;
            if (out->len == 0)
                return false;
            out->len = slash ? (size_t)(slash - out->at) : 0;
            continue;
        }
        if (out->len)
            buf_char(out, '/');
        buf_text(out, part);
    }
    return true;
}

/* As it was the first time: the name of its bytes was taken then. */
static bool included_find(struct vcs_file *out, bool *found, struct opened *o, const char *path, struct err *e)
{
    struct source_included *list = o->source->included;

    for (size_t i = 0; i < list->len; i++) {
        const struct source_include *before = &list->at[i];

        if (before->at.kind == o->at.kind && text_is(before->file.path, path) &&
            (o->at.kind != VCS_COMMIT || object_id_equal(before->at.commit, o->at.commit))) {
            *out = before->file;
            *found = true;
            return true;
        }
    }
    if (!vcs_find(out, found, o->source->vcs, &o->at, path, o->source->arena, e))
        return false;
    if (*found)
        *arena_push(o->source->arena, list) = (struct source_include) { o->at, *out };
    return true;
}

static bool opened_make(struct script *out, const struct source *s, const struct script *inner,
                        const struct vcs_source *at, const char *whose);

static bool opened_include(const struct script *s, struct script *out, struct text path, bool beside, struct arena *a,
                           struct err *e)
{
    struct opened *o = (struct opened *)s->from;
    struct buf name = buf_open(a, SIZE_MAX / 2);
    struct script inner;
    struct vcs_file file;
    bool found;

    if (o->whose)
        return refuse_include(s, path, arena_printf(a, "%s does not say which files it meant", o->whose), e);
    if (text_starts(path, "/"))
        return refuse_include(s, path, "it is an absolute path, and only files of the same source may be", e) ||
               err_hint(e, "name it from the root of the repository with \\i, or from this file with \\ir");
    if (memchr(path.at, '\0', path.len) || !resolve(&name, s->path, path, beside))
        return refuse_include(s, path, "it is not below the root of the repository", e) ||
               err_hint(e, "name it from the root of the repository with \\i, or from this file with \\ir");
    if (!included_find(&file, &found, o, buf_cstr(&name), e)) {
        if (e->kind == ERR_USAGE)
            return refuse_include(s, path, "it is not below the root of the repository", e);
        return false;
    }
    if (!found) {
        refuse_include(s, path, "there is no such file", e);
        return err_hint(e,
                        "it was looked for as %s from the root of the repository; \\i names a file from there, \\ir "
                        "from this one's folder",
                        text_shown(a, buf_content(&name)));
    }
    return vcs_script(&inner, o->source->vcs, &o->at, &file, SOURCE_FILE_MAX, o->source->arena, e) &&
           opened_make(out, o->source, &inner, &o->at, NULL);
}

static bool opened_make(struct script *out, const struct source *s, const struct script *inner,
                        const struct vcs_source *at, const char *whose)
{
    struct opened *o = arena_make(s->arena, struct opened, 1);

    *o = (struct opened) { .inner = *inner, .source = s, .at = *at, .whose = whose };
    if (!script_is_in_memory(inner))
        o->digest = digest_open(s->arena);
    *out = (struct script) { .path = inner->path,
                             .size = inner->size,
                             .read = opened_read,
                             .include = opened_include,
                             .unchanged = o->digest ? opened_unchanged : NULL,
                             .from = o };
    return true;
}

bool scripts_open(struct script *out, const struct source *s, const struct migration_file *f, struct err *e)
{
    struct script inner;

    if (!vcs_script(&inner, s->vcs, &s->at, f->entry, SOURCE_FILE_MAX, s->arena, e))
        return false;
    inner.path = f->path;
    return opened_make(out, s, &inner, &s->at, NULL);
}

bool scripts_open_at(struct script *out, bool *found, const struct source *s, struct object_id commit, const char *path,
                     struct err *e)
{
    struct vcs_source at = { .kind = VCS_COMMIT, .commit = commit };
    struct script inner;

    if (!vcs_script_commit_path(&inner, found, s->vcs, commit, path, SOURCE_FILE_MAX, s->arena, e))
        return false;
    return !*found || opened_make(out, s, &inner, &at, NULL);
}

struct script scripts_of_text(const struct source *s, const char *path, struct text text, const char *whose)
{
    struct script inner = script_in_memory(path, text, s->arena), out;

    opened_make(&out, s, &inner, &s->at, whose);
    return out;
}

bool scripts_sha256(const char **out, const struct script *s, struct arena *a, struct err *e)
{
    const struct opened *o = s->from;

    if (s->read != opened_read || !o->digest)
        return digest_of(out, s, DIGEST_LF, a, e);
    if (!o->sha256 && !opened_unchanged(s, e))
        return false;
    *out = o->sha256;
    return true;
}
