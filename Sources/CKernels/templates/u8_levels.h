/* From floats to levels and back, in vectors; the arithmetic is the same on every instruction set. */
#include <string.h>

#define CK_PASTE2(a, b) a##_##b
#define CK_PASTE(a, b) CK_PASTE2(a, b)
/* name -> name_avx2 and so on. */
#define CK_NAME(name) CK_PASTE(name, CK_ISA)
#define CK_UNROLL _Pragma("clang loop unroll(full)")

/* Where the optimiser unrolls by itself first it warns that nothing is left to unroll. */
#pragma clang diagnostic ignored "-Wpass-failed"
/* Vectors wider than the registers are passed to functions that are inlined, always: there is no ABI to change. */
#pragma clang diagnostic ignored "-Wpsabi"
/* A product that is fused with a sum on one machine and not on another would give other levels. */
#pragma clang fp contract(off)

/* A pixel of a block. */
typedef uint8_t lanes_u8 __attribute__((ext_vector_type(CK_U8_LANES)));
typedef int32_t lanes_i32 __attribute__((ext_vector_type(CK_U8_LANES)));
typedef float lanes_f32 __attribute__((ext_vector_type(CK_U8_LANES)));

VIN lanes_u8 lload(const uint8_t *p) {
  lanes_u8 v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
VIN void lstore(uint8_t *p, lanes_u8 v) { __builtin_memcpy(p, &v, sizeof v); }

/* Rounds |x| < 2^22 to the nearest integer, ties to even: adding 1.5 * 2^23 leaves no room for a fraction. */
#define CK_ROUND(x) (((x) + 12582912.0f) - 12582912.0f)

/* What quotients become: clamped first, which gives the same because the ends are integers; a NaN becomes `lower`. */
VIN lanes_u8 lquantize(lanes_f32 quotient, int32_t zero, int32_t lower, int32_t upper) {
  const lanes_f32 low = (lanes_f32)(float)(lower - zero), high = (lanes_f32)(float)(upper - zero);
  lanes_f32 clamped = quotient > low ? quotient : low;
  clamped = clamped < high ? clamped : high;
  const lanes_i32 levels = __builtin_convertvector(CK_ROUND(clamped), lanes_i32) + zero;
  return __builtin_convertvector(levels, lanes_u8);
}

VIN lanes_f32 ldequantize(lanes_u8 levels, ck_u8_levels meaning) {
  return __builtin_convertvector(__builtin_convertvector(levels, lanes_i32) - meaning.zero, lanes_f32) * meaning.scale;
}

/* The level of a sum. */
VIN void dfinish(const di sum, const float *factor, const float *shift, const ck_u8s8_conv *c, uint8_t *out) {
  typedef uint8_t du __attribute__((ext_vector_type(CK_DOTS)));
  df factors, low = (df)(float)(c->lower - c->zero), high = (df)(float)(c->upper - c->zero);
  __builtin_memcpy(&factors, factor, sizeof factors);
  df value = __builtin_convertvector(sum, df) * factors;
  if (shift) {
    df shifts;
    __builtin_memcpy(&shifts, shift, sizeof shifts);
    value = value + shifts;
  }
  value = value > low ? value : low;
  value = value < high ? value : high;
  const di levels = __builtin_convertvector(CK_ROUND(value), di) + c->zero;
  const du bytes = __builtin_convertvector(levels, du);
  __builtin_memcpy(out, &bytes, sizeof bytes);
}
