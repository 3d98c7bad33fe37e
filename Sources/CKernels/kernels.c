#include "ckernels.h"

#include <string.h>
#include <time.h>

#define UNROLL _Pragma("clang loop unroll(full)")
#define INLINE static inline __attribute__((always_inline))
#define NOINLINE static __attribute__((noinline))

// Vectors pass between functions only where the callee is always inlined, so no calling convention is involved.
#pragma clang diagnostic ignored "-Wpsabi"

// The fused multiply-add of `a * b + c` is part of the definition of the results: on where the set has one.
#pragma STDC FP_CONTRACT ON

static const float zeros[CK_MAX_WIDTH];

/// rows[t * stride + p] = where tap t of row `first` + p starts; outside the sample that is a row of zeros.
static void ck_row_pointers(const ck_rows *a, int first, int count, const float **rows, int stride) {
    const ptrdiff_t width = a->width;
    if (a->taps == 1 && a->pad == 0) {
        for (int p = 0; p < count; p++) rows[p] = a->data + (first + p) * width;
        return;
    }
    int sample = first / a->time, time = first % a->time;
    for (int p = 0; p < count; p++) {
        const float *base = a->data + (ptrdiff_t)sample * a->time * width;
        for (int t = 0; t < a->taps; t++) {
            const int source = time + t - a->pad;
            rows[t * stride + p] = source >= 0 && source < a->time ? base + source * width : zeros;
        }
        if (++time == a->time) {
            time = 0;
            sample++;
        }
    }
}

/// What is not zero in a sample: of each step the channels and their values; the steps' entries follow each other.
typedef struct ck_sparse {
    int32_t *starts, *places;
    float *values;
} ck_sparse;

static void ck_unpack_add(const float *matrix, const ck_view *v, float *weight) {
    for (int i1 = 0; i1 < v->k1; i1++) {
        for (int i0 = 0; i0 < v->k0; i0++) {
            float *w = weight + v->offset + i1 * v->sk1 + i0 * v->sk0;
            for (int j1 = 0; j1 < v->n1; j1++) {
                for (int j0 = 0; j0 < v->n0; j0++) w[j1 * v->sn1 + j0 * v->sn0] += *matrix++;
            }
        }
    }
}

#if defined(__x86_64__)

// ---- AVX-512: 24 of 32 registers hold sums. With CK_EMULATE_AVX512 the same source is compiled for AVX2, so that a
// processor without AVX-512 can test it: `swift test -Xcc -DCK_EMULATE_AVX512`.
#ifdef CK_EMULATE_AVX512
#define CK_AVX512_TARGET "avx2,fma"
#else
#define CK_AVX512_TARGET "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"
#endif
#pragma clang attribute push(__attribute__((target(CK_AVX512_TARGET))), apply_to = function)
#define ISA CK_AVX512
#define NAME(x) x##_avx512
#define LANES 16
#define VECTORS 2
#define TALLEST 12
#define TILES(X) X(12) X(8) X(4) X(2) X(1)
#include "gemm.inc"
#include "sparse.inc"
#include "vector.inc"
#include "elementwise.inc"
#include "normalization.inc"
#include "losses.inc"
#include "table.inc"
#undef ISA
#undef NAME
#undef LANES
#undef VECTORS
#undef TALLEST
#undef TILES
#pragma clang attribute pop

// ---- AVX2 with FMA: 12 of 16 registers hold sums
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define ISA CK_AVX2
#define NAME(x) x##_avx2
#define LANES 8
#define VECTORS 2
#define TALLEST 6
#define TILES(X) X(6) X(4) X(2) X(1)
#include "gemm.inc"
#include "sparse.inc"
#include "vector.inc"
#include "elementwise.inc"
#include "normalization.inc"
#include "losses.inc"
#include "table.inc"
#undef ISA
#undef NAME
#undef LANES
#undef VECTORS
#undef TALLEST
#undef TILES
#pragma clang attribute pop

#endif

// ---- baseline: SSE2 (12 of 16 registers) on x86-64, NEON (24 of 32) on aarch64
#define ISA CK_BASELINE
#define NAME(x) x##_baseline
#define LANES 4
#if defined(__aarch64__)
#define VECTORS 4
#else
#define VECTORS 2
#endif
#define TALLEST 6
#define TILES(X) X(6) X(4) X(2) X(1)
#include "gemm.inc"
#include "sparse.inc"
#include "vector.inc"
#include "elementwise.inc"
#include "normalization.inc"
#include "losses.inc"
#include "table.inc"

int32_t ck_best_isa(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#ifdef CK_EMULATE_AVX512
    if (avx2) return CK_AVX512;
#endif
    if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
        return CK_AVX512;
    }
    if (avx2) return CK_AVX2;
#endif
    return CK_BASELINE;
}

