/* As much of Ruby as it takes to see a call in a Rails migration. */
#ifndef CORE_LAYOUTS_RUBY_H
#define CORE_LAYOUTS_RUBY_H

#include "core/base/types.h"

/* Whether name stands in the source as code: not in a comment, a string, a heredoc, or behind __END__. A quoted string
 * is taken to end with its line, so that a stray quote (in a regular expression) hides no more than that. */
bool ruby_calls(struct text source, const char *name);

/* The superclass of the first class, as `ActiveRecord::Migration[6.1]`; empty where none is named. */
struct text ruby_superclass(struct text source);

#endif
