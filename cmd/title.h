/* The process title: what lists of processes show of our command line. */
#ifndef CMD_TITLE_H
#define CMD_TITLE_H

#include "core/base/arena.h"

/* A copy of argv to work with. In argv itself, which everybody on this machine can read, passwords become stars. */
char *const *title_take(int argc, char **argv, struct arena *a);

#endif
