/*
 * Winograd convolution of a plain map of few channels with stride 2, as many networks begin: even and odd rows and
 * columns of the map, counted from the padding's first, meet even and odd taps only. So it is the sum of four
 * convolutions of stride 1 with half the taps each way, which F(m x m, r x r) does as one of four times the channels.
 * r is 3 or 4 and m = 7 - r: both have 6 x 6 points and one transform of the input.
 *
 * Per row of tiles: 12 rows of the map are transformed across, which gives lines [6 across][column's parity][channel]
 * [tile], then down, to [6 down][6 across][turn][channel][tile]; then come products and tiles of a pair of blocks at a
 * time. Turns are the parities of row and column: even and even, even and odd, odd and odd, odd and even.
 */

/* Tiles of a row whose products are kept at a time, which stay near the core. */
#define CK_STRIDED_TILES 42

/* Tiles across, filled up to whole vectors. */
static inline int32_t winograd_strided_run(const ck_f32_winograd *w) {
  return (w->tiles_across + CK_WIDTH - 1) / CK_WIDTH * CK_WIDTH;
}

/*
 * A row's columns, zeros beyond it, to as many sequences of `length` as a tile has columns of its own: each holds those
 * that are as far from their tile's first. There the next tile follows at once, and what tiles share is there once.
 */
VIN void winograd_strided_split(
    const ck_f32_winograd *w, const float *row, const int32_t sequences, int32_t length, float *columns) {
  for (int32_t j = 0; j < sequences; j++) {
    float *to = columns + j * length;
    const int32_t start = j - w->pad_left;
    int32_t tile = 0;
    for (; tile < length && start + tile * sequences < 0; tile++) to[tile] = 0;
    for (; tile < length && start + tile * sequences < w->in_width; tile++) to[tile] = row[start + tile * sequences];
    for (; tile < length; tile++) to[tile] = 0;
  }
}

/* Row y of every channel, transformed across; zeros beyond the map. */
VIN void winograd_strided_across(
    const int m, const ck_f32_winograd *w, const float *in, int32_t y, float *line, float *columns) {
  const int32_t run = winograd_strided_run(w), length = run + CK_WIDTH;
  const ptrdiff_t step = (ptrdiff_t)2 * w->planes * run;
  if (y < 0 || y >= w->in_height) {
    memset(line, 0, sizeof(float) * 6 * (size_t)step);
    return;
  }
  for (int32_t channel = 0; channel < w->planes; channel++) {
    const float *row = in + channel * w->in_plane_stride + (ptrdiff_t)y * w->in_width;
    winograd_strided_split(w, row, 2 * m, length, columns);
    for (int parity = 0; parity < 2; parity++) {
      float *to = line + (ptrdiff_t)(parity * w->planes + channel) * run;
      for (int32_t tile = 0; tile < run; tile += CK_WIDTH) {
        vf from[6], points[6];
        CK_UNROLL for (int i = 0; i < 6; i++) {
          from[i] = vload(columns + (2 * (i % m) + parity) * length + i / m + tile);
        }
        winograd_input4(from, 1, points, 1);
        CK_UNROLL for (int i = 0; i < 6; i++) vstore(to + i * step + tile, points[i]);
      }
    }
  }
}

/* Rows top...top + 11 of the lines, which lie in a ring of twelve from row `first` on, transformed down. */
VIN void winograd_strided_down(
    const ck_f32_winograd *w, const float *lines, int32_t top, int32_t first, float *points) {
  const ptrdiff_t half = (ptrdiff_t)w->planes * winograd_strided_run(w), line = 12 * half;
  for (int parity = 0; parity < 2; parity++) {
    const float *rows[6];
    for (int i = 0; i < 6; i++) rows[i] = lines + (top + 2 * i + parity - first) % 12 * line;
    for (int part = 0; part < 12; part++) {
      const int turn = parity ? 3 - part % 2 : part % 2;
      float *to = points + (ptrdiff_t)(part / 2 * 4 + turn) * half;
      for (ptrdiff_t at = 0; at < half; at += CK_WIDTH) {
        vf from[6], down[6];
        CK_UNROLL for (int i = 0; i < 6; i++) from[i] = vload(rows[i] + part * half + at);
        winograd_input4(from, 1, down, 1);
        CK_UNROLL for (int i = 0; i < 6; i++) vstore(to + i * 2 * line + at, down[i]);
      }
    }
  }
}

/* What one point's products sum over: channels of turns side by side, in one span or two. */
typedef struct {
  int32_t begin[2], end[2];
} strided_spans;

/* All turns, but those whose kernels have no last tap down, or across, are zero at the last point down, or across. */
VIN strided_spans winograd_strided_spans(const ck_f32_winograd *w, int y, int x) {
  const int32_t count = w->planes;
  const int even_rows_only = y == 5 && w->kernel_h % 2, even_columns_only = x == 5 && w->kernel_w % 2;
  if (even_rows_only) return (strided_spans){{0, 0}, {even_columns_only ? count : 2 * count, 0}};
  if (even_columns_only) return (strided_spans){{0, 3 * count}, {count, 4 * count}};
  return (strided_spans){{0, 0}, {4 * count, 0}};
}

