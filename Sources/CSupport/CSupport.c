#define _GNU_SOURCE 1
#include "CSupport.h"
#include <errno.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int64_t csupport_monotonic_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t csupport_boottime_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int csupport_clock_watch(void) {
    int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0) return -errno;
    int code = csupport_clock_watch_arm(fd);
    if (code < 0) close(fd);
    return code < 0 ? code : fd;
}

int csupport_clock_watch_arm(int fd) {
    // Centuries ahead: it never fires, it is only cancelled (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET).
    struct itimerspec s = {{0, 0}, {9000000000, 0}};
    uint64_t fired;
    ssize_t got = read(fd, &fired, sizeof fired);
    (void)got;  // ECANCELED where the clock jumped, EAGAIN where not
    int code = timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &s, 0);
    // The clock jumped at this very moment: armed all the same.
    return code < 0 && errno != ECANCELED ? -errno : 0;
}

int csupport_eventfd(void) {
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int csupport_timerfd(void) {
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int csupport_timerfd_set(int fd, int64_t at_ns) {
    struct itimerspec s = {{0, 0}, {0, 0}};
    if (at_ns > 0) {
        s.it_value.tv_sec = at_ns / 1000000000;
        s.it_value.tv_nsec = at_ns % 1000000000;
    }
    return timerfd_settime(fd, TFD_TIMER_ABSTIME, &s, 0) < 0 ? -errno : 0;
}

int csupport_epoll(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int csupport_epoll_add(int epoll, int fd) {
    struct epoll_event e = {.events = EPOLLIN, .data = {.fd = fd}};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) < 0 ? -errno : 0;
}

int csupport_epoll_remove(int epoll, int fd) {
    return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, 0) < 0 ? -errno : 0;
}

int csupport_epoll_wait(int epoll, int *ready, int timeout_ms) {
    struct epoll_event e[16];
    int n = epoll_wait(epoll, e, 16, timeout_ms);
    if (n < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < n; i++) ready[i] = e[i].data.fd;
    return n;
}

int csupport_signalfd(const sigset_t *set) {
    int fd = signalfd(-1, set, SFD_NONBLOCK | SFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int csupport_signalfd_read(int fd) {
    struct signalfd_siginfo info;
    return read(fd, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

int csupport_become_real_time(int priority) {
    struct sched_param p = {.sched_priority = priority};
    return sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &p) < 0 ? -errno : 0;
}

int csupport_policy(void) { return sched_getscheduler(0) & ~SCHED_RESET_ON_FORK; }

int csupport_set_timer_slack(unsigned long ns) {
    return prctl(PR_SET_TIMERSLACK, ns, 0, 0, 0) < 0 ? -errno : 0;
}

int csupport_set_thread_name(const char *name) {
    return prctl(PR_SET_NAME, (unsigned long)name, 0, 0, 0) < 0 ? -errno : 0;
}

int csupport_set_niceness(int niceness) {
    return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), niceness) < 0 ? -errno : 0;
}

int csupport_niceness(void) { return getpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid)); }

int csupport_thread_id(void) { return (int)syscall(SYS_gettid); }
