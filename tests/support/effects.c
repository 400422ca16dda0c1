#include "tests/support/effects.h"

#include <stdlib.h>
#include <string.h>

static int by_name(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static const char *words(const struct effect *f, struct arena *a)
{
    bool schema = f->schema && strcmp(f->schema, "public") != 0;

    return arena_printf(a, "%s%s%s%s%s%s%s%s", schema ? f->schema : "", schema ? "." : "", f->relation,
                        f->lock ? " " : "", f->lock ? f->lock : "", f->rewrites ? " rewrites" : "",
                        f->scans ? " scans" : "", f->may ? " may" : "");
}

const char *effects_words(const struct effects *e, struct arena *a)
{
    const char **all = arena_make(a, const char *, e->len + 1);
    struct buf out = buf_open(a, SIZE_MAX / 2);

    if (!e->known)
        return "unknown";
    for (size_t i = 0; i < e->len; i++)
        all[i] = words(&e->at[i], a);
    qsort(all, e->len, sizeof *all, by_name);
    for (size_t i = 0; i < e->len; i++)
        buf_printf(&out, "%s%s", i ? "; " : "", all[i]);
    return buf_cstr(&out);
}
