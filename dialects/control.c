#include "dialects/control.h"

static bool has_options(const struct statement *s)
{
    return s->options && *s->options;
}

static size_t last_statement(const struct statements *list)
{
    return list->len ? list->len - 1 : 0;
}

/* Walks as if merganser's BEGIN stood before the script and its COMMIT behind it. False: that can't come out right,
 * and at names the statement that is in the way. */
static bool inside_ours(struct control *out, struct statements *list, size_t *at)
{
    bool in = true, opened_by_script = false, reopened = false;

    for (size_t i = 0; i < list->len; i++) {
        struct statement *s = &list->at[i];

        *at = i;
        switch (s->control) {
        case CONTROL_NONE:
            break;
        case CONTROL_BEGIN:
            if (in && has_options(s) && i > 0)
                return false;
            if (in) {
                s->dropped = true;
                out->begin_options = has_options(s) ? s->options : out->begin_options;
            } else {
                reopened = true;
            }
            in = opened_by_script = true;
            break;
        case CONTROL_CHAIN:
            if (!in)
                return false;
            reopened = opened_by_script = true;
            break;
        case CONTROL_COMMIT:
            if (!in)
                return false;
            if (opened_by_script && i == last_statement(list)) {
                s->dropped = true;
                break;
            }
            in = opened_by_script = false;
            break;
        case CONTROL_ROLLBACK:
            return false;
        }
    }
    /* Named for the warning: the COMMIT that nothing follows up. */
    for (size_t i = 0; !in && i < list->len; i++)
        if (list->at[i].control == CONTROL_COMMIT && !list->at[i].dropped)
            *at = i;
    out->shape = reopened ? SCRIPT_REOPENING : SCRIPT_ATOMIC;
    return in;
}

static bool closed_later(const struct statements *list, size_t begin)
{
    for (size_t i = begin + 1; i < list->len; i++)
        if (list->at[i].control == CONTROL_COMMIT || list->at[i].control == CONTROL_ROLLBACK)
            return true;
    return false;
}

/* One statement a query, outside ours: the script's whole blocks stay, what has no counterpart goes. */
static void outside_ours(struct statements *list)
{
    bool in = false;

    for (size_t i = 0; i < list->len; i++) {
        struct statement *s = &list->at[i];

        s->dropped = false;
        if (s->control == CONTROL_BEGIN) {
            s->dropped = in || !closed_later(list, i);
            in = in || !s->dropped;
        } else if (s->control == CONTROL_CHAIN) {
            s->dropped = !in;
        } else if (s->control != CONTROL_NONE) {
            s->dropped = !in;
            in = false;
        }
    }
}

void control_settle(struct control *out, struct statements *list, bool no_transaction)
{
    size_t at = 0;

    *out = (struct control) { .shape = SCRIPT_STATEMENTS };
    if (no_transaction) {
        outside_ours(list);
        return;
    }
    if (inside_ours(out, list, &at)) {
        if (out->shape == SCRIPT_REOPENING) {
            out->warning = "the script commits in the middle: it is run as written and is not atomic";
            for (at = 0; at < list->len; at++)
                if (list->at[at].control >= CONTROL_COMMIT && !list->at[at].dropped)
                    break;
            out->warned_at = at;
        }
        return;
    }
    *out = (struct control) {
        .shape = SCRIPT_STATEMENTS,
        .warning = "the script ends its own transaction: it runs outside merganser's, one statement at a time",
        .warned_at = at,
    };
    outside_ours(list);
}
