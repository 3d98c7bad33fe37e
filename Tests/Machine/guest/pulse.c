// Tells how long the guest was held up: the machine that emulates it may be busy with other things.
//
//     pulse
//
// Sleeps 20 ms again and again, and prints by how many milliseconds it overslept, each time that this was 20 or more.

#include <stdio.h>
#include <time.h>

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (long long last = now();;) {
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
        long long time = now();
        if (time - last >= 40) printf("%lld\n", time - last - 20);
        last = time;
    }
}
