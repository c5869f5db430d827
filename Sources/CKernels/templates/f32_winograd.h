/* Winograd convolution F(m x m, 3 x 3): transforms between tiles of the map and points, products at each point. */

VIN void winograd_input_tiles(
    const int m, const ck_f32_winograd *w, const float *in, float *transformed, int32_t tile0, int32_t tile1,
    int32_t tiles, int32_t plane0, int32_t plane1) {
  const int n = m + 2;
  const ptrdiff_t row = (ptrdiff_t)w->in_width * CK_WIDTH;
  const ptrdiff_t point_stride = (ptrdiff_t)w->planes * tiles * CK_WIDTH;
  for (int32_t plane = plane0; plane < plane1; plane++) {
    for (int32_t tile = tile0; tile < tile1; tile++) {
      const int32_t y0 = tile / w->tiles_across * m - w->pad_top, x0 = tile % w->tiles_across * m - w->pad_left;
      const float *from = in + plane * w->in_plane_stride + y0 * row + (ptrdiff_t)x0 * CK_WIDTH;
      vf map[8 * 8], half[8 * 8];
      if (y0 >= 0 && x0 >= 0 && y0 + n <= w->in_height && x0 + n <= w->in_width) {
        CK_UNROLL for (int x = 0; x < n; x++) {
          vf column[8];
          CK_UNROLL for (int y = 0; y < n; y++) column[y] = vload(from + y * row + x * CK_WIDTH);
          if (m == 2) winograd_input2(column, 1, half + x, n);
          if (m == 4) winograd_input4(column, 1, half + x, n);
          if (m == 6) winograd_input6(column, 1, half + x, n);
        }
      } else {
        for (int y = 0; y < n; y++) {
          for (int x = 0; x < n; x++) {
            int inside = y0 + y >= 0 && y0 + y < w->in_height && x0 + x >= 0 && x0 + x < w->in_width;
            map[y * n + x] = inside ? vload(from + y * row + x * CK_WIDTH) : vset(0);
          }
        }
        for (int x = 0; x < n; x++) {
          if (m == 2) winograd_input2(map + x, n, half + x, n);
          if (m == 4) winograd_input4(map + x, n, half + x, n);
          if (m == 6) winograd_input6(map + x, n, half + x, n);
        }
      }
      float *to = transformed + ((ptrdiff_t)plane * tiles + (tile - tile0)) * CK_WIDTH;
      CK_UNROLL for (int y = 0; y < n; y++) {
        vf line[8];
        if (m == 2) winograd_input2(half + y * n, 1, line, 1);
        if (m == 4) winograd_input4(half + y * n, 1, line, 1);
        if (m == 6) winograd_input6(half + y * n, 1, line, 1);
        CK_UNROLL for (int x = 0; x < n; x++) vstore(to + (y * n + x) * point_stride, line[x]);
      }
    }
  }
}

static void CK_NAME(winograd_multiply)(
    int32_t points, int32_t planes, int32_t tiles, int32_t out_blocks, const float *transformed,
    const float *weights, float *products, int32_t block0, int32_t block1, int32_t tile_blocks) {
  conv_tile t = {
      .planes = planes,
      .taps_h = 1,
      .taps_w = 1,
      .inner = CK_WIDTH,
      .plane_stride = (ptrdiff_t)tiles * CK_WIDTH,
      .pixel_stride = CK_WIDTH,
      .weight_block_stride = (ptrdiff_t)planes * CK_WIDTH * CK_WIDTH,
      .out_block_stride = (ptrdiff_t)points * tiles * CK_WIDTH,
      .lower = -__builtin_inff(),
      .upper = __builtin_inff(),
  };
  const conv_tile_set set = conv_tiles_for(CK_WIDTH);
  for (int32_t point = 0; point < points; point++) {
    const float *x = transformed + point * planes * t.plane_stride;
    for (int32_t block = block0; block < block1;) {
      int32_t blocks = conv_next_blocks(&set, tile_blocks, block1 - block);
      const float *w = weights + ((ptrdiff_t)point * out_blocks + block) * t.weight_block_stride;
      float *to = products + (ptrdiff_t)(block - block0) * t.out_block_stride + (ptrdiff_t)point * tiles * CK_WIDTH;
      /* Next come the neighbouring blocks, and after the last of them the next point's. */
      int32_t next = block + blocks, at = point;
      if (next >= block1) next = block0, at++;
      const conv_ahead ahead = {
          at < points ? weights + ((ptrdiff_t)at * out_blocks + next) * t.weight_block_stride : 0,
          next + blocks <= block1 ? t.weight_block_stride : 0};
      conv_tile_row(&set, &t, blocks, tiles, x, w, &ahead, 0, 0, 0, 0, to);
      block += blocks;
    }
  }
}

