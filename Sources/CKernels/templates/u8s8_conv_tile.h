/*
 * The sums of BLOCKS output blocks times PIXELS neighbouring output pixels, held in registers while taps and input
 * channels pass: per step one vector of weights (16 filters times 4 channels) a block, 4 levels a pixel for all filters.
 */
typedef struct {
  const ck_u8s8_conv *conv;
  ptrdiff_t plane_stride, tap_h_stride, tap_w_stride, pixel_stride;
} u8s8_tile;

typedef void (*u8s8_tile_function)(
    const u8s8_tile *t, const uint8_t *in, const int8_t *weights, const int32_t *start, const float *factor,
    const float *shift, uint8_t *out);

/* Vectors of sums in a block. */
#define CK_PARTS (CK_U8_LANES / CK_DOTS)
#define CK_STEP_BYTES (CK_U8_LANES * 4)

VIN void u8s8_tile_body(
    const int blocks, const int pixels, const ptrdiff_t step, const u8s8_tile *t, const uint8_t *in,
    const int8_t *weights, const int32_t *start, const float *factor, const float *shift, uint8_t *out) {
  const ck_u8s8_conv *c = t->conv;
  di sums[4 * CK_PARTS][CK_DOT1_PIXELS];
  CK_UNROLL for (int b = 0; b < blocks * CK_PARTS; b++) {
    di first;
    __builtin_memcpy(&first, start + b * CK_DOTS, sizeof first);
    CK_UNROLL for (int p = 0; p < pixels; p++) sums[b][p] = first;
  }
  const ptrdiff_t block_stride = c->weight_block_stride;
  const int32_t inner = c->inner;
  for (int32_t plane = 0; plane < c->planes; plane++) {
    for (int32_t kh = 0; kh < c->kernel_h; kh++) {
      const uint8_t *row = in + plane * t->plane_stride + kh * t->tap_h_stride;
      for (int32_t kw = 0; kw < c->kernel_w; kw++) {
        const uint8_t *x = row + kw * t->tap_w_stride;
        for (int32_t i = 0; i < inner; i++) {
          dot_weights w[4 * CK_PARTS];
          CK_UNROLL for (int b = 0; b < blocks; b++) {
            CK_UNROLL for (int part = 0; part < CK_PARTS; part++) {
              w[b * CK_PARTS + part] = dweights(weights + b * block_stride + part * CK_DOTS * 4);
            }
          }
          weights += CK_STEP_BYTES;
          CK_UNROLL for (int p = 0; p < pixels; p++) {
            const dot_levels levels = dlevels(x + p * step);
            CK_UNROLL for (int b = 0; b < blocks * CK_PARTS; b++) sums[b][p] = ddot(sums[b][p], levels, w[b]);
          }
          x += 4;
        }
      }
    }
  }
  CK_UNROLL for (int b = 0; b < blocks; b++) {
    CK_UNROLL for (int part = 0; part < CK_PARTS; part++) {
      const int at = b * CK_U8_LANES + part * CK_DOTS;
      CK_UNROLL for (int p = 0; p < pixels; p++) {
        dfinish(
            sums[b * CK_PARTS + part][p], factor + at, shift ? shift + at : 0, c,
            out + b * c->out_plane_stride + p * CK_U8_LANES + part * CK_DOTS);
      }
    }
  }
}

#define CK_TILE(BLOCKS, PIXELS, NAME, STEP)                                                                   \
  static void u8s8_tile_##BLOCKS##x##PIXELS##_##NAME(                                                         \
      const u8s8_tile *t, const uint8_t *in, const int8_t *weights, const int32_t *start, const float *factor, \
      const float *shift, uint8_t *out) {                                                                     \
    u8s8_tile_body(BLOCKS, PIXELS, STEP, t, in, weights, start, factor, shift, out);                          \
  }
#define CK_ENTRY(BLOCKS, PIXELS, NAME, STEP) u8s8_tile_##BLOCKS##x##PIXELS##_##NAME,

/* FOR_PIXELS_n(F, BLOCKS, NAME, STEP): F for every tile width up to n. */
#define FOR_PIXELS_0(F, B, N, S)
#define FOR_PIXELS_2(F, B, N, S) F(B, 1, N, S) F(B, 2, N, S)
#define FOR_PIXELS_4(F, B, N, S) FOR_PIXELS_2(F, B, N, S) F(B, 3, N, S) F(B, 4, N, S)
#define FOR_PIXELS_6(F, B, N, S) FOR_PIXELS_4(F, B, N, S) F(B, 5, N, S) F(B, 6, N, S)
#define FOR_PIXELS_12(F, B, N, S)                                                                       \
  FOR_PIXELS_6(F, B, N, S) F(B, 7, N, S) F(B, 8, N, S) F(B, 9, N, S) F(B, 10, N, S) F(B, 11, N, S) F(B, 12, N, S)
#define CK_CALL(F, ...) F(__VA_ARGS__)
#define FOR_PIXELS(COUNT, ...) CK_CALL(CK_PASTE_PIXELS(FOR_PIXELS_, COUNT), __VA_ARGS__)
#define CK_PASTE_PIXELS(a, b) CK_PASTE_PIXELS2(a, b)
#define CK_PASTE_PIXELS2(a, b) a##b

/* Every tile for one distance between neighbouring pixels' inputs. */
#define CK_TILES(NAME, STEP)                                                     \
  FOR_PIXELS(CK_DOT1_PIXELS, CK_TILE, 1, NAME, STEP)                             \
  FOR_PIXELS(CK_DOT2_PIXELS, CK_TILE, 2, NAME, STEP)                             \
  FOR_PIXELS(CK_DOT4_PIXELS, CK_TILE, 4, NAME, STEP)                             \
  static const u8s8_tile_function u8s8_tiles_##NAME[3][CK_DOT1_PIXELS] = {       \
      {FOR_PIXELS(CK_DOT1_PIXELS, CK_ENTRY, 1, NAME, STEP)},                     \
      {FOR_PIXELS(CK_DOT2_PIXELS, CK_ENTRY, 2, NAME, STEP)},                     \
      {FOR_PIXELS(CK_DOT4_PIXELS, CK_ENTRY, 4, NAME, STEP)},                     \
  };

CK_TILES(step1, CK_U8_LANES)
CK_TILES(step2, 2 * CK_U8_LANES)
/* Any distance; only for convolutions that are rare. */
CK_TILES(any, t->pixel_stride)

static const int32_t u8s8_most_pixels[3] = {CK_DOT1_PIXELS, CK_DOT2_PIXELS, CK_DOT4_PIXELS};
