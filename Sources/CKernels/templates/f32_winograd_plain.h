/*
 * Winograd F(4 x 4, 3 x 3) of a plain map with few channels, as pictures have: the products of a tile stay in registers
 * on their way to the outer transform. Rows of the map are transformed across first, 6 points of each tile from left
 * to right, and then down, a vector of neighbouring tiles at a time.
 */

/* Floats of one transformed row: [channel][6][tiles], tiles filled up to whole vectors. */
static inline int32_t winograd_plain_line(const ck_f32_winograd *w) {
  return w->planes * 6 * ((w->tiles_across + CK_WIDTH - 1) / CK_WIDTH * CK_WIDTH);
}

/* Row y of every channel, transformed across; zeros beyond the map. */
static void winograd_plain_across(const ck_f32_winograd *w, const float *in, int32_t y, float *line) {
  const int32_t run = winograd_plain_line(w) / (w->planes * 6);
  if (y < 0 || y >= w->in_height) {
    memset(line, 0, sizeof(float) * (size_t)winograd_plain_line(w));
    return;
  }
  for (int32_t channel = 0; channel < w->planes; channel++) {
    const float *x = in + channel * w->in_plane_stride + (ptrdiff_t)y * w->in_width;
    float *to = line + (ptrdiff_t)channel * 6 * run;
    for (int32_t tile = 0; tile < run; tile += CK_WIDTH) {
      float sources[6][CK_WIDTH];
      for (int k = 0; k < CK_WIDTH; k++) {
        const int32_t first = (tile + k) * 4 - w->pad_left;
        const int inside = first >= 0 && first + 6 <= w->in_width;
        for (int i = 0; i < 6; i++) {
          sources[i][k] = inside || (first + i >= 0 && first + i < w->in_width) ? x[first + i] : 0;
        }
      }
      vf from[6], points[6];
      CK_UNROLL for (int i = 0; i < 6; i++) from[i] = vload(sources[i]);
      winograd_input4(from, 1, points, 1);
      CK_UNROLL for (int i = 0; i < 6; i++) vstore(to + i * run + tile, points[i]);
    }
  }
}

/* `tiles` neighbouring tiles of one block; `points` are their transformed inputs, [6 down][channel][6 across][run]. */
VIN void winograd_plain_tiles(
    const int tiles, const int channels, const ck_f32_winograd *w, const float *points, const float *weights,
    vf start, float *out, int32_t tile_y, int32_t tile_x) {
  const int32_t line = winograd_plain_line(w), run = line / (channels * 6);
  vf half[2][4 * 6];
  for (int x = 0; x < 6; x++) {
    vf sums[2][6];
    CK_UNROLL for (int y = 0; y < 6; y++) {
      CK_UNROLL for (int c = 0; c < channels; c++) {
        const vf weight = vload(weights + ((x * 6 + y) * channels + c) * CK_WIDTH);
        CK_UNROLL for (int k = 0; k < tiles; k++) {
          const vf value = vset(points[y * line + (c * 6 + x) * run + k]);
          sums[k][y] = c ? vfma(weight, value, sums[k][y]) : weight * value;
        }
      }
    }
    CK_UNROLL for (int k = 0; k < tiles; k++) winograd_output4(sums[k], 1, half[k] + x, 6);
  }
  for (int k = 0; k < tiles; k++) {
    vf map[4 * 4];
    CK_UNROLL for (int y = 0; y < 4; y++) winograd_output4(half[k] + y * 6, 1, map + y * 4, 1);
    winograd_store(4, w, map, start, 0, out, tile_y, tile_x + k);
  }
}

VIN void winograd_plain_rows(
    const int channels, const ck_f32_winograd *w, const float *in, const float *weights, const float *bias,
    float *out, int32_t row0, int32_t row1, int32_t blocks, float *scratch) {
  const int32_t line = winograd_plain_line(w);
  float *down = scratch + (ptrdiff_t)6 * line;
  const int32_t first = row0 * 4 - w->pad_top;
  int32_t known = first;
  for (int32_t row = row0; row < row1; row++) {
    /* Lines lie in a ring of six: two of them were transformed for the row of tiles above. */
    const int32_t top = row * 4 - w->pad_top;
    for (; known < top + 6; known++) {
      winograd_plain_across(w, in, known, scratch + (ptrdiff_t)((known - first) % 6) * line);
    }
    for (int32_t at = 0; at < line; at += CK_WIDTH) {
      vf from[6], points[6];
      CK_UNROLL for (int i = 0; i < 6; i++) from[i] = vload(scratch + (ptrdiff_t)((top + i - first) % 6) * line + at);
      winograd_input4(from, 1, points, 1);
      CK_UNROLL for (int i = 0; i < 6; i++) vstore(down + (ptrdiff_t)i * line + at, points[i]);
    }
    for (int32_t block = 0; block < blocks; block++) {
      const float *u = weights + (ptrdiff_t)block * 36 * channels * CK_WIDTH;
      float *to = out + block * w->out_plane_stride;
      const vf start = bias ? vload(bias + block * CK_WIDTH) : vset(0);
      int32_t tile = 0;
      for (; tile + 2 <= w->tiles_across; tile += 2) {
        winograd_plain_tiles(2, channels, w, down + tile, u, start, to, row, tile);
      }
      if (tile < w->tiles_across) winograd_plain_tiles(1, channels, w, down + tile, u, start, to, row, tile);
    }
  }
}

static void CK_NAME(winograd_plain)(
    const ck_f32_winograd *w, const float *in, const float *weights, const float *bias, float *out, int32_t row0,
    int32_t row1, int32_t blocks, float *scratch) {
  switch (w->planes) {
    case 1: winograd_plain_rows(1, w, in, weights, bias, out, row0, row1, blocks, scratch); break;
    case 2: winograd_plain_rows(2, w, in, weights, bias, out, row0, row1, blocks, scratch); break;
    case 3: winograd_plain_rows(3, w, in, weights, bias, out, row0, row1, blocks, scratch); break;
    default: winograd_plain_rows(4, w, in, weights, bias, out, row0, row1, blocks, scratch); break;
  }
}
