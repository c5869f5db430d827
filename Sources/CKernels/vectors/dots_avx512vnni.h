/* Products of four levels and four weights, summed: vpdpbusd of AVX-512 VNNI, 16 sums in a 512-bit register. */
#include <immintrin.h>

#define CK_ISA avx512vnni
#define CK_DOTS 16
#define CK_DOT1_PIXELS 12
#define CK_DOT2_PIXELS 12
#define CK_DOT4_PIXELS 6

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni,avx2,fma"))), apply_to = function)

#define VIN static inline __attribute__((always_inline))
typedef int32_t di __attribute__((ext_vector_type(16)));
typedef float df __attribute__((ext_vector_type(16)));
typedef __m512i dot_levels;
typedef __m512i dot_weights;

VIN dot_levels dlevels(const uint8_t *four) {
  int32_t all;
  __builtin_memcpy(&all, four, 4);
  return _mm512_set1_epi32(all);
}
VIN dot_weights dweights(const int8_t *w) { return _mm512_loadu_si512(w); }
VIN di ddot(di sum, dot_levels x, dot_weights w) { return (di)_mm512_dpbusd_epi32((__m512i)sum, x, w); }
