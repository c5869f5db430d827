/*
 * Weights that no near cache holds come late unless they are asked for early: while one tile is computed, `ahead`
 * runs over weights that a later one reads, a vector each step, and so does `ahead + ahead_second`. Tiles that have
 * nothing far to ask for are compiled without it: where registers are few, asking takes a tenth of their time.
 *
 * The sums of BLOCKS output channel blocks times PIXELS neighbouring output pixels, held in registers while the taps
 * and input channels pass: per step one weight vector a block, one broadcast input value a pixel.
 */
typedef struct {
  int32_t planes, taps_h, taps_w, inner;
  ptrdiff_t plane_stride, tap_h_stride, tap_w_stride, pixel_stride;
  ptrdiff_t weight_block_stride, out_block_stride, ahead_second;
  float lower, upper;
} conv_tile;

typedef void (*conv_tile_function)(
    const conv_tile *t, const float *in, const float *weights, const float *ahead, const float *bias,
    const float *residual, float *out);

VIN void conv_tile_body(
    const int blocks, const int pixels, const ptrdiff_t step, const int asks, const conv_tile *t, const float *in,
    const float *weights, const float *ahead, const float *bias, const float *residual, float *out) {
  vf sums[4][CK_TILE1_PIXELS];
  CK_UNROLL for (int b = 0; b < blocks; b++) {
    vf start = bias ? vload(bias + b * CK_WIDTH) : vset(0);
    CK_UNROLL for (int p = 0; p < pixels; p++) sums[b][p] = start;
  }
  const ptrdiff_t block_stride = t->weight_block_stride;
  const ptrdiff_t ahead_second = t->ahead_second;
  const int32_t inner = t->inner;
  for (int32_t plane = 0; plane < t->planes; plane++) {
    for (int32_t kh = 0; kh < t->taps_h; kh++) {
      const float *row = in + plane * t->plane_stride + kh * t->tap_h_stride;
      for (int32_t kw = 0; kw < t->taps_w; kw++) {
        const float *x = row + kw * t->tap_w_stride;
        for (int32_t i = 0; i < inner; i++) {
          vf w[4];
          CK_UNROLL for (int b = 0; b < blocks; b++) w[b] = vload(weights + b * block_stride);
          weights += CK_WIDTH;
          if (asks) {
            __builtin_prefetch(ahead);
            __builtin_prefetch(ahead + ahead_second);
            ahead += CK_WIDTH;
          }
          CK_UNROLL for (int p = 0; p < pixels; p++) {
            vf value = vset(x[p * step]);
            CK_UNROLL for (int b = 0; b < blocks; b++) sums[b][p] = vfma(w[b], value, sums[b][p]);
          }
          x++;
        }
      }
    }
  }
  const vf lower = vset(t->lower), upper = vset(t->upper);
  CK_UNROLL for (int b = 0; b < blocks; b++) {
    CK_UNROLL for (int p = 0; p < pixels; p++) {
      ptrdiff_t at = b * t->out_block_stride + p * CK_WIDTH;
      vf sum = sums[b][p];
      if (residual) sum += vload(residual + at);
      vstore(out + at, vclamp(sum, lower, upper));
    }
  }
}

#define CK_TILE(BLOCKS, PIXELS, NAME, STEP, ASKS)                                                                     \
  static void tile_##BLOCKS##x##PIXELS##_##NAME(                                                                \
      const conv_tile *t, const float *in, const float *weights, const float *ahead, const float *bias,         \
      const float *residual, float *out) {                                                                      \
    conv_tile_body(BLOCKS, PIXELS, STEP, ASKS, t, in, weights, ahead, bias, residual, out);                           \
  }
#define CK_ENTRY(BLOCKS, PIXELS, NAME, STEP, ASKS) tile_##BLOCKS##x##PIXELS##_##NAME,

/* FOR_PIXELS_n(F, BLOCKS, NAME, STEP): F for every tile width up to n. */
#define FOR_PIXELS_2(F, B, N, S, A) F(B, 1, N, S, A) F(B, 2, N, S, A)
#define FOR_PIXELS_6(F, B, N, S, A) FOR_PIXELS_2(F, B, N, S, A) F(B, 3, N, S, A) F(B, 4, N, S, A) F(B, 5, N, S, A) F(B, 6, N, S, A)
#define FOR_PIXELS_7(F, B, N, S, A) FOR_PIXELS_6(F, B, N, S, A) F(B, 7, N, S, A)
#define FOR_PIXELS_12(F, B, N, S, A) \
  FOR_PIXELS_7(F, B, N, S, A) F(B, 8, N, S, A) F(B, 9, N, S, A) F(B, 10, N, S, A) F(B, 11, N, S, A) F(B, 12, N, S, A)
#define FOR_PIXELS_14(F, B, N, S, A) FOR_PIXELS_12(F, B, N, S, A) F(B, 13, N, S, A) F(B, 14, N, S, A)
#define CK_CALL(F, ...) F(__VA_ARGS__)
#define FOR_PIXELS(COUNT, ...) CK_CALL(CK_PASTE_PIXELS(FOR_PIXELS_, COUNT), __VA_ARGS__)
#define CK_PASTE_PIXELS(a, b) CK_PASTE_PIXELS2(a, b)
#define CK_PASTE_PIXELS2(a, b) a##b

