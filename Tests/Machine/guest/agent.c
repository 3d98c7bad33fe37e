// Runs commands in the guest for the test on the host.
//
//     agent PORT
//
// PORT is a virtio serial port. Both directions carry frames, all numbers little-endian:
//
//     u32 length of the payload, u32 request, u8 kind, payload
//
//     host to guest                              guest to host
//     'r' run: shell text                        'h' hello, once, with request 0
//     'k' kill: u8 signal for the process group  'o', 'e' a piece of standard output, standard error
//     'w' write: path, NUL, the file's contents  'x' the end: i32 exit status, or 128 + signal
//
// Requests run side by side. A request ends when its shell ends; a process that it left in the background
// must have its output sent elsewhere. When the host goes away the machine powers off.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_REQUESTS = 32, PIECE = 16384 };

struct __attribute__((packed)) header {
    uint32_t length;
    uint32_t request;
    uint8_t kind;
};

struct command {
    uint32_t request;
    pid_t process;  // 0: this place is free
    int output[2];  // our ends of standard output and standard error; -1: at its end
};

static struct command commands[MOST_REQUESTS];
static int port = -1;

static void power_off(const char *why) {
    fprintf(stderr, "agent: %s: %s; powering off\n", why, strerror(errno));
    sync();
    reboot(RB_POWER_OFF);
    _exit(1);
}

static void read_fully(void *buffer, size_t length) {
    for (char *at = buffer; length > 0;) {
        ssize_t count = read(port, at, length);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) power_off("the host closed its end");
        at += count;
        length -= (size_t)count;
    }
}

static void write_fully(const void *buffer, size_t length) {
    for (const char *at = buffer; length > 0;) {
        ssize_t count = write(port, at, length);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) power_off("cannot write to the host");
        at += count;
        length -= (size_t)count;
    }
}

static void answer(uint32_t request, char kind, const void *payload, uint32_t length) {
    static char frame[sizeof(struct header) + PIECE];
    struct header header = {length, request, (uint8_t)kind};
    memcpy(frame, &header, sizeof header);
    if (length > 0) memcpy(frame + sizeof header, payload, length);
    write_fully(frame, sizeof header + length);
}

static void finish(uint32_t request, int32_t status) { answer(request, 'x', &status, sizeof status); }

// Fails a request with a line of text instead of running it.
static void refuse(uint32_t request, const char *what, const char *about) {
    char line[512];
    int length = snprintf(line, sizeof line, "agent: %s %s: %s\n", what, about, strerror(errno));
    answer(request, 'e', line, (uint32_t)(length < (int)sizeof line ? length : (int)sizeof line - 1));
    finish(request, 126);
}

static void run(uint32_t request, const char *text) {
    struct command *place = NULL;
    for (int i = 0; i < MOST_REQUESTS && !place; i++)
        if (commands[i].process == 0) place = &commands[i];
    if (!place) {
        errno = EAGAIN;
        refuse(request, "cannot run", text);
        return;
    }
    int out[2], err[2];
    if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0) power_off("pipe2");
    pid_t process = fork();
    if (process < 0) power_off("fork");
    if (process == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        setsid();
        dup2(open("/dev/null", O_RDONLY), 0);
        dup2(out[1], 1);
        dup2(err[1], 2);
        execl("/bin/sh", "sh", "-c", text, (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    close(err[1]);
    *place = (struct command){request, process, {out[0], err[0]}};
    for (int i = 0; i < 2; i++) fcntl(place->output[i], F_SETFL, O_NONBLOCK);
}

// Sends what a command has written, up to one piece. Returns 0 when there was nothing.
static int forward(struct command *command, int which) {
    static char piece[PIECE];
    if (command->output[which] < 0) return 0;
    ssize_t count = read(command->output[which], piece, sizeof piece);
    if (count > 0) {
        answer(command->request, "oe"[which], piece, (uint32_t)count);
        return 1;
    }
    if (count == 0) {
        close(command->output[which]);
        command->output[which] = -1;
    }
    return 0;
}

static void reap(void) {
    int status;
    for (pid_t process; (process = waitpid(-1, &status, WNOHANG)) > 0;)
        for (int i = 0; i < MOST_REQUESTS; i++) {
            struct command *command = &commands[i];
            if (command->process != process) continue;
            for (int which = 0; which < 2; which++) {
                while (forward(command, which)) {}
                if (command->output[which] >= 0) close(command->output[which]);
            }
            finish(command->request, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
            command->process = 0;
        }
}

// Makes the directories that a path goes through.
static void make_parents(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(path, 0755);
        *slash = '/';
    }
}

static void write_file(uint32_t request, char *payload, uint32_t length) {
    make_parents(payload);
    uint32_t path_length = (uint32_t)strnlen(payload, length);
    int file = open(payload, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) {
        refuse(request, "cannot open", payload);
        return;
    }
    for (uint32_t at = path_length + 1; at < length;) {
        ssize_t count = write(file, payload + at, length - at);
        if (count < 0) {
            refuse(request, "cannot write", payload);
            close(file);
            return;
        }
        at += (uint32_t)count;
    }
    close(file);
    finish(request, 0);
}

static void obey(void) {
    struct header header;
    read_fully(&header, sizeof header);
    char *payload = calloc(1, (size_t)header.length + 1);  // one more, so that text ends
    if (!payload) power_off("calloc");
    read_fully(payload, header.length);
    if (header.kind == 'r') run(header.request, payload);
    if (header.kind == 'w') write_file(header.request, payload, header.length);
    if (header.kind == 'k')
        for (int i = 0; i < MOST_REQUESTS; i++)
            if (commands[i].process != 0 && commands[i].request == header.request)
                kill(-commands[i].process, payload[0]);
    free(payload);
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: agent PORT\n");
        return 2;
    }
    // The port appears a moment after its driver is loaded.
    for (int tries = 0; port < 0; tries++) {
        port = open(arguments[1], O_RDWR | O_CLOEXEC);
        if (port < 0 && tries == 1000) power_off("cannot open the port to the host");
        if (port < 0) nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, NULL);
    int ended = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    answer(0, 'h', NULL, 0);

    for (;;) {
        struct pollfd waiting[2 + 2 * MOST_REQUESTS] = {{port, POLLIN, 0}, {ended, POLLIN, 0}};
        for (int i = 0; i < MOST_REQUESTS; i++)
            for (int which = 0; which < 2; which++)
                waiting[2 + 2 * i + which] =
                    (struct pollfd){commands[i].process ? commands[i].output[which] : -1, POLLIN, 0};
        if (poll(waiting, 2 + 2 * MOST_REQUESTS, -1) < 0 && errno != EINTR) power_off("poll");
        for (int i = 0; i < 2 * MOST_REQUESTS; i++)
            if (waiting[2 + i].revents) forward(&commands[i / 2], i % 2);
        struct signalfd_siginfo ignored;
        while (read(ended, &ignored, sizeof ignored) > 0) {}
        reap();
        if (waiting[0].revents & POLLHUP) {
            errno = 0;
            power_off("the host closed its end");
        }
        if (waiting[0].revents & POLLIN) obey();
    }
}
