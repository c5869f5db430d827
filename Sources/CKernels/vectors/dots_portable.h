/* Products of four levels and four weights, summed, in whatever the compiler's baseline offers. */
#define CK_ISA portable
#define CK_DOTS 4
#define CK_DOT1_PIXELS 4
#define CK_DOT2_PIXELS 2
#define CK_DOT4_PIXELS 0

#define VIN static inline __attribute__((always_inline))
typedef int32_t di __attribute__((ext_vector_type(4)));
typedef float df __attribute__((ext_vector_type(4)));
typedef const uint8_t *dot_levels;
typedef const int8_t *dot_weights;

VIN dot_levels dlevels(const uint8_t *four) { return four; }
VIN dot_weights dweights(const int8_t *w) { return w; }
VIN di ddot(di sum, dot_levels x, dot_weights w) {
  for (int i = 0; i < 4; i++) {
    sum[i] += (x[0] * w[4 * i] + x[1] * w[4 * i + 1]) + (x[2] * w[4 * i + 2] + x[3] * w[4 * i + 3]);
  }
  return sum;
}
