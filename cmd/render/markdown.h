/* Words of others in Markdown as GitHub and GitLab have it: they show as they are and do nothing, whatever they hold.
 */
#ifndef CMD_RENDER_MARKDOWN_H
#define CMD_RENDER_MARKDOWN_H

#include "core/base/arena.h"

/* GitHub takes 65536 characters for a comment. */
enum { MARKDOWN_MAX = 60000 };

/* Text inside a line: no markup, no HTML, and nobody and nothing is mentioned or linked. What stands between two
 * backticks becomes code. */
void markdown_text(struct buf *out, const char *text);
/* The same as code inside a line. */
void markdown_code(struct buf *out, const char *text);
/* The same in a cell of a table. */
void markdown_cell(struct buf *out, const char *text);
/* Lines as a block of code; language may be "". */
void markdown_block(struct buf *out, const char *language, const char *lines);

#endif
