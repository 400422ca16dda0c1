#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "core/base/text.h"
#include "core/layouts/patterns.h"

enum { MATCH_LIMIT = 100000, HEAP_LIMIT_KIB = 1024, MESSAGE_MAX = 256 };

struct patterns {
    const struct rule *rules;
    size_t n;
    pcre2_code **codes;
    pcre2_match_data *found;
    pcre2_match_context *limits;
};

static bool compile(pcre2_code **out, const char *pattern, struct err *e)
{
    const uint32_t options = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOTALL | PCRE2_NEVER_UTF;
    PCRE2_UCHAR message[MESSAGE_MAX];
    PCRE2_SIZE offset;
    int code;

    *out = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options, &code, &offset, NULL);
    if (*out)
        return true;
    pcre2_get_error_message(code, message, sizeof message);
    return err_plain(e, ERR_INTERNAL, "the pattern '%s' is wrong at offset %zu: %s", pattern, (size_t)offset,
                     (const char *)message);
}

bool patterns_open(struct patterns **out, const struct rule *rules, size_t n, struct err *e)
{
    struct patterns *p = calloc(1, sizeof *p);

    if (!p)
        return err_plain(e, ERR_SYSTEM, "out of memory");
    p->rules = rules;
    p->n = n;
    p->codes = calloc(n, sizeof *p->codes);
    p->found = pcre2_match_data_create(PATTERN_GROUPS + 1, NULL);
    p->limits = pcre2_match_context_create(NULL);
    if (!p->codes || !p->found || !p->limits) {
        patterns_close(p);
        return err_plain(e, ERR_SYSTEM, "out of memory");
    }
    pcre2_set_match_limit(p->limits, MATCH_LIMIT);
    pcre2_set_heap_limit(p->limits, HEAP_LIMIT_KIB);
    for (size_t i = 0; i < n; i++) {
        if (!compile(&p->codes[i], rules[i].pattern, e)) {
            patterns_close(p);
            return false;
        }
    }
    *out = p;
    return true;
}

void patterns_close(struct patterns *p)
{
    if (!p)
        return;
    for (size_t i = 0; p->codes && i < p->n; i++)
        pcre2_code_free(p->codes[i]);
    pcre2_match_context_free(p->limits);
    pcre2_match_data_free(p->found);
    free(p->codes);
    free(p);
}

static void take_groups(struct text groups[PATTERN_GROUPS], const struct patterns *p, struct text subject, int count)
{
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(p->found);

    for (int i = 0; i < PATTERN_GROUPS; i++) {
        bool set = i + 1 < count && at[2 * i + 2] != PCRE2_UNSET;

        groups[i] = set ? text_cut(subject, at[2 * i + 2], at[2 * i + 3]) : TEXT("");
    }
}

bool patterns_match(int *kind, struct text groups[PATTERN_GROUPS], const struct patterns *p, struct text subject,
                    struct err *e)
{
    *kind = 0;
    for (size_t i = 0; i < p->n; i++) {
        const char *ending = p->rules[i].ending;
        size_t len = subject.len - strlen(ending);
        int count;

        if (!text_ends(subject, ending))
            continue;
        count = pcre2_match(p->codes[i], (PCRE2_SPTR)subject.at, len, 0, 0, p->found, p->limits);
        if (count == PCRE2_ERROR_NOMATCH)
            continue;
        if (count < 0)
            return err_plain(e, ERR_INTERNAL, "PCRE2 gave up on the pattern '%s' with error %d", p->rules[i].pattern,
                             count);
        *kind = p->rules[i].kind;
        if (groups)
            take_groups(groups, p, subject, count);
        return true;
    }
    return true;
}
