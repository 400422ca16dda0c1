/* GitLab's code quality report: docs.gitlab.com, "Code Quality", "Code Quality report format". */
#include "cmd/render/render.h"
#include "core/base/text.h"
#include "core/digest.h"

/* What `blocker` would be for is a finding that ended the review. */
static const char *severity_of(enum severity s)
{
    static const char *const words[] = { "info", "info", "minor", "critical" };

    return words[s];
}

static struct json *issue_json(const char *check, const char *severity, const char *fingerprint, struct pos at,
                               int end_line, const char *description)
{
    struct json *o = json_new_object(), *location = json_new_object(), *lines = json_new_object();

    json_set_string(o, "description", description);
    json_set_string(o, "check_name", check);
    json_set_string(o, "fingerprint", fingerprint);
    json_set_string(o, "severity", severity);
    json_set_string(location, "path", at.path);
    json_set_integer(lines, "begin", at.line ? at.line : 1);
    if (end_line)
        json_set_integer(lines, "end", end_line);
    json_set(location, "lines", lines);
    json_set(o, "location", location);
    return o;
}

static const char *described(const char *message, const char *hint, struct arena *a)
{
    return hint && *hint ? arena_printf(a, "%s (%s)", message, hint) : message;
}

/* The report has no other place for it, and one without it would say that all is well. */
static struct json *error_json(const struct session *s, const struct err *e)
{
    struct pos at = e->at;
    const char *name = arena_printf(s->arena, "merganser/%s", err_word(e->kind)), *fingerprint;

    at.path = at.path ? at.path : s->config.path ? s->config.path : "merganser.yml";
    fingerprint = digest_sha256(text_from(arena_printf(s->arena, "%s %s", name, at.path)), s->arena);
    return issue_json(name, "blocker", fingerprint, at, 0, described(e->message, e->hint, s->arena));
}

void render_gitlab(struct session *s, FILE *to, const struct err *e)
{
    struct json *list = json_new_array();

    for (size_t i = 0; s->review && i < s->review->findings.len; i++) {
        const struct finding *f = &s->review->findings.at[i];

        json_add(list, issue_json(f->rule, severity_of(f->severity), f->fingerprint, f->at, f->end_line,
                                  described(f->message, f->hint, s->arena)));
    }
    if (e)
        json_add(list, error_json(s, e));
    json_print(list, to);
    json_free(list);
}
