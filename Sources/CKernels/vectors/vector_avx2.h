/* 8 floats in a 256-bit register: AVX2 and FMA. */
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define CK_ISA avx2
#define CK_WIDTH 8
#define CK_TILE1_PIXELS 6
#define CK_TILE2_PIXELS 6
#define CK_TILE4_PIXELS 2

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

typedef float vf __attribute__((ext_vector_type(8)));
typedef int32_t vi __attribute__((ext_vector_type(8)));
#define VIN static inline __attribute__((always_inline))

VIN vf vload(const float *p) { return (vf)_mm256_loadu_ps(p); }
VIN void vstore(float *p, vf v) { _mm256_storeu_ps(p, (__m256)v); }
VIN vf vload_half(const void *p) { return (vf)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p)); }
VIN vf vset(float x) { return (vf)_mm256_set1_ps(x); }
VIN vf vfma(vf a, vf b, vf c) { return (vf)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
/* max(a, b) and min(a, b) give b where either is NaN: with the data in b, NaN survives. */
VIN vf vmax(vf a, vf b) { return (vf)_mm256_max_ps((__m256)a, (__m256)b); }
VIN vf vmin(vf a, vf b) { return (vf)_mm256_min_ps((__m256)a, (__m256)b); }
VIN vf vsqrt(vf a) { return (vf)_mm256_sqrt_ps((__m256)a); }
VIN vf vround(vf a) { return (vf)_mm256_round_ps((__m256)a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
VIN vi vtoint(vf a) { return (vi)_mm256_cvtps_epi32((__m256)a); }
VIN float vsum(vf a) {
  float s = 0;
  for (int i = 0; i < 8; i++) s += a[i];
  return s;
}
VIN float vmaximum(vf a) {
  float m = a[0];
  for (int i = 1; i < 8; i++) m = m > a[i] ? m : a[i];
  return m;
}
