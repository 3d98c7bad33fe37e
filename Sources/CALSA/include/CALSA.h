// The ALSA library, and the one callback that Swift cannot be: a variadic function.
#ifndef CALSA_H
#define CALSA_H

#include <alsa/asoundlib.h>

/// Called with one finished line for each complaint of the library; `code` is 0 or the negative errno.
typedef void (*calsa_error_callback)(const char *function, int code, const char *text);

/// Sends the library's complaints to `callback` instead of standard error; a null pointer silences them.
void calsa_route_errors(calsa_error_callback callback);

#endif