/* Stores the part of one tile that lies inside the map, after bias, residual, limits and pooling. */
VIN void winograd_store(
    const int m, const ck_f32_winograd *w, const vf *map, vf start, const float *residual, float *out,
    int32_t tile_y, int32_t tile_x) {
  const vf lower = vset(w->lower), upper = vset(w->upper);
  const int32_t y0 = tile_y * m, x0 = tile_x * m;
  if (w->pool == 2) {
    const int32_t height = w->out_height / 2, width = w->out_width / 2;
    for (int y = 0; y < m / 2 && y0 / 2 + y < height; y++) {
      for (int x = 0; x < m / 2 && x0 / 2 + x < width; x++) {
        const vf *s = map + 2 * y * m + 2 * x;
        vf most = vmax(vmax(s[0], s[1]), vmax(s[m], s[m + 1])) + start;
        vstore(out + ((ptrdiff_t)(y0 / 2 + y) * width + x0 / 2 + x) * CK_WIDTH, vclamp(most, lower, upper));
      }
    }
    return;
  }
  for (int y = 0; y < m && y0 + y < w->out_height; y++) {
    for (int x = 0; x < m && x0 + x < w->out_width; x++) {
      ptrdiff_t at = ((ptrdiff_t)(y0 + y) * w->out_width + x0 + x) * CK_WIDTH;
      vf sum = map[y * m + x] + start;
      if (residual) sum += vload(residual + at);
      vstore(out + at, vclamp(sum, lower, upper));
    }
  }
}

/* Tiles of m x m from n x n points. */
VIN void winograd_output_tiles(
    const int m, const int n, const ck_f32_winograd *w, const float *products, const float *bias, const float *residual,
    float *out, int32_t tile0, int32_t tile1, int32_t tiles, int32_t block0, int32_t block1) {
  const ptrdiff_t point_stride = (ptrdiff_t)tiles * CK_WIDTH;
  for (int32_t block = block0; block < block1; block++) {
    const vf start = bias ? vload(bias + block * CK_WIDTH) : vset(0);
    for (int32_t tile = tile0; tile < tile1; tile++) {
      const float *from = products + ((ptrdiff_t)(block - block0) * n * n * tiles + (tile - tile0)) * CK_WIDTH;
      vf half[6 * 8], map[6 * 6];
      CK_UNROLL for (int x = 0; x < n; x++) {
        vf column[8];
        CK_UNROLL for (int y = 0; y < n; y++) column[y] = vload(from + (y * n + x) * point_stride);
        if (m == 2) winograd_output2(column, 1, half + x, n);
        if (m == 3) winograd_output3(column, 1, half + x, n);
        if (m == 4) winograd_output4(column, 1, half + x, n);
        if (m == 6) winograd_output6(column, 1, half + x, n);
      }
      CK_UNROLL for (int y = 0; y < m; y++) {
        if (m == 2) winograd_output2(half + y * n, 1, map + y * m, 1);
        if (m == 3) winograd_output3(half + y * n, 1, map + y * m, 1);
        if (m == 4) winograd_output4(half + y * n, 1, map + y * m, 1);
        if (m == 6) winograd_output6(half + y * n, 1, map + y * m, 1);
      }
      const ptrdiff_t plane = block * w->out_plane_stride;
      winograd_store(
          m, w, map, start, residual ? residual + plane : 0, out + plane, tile / w->tiles_across,
          tile % w->tiles_across);
    }
  }
}

#define CK_WINOGRAD(M)                                                                                           \
  static void CK_NAME(winograd_input_##M)(                                                                       \
      const ck_f32_winograd *w, const float *in, float *transformed, int32_t tile0, int32_t tile1, int32_t tiles,  \
      int32_t plane0, int32_t plane1) {                                                                          \
    winograd_input_tiles(M, w, in, transformed, tile0, tile1, tiles, plane0, plane1);                              \
  }                                                                                                              \
  static void CK_NAME(winograd_output_##M)(                                                                      \
      const ck_f32_winograd *w, const float *products, const float *bias, const float *residual, float *out,      \
      int32_t tile0, int32_t tile1, int32_t tiles, int32_t block0, int32_t block1) {                              \
    winograd_output_tiles(M, M + 2, w, products, bias, residual, out, tile0, tile1, tiles, block0, block1);       \
  }
CK_WINOGRAD(2)
CK_WINOGRAD(4)
CK_WINOGRAD(6)