const ck_kernels *ck_kernels_for(int32_t isa) {
    if (isa < CK_BASELINE || isa > ck_best_isa()) return 0;
#if defined(__x86_64__)
    if (isa == CK_AVX512) return &table_avx512;
    if (isa == CK_AVX2) return &table_avx2;
#endif
    return &table_baseline;
}

void ck_copy_columns(const float *src, ptrdiff_t src_row, float *dst, ptrdiff_t dst_row, ptrdiff_t columns,
                     ptrdiff_t rows) {
    for (ptrdiff_t r = 0; r < rows; r++, src += src_row, dst += dst_row) {
        memcpy(dst, src, (size_t)columns * sizeof(float));
    }
}

void ck_add_columns(const float *src, ptrdiff_t src_row, float *dst, ptrdiff_t dst_row, ptrdiff_t columns,
                    ptrdiff_t rows) {
    for (ptrdiff_t r = 0; r < rows; r++, src += src_row, dst += dst_row) {
        for (ptrdiff_t c = 0; c < columns; c++) dst[c] += src[c];
    }
}

void ck_max_over_time(const float *x, const float *mask, int32_t time, int32_t channels, float *y, int32_t *where) {
    for (int c = 0; c < channels; c++) {
        y[c] = 0;
        where[c] = -1;
    }
    for (int t = 0; t < time; t++, x += channels) {
        if (mask && mask[t] == 0) continue;
        for (int c = 0; c < channels; c++) {
            if (where[c] < 0 || x[c] > y[c]) {
                y[c] = x[c];
                where[c] = t;
            }
        }
    }
}

/// The factors of one channel; see ck_normalization.
typedef struct ck_channel {
    float mean, rate, weight, bias, gain, offset;
} ck_channel;

static ck_channel ck_channel_of(const ck_normalization *f, int b, int c) {
    ck_channel k = {0, 1, 1, 0, 1, 0};
    if (f->stats) {
        const float *s = f->stats + 2 * (b * f->groups + c / (f->channels / f->groups));
        k.mean = s[0];
        k.rate = s[1];
    }
    if (f->weight) k.weight = f->weight[c];
    if (f->bias) k.bias = f->bias[c];
    if (f->modulation) {
        const float *m = f->modulation + (ptrdiff_t)b * 2 * f->channels;
        k.gain = 1 + m[c];
        k.offset = m[f->channels + c];
    }
    return k;
}

void ck_normalization_forward(const ck_normalization *f, float *scale, float *shift) {
    for (int b = 0; b < f->batch; b++) {
        for (int c = 0; c < f->channels; c++) {
            const ck_channel k = ck_channel_of(f, b, c);
            const float slope = k.rate * k.weight;
            *scale++ = slope * k.gain;
            *shift++ = (k.bias - k.mean * slope) * k.gain + k.offset;
        }
    }
}

void ck_normalization_backward(const ck_normalization *f, const float *s0, const float *s1, float *dweight,
                               float *dbias, float *dmodulation, float *p, float *q, float *r) {
    const int width = f->channels / f->groups;
    const float size = (float)f->time * (float)width;
    for (int b = 0; b < f->batch; b++, dmodulation += 2 * f->channels) {
        for (int first = 0; first < f->channels; first += width) {
            float sum = 0, moment = 0;  // over the group: of dn and of dn * n
            ck_channel k = {0};
            for (int c = first; c < first + width; c++) {
                k = ck_channel_of(f, b, c);
                const float d = s0[c], dn = k.rate * (s1[c] - k.mean * s0[c]);
                dmodulation[c] = k.weight * dn + k.bias * d;
                dmodulation[f->channels + c] = d;
                dweight[c] += k.gain * dn;
                dbias[c] += k.gain * d;
                sum += k.weight * k.gain * d;
                moment += k.weight * k.gain * dn;
                p[c] = k.rate * k.weight * k.gain;
            }
            const float a = f->stats ? sum / size : 0, m = f->stats ? moment / size : 0;
            for (int c = first; c < first + width; c++) {
                q[c] = -k.rate * k.rate * m;
                r[c] = k.rate * (k.rate * k.mean * m - a);
            }
        }
        s0 += f->channels;
        s1 += f->channels;
        p += f->channels;
        q += f->channels;
        r += f->channels;
    }
}

double ck_peak_gflops(int32_t isa) {
    double best = 0;
    for (int repeat = 0; repeat < 5; repeat++) {
        struct timespec a, b;
        double work = 0;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
#if defined(__x86_64__)
        if (isa == CK_AVX512) work = peak_avx512(4000000);
        if (isa == CK_AVX2) work = peak_avx2(4000000);
#endif
        if (isa == CK_BASELINE) work = peak_baseline(4000000);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
        const double rate = work / ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec));
        if (rate > best) best = rate;
    }
    return best;
}
