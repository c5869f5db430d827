/* 4 floats in a 128-bit register: NEON of AArch64. */
#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>

#define CK_ISA neon
#define CK_WIDTH 4
#define CK_TILE1_PIXELS 14
#define CK_TILE2_PIXELS 12
#define CK_TILE4_PIXELS 6


typedef float vf __attribute__((ext_vector_type(4)));
typedef int32_t vi __attribute__((ext_vector_type(4)));
#define VIN static inline __attribute__((always_inline))

VIN vf vload(const float *p) { return (vf)vld1q_f32(p); }
VIN void vstore(float *p, vf v) { vst1q_f32(p, (float32x4_t)v); }
VIN vf vload_half(const void *p) {
  return (vf)vcvt_f32_f16(vreinterpret_f16_u8(vld1_u8((const uint8_t *)p)));
}
VIN vf vset(float x) { return (vf)vdupq_n_f32(x); }
VIN vf vfma(vf a, vf b, vf c) { return (vf)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b); }
/* FMAX and FMIN give NaN where either is NaN. */
VIN vf vmax(vf a, vf b) { return (vf)vmaxq_f32((float32x4_t)a, (float32x4_t)b); }
VIN vf vmin(vf a, vf b) { return (vf)vminq_f32((float32x4_t)a, (float32x4_t)b); }
VIN vf vsqrt(vf a) { return (vf)vsqrtq_f32((float32x4_t)a); }
VIN vf vround(vf a) { return (vf)vrndnq_f32((float32x4_t)a); }
VIN vi vtoint(vf a) { return (vi)vcvtnq_s32_f32((float32x4_t)a); }
VIN float vsum(vf a) { return vaddvq_f32((float32x4_t)a); }
VIN float vmaximum(vf a) { return vmaxvq_f32((float32x4_t)a); }
