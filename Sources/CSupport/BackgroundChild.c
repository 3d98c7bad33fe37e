#define _GNU_SOURCE 1
#include "CSupport.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// From linux/ioprio.h, which not every system has.
#define IOPRIO_WHO_PROCESS 1
#define IOPRIO_IDLE (3 << 13)

// Writes to a file of the kernel's; it may have none of that name.
static void tell(const char *path, const char *text, size_t length) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    ssize_t wrote = write(fd, text, length);
    (void)wrote;
    close(fd);
}

// What the child does between vfork and exec. It shares the parent's memory and stops the calling thread alone, as posix_spawn's child
// does, so it makes system calls only: no allocation, no lock, no stdio. posix_spawn itself cannot say what ends with the parent.
static void become_background(int in, int out, int err, int death_signal, int yields, pid_t parent) {
    // A signal that the daemon ignores would stay ignored behind exec.
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < 65; number++) sigaction(number, &standard, 0);
    // A session of its own: a terminal's Control-C is the daemon's affair, and the kernel shares time between sessions (below).
    setsid();
    // First of all: whatever happens from here on, nothing outlives the daemon.
    prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0);
    if (getppid() != parent) _exit(127);

    // Each of these may be refused; the next one still helps.
    struct sched_param none = {.sched_priority = 0};
    if (yields) {
        if (sched_setscheduler(0, SCHED_IDLE, &none) < 0) sched_setscheduler(0, SCHED_BATCH, &none);
        setpriority(PRIO_PROCESS, 0, 19);
        syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_IDLE);
        // sched(7), autogroups: what a session may use is weighed before its threads are. In the daemon's session an idle thread would
        // use up what the daemon is then refused.
        tell("/proc/self/autogroup", "19", 2);
    } else {
        sched_setscheduler(0, SCHED_OTHER, &none);
    }
    struct rlimit never = {0, 0};
    setrlimit(RLIMIT_RTPRIO, &never);
    // Where memory runs out the kernel takes this one, not the daemon.
    tell("/proc/self/oom_score_adj", "900", 3);

    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    if (syscall(SYS_close_range, 3u, ~0u, 0u) < 0)
        for (int fd = 3; fd < 65536; fd++) close(fd);
    sigset_t open_set;
    sigemptyset(&open_set);
    sigprocmask(SIG_SETMASK, &open_set, 0);
}

int csupport_spawn_background(
    const char *path, char *const argv[], char *const envp[], int out, int err, int death_signal, int yields) {
    // Above the three that they become, so that none is overwritten before it is copied.
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (in < 0) return -errno;
    int from[3] = {fcntl(in, F_DUPFD_CLOEXEC, 3), fcntl(out, F_DUPFD_CLOEXEC, 3), fcntl(err, F_DUPFD_CLOEXEC, 3)};
    close(in);
    volatile int failure = 0;
    pid_t child = -1;
    if (from[0] < 0 || from[1] < 0 || from[2] < 0) {
        failure = errno;
    } else {
        pid_t parent = getpid();
        // No handler of the parent's may run in the child, which would run it in the parent's memory.
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        child = vfork();
        if (child == 0) {
            become_background(from[0], from[1], from[2], death_signal, yields, parent);
            execve(path, argv, envp);
            failure = errno;
            _exit(127);
        }
        if (child < 0) failure = errno;
        pthread_sigmask(SIG_SETMASK, &before, 0);
    }
    for (int i = 0; i < 3; i++)
        if (from[i] >= 0) close(from[i]);
    if (failure == 0) return child;
    if (child > 0)
        while (waitpid(child, 0, 0) < 0 && errno == EINTR) {}
    return -failure;
}

int csupport_pidfd(int pid) {
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    return fd < 0 ? -errno : fd;
}
