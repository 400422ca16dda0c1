#include "core/base/descriptor.h"

#include <errno.h>
#include <unistd.h>

#include "core/base/text.h"

bool descriptor_write(int fd, struct text content)
{
    while (content.len) {
        ssize_t n = write(fd, content.at, content.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        content = text_cut(content, (size_t)n, content.len);
    }
    return true;
}
