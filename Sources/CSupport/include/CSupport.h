// What Swift's Glibc module does not carry: readiness and timer descriptors, thread properties.
// Declarations alone: the system headers behind them need _GNU_SOURCE, under which Swift's Glibc module was not built.
#ifndef CSUPPORT_H
#define CSUPPORT_H

#include <signal.h>
#include <stdint.h>

/// CLOCK_MONOTONIC in nanoseconds.
int64_t csupport_monotonic_ns(void);

/// A non-blocking, close-on-exec eventfd; -errno on failure.
int csupport_eventfd(void);

/// CLOCK_BOOTTIME in nanoseconds: CLOCK_MONOTONIC and the times of suspend.
int64_t csupport_boottime_ns(void);

/// A non-blocking, close-on-exec descriptor that becomes readable when CLOCK_REALTIME jumps: when it is set, and when the machine
/// wakes from suspend. -errno on failure (-EINVAL where the kernel cannot tell).
int csupport_clock_watch(void);

/// Makes such a descriptor unreadable again and arms it anew. 0 or -errno.
int csupport_clock_watch_arm(int fd);

/// A non-blocking, close-on-exec timer descriptor on CLOCK_MONOTONIC; -errno on failure.
int csupport_timerfd(void);

/// Fires once at an absolute monotonic time; a time <= 0 disarms. 0 or -errno.
int csupport_timerfd_set(int fd, int64_t at_ns);

/// A close-on-exec epoll descriptor; -errno on failure.
int csupport_epoll(void);

/// Watches `fd` for input; its number comes back in `csupport_epoll_wait`. 0 or -errno.
int csupport_epoll_add(int epoll, int fd);

int csupport_epoll_remove(int epoll, int fd);

/// Waits for input on any watched descriptor and writes up to 16 of them to `ready`.
/// Returns their number (0 when a signal interrupted the wait) or -errno.
int csupport_epoll_wait(int epoll, int *ready, int timeout_ms);

/// A close-on-exec descriptor on which the signals of `set` are read. They must be blocked. -errno on failure.
int csupport_signalfd(const sigset_t *set);

/// The number of the next waiting signal; 0 when none waits.
int csupport_signalfd_read(int fd);

/// Gives the calling thread SCHED_FIFO at `priority`; threads and processes that it starts do not inherit it. 0 or -errno.
int csupport_become_real_time(int priority);

/// The calling thread's scheduling policy without flags (SCHED_OTHER, SCHED_FIFO ...).
int csupport_policy(void);

/// How late the kernel may wake the calling thread to save power, in nanoseconds (default 50,000).
int csupport_set_timer_slack(unsigned long ns);

/// Names the calling thread; 15 bytes are kept.
int csupport_set_thread_name(const char *name);

/// Sets the calling thread's niceness (Linux keeps one for each thread). 0 or -errno.
int csupport_set_niceness(int niceness);

int csupport_niceness(void);

/// The calling thread's id in the kernel.
int csupport_thread_id(void);

/// Starts a program that disturbs nobody: SCHED_IDLE (else SCHED_BATCH) at niceness 19, idle I/O class, without the right to real time, the
/// first that the kernel ends where memory runs out, in a session of its own (of low weight too), with standard signals and no descriptor but
/// /dev/null, `out` and `err`. Without `yields` it is scheduled as ordinary processes are. It gets `death_signal` when the thread that called this ends. Its process, or -errno (of exec too).
int csupport_spawn_background(
    const char *path, char *const argv[], char *const envp[], int out, int err, int death_signal, int yields);

/// A close-on-exec descriptor that becomes readable when a process ends; -errno on failure.
int csupport_pidfd(int pid);

#endif
