// Compares the kernels of every instruction set of the running machine with plain loops in double precision.
// A check for machines where `swift test` cannot run, such as an emulated aarch64.
#include "ckernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int failures;

static void compare(const char *what, int isa, const float *found, const double *expected, int n, double tolerance) {
    double worst = 0, scale = 0;
    for (int i = 0; i < n; i++) {
        const double d = fabs(found[i] - expected[i]);
        if (!(d <= worst)) worst = d;
        if (fabs(expected[i]) > scale) scale = fabs(expected[i]);
    }
    const int good = worst <= tolerance * scale;
    printf("  %-20s error %.1e of scale: %s\n", what, worst / scale, good ? "good" : "FAILED");
    if (!good) failures++;
    (void)isa;
}

static float *values(int n, unsigned seed) {
    float *x = malloc((size_t)n * sizeof *x);
    for (int i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        x[i] = (float)(int)(seed >> 8) / 8388608.0f - 1.0f;
    }
    return x;
}

static void products(const ck_kernels *k) {
    enum { B = 3, T = 67, C = 13, K = 5, N = 45, ROWS = B * T };
    float *x = values(B * T * C, 1), *w = values(N * C * K, 2), *bias = values(N, 3), *g = values(ROWS * N, 4);
    float *packed = malloc(sizeof(float) * K * C * (N + 64)), *y = malloc(sizeof(float) * ROWS * N);
    float *dw = calloc(K * C * N, sizeof(float)), scratch[CK_TRANSPOSED_SCRATCH];
    float *ys = malloc(sizeof(float) * ROWS * N), *dws = calloc(K * C * N, sizeof(float));
    float *places = malloc(sizeof(float) * (size_t)ck_sparse_scratch(T, C));
    for (int i = 0; i < B * T * C; i++) x[i] = i % 7 < 5 ? 0 : x[i];
    double *ey = calloc(ROWS * N, sizeof *ey), *ew = calloc(K * C * N, sizeof *ew);
    const ck_view view = {K, C, 1, N, 0, 1, K, 0, C * K};  // [out][in][tap]
    const ck_rows rows = {x, B, T, C, K, 2};
    k->pack(w, &view, packed);
    k->gemm(&rows, packed, N, bias, y, 0, 0, ROWS);
    k->gemm_transposed(&rows, g, N, 0, N, dw, scratch);
    k->gemm_sparse(&rows, packed, N, bias, ys, 0, B, places);
    k->gemm_transposed_sparse(&rows, g, N, 0, N, dws, places);
    for (int r = 0; r < ROWS; r++) {
        for (int o = 0; o < N; o++) ey[r * N + o] = bias[o];
        for (int j = 0; j < K; j++) {
            const int t = r % T + j - 2;
            if (t < 0 || t >= T) continue;
            for (int c = 0; c < C; c++) {
                const double v = x[(r / T * T + t) * C + c];
                for (int o = 0; o < N; o++) {
                    ey[r * N + o] += v * w[(o * C + c) * K + j];
                    ew[(j * C + c) * N + o] += v * g[r * N + o];
                }
            }
        }
    }
    compare("gemm", k->isa, y, ey, ROWS * N, 1e-6);
    compare("gemm_transposed", k->isa, dw, ew, K * C * N, 1e-6);
    compare("gemm_sparse", k->isa, ys, ey, ROWS * N, 1e-6);
    compare("transposed_sparse", k->isa, dws, ew, K * C * N, 1e-6);
    int same = 1;
    for (int i = 0; i < ROWS * N; i++) same &= ys[i] == y[i];
    printf("  %-20s %s\n", "the same bits", same ? "good" : "FAILED");
    failures += !same;
}

static void functions(const ck_kernels *k) {
    enum { N = 1003 };
    float *x = values(N, 5), *y = malloc(sizeof(float) * N);
    double e[N];
    for (int i = 0; i < N; i++) x[i] *= 6;
    k->exp(x, y, N);
    for (int i = 0; i < N; i++) e[i] = exp(x[i]);
    compare("exp", k->isa, y, e, N, 1e-6);
    k->tanh(x, y, N);
    for (int i = 0; i < N; i++) e[i] = tanh(x[i]);
    compare("tanh", k->isa, y, e, N, 1e-6);
    k->gelu(x, y, N);
    for (int i = 0; i < N; i++) {
        const double v = x[i];
        e[i] = v * (1 + tanh(sqrt(2 / M_PI) * (v + 0.044715 * v * v * v))) / 2;
    }
    compare("gelu", k->isa, y, e, N, 1e-6);
    enum { CLASSES = 17 };
    k->softmax(x, y, N / CLASSES, CLASSES, 1);
    for (int i = 0; i < N / CLASSES * CLASSES; i++) {
        double s = 0;
        for (int c = 0; c < CLASSES; c++) s += exp(x[i / CLASSES * CLASSES + c]);
        e[i] = x[i] - log(s);
    }
    compare("log softmax", k->isa, y, e, N / CLASSES * CLASSES, 1e-6);
    float stats[2 * 3], scratch[2 * 9];
    enum { T = 100, C = 9, GROUPS = 3 };
    double moments[2 * GROUPS];
    k->group_stats(x, T, C, GROUPS, 1e-5f, stats, scratch);
    for (int g = 0; g < GROUPS; g++) {
        double s = 0, q = 0;
        for (int i = 0; i < T * C; i++) s += i % C / 3 == g ? x[i] : 0;
        s /= T * 3;
        for (int i = 0; i < T * C; i++) q += i % C / 3 == g ? (x[i] - s) * (x[i] - s) : 0;
        moments[2 * g] = s;
        moments[2 * g + 1] = 1 / sqrt(q / (T * 3) + 1e-5);
    }
    compare("group_stats", k->isa, stats, moments, 2 * GROUPS, 1e-5);
}

int main(void) {
    for (int isa = CK_BASELINE; isa <= CK_AVX512; isa++) {
        const ck_kernels *k = ck_kernels_for(isa);
        if (!k) continue;
        printf("instruction set %d, panels of %d\n", isa, k->panel);
        products(k);
        functions(k);
    }
    puts(failures ? "FAILED" : "all good");
    return failures != 0;
}
