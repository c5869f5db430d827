/* Convolution of float32 maps in blocks of channels (NCHW16c and so on) or, as input, plain NCHW. */
#ifndef CKERNELS_CONV_H
#define CKERNELS_CONV_H

#include <stddef.h>
#include <stdint.h>

#include "ckernels_pack.h"

/*
 * One image's convolution. A "plane" is what one step along channels covers: `lane` channels interleaved
 * (lane = the vector's width) or one channel (lane = 1, plain NCHW).
 * Weights: [output block][input plane][kernel_h][kernel_w][lane][width], width being the vector's; bias [blocks * width].
 * Each output block of `width` channels reads `planes` input planes, beginning at plane 0 of the pointer it is given.
 * The result is clamped to lower...upper after bias and residual are added.
 */
typedef struct {
  int32_t planes, lane;
  int32_t in_height, in_width;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t out_height, out_width;
  /* 1, or 2 where a 2x2 maximum with stride 2 follows: rows are then counted and written after it. */
  int32_t pool;
  /* Output blocks computed together: 1, 2 or 4. */
  int32_t tile_blocks;
  /* Input planes whose weights serve all rows before the next planes' do; 0 for all. Without effect where pool is 2. */
  int32_t chunk_planes;
  /* Not 0: all output blocks read those planes before the next ones are read, which maps too large to stay near the
     core want; 0: all planes of some blocks before the next blocks, which reads the weights as they lie. */
  int32_t planes_first;
  /* Not 0, and planes_first then too: what each tap of those planes reads is copied together first, so that narrow maps
     fill the registers and pixels apart lie side by side. Only where lane is the vector's width and pool is 1. */
  int32_t gathers;
  ptrdiff_t in_plane_stride, out_plane_stride, weight_block_stride;
  float lower, upper;
} ck_f32_conv;

/* Input planes that conv_rows takes at a time where pool is 1. */
static inline int32_t ck_f32_conv_chunk(const ck_f32_conv *_Nonnull c) {
  return c->chunk_planes > 0 && c->chunk_planes < c->planes ? c->chunk_planes : c->planes;
}

/* Floats of scratch memory that conv_rows needs for `rows` output rows at a vector of `width` floats. */
size_t ck_f32_conv_scratch(const ck_f32_conv *_Nonnull conv, int32_t rows, int32_t width);

/*
 * One image's transformed convolution, Winograd F(m x m, 3 x 3), stride 1 (Lavin and Gray, 2015), but for
 * winograd_strided.
 * Points: (m + 2)^2. Transformed input: [point][plane][tile][width]; transformed weights:
 * [point][output block][plane][lane][width]; products: [output block][point][tile][width].
 */
typedef struct {
  int32_t planes;
  int32_t in_height, in_width, pad_top, pad_left;
  int32_t out_height, out_width;
  /* 1, or 2 where a 2x2 maximum with stride 2 follows. */
  int32_t pool;
  int32_t tiles_across;
  /* Of winograd_strided alone: both 5 or 6, or both 7 or 8. */
  int32_t kernel_h, kernel_w;
  ptrdiff_t in_plane_stride, out_plane_stride;
  float lower, upper;
} ck_f32_winograd;

/* Floats of scratch memory that winograd_plain needs at a vector of `width` floats. */
size_t ck_f32_winograd_plain_scratch(const ck_f32_winograd *_Nonnull w, int32_t width);
/* And that winograd_strided needs. */
size_t ck_f32_winograd_strided_scratch(const ck_f32_winograd *_Nonnull w, int32_t width);

/* The kernels of one instruction set. Pointers name the first element of the image at hand. */
typedef struct {
  /* Output rows row0..<row1 of output blocks block0..<block1; residual may be null and lies as the output does. */
  void (*_Nonnull conv_rows)(
      const ck_f32_conv *_Nonnull conv, const float *_Nonnull in, const float *_Nonnull weights, const float *_Nullable bias, const float *_Nullable residual,
      float *_Nonnull out, int32_t row0, int32_t row1, int32_t block0, int32_t block1, float *_Nonnull scratch);
  /* Transforms tiles tile0..<tile1 of planes plane0..<plane1; `tiles` is the count that the buffer holds, its first being tile0's. */
  void (*_Nonnull winograd_input[3])(
      const ck_f32_winograd *_Nonnull w, const float *_Nonnull in, float *_Nonnull transformed, int32_t tile0, int32_t tile1, int32_t tiles,
      int32_t plane0, int32_t plane1);
  /* products[blocks][points][tiles] for output blocks block0..<block1; weights begin at point 0, block 0 of `out_blocks`:
     few blocks at a time, whose weights for all points then lie side by side, are read fastest from far memory. */
  void (*_Nonnull winograd_multiply)(
      int32_t points, int32_t planes, int32_t tiles, int32_t out_blocks, const float *_Nonnull transformed,
      const float *_Nonnull weights, float *_Nonnull products, int32_t block0, int32_t block1, int32_t tile_blocks);
  /* Transforms back, adds bias and residual, clamps and stores tiles tile0..<tile1 of blocks block0..<block1. */
  void (*_Nonnull winograd_output[3])(
      const ck_f32_winograd *_Nonnull w, const float *_Nonnull products, const float *_Nullable bias, const float *_Nullable residual, float *_Nonnull out,
      int32_t tile0, int32_t tile1, int32_t tiles, int32_t block0, int32_t block1);
  /* F(4 x 4, 3 x 3) of a plain map of one to four channels, one a plane: rows row0..<row1 of tiles, all blocks. Weights
     [block][6 across][6 down][channel][width]. */
  void (*_Nonnull winograd_plain)(
      const ck_f32_winograd *_Nonnull w, const float *_Nonnull in, const float *_Nonnull weights, const float *_Nullable bias,
      float *_Nonnull out, int32_t row0, int32_t row1, int32_t blocks, float *_Nonnull scratch);
  /* The same with stride 2, by F(4 x 4, 3 x 3) for kernels of 5 or 6 and by F(3 x 3, 4 x 4) for those of 7 or 8; pool is
     1. Weights [6 down][6 across][block][turn][channel][width], turns being taps on even rows and columns, on even rows
     and odd columns, on odd ones of both, and on odd rows and even columns; zeros for taps that there are not. */
  void (*_Nonnull winograd_strided)(
      const ck_f32_winograd *_Nonnull w, const float *_Nonnull in, const float *_Nonnull weights, const float *_Nullable bias,
      float *_Nonnull out, int32_t row0, int32_t row1, int32_t blocks, float *_Nonnull scratch);
  /* Depthwise rows row0..<row1 of one block of channels; kernel [kernel_h][kernel_w][width], in and out one plane. */
  void (*_Nonnull depthwise_rows)(
      const ck_f32_conv *_Nonnull conv, const float *_Nonnull in, const float *_Nonnull weights, const float *_Nullable bias, const float *_Nullable residual,
      float *_Nonnull out, int32_t row0, int32_t row1);
  /* Brings weights into the orders above, and those of dense layers into theirs. */
  ck_f32_pack_kernels pack;
} ck_f32_conv_kernels;

#endif
