/* What the renderings of schemas have in common. */
#ifndef CMD_RENDER_SCHEMA_H
#define CMD_RENDER_SCHEMA_H

#include "cmd/render/render.h"
#include "core/line_diff.h"

/* The lines of one change, without long runs of what stayed. */
void schema_change_diff(struct diff_lines *out, const struct schema_change *c, const struct schema *from,
                        const struct schema *to, struct arena *a);
/* "1 added, 2 changed" */
const char *render_schema_counts(const struct schema_changes *changes, struct arena *a);
/* What changed between two schemas, each with both texts. */
void render_schema_changes(struct session *s, const struct schema_changes *changes, const struct schema *from,
                           const struct schema *to);
struct json *json_schema_changes(const struct schema_changes *changes, const struct schema *from,
                                 const struct schema *to, struct arena *a);
/* "20240320123000 was applied, 2024-03-20 12:30:00" */
const char *render_drift_since(const struct session *s, const struct schema_entry *of);

#endif
