/* How a session of the server is named to people. */
#include "core/base/text.h"
#include "dialects/sessions.h"

/* What it does, and since when as far as that is to be seen. */
static const char *doing(const struct db_session *s, struct arena *a)
{
    const char *what = strcmp(s->state, "active") == 0 ? "in a transaction" : s->state;

    if (s->age_ms < 0)
        return what;
    return arena_printf(a, "%s for %s", *what ? what : "there", text_duration(a, s->age_ms));
}

const char *db_session_words(const struct db_session *s, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);
    const char *what = doing(s, a);

    if (s->pid)
        buf_printf(&out, "pid %lld", (long long)s->pid);
    else
        buf_string(&out, "a prepared transaction");
    if (*s->user || *s->application || *s->client)
        buf_printf(&out, " (%s%s%s%s%s)", text_shown(a, text_from(s->user)), *s->user && *s->application ? ", " : "",
                   text_shown(a, text_from(s->application)), *s->client ? " from " : "", s->client);
    if (*what)
        buf_printf(&out, ", %s", what);
    if (*s->query)
        buf_printf(&out, ": %s", s->query);
    return buf_cstr(&out);
}
