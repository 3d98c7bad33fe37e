// Numeric kernels of the neural engine: 32-bit floats, activations channels-last ([sample, time, channel]).
//
// One table of functions per instruction set; `ck_kernels_for` chooses at run time. Every sum is taken in an order
// that depends on the shapes alone: repeats are bit-equal, and a row of a product does not depend on how many other
// rows are computed beside it. Callers check shapes; the kernels do not. No function keeps state or allocates.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Instruction sets, from the weakest to the strongest. The baseline is SSE2 on x86-64 and NEON on aarch64.
enum { CK_BASELINE = 0, CK_AVX2 = 1, CK_AVX512 = 2 };

/// The most taps and, where there is more than one tap, the most channels that a `ck_rows` may have.
enum { CK_MAX_TAPS = 16, CK_MAX_WIDTH = 4096 };

/// Floats of scratch that `gemm_transposed` needs.
enum { CK_TRANSPOSED_SCRATCH = 192 * 32 };

/// Floats of scratch that `gemm_sparse` and `gemm_transposed_sparse` need.
static inline ptrdiff_t ck_sparse_scratch(ptrdiff_t time, ptrdiff_t width) {
    return 2 * (time * width + 8) + time + 1 + 2 * width;
}

/// The left factor of a product, read straight from an activation, without a copy.
///
/// The matrix has `samples * time` rows of `taps * width` columns. Row (b, t) is the concatenation over the taps j of
/// the `width` floats at `data[b][t + j - pad]`; a time outside 0..<time reads as zeros. So a stride-1 convolution is a
/// product, and with one tap and no padding this is a plain row-major matrix.
typedef struct ck_rows {
    const float *data;
    int32_t samples;
    int32_t time;
    int32_t width;
    int32_t taps;
    int32_t pad;
} ck_rows;

/// A weight in its stored order, seen as the matrix [k1 * k0][n1 * n0].
///
/// Element ((i1, i0), (j1, j0)) lies at offset + i1 * sk1 + i0 * sk0 + j1 * sn1 + j0 * sn0.
typedef struct ck_view {
    int32_t k1, k0, n1, n0;
    ptrdiff_t offset, sk1, sk0, sn1, sn0;
} ck_view;

/// What makes up an affine normalisation: n = (x - mean) * rate, then n * weight + bias, then * (1 + gain) + offset.
///
/// Absent parts stand for mean 0, rate 1, weight 1, bias 0, gain 0, offset 0.
typedef struct ck_normalization {
    int32_t batch, time, channels, groups;
    const float *_Nullable stats;       // [batch][groups][2]: mean, rate
    const float *_Nullable weight;      // [channels]
    const float *_Nullable bias;        // [channels]
    const float *_Nullable modulation;  // [batch][2 * channels]: gains, offsets
} ck_normalization;

