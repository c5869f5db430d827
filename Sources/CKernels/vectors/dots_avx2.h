/*
 * Products of four levels and four weights, summed: AVX2, 8 sums in a 256-bit register. vpmaddubsw would saturate; so
 * bytes of even and of odd place are made 16-bit numbers, the products of which vpmaddwd sums in pairs exactly.
 */
#include <immintrin.h>

#define CK_ISA avx2
#define CK_DOTS 8
#define CK_DOT1_PIXELS 4
#define CK_DOT2_PIXELS 2
#define CK_DOT4_PIXELS 0

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define VIN static inline __attribute__((always_inline))
typedef int32_t di __attribute__((ext_vector_type(8)));
typedef float df __attribute__((ext_vector_type(8)));
typedef struct {
  __m256i even, odd;
} dot_levels;
typedef dot_levels dot_weights;

VIN dot_levels dlevels(const uint8_t *four) {
  int32_t all;
  __builtin_memcpy(&all, four, 4);
  const __m256i x = _mm256_set1_epi32(all);
  const dot_levels parts = {_mm256_and_si256(x, _mm256_set1_epi16(0xff)), _mm256_srli_epi16(x, 8)};
  return parts;
}
VIN dot_weights dweights(const int8_t *w) {
  const __m256i all = _mm256_loadu_si256((const __m256i *)w);
  const dot_weights parts = {_mm256_srai_epi16(_mm256_slli_epi16(all, 8), 8), _mm256_srai_epi16(all, 8)};
  return parts;
}
VIN di ddot(di sum, dot_levels x, dot_weights w) {
  const __m256i products = _mm256_add_epi32(_mm256_madd_epi16(x.even, w.even), _mm256_madd_epi16(x.odd, w.odd));
  return (di)_mm256_add_epi32((__m256i)sum, products);
}
