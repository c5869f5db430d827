/* Everything float32 that is no convolution: pooling, CBAM, dense layers, elementwise operations, layouts. */
#ifndef CKERNELS_OPS_H
#define CKERNELS_OPS_H

#include "ckernels_conv.h"

/*
 * Errors of the exponential family over all floats, in units in the last place of the result: exp 2, sigmoid 4, tanh 3,
 * erf 4, gelu 16 (32 without fused multiply-adds; below 2e-43 absolutely beside that). scripts/test-ulp measures them.
 */
/* Operations on one operand; alpha and beta as the standard names them, in the order of the comment. */
typedef enum {
  CK_IDENTITY,
  CK_CLAMP,        /* lower, upper */
  CK_LEAKY_RELU,   /* alpha */
  CK_ELU,          /* alpha */
  CK_SIGMOID,
  CK_HARD_SIGMOID, /* alpha, beta */
  CK_HARD_SWISH,
  CK_SILU,
  CK_TANH,
  CK_EXP,
  CK_SQRT,
  CK_ABS,
  CK_NEGATE,
  CK_RECIPROCAL,
  CK_ERF,
  CK_GELU,
} ck_unary;

/* Operations on two operands. */
typedef enum { CK_ADD, CK_SUBTRACT, CK_MULTIPLY, CK_DIVIDE, CK_MAXIMUM, CK_MINIMUM } ck_binary;

/* How an operand is laid beside `count` floats. */
typedef enum {
  CK_FULL,   /* as many floats */
  CK_SCALAR, /* one float for all */
  CK_VECTOR, /* one vector, repeated */
} ck_operand;

/* The kernels of one instruction set. `width` is the vector's, and so the block's. */
typedef struct {
  int32_t width;
  /* Maximum (average = 0) or mean over windows, one plane of a block of channels; rows row0..<row1. The mean's divisor
     is the whole window where count_padding is set, else what lies inside. */
  void (*_Nonnull pool_rows)(
      const ck_f32_conv *_Nonnull conv, const float *_Nonnull in, float *_Nonnull out, int32_t row0, int32_t row1, int32_t average,
      int32_t count_padding);
  /* Sums and maxima over the pixels of planes plane0..<plane1. */
  void (*_Nonnull channel_pool)(
      const float *_Nonnull in, ptrdiff_t plane_stride, int32_t pixels, int32_t plane0, int32_t plane1, float *_Nonnull sums,
      float *_Nonnull maxima);
  /* CBAM's channel attention: sigmoid(MLP(sums * inverse_count) + MLP(maxima)); in1 and out2 [hidden][planes * width];
     bias1 and bias2 may be null; bias2 counts twice, being added in both MLPs. hidden_sums: 2 * hidden floats. */
  void (*_Nonnull channel_attention)(
      int32_t planes, int32_t hidden, float inverse_count, const float *_Nonnull sums, const float *_Nonnull maxima,
      const float *_Nonnull in1, const float *_Nullable bias1, const float *_Nonnull out2, const float *_Nullable bias2, float *_Nonnull hidden_sums, float *_Nonnull scale);
  /* Mean and maximum over the channels of in * scale (scale may be null) at pixels pixel0..<pixel1. */
  void (*_Nonnull channel_statistics)(
      const float *_Nonnull in, ptrdiff_t plane_stride, int32_t channels, const float *_Nullable scale, int32_t pixel0, int32_t pixel1,
      float *_Nonnull mean, float *_Nonnull maximum);
  /* sigmoid of a convolution (odd kernel, stride 1, same padding) over two planes [height][width_]; rows row0..<row1.
     Kernel [2][k][k]. scratch: 2 * (rows + k - 1) * (width_ + k - 1 + vector width) floats. */
  void (*_Nonnull spatial_attention)(
      const float *_Nonnull first, const float *_Nonnull second, int32_t height, int32_t map_width, const float *_Nonnull kernel, int32_t k,
      float bias, int32_t row0, int32_t row1, float *_Nonnull out, float *_Nonnull scratch);
  /* clamp(in * scale[channel] * spatial[pixel] + residual); residual may be null; out may be in. */
  void (*_Nonnull attention_apply)(
      const float *_Nonnull in, ptrdiff_t plane_stride, int32_t plane0, int32_t plane1, const float *_Nullable scale,
      const float *_Nonnull spatial, const float *_Nullable residual, float lower, float upper, int32_t pixel0, int32_t pixel1,
      float *_Nonnull out);
  /* Lists the entries of x that are not zero (all of them where keep_zeros is set); gives their count.
     Both lists need room for count + width entries. */
  int32_t (*_Nonnull list_nonzero)(const float *_Nonnull x, int32_t count, int32_t keep_zeros, int32_t *_Nonnull indices, float *_Nonnull values);
  /* out = clamp(bias + sum over the list of values[j] * weights[indices[j]][vectors * width]); vectors is 1, 2, 4, 8, 16. */
  void (*_Nonnull gemv)(
      int32_t vectors, const float *_Nonnull weights, const int32_t *_Nonnull indices, const float *_Nonnull values, int32_t count,
      const float *_Nullable bias, float lower, float upper, float *_Nonnull out);
  void (*_Nonnull unary)(ck_unary operation, float alpha, float beta, const float *_Nonnull in, float *_Nonnull out, size_t count);
  /* out may be either operand. */
  void (*_Nonnull binary)(
      ck_binary operation, ck_operand left_kind, const float *_Nonnull left, ck_operand right_kind, const float *_Nonnull right,
      float lower, float upper, float *_Nonnull out, size_t count);
  /* Softmax over `count` contiguous floats. */
  void (*_Nonnull softmax)(const float *_Nonnull in, float *_Nonnull out, int32_t count);
  /* [channels][pixels] to [planes][pixels][width], missing channels zero, and back. */
  void (*_Nonnull to_blocks)(const float *_Nonnull in, int32_t channels, int32_t pixels, float *_Nonnull out, ptrdiff_t out_plane_stride);
  void (*_Nonnull from_blocks)(const float *_Nonnull in, ptrdiff_t in_plane_stride, int32_t channels, int32_t pixels, float *_Nonnull out);
  /* To measure the core: as many vectors' multiply-adds (rounded up to twelves) as fast as it can; their sum, without meaning. */
  float (*_Nonnull multiply_adds)(int64_t vectors);
  /* To measure the memory: adds up `count` floats, in whole eights of vectors, as fast as they come. */
  float (*_Nonnull read_memory)(const float *_Nonnull floats, size_t count);
} ck_f32_ops_kernels;

#endif
