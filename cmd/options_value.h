/* What a row sets, and from which text: the inner half of options_parse. */
#ifndef CMD_OPTIONS_VALUE_H
#define CMD_OPTIONS_VALUE_H

#include "cmd/options.h"

/* Reads value into the row's member of *into. shown names the option or variable in messages. */
bool option_value_set(void *into, const struct option_row *row, const char *shown, const char *value, struct arena *a,
                      struct err *e);
/* The same from a variable's text: a flag's 1, true, yes, 0, false or no, a list's parts between colons. */
bool option_value_from_variable(void *into, const struct option_row *row, const char *shown, const char *value,
                                struct arena *a, struct err *e);
void option_value_set_flag(void *into, const struct option_row *row);
void option_value_clear(void *into, const struct option_row *row);
bool option_value_is_set(const void *into, const struct option_row *row);

/* What was typed, as a message may show it: escaped, without passwords. */
const char *option_value_shown(struct arena *a, const char *typed);
/* "a, b or c". */
const char *option_value_words(struct arena *a, const char *const *words);

#endif
