#include <iconv.h>

#include "vcs/walk.h"

/* git-commit(1), "DISCUSSION": a commit's text is UTF-8 unless its header "encoding" says otherwise. */
static struct text converted(struct arena *a, struct text t, const char *encoding)
{
    enum { WIDEST = 6 }; /* bytes that one may become */
    struct text out = t;
    size_t in_left = t.len, out_left = t.len * WIDEST;
    char *in = arena_cstr(a, t), *to = arena_alloc(a, out_left + 1), *end = to;
    iconv_t conversion = iconv_open("UTF-8", encoding);

    if (conversion == (iconv_t)-1)
        return t;
    if (iconv(conversion, &in, &in_left, &end, &out_left) != (size_t)-1)
        out = (struct text) { to, (size_t)(end - to) };
    iconv_close(conversion);
    return out;
}

static const char *as_utf8(struct arena *a, struct text t, struct text encoding)
{
    if (encoding.len > 0 && !text_is_nocase(encoding, "UTF-8"))
        t = converted(a, t, arena_cstr(a, encoding));
    return text_as_utf8(a, t);
}

static const char *person(struct arena *a, struct text name, struct text email, struct text encoding)
{
    if (name.len == 0 && email.len == 0)
        return NULL;
    return as_utf8(a,
                   text_from(email.len == 0 ? arena_cstr(a, name)
                                            : arena_printf(a, "%s%s<%s>", arena_cstr(a, name), name.len ? " " : "",
                                                           arena_cstr(a, email))),
                   encoding);
}

/* A date that no calendar holds is git's 0 too. */
static int64_t milliseconds(uint64_t seconds)
{
    return seconds > INT64_MAX / 1000 ? 0 : (int64_t)seconds * 1000;
}

static void commit_parse(struct vcs_commit *out, struct text rest, struct arena *a)
{
    struct raw_person author = { .seconds = 0 };
    struct text line, encoding = TEXT(""), subject = TEXT("");

    while (text_line(&rest, &line) && line.len > 0) {
        if (text_starts(line, "author "))
            author = raw_person(text_cut(line, strlen("author "), line.len));
        else if (text_starts(line, "encoding "))
            encoding = text_trim(text_cut(line, strlen("encoding "), line.len));
    }
    while (subject.len == 0 && text_line(&rest, &line))
        subject = text_trim(line);
    out->author = person(a, author.name, author.email, encoding);
    out->date_ms = milliseconds(author.seconds);
    out->subject = as_utf8(a, subject, encoding);
}

bool vcs_commit_read(struct vcs_commit *out, bool *found, struct vcs *v, struct object_id commit, struct arena *a,
                     struct err *e)
{
    AUTO(git_odb_object) object = NULL;
    git_oid id = id_to_oid(commit);
    struct raw_commit raw;

    *out = (struct vcs_commit) { .id = commit };
    *found = v->repo && commit.known && git_odb_exists(v->odb, &id);
    if (!*found)
        return true;
    if (!raw_read(&object, v, &id, GIT_OBJECT_COMMIT, TEXT(""), e))
        return false;
    if (!raw_commit(&raw, raw_bytes(object)))
        return raw_failure(e, "commit", &id);
    commit_parse(out, raw.rest, a);
    out->made_ms = milliseconds(raw.time);
    return true;
}

const char *vcs_author(struct vcs *v, struct object_id commit, struct arena *a)
{
    struct vcs_commit read;
    struct err ignored;
    bool found;

    return vcs_commit_read(&read, &found, v, commit, a, &ignored) ? read.author : NULL;
}

const char *vcs_identity(struct vcs *v, struct arena *a)
{
    AUTO(git_config) config = NULL;
    const char *name = NULL, *email = NULL;

    if (!v->repo || git_repository_config_snapshot(&config, v->repo) < 0)
        return NULL;
    if (git_config_get_string(&name, config, "user.name") < 0)
        name = NULL;
    if (git_config_get_string(&email, config, "user.email") < 0)
        email = NULL;
    return person(a, text_from(name), text_from(email), TEXT(""));
}
