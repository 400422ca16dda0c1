/* What a key of merganser.yml takes. Shared by config*.c only. */
#ifndef CORE_CONFIG_KEY_H
#define CORE_CONFIG_KEY_H

#include "core/config_node.h"

struct key_row;

/* A key that is being read. */
struct reading {
    const struct config_file *file;
    const struct config_node *node; /* the value */
    const char *key;                /* as the file has it */
};

/* Reads the value into the row's member. ERR_CONFIG at the value's place. */
typedef bool key_reader(void *member, const struct key_row *row, const struct reading *r, struct err *e);

enum { NO_PLACE = -1 };

struct key_row {
    const char *name; /* NULL ends the rows */
    key_reader *read;
    size_t offset;               /* of the member */
    long place;                  /* offset of the struct pos that goes with it, or NO_PLACE */
    const struct key_row *below; /* a map's */
    const char *const *words;    /* what a word may be, NULL-ended */
    bool variables;              /* it may hold ${VARIABLE} */
};

key_reader key_text, key_list, key_folders, key_word, key_policy, key_confirm, key_duration, key_count;

/* A value of another kind than "takes" says: sets the error, without a hint. Returns false. */
bool key_wrong_kind(const struct reading *r, const char *takes, struct err *e);
const char *key_kind(enum config_node_kind kind);
/* The value of a text: there, and not empty. */
bool key_value_check(const struct reading *r, struct err *e);
/* The text's value, which is one of words, NULL-ended. */
bool key_one_of(struct config_value *out, const char *const *words, const struct reading *r, struct err *e);

#endif
