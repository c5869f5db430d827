/*
 * Work on maps of 8-bit levels, which stand for (level - zero) * scale. Levels are unsigned: signed ones are moved up by
 * 128 with their zero before they come here. A map lies as [block of 16 channels][height][width][16], whatever the
 * instruction set; lanes beyond the last channel hold anything.
 */
#ifndef CKERNELS_U8_H
#define CKERNELS_U8_H

#include <stddef.h>
#include <stdint.h>

/* Channels in a block. */
#define CK_U8_LANES 16

/*
 * One image's convolution of levels with signed weights. Weights: [output block][input plane][kernel_h][kernel_w][inner]
 * [16 filters][4 channels]. A sum begins with start[filter]; the level written is
 * clamp(round(sum * factor[filter] + shift[filter]) + zero, lower, upper), product and sum rounded to float32 each, ties to
 * even. Sums must fit into 32 bits.
 */
typedef struct {
  int32_t planes;
  /* Groups of four channels in each plane that hold any: 1 to 4. */
  int32_t inner;
  int32_t in_height, in_width;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t out_height, out_width;
  /* Output blocks computed together: 1, 2 or 4. */
  int32_t tile_blocks;
  /* The level that stands for zero in the input, which padding holds. */
  int32_t padding;
  int32_t zero, lower, upper;
  ptrdiff_t in_plane_stride, out_plane_stride, weight_block_stride;
} ck_u8s8_conv;

/* Bytes of scratch memory that conv_rows and depthwise_rows need for `rows` output rows of `planes` input planes. */
size_t ck_u8s8_conv_scratch(const ck_u8s8_conv *_Nonnull conv, int32_t rows);

/* How an operand of a map's size lies: as the map does, one level a channel, or one level a pixel (in lane 0). */
typedef enum { CK_U8_MAP, CK_U8_CHANNEL, CK_U8_PIXEL } ck_u8_operand;
typedef enum { CK_U8_ADD, CK_U8_SUBTRACT, CK_U8_MULTIPLY } ck_u8_binary;

/* What levels stand for. */
typedef struct {
  float scale;
  int32_t zero;
} ck_u8_levels;

/* A result: its levels and the range that they are clamped to. */
typedef struct {
  ck_u8_levels levels;
  int32_t lower, upper;
} ck_u8_result;

/* The kernels of one instruction set. All give the same levels. */
typedef struct {
  /* Output rows row0..<row1 of output blocks block0..<block1 of one image; shift may be null. */
  void (*_Nonnull conv_rows)(
      const ck_u8s8_conv *_Nonnull conv, const uint8_t *_Nonnull in, const int8_t *_Nonnull weights, const int32_t *_Nonnull start,
      const float *_Nonnull factor, const float *_Nullable shift, uint8_t *_Nonnull out, int32_t row0, int32_t row1, int32_t block0,
      int32_t block1, uint8_t *_Nonnull scratch);
  /* The same of one block whose filters see one channel each; weights: [kernel_h][kernel_w][16], one a 32-bit integer. */
  void (*_Nonnull depthwise_rows)(
      const ck_u8s8_conv *_Nonnull conv, const uint8_t *_Nonnull in, const int32_t *_Nonnull weights, const int32_t *_Nonnull start,
      const float *_Nonnull factor, const float *_Nullable shift, uint8_t *_Nonnull out, int32_t row0, int32_t row1, uint8_t *_Nonnull scratch);

  /* Floats to levels: clamp(round(x / scale) + zero, lower, upper), the quotient rounded to float32, ties to even. */
  void (*_Nonnull quantize)(const float *_Nonnull in, ck_u8_result result, uint8_t *_Nonnull out, ptrdiff_t count);
  /* The same from a plain image [channels][pixels]; lanes beyond the last channel become zero's level. */
  void (*_Nonnull quantize_plain)(
      const float *_Nonnull in, int32_t channels, int32_t pixels, ck_u8_result result, uint8_t *_Nonnull out);
  void (*_Nonnull dequantize)(const uint8_t *_Nonnull in, ck_u8_levels levels, float *_Nonnull out, ptrdiff_t count);
  void (*_Nonnull dequantize_plain)(
      const uint8_t *_Nonnull in, int32_t channels, int32_t pixels, ck_u8_levels levels, float *_Nonnull out);

  /* One block: quantize(operation(dequantize(left), dequantize(right))), every step rounded to float32. */
  void (*_Nonnull binary)(
      ck_u8_binary operation, ck_u8_operand left_kind, const uint8_t *_Nonnull left, ck_u8_levels left_levels, ck_u8_operand right_kind,
      const uint8_t *_Nonnull right, ck_u8_levels right_levels, ck_u8_result result, uint8_t *_Nonnull out, int32_t pixels);
  /* out[i] = table[in[i]]; in place if you like. */
  void (*_Nonnull lookup)(const uint8_t *_Nonnull in, const uint8_t *_Nonnull table, uint8_t *_Nonnull out, ptrdiff_t count);

  /* Rows of the maxima over one block's windows; conv says the geometry. */
  void (*_Nonnull pool_rows)(
      const ck_u8s8_conv *_Nonnull conv, const uint8_t *_Nonnull in, uint8_t *_Nonnull out, int32_t row0, int32_t row1);
  /* Sums and maxima over one block's pixels, 16 of each. */
  void (*_Nonnull reduce_pixels)(const uint8_t *_Nonnull in, int32_t pixels, int32_t *_Nonnull sums, uint8_t *_Nonnull maxima);
  /* Sums and maxima over an image's channels, one of each a pixel. */
  void (*_Nonnull reduce_channels)(
      const uint8_t *_Nonnull in, int32_t channels, int32_t pixels, int32_t *_Nonnull sums, uint8_t *_Nonnull maxima);
  /* One image's channels, through a table, to another map's from channel `first` on. */
  void (*_Nonnull copy_channels)(
      const uint8_t *_Nonnull in, int32_t channels, int32_t pixels, const uint8_t *_Nonnull table, uint8_t *_Nonnull out, int32_t first);
  /* One image of channels of in_pixels, through a table, to the same elements as out_channels x out_pixels. */
  void (*_Nonnull reshape)(
      const uint8_t *_Nonnull in, int32_t in_pixels, const uint8_t *_Nonnull table, uint8_t *_Nonnull out,
      int32_t out_channels, int32_t out_pixels);
} ck_u8_kernels;

#endif
