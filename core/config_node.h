/* merganser.yml as a tree, each node with its place. Shared by config*.c only. */
#ifndef CORE_CONFIG_NODE_H
#define CORE_CONFIG_NODE_H

#include "core/config.h"

enum config_node_kind { NODE_TEXT, NODE_LIST, NODE_MAP };

struct config_nodes {
    struct config_node *at;
    size_t len, cap;
};

struct config_node {
    enum config_node_kind kind;
    struct pos at;
    size_t index;              /* its first character, counted from the file's */
    const char *value;         /* of a text; NULL: there is none ("", ~ and null without quotes) */
    int lead;                  /* as struct config_value's */
    struct config_nodes below; /* a list's elements; a map's keys and values by turns */
};

struct config_file {
    const char *path;
    struct text yaml; /* without a BOM */
    struct arena *arena;
};

/* ERR_CONFIG at a character of the file, with its line unless that holds a secret. Returns false. */
bool config_wrong(const struct config_file *f, size_t index, struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* What the file says, as a message may show it: escaped, without passwords. */
const char *config_shown(const struct config_file *f, const char *value);

/* The root map into *out, which has its unset values already. */
bool config_read(struct config *out, const struct config_file *f, const struct config_node *root, struct err *e);
/* Every value unset. */
void config_block_init(struct config_block *b);

#endif