/* Products of a few neighbouring tiles with `blocks` blocks at one point. */
VIN void winograd_strided_sums(
    const int blocks, const int tiles, strided_spans spans, int32_t depth, int32_t run, const float *points,
    const float *weights, float *products, ptrdiff_t block_stride) {
  vf sums[2][CK_TILE2_PIXELS];
  CK_UNROLL for (int b = 0; b < blocks; b++) {
    CK_UNROLL for (int k = 0; k < tiles; k++) sums[b][k] = vset(0);
  }
  for (int span = 0; span < 2; span++) {
    for (int32_t i = spans.begin[span]; i < spans.end[span]; i++) {
      vf weight[2];
      CK_UNROLL for (int b = 0; b < blocks; b++) weight[b] = vload(weights + ((ptrdiff_t)b * depth + i) * CK_WIDTH);
      CK_UNROLL for (int k = 0; k < tiles; k++) {
        const vf value = vset(points[(ptrdiff_t)i * run + k]);
        CK_UNROLL for (int b = 0; b < blocks; b++) sums[b][k] = vfma(weight[b], value, sums[b][k]);
      }
    }
  }
  CK_UNROLL for (int b = 0; b < blocks; b++) {
    CK_UNROLL for (int k = 0; k < tiles; k++) vstore(products + b * block_stride + k * CK_WIDTH, sums[b][k]);
  }
}

/* Products of tiles that begin at `points`, at all of them, for `blocks` blocks, to [block][point][tile][width]. */
VIN void winograd_strided_multiply(
    const int blocks, const ck_f32_winograd *w, int32_t out_blocks, int32_t tiles, const float *points,
    const float *weights, float *products) {
  const int32_t run = winograd_strided_run(w), depth = w->planes * 4;
  const ptrdiff_t block_stride = (ptrdiff_t)36 * tiles * CK_WIDTH;
  for (int point = 0; point < 36; point++) {
    const strided_spans spans = winograd_strided_spans(w, point / 6, point % 6);
    const float *from = points + (ptrdiff_t)point * depth * run;
    const float *u = weights + (ptrdiff_t)point * out_blocks * depth * CK_WIDTH;
    int32_t tile = 0;
    for (; tile + CK_TILE2_PIXELS <= tiles; tile += CK_TILE2_PIXELS, products += CK_TILE2_PIXELS * CK_WIDTH) {
      winograd_strided_sums(blocks, CK_TILE2_PIXELS, spans, depth, run, from + tile, u, products, block_stride);
    }
    for (; tile + 2 <= tiles; tile += 2, products += 2 * CK_WIDTH) {
      winograd_strided_sums(blocks, 2, spans, depth, run, from + tile, u, products, block_stride);
    }
    if (tile < tiles) {
      winograd_strided_sums(blocks, 1, spans, depth, run, from + tile, u, products, block_stride);
      products += CK_WIDTH;
    }
  }
}

VIN void winograd_strided_rows(
    const int m, const ck_f32_winograd *w, const float *in, const float *weights, const float *bias, float *out,
    int32_t row0, int32_t row1, int32_t blocks, float *scratch) {
  const ptrdiff_t line = (ptrdiff_t)12 * w->planes * winograd_strided_run(w);
  float *points = scratch + 12 * line, *products = points + 12 * line;
  const int32_t parts = (w->tiles_across + CK_STRIDED_TILES - 1) / CK_STRIDED_TILES;
  const int32_t first = row0 * 2 * m - w->pad_top;
  int32_t known = first;
  for (int32_t row = row0; row < row1; row++) {
    /* Some of the twelve lines were transformed for the row of tiles above. */
    const int32_t top = row * 2 * m - w->pad_top, above = row * w->tiles_across;
    for (; known < top + 12; known++) {
      winograd_strided_across(m, w, in, known, scratch + (known - first) % 12 * line, points);
    }
    winograd_strided_down(w, scratch, top, first, points);
    for (int32_t part = 0; part < parts; part++) {
      const int32_t tile0 = part * w->tiles_across / parts, tile1 = (part + 1) * w->tiles_across / parts;
      for (int32_t block = 0; block < blocks;) {
        const int32_t taken = blocks - block >= 2 ? 2 : 1;
        const float *u = weights + (ptrdiff_t)block * w->planes * 4 * CK_WIDTH;
        if (taken == 2) winograd_strided_multiply(2, w, blocks, tile1 - tile0, points + tile0, u, products);
        else winograd_strided_multiply(1, w, blocks, tile1 - tile0, points + tile0, u, products);
        winograd_output_tiles(
            m, 6, w, products, bias, 0, out, above + tile0, above + tile1, tile1 - tile0, block, block + taken);
        block += taken;
      }
    }
  }
}

static void CK_NAME(winograd_strided)(
    const ck_f32_winograd *w, const float *in, const float *weights, const float *bias, float *out, int32_t row0,
    int32_t row1, int32_t blocks, float *scratch) {
  if (w->kernel_h > 6) winograd_strided_rows(3, w, in, weights, bias, out, row0, row1, blocks, scratch);
  else winograd_strided_rows(4, w, in, weights, bias, out, row0, row1, blocks, scratch);
}