/// The functions of one instruction set.
typedef struct ck_kernels {
    int32_t isa;
    /// Columns of one packed panel; a packed matrix takes ceil(n / panel) * panel * k floats.
    int32_t panel;

    // ---- products

    /// Rearranges the matrix `view` of `weight` into panels for `gemm`; missing columns of the last panel become zero.
    void (*pack)(const float *weight, const ck_view *view, float *packed);
    /// Adds the row-major matrix [k1 * k0][n1 * n0] onto the weight that `view` describes.
    void (*unpack_add)(const float *matrix, const ck_view *view, float *weight);
    /// c[r][0..<n] (+)= bias + a[r] . B for the rows row_begin..<row_end; c has n floats a row. `packed` is from `pack`.
    void (*gemm)(const ck_rows *a, const float *packed, int32_t n, const float *_Nullable bias, float *c,
                 int32_t accumulate, int32_t row_begin, int32_t row_end);
    /// out[taps * width][n] += transpose(a) . g, with g of samples * time rows of n floats: the gradient of a weight.
    /// Computes the columns begin..<end; `begin` is a multiple of `panel`.
    void (*gemm_transposed)(const ck_rows *a, const float *g, int32_t n, int32_t begin, int32_t end, float *out,
                            float *scratch);
    /// `gemm` without accumulation where most of `a` is zero: the same bits for finite weights, sample by sample.
    /// `scratch` has ck_sparse_scratch(time, width) floats.
    void (*gemm_sparse)(const ck_rows *a, const float *packed, int32_t n, const float *_Nullable bias, float *c,
                        int32_t sample_begin, int32_t sample_end, float *scratch);
    /// `gemm_transposed` where most of `a` is zero; at most CK_MAX_WIDTH channels, scratch as for `gemm_sparse`.
    void (*gemm_transposed_sparse)(const ck_rows *a, const float *g, int32_t n, int32_t begin, int32_t end, float *out,
                                   float *scratch);

    // ---- element-wise; n floats; the output may be one of the inputs

    void (*add)(const float *a, const float *b, float *y, ptrdiff_t n);
    void (*multiply)(const float *a, const float *b, float *y, ptrdiff_t n);
    /// y = a * x + b
    void (*scale)(const float *x, float a, float b, float *y, ptrdiff_t n);
    /// y += a * x
    void (*add_scaled)(const float *x, float a, float *y, ptrdiff_t n);
    /// y = x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2
    void (*gelu)(const float *x, float *y, ptrdiff_t n);
    void (*gelu_backward)(const float *x, const float *dy, float *dx, ptrdiff_t n);
    void (*leaky_relu)(const float *x, float slope, float *y, ptrdiff_t n);
    void (*leaky_relu_backward)(const float *x, float slope, const float *dy, float *dx, ptrdiff_t n);
    void (*sigmoid)(const float *x, float *y, ptrdiff_t n);
    /// dx = dy * y * (1 - y), from the output y.
    void (*sigmoid_backward)(const float *y, const float *dy, float *dx, ptrdiff_t n);
    void (*tanh)(const float *x, float *y, ptrdiff_t n);
    void (*tanh_backward)(const float *y, const float *dy, float *dx, ptrdiff_t n);
    /// Saturates at exp(-87.33) and exp(88.37) instead of going to zero and infinity; NaN stays NaN.
    void (*exp)(const float *x, float *y, ptrdiff_t n);
    /// y = (x - ln(-ln u)) * factor: logits perturbed by Gumbel noise from uniform u between 0 and 1, both excluded.
    void (*gumbel)(const float *x, const float *u, float factor, float *y, ptrdiff_t n);
    /// The sum of squares, in double precision.
    double (*sum_of_squares)(const float *x, ptrdiff_t n);
    double (*sum)(const float *x, ptrdiff_t n);
    double (*dot)(const float *a, const float *b, ptrdiff_t n);

    // ---- per channel: x is [time][channels], coefficients are [channels]

    /// y = x * scale + shift, followed by GELU where `gelu` is not 0.
    void (*affine)(const float *x, float *y, int32_t time, int32_t channels, const float *scale, const float *shift,
                   int32_t gelu);
    /// du = dy (which may be the same memory), or dy * GELU'(x * scale + shift); s0 = sum over time of du, s1 = sum over time of du * x.
    void (*affine_backward)(const float *dy, const float *x, float *du, int32_t time, int32_t channels,
                            const float *scale, const float *shift, int32_t gelu, float *s0, float *s1);
    /// dx = du * p + x * q + r; dx may be du.
    void (*combine)(const float *du, const float *x, float *dx, int32_t time, int32_t channels, const float *p,
                    const float *q, const float *r);
    /// Mean and 1 / sqrt(variance + epsilon) of each group of channels over all steps: stats is [groups][2].
    /// `scratch` has 2 * channels floats.
    void (*group_stats)(const float *x, int32_t time, int32_t channels, int32_t groups, float epsilon, float *stats,
                        float *scratch);
    /// sums[c] += the sum over time.
    void (*column_sums)(const float *x, int32_t time, int32_t channels, float *sums);

    // ---- softmax over `classes` consecutive channels; n = rows * groups

    void (*softmax)(const float *x, float *y, ptrdiff_t n, int32_t classes, int32_t logarithm);
    void (*softmax_backward)(const float *y, const float *dy, float *dx, ptrdiff_t n, int32_t classes,
                             int32_t logarithm);

    // ---- losses: return the masked sum; where `gradient` is given, write factor * its derivative there

    /// Binary cross-entropy of logits. `weights` has `weight_rows` rows of `channels` (1 or `rows`); `mask` a float a row.
    double (*binary_cross_entropy)(const float *logits, const float *targets, const float *_Nullable weights,
                                   int32_t weight_rows, const float *_Nullable mask, int32_t rows, int32_t channels,
                                   float factor, float *_Nullable gradient);
    /// Cross-entropy of groups of `classes` channels; targets [rows][groups]; `mask` [rows] or, where
    /// `mask_per_group` is not 0, [rows][groups]; an entry masked by 0 does not look at its target.
    double (*cross_entropy)(const float *logits, const int32_t *targets, const float *_Nullable mask,
                            int32_t mask_per_group, int32_t rows, int32_t groups, int32_t classes, float smoothing,
                            float factor, float *_Nullable gradient);
    /// -log of the probability that the softmax gives to all classes of the target's bin; `bins` maps class to bin.
    double (*marginal_cross_entropy)(const float *logits, const int32_t *targets, const int32_t *bins,
                                     const float *_Nullable mask, int32_t rows, int32_t classes, float factor,
                                     float *_Nullable gradient);

    // ---- optimiser

    /// One step of AdamW on n floats (Loshchilov and Hutter 2019, as PyTorch computes it).
    /// `step_size` = rate / (1 - beta1^t), `root` = sqrt(1 - beta2^t), `decay` = 1 - rate * weight decay.
    void (*adamw)(float *x, const float *gradient, float *m, float *v, ptrdiff_t n, float beta1, float beta2,
                  float epsilon, float step_size, float root, float decay);
} ck_kernels;

