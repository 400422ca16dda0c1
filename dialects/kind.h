/* What a statement changes, told by its first word: the history's column `kind`. Pure. */
#ifndef DIALECTS_KIND_H
#define DIALECTS_KIND_H

#include "dialects/dialect.h"

/* Adds one statement to what the script does; statement begins with its first word. DO and CALL may do either. */
void kind_add(struct script_facts *facts, struct text statement);

#endif
