/* The dump as its verb makes it, and as those that migrate make it behind them. */
#ifndef CMD_DUMP_H
#define CMD_DUMP_H

#include "cmd/session.h"
#include "core/dump.h"

/* A verb's rows for it: `--dump` sets the flag at that offset of its arguments. */
#define DUMP_OPTION(args)                                                                                              \
    {                                                                                                                  \
        .name = "dump", .kind = OPTION_FLAG, .offset = offsetof(struct args, dump),                                    \
        .help = "then write structure.sql anew, as `merganser dump` does", .from_environment = true                    \
    }

/* Behind a run that did what it was to do. What fails here is an error, and its state says that all was done. */
bool dump_behind(struct session *s, struct err *e);

#endif