/// The strongest instruction set of this processor and operating system.
int32_t ck_best_isa(void);

/// The functions of an instruction set; a null pointer where this processor lacks it.
const ck_kernels *_Nullable ck_kernels_for(int32_t isa);

/// dst[r][0..<columns] = src[r][0..<columns] with row lengths of their own.
void ck_copy_columns(const float *src, ptrdiff_t src_row, float *dst, ptrdiff_t dst_row, ptrdiff_t columns,
                     ptrdiff_t rows);

/// dst[r][0..<columns] += src[r][0..<columns] with row lengths of their own.
void ck_add_columns(const float *src, ptrdiff_t src_row, float *dst, ptrdiff_t dst_row, ptrdiff_t columns,
                    ptrdiff_t rows);

/// The greatest value over time and the step where it was first found; time [0..<valid].
/// A mask of 0 leaves the step out; where every step is out, the value is 0 and the step -1.
void ck_max_over_time(const float *x, const float *_Nullable mask, int32_t time, int32_t channels, float *y,
                      int32_t *where);

/// The coefficients of y = x * scale + shift, each [batch][channels].
void ck_normalization_forward(const ck_normalization *f, float *scale, float *shift);

/// Derivatives from s0 = sum over time of dy and s1 = sum over time of dy * x, each [batch][channels].
///
/// Adds to dweight and dbias [channels]; writes dmodulation [batch][2 * channels] and p, q, r [batch][channels] with
/// dx = dy * p + x * q + r.
void ck_normalization_backward(const ck_normalization *f, const float *s0, const float *s1, float *dweight,
                               float *dbias, float *dmodulation, float *p, float *q, float *r);

/// Multiply-adds a second of registers alone, in billions of floating point operations: the yardstick of `gemm`.
double ck_peak_gflops(int32_t isa);

#pragma clang assume_nonnull end

#endif
