/* JUnit's XML as Jenkins and GitLab read it: a suite for each migration, a test case for each rule that has found
 * something in it. A finding that --fail-on counts is a failure, another one is said in a case that passes. */
#include "cmd/render/render.h"
#include "core/base/text.h"

/* XML 1.0, 2.2: what no document may hold, escaped or not. */
static bool is_forbidden(const unsigned char *c, size_t len)
{
    if (len == 1)
        return *c < 0x20 && *c != '\t' && *c != '\n' && *c != '\r';
    return len == 3 && c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe;
}

static void put(FILE *to, const char *words)
{
    for (struct text t = text_from(words); t.len;) {
        size_t len = text_char_len(t);
        const unsigned char c = (unsigned char)*t.at;

        if (!len || is_forbidden((const unsigned char *)t.at, len))
            fputs("\xef\xbf\xbd", to);
        else if (len == 1 && (strchr("<>&\"'", c) || c < 0x20 || c == 0x7f))
            fprintf(to, "&#%d;", c);
        else
            fwrite(t.at, 1, len, to);
        t = text_cut(t, len ? len : 1, t.len);
    }
}

static void put_attribute(FILE *to, const char *name, const char *value)
{
    fprintf(to, " %s=\"", name);
    put(to, value);
    fputc('"', to);
}

static void put_case(FILE *to, const char *suite, const char *name, const char *file)
{
    fputs("    <testcase", to);
    put_attribute(to, "name", name);
    put_attribute(to, "classname", suite);
    if (file)
        put_attribute(to, "file", file);
}

static void put_finding(FILE *to, const struct finding *f)
{
    if (f->at.path) {
        put(to, f->at.path);
        if (f->at.line)
            fprintf(to, ":%d:%d", f->at.line, f->at.column);
        fputs(": ", to);
    }
    put(to, f->message);
    for (size_t i = 0; f->excerpt && i < f->excerpt->len; i++) {
        fprintf(to, "\n%5d | ", f->excerpt->at[i].number);
        put(to, f->excerpt->at[i].text);
    }
    if (f->hint) {
        fputs("\nhint: ", to);
        put(to, f->hint);
    }
    fputc('\n', to);
}

/* One suite: what was found in a file, or that nothing was. */
struct suite {
    const char *path;
    const struct finding *at;
    size_t len, tests, failures;
};

struct suites {
    struct suite *at;
    size_t len, cap, tests, failures;
};

/* One case: all that a rule has found in the suite's file. */
struct rule_case {
    const struct finding *first;
    size_t n;
    bool fails;
};

/* Of the rule of finding i; n is 0 where an earlier one has it. */
static struct rule_case case_at(const struct suite *suite, size_t i, int from)
{
    struct rule_case c = { .first = &suite->at[i] };

    for (size_t k = 0; k < suite->len; k++) {
        if (strcmp(suite->at[k].rule, c.first->rule) != 0)
            continue;
        if (k < i)
            return (struct rule_case) { 0 };
        c.fails |= (int)suite->at[k].severity >= from;
        c.n++;
    }
    return c;
}

static bool has_suite(const struct suites *list, const char *path)
{
    for (size_t i = 0; i < list->len; i++)
        if (text_is(text_from(list->at[i].path), path))
            return true;
    return false;
}

static void suites_count(struct suites *list, int from)
{
    for (size_t i = 0; i < list->len; i++) {
        struct suite *suite = &list->at[i];

        suite->tests = suite->len ? 0 : 1;
        for (size_t k = 0; k < suite->len; k++) {
            struct rule_case c = case_at(suite, k, from);

            suite->tests += c.n > 0;
            suite->failures += c.fails;
        }
        list->tests += suite->tests;
        list->failures += suite->failures;
    }
}

/* The findings stand by path; then come the migrations that have none. */
static struct suites suites_make(const struct session *s)
{
    const struct review_findings *list = &s->review->findings;
    struct suites out = { 0 };

    for (size_t i = 0; i < list->len; i++) {
        const struct finding *f = &list->at[i];
        const char *path = f->at.path ? f->at.path : "";

        if (!out.len || strcmp(out.at[out.len - 1].path, path) != 0)
            *arena_push(s->arena, &out) = (struct suite) { .path = path, .at = f };
        out.at[out.len - 1].len++;
    }
    for (size_t i = 0; i < s->review->looked_at; i++) {
        const struct migration *m = s->review->migrations[i];
        const char *path = m->up.path ? m->up.path : m->also.path;

        if (path && !has_suite(&out, path))
            *arena_push(s->arena, &out) = (struct suite) { .path = path };
    }
    suites_count(&out, s->fails_from);
    return out;
}

static void put_findings(FILE *to, const struct suite *suite, const struct rule_case *c)
{
    fputs(c->fails ? "      <failure" : "      <system-out>", to);
    if (c->fails) {
        put_attribute(to, "message", c->first->message);
        put_attribute(to, "type", severity_word(c->first->severity));
        fputc('>', to);
    }
    for (const struct finding *f = c->first; f < suite->at + suite->len; f++)
        if (strcmp(f->rule, c->first->rule) == 0)
            put_finding(to, f);
    fputs(c->fails ? "</failure>\n" : "</system-out>\n", to);
}

static void put_suite(FILE *to, const struct session *s, const struct suite *suite)
{
    fputs("  <testsuite", to);
    put_attribute(to, "name", suite->path);
    fprintf(to, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\">\n", suite->tests, suite->failures);
    for (size_t i = 0; i < suite->len; i++) {
        struct rule_case c = case_at(suite, i, s->fails_from);

        if (!c.n)
            continue;
        put_case(to, suite->path, c.first->rule, c.first->at.path);
        if (c.first->at.line)
            fprintf(to, " line=\"%d\"", c.first->at.line);
        fputs(">\n", to);
        put_findings(to, suite, &c);
        fputs("    </testcase>\n", to);
    }
    if (!suite->len) {
        put_case(to, suite->path, "check", suite->path);
        fputs("/>\n", to);
    }
    fputs("  </testsuite>\n", to);
}

static void put_error(FILE *to, const struct err *e)
{
    fputs("  <testsuite name=\"merganser\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n", to);
    put_case(to, "merganser", "check", e->at.path);
    fputs(">\n      <error", to);
    put_attribute(to, "message", e->message);
    put_attribute(to, "type", err_word(e->kind));
    fputc('>', to);
    if (e->at.path) {
        put(to, e->at.path);
        fputs(": ", to);
    }
    put(to, e->message);
    if (*e->hint) {
        fputs("\nhint: ", to);
        put(to, e->hint);
    }
    fputs("</error>\n    </testcase>\n  </testsuite>\n", to);
}

void render_junit(struct session *s, FILE *to, const struct err *e)
{
    struct suites suites = { 0 };

    if (s->review)
        suites = suites_make(s);
    fprintf(to,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"merganser check\" tests=\"%zu\" "
            "failures=\"%zu\" errors=\"%d\">\n",
            suites.tests + (e != NULL), suites.failures, e != NULL);
    for (size_t i = 0; i < suites.len; i++)
        put_suite(to, s, &suites.at[i]);
    if (e)
        put_error(to, e);
    fputs("</testsuites>\n", to);
}
