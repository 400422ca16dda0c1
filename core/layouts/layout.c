#include "core/layouts/layout.h"

#include "core/layouts/files.h"

static const struct layout *const layouts[] = { &rails_layout, &diesel_layout, &drizzle_layout, NULL };

const struct layout *layout_named(const char *name)
{
    for (size_t i = 0; layouts[i]; i++)
        if (strcmp(layouts[i]->name, name) == 0)
            return layouts[i];
    return NULL;
}

const struct layout *layout_detect(const struct layout_input *in, const char **tool)
{
    const struct layout *surest = NULL;
    int best = 0;

    for (size_t i = 0; layouts[i]; i++) {
        int sure = layouts[i]->detect(in);

        if (sure > best) {
            surest = layouts[i];
            best = sure;
        }
    }
    *tool = surest ? NULL : files_other_tool(in);
    return surest;
}
