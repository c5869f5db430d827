/* 16 floats in a 512-bit register: AVX-512 F, VL, BW, DQ and FMA. */
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define CK_ISA avx512
#define CK_WIDTH 16
/* Registers that hold sums in convolution tiles: output channel blocks times pixels. */
#define CK_TILE1_PIXELS 14
#define CK_TILE2_PIXELS 14
#define CK_TILE4_PIXELS 7

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,f16c"))), apply_to = function)

typedef float vf __attribute__((ext_vector_type(16)));
typedef int32_t vi __attribute__((ext_vector_type(16)));
#define VIN static inline __attribute__((always_inline))

VIN vf vload(const float *p) { return (vf)_mm512_loadu_ps(p); }
VIN void vstore(float *p, vf v) { _mm512_storeu_ps(p, (__m512)v); }
VIN vf vload_half(const void *p) { return (vf)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p)); }
VIN vf vset(float x) { return (vf)_mm512_set1_ps(x); }
VIN vf vfma(vf a, vf b, vf c) { return (vf)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
/* max(a, b) and min(a, b) give b where either is NaN: with the data in b, NaN survives. */
VIN vf vmax(vf a, vf b) { return (vf)_mm512_max_ps((__m512)a, (__m512)b); }
VIN vf vmin(vf a, vf b) { return (vf)_mm512_min_ps((__m512)a, (__m512)b); }
VIN vf vsqrt(vf a) { return (vf)_mm512_sqrt_ps((__m512)a); }
VIN vf vround(vf a) { return (vf)_mm512_roundscale_ps((__m512)a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
VIN vi vtoint(vf a) { return (vi)_mm512_cvtps_epi32((__m512)a); }
VIN float vsum(vf a) { return _mm512_reduce_add_ps((__m512)a); }
VIN float vmaximum(vf a) { return _mm512_reduce_max_ps((__m512)a); }