/* Every tile for one distance between neighbouring pixels' inputs. */
#define CK_TILES(NAME, STEP, ASKS)                           \
  FOR_PIXELS(CK_TILE1_PIXELS, CK_TILE, 1, NAME, STEP, ASKS)  \
  FOR_PIXELS(CK_TILE2_PIXELS, CK_TILE, 2, NAME, STEP, ASKS)  \
  FOR_PIXELS(CK_TILE4_PIXELS, CK_TILE, 4, NAME, STEP, ASKS)  \
  static const conv_tile_function tiles_##NAME[3][CK_TILE1_PIXELS] = { \
      {FOR_PIXELS(CK_TILE1_PIXELS, CK_ENTRY, 1, NAME, STEP, ASKS)}, \
      {FOR_PIXELS(CK_TILE2_PIXELS, CK_ENTRY, 2, NAME, STEP, ASKS)}, \
      {FOR_PIXELS(CK_TILE4_PIXELS, CK_ENTRY, 4, NAME, STEP, ASKS)}, \
  };

CK_TILES(blocked1, CK_WIDTH, 0)
CK_TILES(blocked2, 2 * CK_WIDTH, 0)
CK_TILES(plain1, 1, 0)
CK_TILES(plain2, 2, 0)
CK_TILES(asking1, CK_WIDTH, 1)
CK_TILES(asking2, 2 * CK_WIDTH, 1)
/* Any distance; only for convolutions that are rare. */
FOR_PIXELS(CK_TILE1_PIXELS, CK_TILE, 1, any, t->pixel_stride, 0)
static const conv_tile_function tiles_any[CK_TILE1_PIXELS] = {FOR_PIXELS(CK_TILE1_PIXELS, CK_ENTRY, 1, any, 0, 0)};

/* The tile function and the largest number of blocks and pixels for it. */
typedef struct {
  const conv_tile_function *of_pixels[2][3];
  int32_t most_pixels[3];
} conv_tile_set;

static conv_tile_set conv_tiles_for(ptrdiff_t pixel_stride) {
  conv_tile_set set = {{{tiles_any, 0, 0}, {tiles_any, 0, 0}}, {CK_TILE1_PIXELS, 0, 0}};
  const conv_tile_function (*tiles)[CK_TILE1_PIXELS] = 0, (*asking)[CK_TILE1_PIXELS] = 0;
  if (pixel_stride == CK_WIDTH) tiles = tiles_blocked1, asking = tiles_asking1;
  if (pixel_stride == 2 * CK_WIDTH) tiles = tiles_blocked2, asking = tiles_asking2;
  if (pixel_stride == 1) tiles = asking = tiles_plain1;
  if (pixel_stride == 2) tiles = asking = tiles_plain2;
  if (tiles) {
    for (int k = 0; k < 3; k++) set.of_pixels[0][k] = tiles[k], set.of_pixels[1][k] = asking[k];
    set.most_pixels[1] = CK_TILE2_PIXELS;
    set.most_pixels[2] = CK_TILE4_PIXELS;
  }
  return set;
}

/* Where the weights to be read after a row's begin, and the distance between the blocks' ones; null for none. */
typedef struct {
  const float *next;
  ptrdiff_t block_stride;
} conv_ahead;

/*
 * One row of `count` output pixels, cut into tiles of nearly equal width, for as many blocks at a time as asked. The
 * first tiles ask for the weights of `ahead`, a block each, or the only one for two; gives the tiles' count, `done`
 * being that of rows with the same weights before.
 */
static int32_t conv_tile_row(
    const conv_tile_set *set, conv_tile *t, int32_t blocks, int32_t count, const float *in, const float *weights,
    const conv_ahead *ahead, int32_t done, int32_t more, const float *bias, const float *residual, float *out) {
  int kind = blocks == 4 ? 2 : blocks == 2 ? 1 : 0;
  int32_t most = set->most_pixels[kind];
  int32_t pieces = (count + most - 1) / most;
  int32_t base = count / pieces, longer = count % pieces;
  /* Fewer tiles than blocks: each asks for two blocks' weights. */
  const int32_t each = done + pieces + more < blocks ? 2 : 1;
  for (int32_t piece = 0; piece < pieces; piece++) {
    int32_t pixels = base + (piece < longer);
    const int32_t stream = (done + piece) * each;
    const int asks = ahead->next && stream < blocks;
    t->ahead_second = asks && each == 2 ? ahead->block_stride : 0;
    set->of_pixels[asks][kind][pixels - 1](
        t, in, weights, asks ? ahead->next + stream * ahead->block_stride : weights, bias, residual, out);
    in += pixels * t->pixel_stride;
    out += pixels * CK_WIDTH;
    if (residual) residual += pixels * CK_WIDTH;
  }
  return pieces;
}

/* Blocks to compute together next: as many as asked, that remain, and that the tiles have. */
static inline int32_t conv_next_blocks(const conv_tile_set *set, int32_t asked, int32_t remaining) {
  if (asked >= 4 && remaining >= 4 && set->most_pixels[2]) return 4;
  if (asked >= 2 && remaining >= 2 && set->most_pixels[1]) return 2;
  return 1;
}
