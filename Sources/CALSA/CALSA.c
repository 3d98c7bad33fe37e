#include "CALSA.h"
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

static _Atomic(calsa_error_callback) route;

static void handle(const char *file, int line, const char *function, int code, const char *format, ...) {
    (void)file;
    (void)line;
    calsa_error_callback callback = atomic_load(&route);
    if (!callback) return;
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    callback(function ? function : "", code > 0 ? -code : code, text);
}

void calsa_route_errors(calsa_error_callback callback) {
    atomic_store(&route, callback);
    snd_lib_error_set_handler(handle);
}
