#include "ckernels.h"

#define CK_DECLARE(SET)                                 \
  const ck_f32_conv_kernels *ck_f32_conv_##SET(void);   \
  const ck_f32_ops_kernels *ck_f32_ops_##SET(void);
/* The byte kernels of AVX-512 are those of VNNI: without it AVX2's do. */
const ck_u8_kernels *ck_u8_portable(void);
const ck_u8_kernels *ck_u8_neon(void);
const ck_u8_kernels *ck_u8_avx2(void);
const ck_u8_kernels *ck_u8_avx512vnni(void);
CK_DECLARE(portable)
CK_DECLARE(neon)
CK_DECLARE(avx2)
CK_DECLARE(avx512)

const ck_f32_conv_kernels *ck_f32_conv_kernels_of(uint32_t feature) {
  switch (feature) {
    case CKERNELS_CPU_PORTABLE: return ck_f32_conv_portable();
#if defined(__aarch64__)
    case CKERNELS_CPU_NEON: return ck_f32_conv_neon();
#elif defined(__x86_64__)
    case CKERNELS_CPU_AVX2_FMA: return ck_f32_conv_avx2();
    case CKERNELS_CPU_AVX512: return ck_f32_conv_avx512();
#endif
    default: return 0;
  }
}

const ck_f32_ops_kernels *ck_f32_ops_kernels_of(uint32_t feature) {
  switch (feature) {
    case CKERNELS_CPU_PORTABLE: return ck_f32_ops_portable();
#if defined(__aarch64__)
    case CKERNELS_CPU_NEON: return ck_f32_ops_neon();
#elif defined(__x86_64__)
    case CKERNELS_CPU_AVX2_FMA: return ck_f32_ops_avx2();
    case CKERNELS_CPU_AVX512: return ck_f32_ops_avx512();
#endif
    default: return 0;
  }
}

const ck_u8_kernels *ck_u8_kernels_of(uint32_t feature) {
  switch (feature) {
    case CKERNELS_CPU_PORTABLE: return ck_u8_portable();
#if defined(__aarch64__)
    case CKERNELS_CPU_NEON: return ck_u8_neon();
#elif defined(__x86_64__)
    case CKERNELS_CPU_AVX2_FMA: return ck_u8_avx2();
    case CKERNELS_CPU_AVX512_VNNI: return ck_u8_avx512vnni();
#endif
    default: return 0;
  }
}

size_t ck_u8s8_conv_scratch(const ck_u8s8_conv *c, int32_t rows) {
  const size_t width = (size_t)(c->out_width - 1) * c->stride_w + (size_t)(c->kernel_w - 1) * c->dilation_w + 1;
  const size_t height = (size_t)(rows - 1) * c->stride_h + (size_t)(c->kernel_h - 1) * c->dilation_h + 1;
  return (size_t)c->planes * CK_U8_LANES * width * height;
}

size_t ck_f32_conv_scratch(const ck_f32_conv *c, int32_t rows, int32_t width) {
  if (c->gathers) {
    return (size_t)ck_f32_conv_chunk(c) * c->lane * c->kernel_h * c->kernel_w * c->out_width * (size_t)rows;
  }
  const size_t pool = c->pool == 2 ? 2 : 1;
  const size_t strip_width = (size_t)(c->out_width - 1) * c->stride_w + (size_t)(c->kernel_w - 1) * c->dilation_w + 1;
  const size_t strip_rows = (rows * pool - 1) * c->stride_h + (size_t)(c->kernel_h - 1) * c->dilation_h + 1;
  const size_t pooled = pool == 2 ? 4 * 2 * (size_t)c->out_width * width : 0;
  return (size_t)c->planes * c->lane * strip_width * strip_rows + pooled;
}

size_t ck_f32_winograd_plain_scratch(const ck_f32_winograd *w, int32_t width) {
  /* Twelve lines of six points a tile and channel: six rows transformed across, and their points. */
  return (size_t)12 * 6 * (size_t)w->planes * (size_t)((w->tiles_across + width - 1) / width * width);
}

size_t ck_f32_winograd_strided_scratch(const ck_f32_winograd *w, int32_t width) {
  /* Twelve rows of six points a tile, channel and parity, their points down, and products of two blocks. */
  const size_t tiles = (size_t)((w->tiles_across + width - 1) / width * width);
  return (size_t)24 * 6 * 2 * (size_t)w->planes * tiles + (size_t)2 * 36 * tiles * (size_t)width;
}
