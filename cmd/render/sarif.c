/* SARIF 2.1.0, as docs.oasis-open.org/sarif/sarif/v2.1.0 has it; what GitHub makes of it: docs.github.com, "SARIF
 * support for code scanning". */
#include "cmd/render/render.h"
#include "core/base/text.h"

#define ROOT "%SRCROOT%"

/* RFC 3986: what may stand in a path as it is, and the slashes. */
static const char *encoded(const char *path, struct arena *a)
{
    struct buf out = buf_open(a, 1 << 20);

    for (; *path; path++) {
        if (text_is_word(*path) || strchr("-.~/", *path))
            buf_char(&out, *path);
        else
            buf_printf(&out, "%%%02X", (unsigned)(unsigned char)*path);
    }
    return buf_cstr(&out);
}

static const char *level_of(enum severity s)
{
    static const char *const levels[] = { "none", "note", "warning", "error" };

    return levels[s];
}

/* Markdown or plain text, as the key says. */
static void set_message(struct json *object, const char *key, const char *text, const char *markdown)
{
    struct json *message = json_new_object();

    json_set_string(message, "text", text);
    if (markdown)
        json_set_string(message, "markdown", markdown);
    json_set(object, key, message);
}

/* A plain text may hold links, "[text](target)" (3.11.6): a file's name must not become one. */
static const char *plain(const char *text, struct arena *a)
{
    struct buf out = buf_open(a, 1 << 20);

    for (; *text; text++) {
        buf_char(&out, *text);
        if (text[0] == ']' && text[1] == '(')
            buf_char(&out, ' ');
    }
    return buf_cstr(&out);
}

static struct json *rule_json(const struct rule_text *rule, struct arena *a)
{
    struct json *o = json_new_object(), *defaults = json_new_object(), *properties = json_new_object(),
                *tags = json_new_array();

    json_set_string(o, "id", rule->name);
    set_message(o, "shortDescription", rule->summary, NULL);
    set_message(o, "fullDescription", rule->risk, NULL);
    set_message(
        o, "help",
        arena_printf(a, "What can go wrong: %s\n\nThe safe way: %s\n\nWhen it does not apply: %s", rule->risk,
                     rule->safe, rule->except),
        arena_printf(a, "**What can go wrong**\n\n%s\n\n**The safe way**\n\n%s\n\n**When it does not apply**\n\n%s",
                     rule->risk, rule->safe, rule->except));
    json_set_bool(defaults, "enabled", rule->severity != SEVERITY_OFF);
    json_set_string(defaults, "level", level_of(rule->severity));
    json_set(o, "defaultConfiguration", defaults);
    json_add_string(tags, "database");
    json_add_string(tags, "migration");
    json_set(properties, "tags", tags);
    json_set(o, "properties", properties);
    return o;
}

static struct json *tool_json(struct arena *a)
{
    struct json *tool = json_new_object(), *driver = json_new_object(), *rules = json_new_array();

    json_set_string(driver, "name", "merganser");
    json_set_string(driver, "version", MERGANSER_VERSION);
    json_set_string(driver, "semanticVersion", MERGANSER_VERSION);
    for (size_t i = 0; review_rule(i); i++)
        json_add(rules, rule_json(review_rule(i), a));
    json_set(driver, "rules", rules);
    json_set(tool, "driver", driver);
    return tool;
}

static void set_number(struct json *o, const char *key, int number)
{
    if (number > 0)
        json_set_integer(o, key, number);
}

static struct json *snippet_json(const struct excerpt *x, struct arena *a)
{
    struct json *region = json_new_object();
    struct buf text = buf_open(a, 1 << 20);

    for (size_t i = 0; i < x->len; i++)
        buf_printf(&text, "%s\n", x->at[i].text);
    json_set_integer(region, "startLine", x->at[0].number);
    json_set_integer(region, "endLine", x->at[x->len - 1].number);
    set_message(region, "snippet", buf_cstr(&text), NULL);
    return region;
}

static struct json *artifact_json(const char *path, struct arena *a)
{
    struct json *artifact = json_new_object();

    json_set_string(artifact, "uri", encoded(path, a));
    json_set_string(artifact, "uriBaseId", ROOT);
    return artifact;
}

/* A file that is gone has no region; end_line 0: what is known is where it begins. */
static struct json *location_json(struct pos at, int end_line, int end_column, const struct excerpt *x, struct arena *a)
{
    struct json *location = json_new_object(), *physical = json_new_object(), *region;

    json_set(physical, "artifactLocation", artifact_json(at.path, a));
    if (at.line > 0) {
        region = json_new_object();
        json_set_integer(region, "startLine", at.line);
        set_number(region, "startColumn", at.column);
        set_number(region, "endLine", end_line);
        set_number(region, "endColumn", end_line ? end_column : 0);
        json_set(physical, "region", region);
    }
    if (x && x->whole && x->len)
        json_set(physical, "contextRegion", snippet_json(x, a));
    json_set(location, "physicalLocation", physical);
    return location;
}

static void set_locations(struct json *o, struct json *location)
{
    struct json *list = json_new_array();

    json_add(list, location);
    json_set(o, "locations", list);
}

