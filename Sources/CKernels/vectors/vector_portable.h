/* 4 floats in whatever the compiler's baseline offers. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#define CK_ISA portable
#define CK_WIDTH 4
#define CK_TILE1_PIXELS 6
#define CK_TILE2_PIXELS 6
#define CK_TILE4_PIXELS 2


typedef float vf __attribute__((ext_vector_type(4)));
typedef int32_t vi __attribute__((ext_vector_type(4)));
#define VIN static inline __attribute__((always_inline))

VIN vf vload(const float *p) {
  vf v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
VIN void vstore(float *p, vf v) { __builtin_memcpy(p, &v, sizeof v); }
/* From the fields of IEEE 754 binary16: what is subnormal there is a whole number of 2^-24. */
VIN vf vload_half(const void *p) {
  uint16_t half[4];
  __builtin_memcpy(half, p, sizeof half);
  vf v;
  for (int i = 0; i < 4; i++) {
    const uint32_t sign = (uint32_t)(half[i] & 0x8000) << 16, magnitude = half[i] & 0x7fff;
    const uint32_t exponent = magnitude >= 0x7c00 ? 0x70000000u : 112u << 23;
    const uint32_t bits = sign | ((magnitude << 13) + exponent);
    float normal;
    __builtin_memcpy(&normal, &bits, sizeof normal);
    const float subnormal = (float)magnitude * 0x1p-24f;
    v[i] = magnitude >= 0x400 ? normal : sign ? -subnormal : subnormal;
  }
  return v;
}
VIN vf vset(float x) { return (vf)x; }
/* Product and sum each rounded: the baseline has no fused form. */
VIN vf vfma(vf a, vf b, vf c) {
#pragma clang fp contract(off)
  return a * b + c;
}
/* max(a, b) and min(a, b) give b where either is NaN: with the data in b, NaN survives. */
VIN vf vmax(vf a, vf b) { return a > b ? a : b; }
VIN vf vmin(vf a, vf b) { return a < b ? a : b; }
VIN vf vsqrt(vf a) { return __builtin_elementwise_sqrt(a); }
VIN vf vround(vf a) {
  /* Adding and taking away 1.5 * 2^23 rounds to nearest even where |a| < 2^22, which is all that is asked. */
  vf magic = vset(12582912.0f);
  return (a + magic) - magic;
}
VIN vi vtoint(vf a) { return __builtin_convertvector(vround(a), vi); }
VIN float vsum(vf a) { return (a[0] + a[1]) + (a[2] + a[3]); }
VIN float vmaximum(vf a) {
  float m = a[0];
  for (int i = 1; i < 4; i++) m = m > a[i] ? m : a[i];
  return m;
}
