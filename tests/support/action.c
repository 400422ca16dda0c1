#include "tests/support/action.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "core/base/text.h"

struct stage action_stage(struct arena *a, struct text story, bool postgres)
{
    struct stage s = stage_open(a, story, postgres);
    const char *spy = arena_printf(a,
                                   "#!/bin/sh\nenv >>'%s/environments'\nprintf '%%s\\n' \"$*\" >>'%s/lines'\n"
                                   "exec '%s/bin/merganser' \"$@\"\n",
                                   s.folder, s.folder, s.folder);

    scratch_write(s.folder, "spy", text_from(spy));
    cr_assert(chmod(arena_printf(a, "%s/spy", s.folder), 0755) == 0);
    stage_expect(&s, 0,
                 "mkdir ../state; for b in $(git for-each-ref --format='%(refname:short)' refs/heads); do"
                 " git update-ref refs/remotes/origin/$b $b; done");
    return s;
}

static const char *or_else(const char *given, const char *otherwise)
{
    return given ? given : otherwise;
}

int action_run(struct stage *s, const struct action_run *r)
{
    const char *head = or_else(r->head, "feature"), *base = or_else(r->base, "main");
    struct process_result done;

    stage_expect(s, 0,
                 arena_printf(s->arena,
                              "git checkout -q --detach %s && rm -f ../environments ../lines ../state/requests && "
                              "sed \"s/HEAD_SHA/$(git rev-parse %s^0)/; s/HEAD_SHA/$(git rev-parse %s^0)/;"
                              " s/BASE_SHA/$(git rev-parse %s^0)/; s/ACTION/%s/; s/HEAD_OWNER/%s/\" " TESTDATA
                              "/action/%s.json > ../payload.json",
                              or_else(r->checkout, head), head, head, base, or_else(r->action, "opened"),
                              or_else(r->owner, "acme"), r->payload));
    done = stage_run(s, arena_printf(s->arena,
                                     "up=$(dirname \"$PWD\"); %s ruby " TESTDATA "/../tests/tools/runner.rb %s"
                                     " $up/payload.json \"$PWD\" $up/state binary=$up/spy %s",
                                     or_else(r->secrets, ""), r->event, r->inputs));
    cr_assert(done.exit_code <= 1 && done.err.len == 0, "the runner failed: %.*s", (int)done.err.len, done.err.at);
    cr_expect_eq(stage_run(s, "find .. -name PWNED | grep .").exit_code, 1, "something ran what it should not");
    return done.exit_code;
}

static const char *file(struct stage *s, const char *name)
{
    return arena_cstr(s->arena, scratch_read(s->arena, arena_printf(s->arena, "%s/%s", s->folder, name)));
}

const char *action_log(struct stage *s)
{
    return file(s, "state/log");
}

const char *action_requests(struct stage *s)
{
    return file(s, "state/requests");
}

const char *action_summary(struct stage *s)
{
    return file(s, "state/summary");
}

const char *action_environments(struct stage *s)
{
    return file(s, "environments");
}

const char *action_lines(struct stage *s)
{
    return file(s, "lines");
}

static const char *jq(struct stage *s, const char *filter, const char *from)
{
    struct process_result r = stage_expect(s, 0, arena_printf(s->arena, "jq -r '%s' ../state/%s", filter, from));

    return arena_cstr(s->arena, text_trim(r.out));
}

const char *action_output(struct stage *s, const char *name)
{
    return jq(s, arena_printf(s->arena, ".[\"%s\"]", name), "outputs.json");
}

const char *action_comments(struct stage *s, const char *filter)
{
    return jq(s, filter, "comments.json");
}
