/* Weights on their way from a file to the order in which kernels read them. */
#ifndef CKERNELS_PACK_H
#define CKERNELS_PACK_H

#include <stddef.h>
#include <stdint.h>

/* How numbers are stored, little-endian, at any address: IEEE 754 binary32 and binary16, or the upper half of binary32. */
typedef enum { CK_FLOAT32, CK_FLOAT16, CK_BFLOAT16 } ck_element;

/*
 * The kernels of one instruction set. Both convert to float32, which is exact, so that all sets give the same numbers; and
 * both return 1 where all numbers read are finite, else 0. Of numbers that are none, only that they are none is kept.
 */
typedef struct {
  /* Rows become lanes: the i-th of `count` elements of each of the `rows` rows, which are `row_stride` elements apart,
     goes to out[i / inner * outer_stride + i % inner * inner_stride + row]. `rows` is at most the vector's width, the
     lanes beyond it become zero. */
  int32_t (*_Nonnull columns)(
      const void *_Nonnull source, ck_element element, ptrdiff_t row_stride, int32_t rows, int32_t count, int32_t inner,
      ptrdiff_t inner_stride, ptrdiff_t outer_stride, float *_Nonnull out);
  /* Rows stay rows: `rows` of `count` elements, `row_stride` elements apart, to rows `out_stride` floats apart. */
  int32_t (*_Nonnull rows)(
      const void *_Nonnull source, ck_element element, ptrdiff_t row_stride, int32_t rows, int32_t count,
      ptrdiff_t out_stride, float *_Nonnull out);
  /* Transforms 3x3 weights [out][in][3][3] for F(2 x 2), F(4 x 4) and F(6 x 6) in Double, rounding once, to
     [point][block][plane][lane][width]. */
  void (*_Nonnull winograd[3])(
      const void *_Nonnull source, ck_element element, int32_t out_channels, int32_t in_channels,
      float *_Nonnull transformed);
  /* The same of 4x4 weights for F(3 x 3, 4 x 4). */
  void (*_Nonnull winograd_3)(
      const void *_Nonnull source, ck_element element, int32_t out_channels, int32_t in_channels,
      float *_Nonnull transformed);
} ck_f32_pack_kernels;

#endif
