/* Open files. */
#ifndef CORE_BASE_DESCRIPTOR_H
#define CORE_BASE_DESCRIPTOR_H

#include "core/base/types.h"

/* Writes all of it, going on where a signal cut it short. False: errno says why. */
bool descriptor_write(int fd, struct text content);

#endif
