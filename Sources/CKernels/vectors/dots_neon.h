/* Products of four levels and four weights, summed: NEON of AArch64 without its later dot products, 4 sums in a register. */
#include <arm_neon.h>

#define CK_ISA neon
#define CK_DOTS 4
#define CK_DOT1_PIXELS 4
#define CK_DOT2_PIXELS 2
#define CK_DOT4_PIXELS 0

#define VIN static inline __attribute__((always_inline))
typedef int32_t di __attribute__((ext_vector_type(4)));
typedef float df __attribute__((ext_vector_type(4)));
typedef int16x4_t dot_levels;
typedef struct {
  int16x8_t low, high;
} dot_weights;

VIN dot_levels dlevels(const uint8_t *four) {
  uint32_t all;
  __builtin_memcpy(&all, four, 4);
  return vget_low_s16(vreinterpretq_s16_u16(vmovl_u8(vcreate_u8(all))));
}
VIN dot_weights dweights(const int8_t *w) {
  const int8x16_t all = vld1q_s8(w);
  const dot_weights parts = {vmovl_s8(vget_low_s8(all)), vmovl_s8(vget_high_s8(all))};
  return parts;
}
VIN di ddot(di sum, dot_levels x, dot_weights w) {
  const int32x4_t a = vmull_s16(vget_low_s16(w.low), x), b = vmull_s16(vget_high_s16(w.low), x);
  const int32x4_t c = vmull_s16(vget_low_s16(w.high), x), d = vmull_s16(vget_high_s16(w.high), x);
  return sum + (di)vpaddq_s32(vpaddq_s32(a, b), vpaddq_s32(c, d));
}
