#include "core/base/schema.h"

#include <stdlib.h>
#include <string.h>

static int by_name(const void *a, const void *b)
{
    const struct schema_object *x = a, *y = b;
    int order = strcmp(x->kind, y->kind);

    order = order ? order : strcmp(x->name, y->name);
    return order ? order : strcmp(x->definition, y->definition);
}

void schema_sort(struct schema *s)
{
    if (s->len)
        qsort(s->at, s->len, sizeof *s->at, by_name);
}
