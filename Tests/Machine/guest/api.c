// Asks the daemon through its Unix socket, for guests without curl.
//
//     api SOCKET METHOD PATH [JSON]
//
// Prints the body of the answer as it arrives. Exit status: 0 for 2xx, 22 for another answer, 2 without one.

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void fail(const char *what) {
    perror(what);
    exit(2);
}

static void write_fully(int file, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t count = write(file, bytes, length);
        if (count <= 0) fail("api: write");
        bytes += count;
        length -= (size_t)count;
    }
}

int main(int count, char **arguments) {
    if (count < 4 || count > 5) {
        fprintf(stderr, "usage: api SOCKET METHOD PATH [JSON]\n");
        return 2;
    }
    const char *json = count == 5 ? arguments[4] : "";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(arguments[1]) >= sizeof address.sun_path) return 2;
    strcpy(address.sun_path, arguments[1]);
    int daemon = socket(AF_UNIX, SOCK_STREAM, 0);
    if (daemon < 0 || connect(daemon, (struct sockaddr *)&address, sizeof address) < 0) fail(arguments[1]);
    char *request;
    int length = asprintf(&request,
                          "%s %s HTTP/1.1\r\nHost: continuo\r\nConnection: close\r\n"
                          "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                          arguments[2], arguments[3], strlen(json), json);
    if (length < 0) fail("api");
    write_fully(daemon, request, (size_t)length);

    // The head, up to the empty line; then the body, which the end of the connection ends.
    static char head[65536];
    size_t have = 0;
    char *body = NULL;
    while (!body) {
        ssize_t got = read(daemon, head + have, sizeof head - 1 - have);
        if (got <= 0) fail("api: no answer");
        have += (size_t)got;
        head[have] = 0;
        body = strstr(head, "\r\n\r\n");
    }
    int status = 0;
    if (sscanf(head, "HTTP/1.1 %d", &status) != 1) return 2;
    body += 4;
    write_fully(1, body, have - (size_t)(body - head));
    for (;;) {
        ssize_t got = read(daemon, head, sizeof head);
        if (got <= 0) break;
        write_fully(1, head, (size_t)got);
    }
    if (status / 100 != 2) fprintf(stderr, "api: status %d\n", status);
    return status / 100 == 2 ? 0 : 22;
}
