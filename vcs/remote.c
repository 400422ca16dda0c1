#include "vcs/internal.h"

AUTO_TYPE(git_remote)

/* git-fetch(1), "GIT URLS": "user@host:path" is ssh too, unless a slash comes before the colon. A second colon before
 * the host would be a password's, which no git takes. */
static const char *from_scp(struct text url, struct arena *a)
{
    const char *colon = memchr(url.at, ':', url.len), *slash = memchr(url.at, '/', url.len);
    struct text host, path;

    if (!colon || (slash && slash < colon))
        return NULL;
    host = text_cut(url, 0, (size_t)(colon - url.at));
    path = text_cut(url, host.len + 1, url.len);
    if (memchr(path.at, '@', path.len))
        return NULL;
    path = text_cut(path, text_starts(path, "/"), path.len);
    return arena_printf(a, "ssh://%.*s/%.*s", (int)host.len, host.at, (int)path.len, path.at);
}

/* What looks like a port and is none may be the beginning of a password that holds a slash. */
static bool is_host(struct text host)
{
    size_t i = host.len;

    while (i > 0 && text_is_digit(host.at[i - 1]))
        i--;
    return (i > 0 && host.at[i - 1] == ':') || !memchr(host.at, ':', host.len) || host.at[host.len - 1] == ']';
}

/* A token stands as the user as often as in the password's place: of both only ssh's user stays. */
static const char *without_user(const char *uri, struct arena *a)
{
    const char *host = strstr(uri, "://") + 3, *at;
    size_t len = strcspn(host, "/?#");

    at = memrchr(host, '@', len);
    if (!is_host(at ? (struct text) { at + 1, (size_t)(host + len - at) - 1 } : (struct text) { host, len }))
        return NULL;
    if (!at)
        return uri;
    if (text_starts(text_from(uri), "ssh://") && !memchr(host, ':', (size_t)(at - host)))
        return uri;
    return arena_printf(a, "%.*s%s", (int)(host - uri), uri, at + 1);
}

const char *vcs_remote_uri(struct vcs *v, struct arena *a)
{
    AUTO(git_remote) remote = NULL;
    const char *url = NULL, *uri;
    size_t scheme;

    if (!v->repo || git_remote_lookup(&remote, v->repo, "origin") < 0)
        return NULL;
    if (git_remote_url(remote))
        url = arena_string(a, git_remote_url(remote));
    if (!url)
        return NULL;
    uri = text_find(text_from(url), "://", &scheme) ? url : from_scp(text_from(url), a);
    return uri && !strpbrk(uri, " \t\r\n\"<>\\^`{|}") && text_is_utf8(text_from(uri)) ? without_user(uri, a) : NULL;
}
