/* relay SERVER-PORT DELAY TRIPS: stands before a server on loopback, on a free port that it prints.
 *
 * What comes from the server is held back DELAY milliseconds, so that a round trip costs as much as over a line of
 * that length. When a client has gone, the number of its round trips is added as a line to the file TRIPS: how often
 * it spoke after the server had spoken. Ends when it is killed. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* What the server said and has to wait until `due`. */
struct held {
    long long due;
    size_t len;
    char at[65536];
    struct held *next;
};

static long long now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static bool send_all(int to, const char *at, size_t len)
{
    while (len) {
        ssize_t n = write(to, at, len);

        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

static int connect_to(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };
    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (s < 0 || connect(s, (struct sockaddr *)&address, sizeof address) < 0)
        return -1;
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return s;
}

/* Carries both ways until either side closes. Returns how often the client spoke after the server. */
static long carry(int client, int server, long long delay_us)
{
    struct held *first = NULL, **last = &first;
    bool server_spoke = true, server_gone = false;
    long trips = 0;

    while (!server_gone || first) {
        struct pollfd on[2] = { { client, POLLIN, 0 }, { server_gone ? -1 : server, POLLIN, 0 } };
        long long wait = first ? first->due - now_us() : -1000000;
        struct timespec left = { wait > 0 ? wait / 1000000 : 0, wait > 0 ? wait % 1000000 * 1000 : 0 };

        if (ppoll(on, 2, first ? &left : NULL, NULL) < 0)
            break;
        while (first && first->due <= now_us()) {
            struct held *h = first;

            if (!send_all(client, h->at, h->len))
                server_gone = true;
            first = h->next;
            last = first ? last : &first;
            free(h);
        }
        if (on[0].revents) {
            char said[65536];
            ssize_t n = read(client, said, sizeof said);

            if (n <= 0 || !send_all(server, said, (size_t)n))
                break;
            trips += server_spoke;
            server_spoke = false;
        }
        if (on[1].revents) {
            struct held *h = malloc(sizeof *h);
            ssize_t n = h ? read(server, h->at, sizeof h->at) : 0;

            if (n <= 0) {
                free(h);
                server_gone = true;
                continue;
            }
            h->due = now_us() + delay_us;
            h->len = (size_t)n;
            h->next = NULL;
            *last = h;
            last = &h->next;
            server_spoke = true;
        }
    }
    while (first) {
        struct held *h = first;

        first = h->next;
        free(h);
    }
    return trips;
}

static int serve(int client, int port, long long delay_us, const char *trips_path)
{
    int server = connect_to(port), on = 1;
    FILE *trips = fopen(trips_path, "a");
    long n;

    if (server < 0 || !trips)
        return 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    n = carry(client, server, delay_us);
    fprintf(trips, "%ld\n", n);
    return fclose(trips) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (argc != 4 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 16) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &len) < 0) {
        fprintf(stderr, "usage: relay SERVER-PORT DELAY TRIPS\n");
        return 2;
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int client = accept(listener, NULL, NULL);

        if (client < 0)
            return 1;
        if (fork() == 0)
            return serve(client, (int)strtol(argv[1], NULL, 10), strtoll(argv[2], NULL, 10) * 1000, argv[3]);
        close(client);
    }
}
