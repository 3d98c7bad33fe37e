// The dense products of one forward of the generator (four bars, standard widths), beside the core's peak multiply-add rate.
//
//   kernel-benchmark [ROUNDS]     rates as JSON, for every instruction set that this processor has
//   kernel-benchmark once SET     one forward's products with set 0 (baseline), 1 (AVX2) or 2 (AVX-512), to count instructions
//
// The peak is a loop that touches registers alone. Each round measures both, one after the other, in processor time.
// Left out: element-wise work, normalisation, packing of weights, and the path that skips the zeros of note planes.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ckernels.h"

// Sources/Generation/Network/GeneratorNetwork.swift: rows, channels, taps, columns.
typedef struct { int time, width, taps, columns; } product;
static const product products[] = {
    {192, 144, 1, 64},                       // input
    {192, 64, 5, 64},  {192, 64, 1, 64},     // down0
    {64, 192, 1, 96},                        // stride1
    {64, 96, 5, 96},   {64, 96, 1, 96},      // down1
    {16, 384, 1, 128},                       // stride2
    {16, 128, 3, 128}, {16, 128, 1, 128},    // down2
    {4, 512, 1, 160},                        // stride3
    {4, 160, 3, 160},  {4, 160, 1, 160},     // down3
    {4, 160, 1, 512},                        // rise3
    {16, 128, 5, 128}, {16, 128, 1, 128},    // up2
    {16, 128, 1, 384},                       // rise2
    {64, 96, 5, 96},   {64, 96, 1, 96},      // up1
    {64, 96, 1, 192},                        // rise1
    {192, 64, 5, 64},  {192, 64, 1, 64},     // up0
    {192, 64, 5, 64},  {192, 64, 1, 64},     // last
    {192, 64, 1, 232},                       // head
};
enum { COUNT = sizeof products / sizeof *products, CHAINS = 12, TURNS = 200000, REPEATS = 20 };

static float *input, *output, *packed[COUNT];

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *floats(size_t count) {
    float *memory = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
    if (!memory) {
        fprintf(stderr, "kernel-benchmark: no memory for %zu floats\n", count);
        exit(71);
    }
    for (size_t i = 0; i < count; i++) memory[i] = 0.5f + (float)(i * 2654435761u % 1024) / 4096;
    return memory;
}

static void pack(const ck_kernels *kernels) {
    for (int i = 0; i < COUNT; i++) {
        const product p = products[i];
        const int depth = p.width * p.taps, panels = (p.columns + kernels->panel - 1) / kernels->panel;
        float *weight = floats((size_t)depth * (size_t)p.columns);
        const ck_view view = {depth, 1, p.columns, 1, 0, p.columns, 0, 1, 0};
        free(packed[i]);
        packed[i] = floats((size_t)panels * (size_t)kernels->panel * (size_t)depth);
        kernels->pack(weight, &view, packed[i]);
        free(weight);
    }
}

// Not static and not inlined: callgrind counts what happens inside of it.
__attribute__((noinline)) void forward_products(const ck_kernels *kernels) {
    for (int i = 0; i < COUNT; i++) {
        const product p = products[i];
        const ck_rows rows = {input, 1, p.time, p.width, p.taps, (p.taps - 1) / 2};
        kernels->gemm(&rows, packed[i], p.columns, NULL, output, 0, 0, p.time);
    }
}

// 12 independent sums hide the latency of the additions; the empty asm keeps the product inside the loop.
#define PEAK(NAME, BYTES)                                                                                              \
    typedef float NAME##_vector __attribute__((vector_size(BYTES)));                                                   \
    static double NAME(void) {                                                                                         \
        NAME##_vector sums[CHAINS], x, w;                                                                              \
        memset(sums, 0, sizeof sums);                                                                                  \
        for (int l = 0; l < BYTES / 4; l++) x[l] = 1e-3f, w[l] = 1e-3f;                                                \
        const double began = seconds();                                                                                \
        for (int turn = 0; turn < TURNS; turn++) {                                                                     \
            _Pragma("clang loop unroll(full)") for (int c = 0; c < CHAINS; c++) {                                      \
                __asm__ volatile("" : "+x"(x));                                                                        \
                sums[c] += x * w;                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        const double took = seconds() - began;                                                                         \
        for (int c = 0; c < CHAINS; c++) __asm__ volatile("" : : "x"(sums[c]));                                        \
        return (double)TURNS * CHAINS * (BYTES / 4) / took;                                                            \
    }

#pragma STDC FP_CONTRACT ON
PEAK(peak_baseline, 16)
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
PEAK(peak_avx2, 32)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
PEAK(peak_avx512, 64)
#pragma clang attribute pop
static double (*const peaks[])(void) = {peak_baseline, peak_avx2, peak_avx512};
#else
static double (*const peaks[])(void) = {peak_baseline};
#endif

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    static const char *const names[] = {"baseline", "avx2", "avx512"};
    double work = 0;
    for (int i = 0; i < COUNT; i++) {
        work += (double)products[i].time * products[i].width * products[i].taps * products[i].columns;
    }
    input = floats(192 * 512);
    output = floats(192 * 512);
    if (argc == 3 && strcmp(argv[1], "once") == 0) {
        const ck_kernels *kernels = ck_kernels_for(atoi(argv[2]));
        if (!kernels) {
            fprintf(stderr, "kernel-benchmark: this processor has no instruction set %s\n", argv[2]);
            return 69;
        }
        pack(kernels);
        forward_products(kernels);
        return 0;
    }
    const int rounds = argc > 1 ? atoi(argv[1]) : 101;
    if (rounds < 1) {
        fprintf(stderr, "usage: kernel-benchmark [ROUNDS] | once SET\n");
        return 64;
    }
    double *times = malloc(sizeof(double) * (size_t)rounds), *shares = malloc(sizeof(double) * (size_t)rounds),
           *rates = malloc(sizeof(double) * (size_t)rounds);
    if (!times || !shares || !rates) return 71;
    printf("{\"multiply_adds\": %.0f, \"rounds\": %d, \"sets\": [", work, rounds);
    for (int isa = 0; isa < (int)(sizeof peaks / sizeof *peaks); isa++) {
        const ck_kernels *kernels = ck_kernels_for(isa);
        if (!kernels) break;
        pack(kernels);
        forward_products(kernels);
        for (int round = 0; round < rounds; round++) {
            rates[round] = peaks[isa]();
            const double began = seconds();
            for (int i = 0; i < REPEATS; i++) forward_products(kernels);
            times[round] = (seconds() - began) / REPEATS;
            shares[round] = work / times[round] / rates[round];
        }
        qsort(times, (size_t)rounds, sizeof(double), ascending);
        qsort(shares, (size_t)rounds, sizeof(double), ascending);
        qsort(rates, (size_t)rounds, sizeof(double), ascending);
        printf("%s\n  {\"set\": \"%s\", \"products_ms_median\": %.4f, \"products_ms_p99\": %.4f, "
               "\"peak_gmadd_median\": %.2f, \"share_of_peak_median\": %.3f, \"share_of_peak_p1\": %.3f}",
               isa ? "," : "", names[isa], 1e3 * times[rounds / 2], 1e3 * times[rounds * 99 / 100],
               1e-9 * rates[rounds / 2], shares[rounds / 2], shares[rounds / 100]);
    }
    printf("\n]}\n");
    return 0;
}