static struct json *result_json(const struct finding *f, struct arena *a)
{
    struct json *o = json_new_object(), *fingerprints, *properties;

    json_set_string(o, "ruleId", f->rule);
    for (size_t i = 0; review_rule(i); i++)
        if (strcmp(review_rule(i)->name, f->rule) == 0)
            json_set_integer(o, "ruleIndex", (int64_t)i);
    json_set_string(o, "level", level_of(f->severity));
    set_message(o, "message", plain(f->hint ? arena_printf(a, "%s\nhint: %s", f->message, f->hint) : f->message, a),
                NULL);
    if (f->at.path)
        set_locations(o, location_json(f->at, f->end_line, f->end_column, f->excerpt, a));
    if (f->fingerprint) {
        fingerprints = json_new_object();
        json_set_string(fingerprints, "merganserFinding/v1", f->fingerprint);
        json_set(o, "partialFingerprints", fingerprints);
    }
    if (f->version) {
        properties = json_new_object();
        json_set_string(properties, "version", f->version);
        json_set(o, "properties", properties);
    }
    return o;
}

static struct json *notification_json(const char *level, const char *id, struct pos at, const char *message,
                                      const char *hint, struct arena *a)
{
    struct json *o = json_new_object(), *descriptor = json_new_object();

    json_set_string(descriptor, "id", id);
    json_set(o, "descriptor", descriptor);
    json_set_string(o, "level", level);
    set_message(o, "message", plain(hint && *hint ? arena_printf(a, "%s\nhint: %s", message, hint) : message, a), NULL);
    if (at.path && *at.path != '/' && !text_starts(text_from(at.path), "../"))
        set_locations(o, location_json(at, 0, 0, NULL, a));
    return o;
}

static struct json *invocations_json(const struct session *s, const struct err *e)
{
    struct json *list = json_new_array(), *o = json_new_object(), *notifications = json_new_array();
    int code = e ? err_exit_code(e->kind) : s->exit_code;

    json_set_bool(o, "executionSuccessful", !e);
    json_set_integer(o, "exitCode", code);
    if (code == 3)
        json_set_string(o, "exitCodeDescription", "there are findings that --fail-on counts");
    if (e)
        json_set_string(o, "exitCodeDescription", err_word(e->kind));
    for (size_t i = 0; i < s->notices.len; i++) {
        const struct notice *n = &s->notices.at[i];

        if (n->level != NOTICE_VERBOSE || s->verbose)
            json_add(notifications, notification_json(n->level == NOTICE_WARNING ? "warning" : "note", n->code, n->at,
                                                      n->message, n->hint, s->arena));
    }
    if (e)
        json_add(notifications, notification_json("error", err_word(e->kind), e->at, e->message, e->hint, s->arena));
    json_set(o, "toolExecutionNotifications", notifications);
    json_add(list, o);
    return list;
}

/* Without a remote the repository is where it lies. */
static struct json *provenance_json(const struct session *s, const char *root)
{
    const char *commit = object_id_hex(s->arena, s->work.source.at.commit), *uri = vcs_remote_uri(s->vcs, s->arena);
    struct json *list = json_new_array(), *o = json_new_object(), *mapped = json_new_object();

    json_set_string(o, "repositoryUri", uri ? uri : root);
    json_set_string(o, "revisionId", commit);
    json_set_string(mapped, "uriBaseId", ROOT);
    json_set(o, "mappedTo", mapped);
    json_add(list, o);
    return list;
}

static struct json *bases_json(const char *root)
{
    struct json *o = json_new_object(), *base = json_new_object();

    if (root)
        json_set_string(base, "uri", root);
    set_message(base, "description", "the root of the repository", NULL);
    json_set(o, ROOT, base);
    return o;
}

static const char *folder_uri(const char *path, struct arena *a)
{
    return path ? arena_printf(a, "file://%s/", encoded(path, a)) : NULL;
}

void render_sarif(struct session *s, FILE *to, const struct err *e)
{
    const char *root = s->vcs ? folder_uri(vcs_root(s->vcs), s->arena) : NULL, *place = root;
    struct json *log = json_new_object(), *runs = json_new_array(), *run = json_new_object(),
                *results = json_new_array();

    if (!place && s->vcs)
        place = folder_uri(vcs_git_directory(s->vcs), s->arena);
    json_set_string(log, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_set_string(log, "version", "2.1.0");
    json_set(run, "tool", tool_json(s->arena));
    json_set(run, "invocations", invocations_json(s, e));
    json_set(run, "originalUriBaseIds", bases_json(root));
    if (s->vcs && vcs_is_git(s->vcs) && s->work.source.at.commit.known)
        json_set(run, "versionControlProvenance", provenance_json(s, place));
    json_set_string(run, "columnKind", "unicodeCodePoints");
    for (size_t i = 0; s->review && i < s->review->findings.len; i++)
        json_add(results, result_json(&s->review->findings.at[i], s->arena));
    json_set(run, "results", results);
    json_add(runs, run);
    json_set(log, "runs", runs);
    json_print(log, to);
    json_free(log);
}
