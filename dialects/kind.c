#include "dialects/kind.h"

#include "core/base/text.h"

enum { SCHEMA = 1, DATA = 2 };

static const struct {
    const char *word;
    int changes;
} kinds[] = {
    { "create", SCHEMA }, { "alter", SCHEMA },  { "drop", SCHEMA },      { "comment", SCHEMA },
    { "grant", SCHEMA },  { "revoke", SCHEMA }, { "insert", DATA },      { "update", DATA },
    { "delete", DATA },   { "merge", DATA },    { "copy", DATA },        { "with", DATA },
    { "replace", DATA },  { "truncate", DATA }, { "do", SCHEMA | DATA }, { "call", SCHEMA | DATA },
};

void kind_add(struct script_facts *facts, struct text statement)
{
    size_t len = 0;

    while (len < statement.len && text_is_letter(statement.at[len]))
        len++;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!text_is_nocase(text_cut(statement, 0, len), kinds[i].word))
            continue;
        facts->changes_schema |= (kinds[i].changes & SCHEMA) != 0;
        facts->changes_data |= (kinds[i].changes & DATA) != 0;
    }
}
