#include "core/plan_begun.h"

#include "core/base/text.h"
#include "core/plan_document.h"
#include "core/prepare.h"

static bool is_applied(const struct plan_file_step *s, const struct workspace *w)
{
    const struct history_record *record = history_record_find(&w->ledger.history.records, s->version);

    return ledger_row_find(&w->ledger.rows, s->version) && record && record->applied && record->applied->sha256 &&
           strcmp(record->applied->sha256, s->sha256) == 0 &&
           !(s->renamed_from && ledger_row_find(&w->ledger.rows, s->renamed_from));
}

static bool is_half(const struct plan_file_step *s, const struct workspace *w)
{
    const struct history_record *record = history_record_find(&w->ledger.history.records, s->version);

    return !s->renamed_from && !ledger_row_find(&w->ledger.rows, s->version) && record && record->open &&
           record->open->sha256 && strcmp(record->open->sha256, s->sha256) == 0;
}

void plan_begun_find(struct plan_begun *out, const struct plan_file *f, const struct workspace *w)
{
    *out = (struct plan_begun) { 0 };
    while (out->done < f->steps.len && is_applied(&f->steps.at[out->done], w))
        out->done++;
    if (out->done < f->steps.len && is_half(&f->steps.at[out->done], w))
        out->half = f->steps.at[out->done].version;
}

static const struct version_entry *entry_of(const struct workspace *w, const char *version)
{
    for (size_t i = 0; i < w->versions.len; i++)
        if (strcmp(w->versions.at[i].version, version) == 0)
            return &w->versions.at[i];
    return NULL;
}

bool plan_begun_read(struct plan_begun_scripts *out, const struct plan_file *f, struct workspace *w, struct err *e)
{
    struct notices *loud = w->notices, unheard = { .arena = w->arena };
    struct plan all = { 0 };
    bool ok;

    for (size_t i = 0; i < f->steps.len; i++) {
        const struct version_entry *v = entry_of(w, f->steps.at[i].version);

        if (f->steps.at[i].renamed_from || !v)
            continue;
        *arena_push(w->arena, &all) = (struct step) { .direction = DIRECTION_UP, .entry = v, .whole = true };
    }
    /* Whoever runs them has heard what is to be said of them. */
    w->notices = &unheard;
    ok = prepare_plan(&all, w, DOWN_FROM_ANY, e) && plan_scripts_read(&out->at, &out->undescribed, w, &all, e);
    w->notices = loud;
    out->len = all.len;
    return ok;
}

/* ---- what their scripts name ---- */

struct words {
    struct text *at; /* sorted */
    size_t len, cap;
};

static int by_word(const void *a, const void *b)
{
    return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static bool has_word(const struct words *words, struct text t)
{
    return words->len && bsearch(&t, words->at, words->len, sizeof *words->at, by_word) != NULL;
}

static bool is_of_word(char c)
{
    return text_is_word(c) || (unsigned char)c >= 0x80;
}

/* As the server folds them: a quoted name in capitals is then found all the same. */
static void words_add(struct words *out, struct text sql, struct arena *a)
{
    char *lower = arena_cstr(a, sql);

    for (size_t i = 0; i < sql.len;) {
        size_t from = i;

        while (i < sql.len && is_of_word(sql.at[i])) {
            lower[i] = text_lower(lower[i]);
            i++;
        }
        if (i > from)
            *arena_push(a, out) = (struct text) { lower + from, i - from };
        else
            i++;
    }
}

static void words_of(struct words *out, const struct plan_begun *b, const struct plan_begun_scripts *scripts,
                     const struct plan_file *f, struct arena *a)
{
    size_t begun = 0;

    *out = (struct words) { 0 };
    for (size_t i = 0; i < f->steps.len && i < b->done + (b->half != NULL); i++)
        begun += !f->steps.at[i].renamed_from;
    for (size_t i = 0; i < begun && i < scripts->len; i++)
        for (size_t k = 0; k < scripts->at[i].len; k++)
            words_add(out, scripts->at[i].at[k].sql, a);
    if (out->len)
        qsort(out->at, out->len, sizeof *out->at, by_word);
}

/* A name's last part, "users" of "public.users" and f of "public.f(integer)", or what it begins with up to a _. */
static bool is_named(const struct words *words, const char *name, struct arena *a)
{
    char *last = arena_string(a, name);
    size_t len;

    last[strcspn(last, "(")] = '\0';
    if (strrchr(last, '.'))
        last = strrchr(last, '.') + 1;
    last += *last == '"';
    len = strcspn(last, "\"");
    for (size_t i = 0; i < len; i++)
        last[i] = text_lower(last[i]);
    if (has_word(words, (struct text) { last, len }))
        return true;
    for (size_t i = len; i > 1; i--)
        if (last[i - 1] == '_' && has_word(words, (struct text) { last, i - 1 }))
            return true;
    return false;
}

static bool object_is_named(const struct plan_move *m, const struct words *words, struct arena *a)
{
    const char *is = m->actual ? m->actual : m->planned, *of = strstr(is, " of ");
    const char *name = strrchr(m->name, ' ');

    return (of && is_named(words, of + 4, a)) || (name && is_named(words, name + 1, a));
}

static bool is_own_version(const struct plan_move *m, const struct plan_begun *b, const struct plan_file *f)
{
    for (size_t i = 0; i < b->done; i++)
        if (strcmp(m->name, f->steps.at[i].version) == 0 ||
            (f->steps.at[i].renamed_from && strcmp(m->name, f->steps.at[i].renamed_from) == 0))
            return true;
    return b->half && strcmp(m->name, b->half) == 0;
}

void plan_begun_excuse(struct plan_moves *moves, const struct plan_begun *b, const struct plan_file *f,
                       const struct plan_begun_scripts *scripts, struct arena *a)
{
    struct words words;
    size_t left = 0;
    bool unnamed = moves->moved[PART_SCHEMA];

    words_of(&words, b, scripts, f, a);
    for (size_t i = 0; i < moves->len; i++) {
        const struct plan_move *m = &moves->at[i];
        bool own =
            m->part == PART_LEDGER ? is_own_version(m, b, f) : m->part == PART_SCHEMA && object_is_named(m, &words, a);

        unnamed &= m->part != PART_SCHEMA;
        if (!own)
            moves->at[left++] = *m;
    }
    moves->len = left;
    moves->moved[PART_LEDGER] = moves->moved[PART_SCRIPTS] = false;
    moves->moved[PART_SCHEMA] = unnamed;
    for (size_t i = 0; i < left; i++)
        moves->moved[moves->at[i].part] = true;
}
