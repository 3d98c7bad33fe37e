#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo take any type behind an ellipsis, which Swift cannot call; one function a type can be.
// curl's own type-checking macros must not see these calls, whose option is a variable.
#undef curl_easy_setopt
#undef curl_easy_getinfo

static inline CURLcode continuo_curl_set_long(CURL *curl, CURLoption option, long value) { return curl_easy_setopt(curl, option, value); }
static inline CURLcode continuo_curl_set_large(CURL *curl, CURLoption option, curl_off_t value) { return curl_easy_setopt(curl, option, value); }
static inline CURLcode continuo_curl_set_text(CURL *curl, CURLoption option, const char *value) { return curl_easy_setopt(curl, option, value); }
static inline CURLcode continuo_curl_set_pointer(CURL *curl, CURLoption option, const void *value) { return curl_easy_setopt(curl, option, value); }
static inline CURLcode continuo_curl_set_write(CURL *curl, size_t (*value)(char *, size_t, size_t, void *)) {
    return curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, value);
}
static inline CURLcode continuo_curl_set_header(CURL *curl, size_t (*value)(char *, size_t, size_t, void *)) {
    return curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, value);
}
static inline CURLcode continuo_curl_set_progress(CURL *curl, int (*value)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t)) {
    return curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, value);
}
static inline CURLcode continuo_curl_status(CURL *curl, long *value) { return curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, value); }
