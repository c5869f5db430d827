/* Direct convolution: rows of output, each a row of tiles, over the input or a zero-padded copy of what it needs. */
#include <string.h>

/* Copies the rows that output rows row0..<row1 read, with their padding, to `strip`; gives its rows' count. */
static int32_t conv_copy_strip(
    const ck_f32_conv *c, const float *in, int32_t row0, int32_t row1, int32_t strip_width, float *strip) {
  const int32_t lane = c->lane;
  const int32_t first = row0 * c->stride_h - c->pad_top;
  const int32_t rows = (row1 - 1 - row0) * c->stride_h + (c->kernel_h - 1) * c->dilation_h + 1;
  int32_t left = c->pad_left < strip_width ? c->pad_left : strip_width;
  int32_t middle = c->in_width < strip_width - left ? c->in_width : strip_width - left;
  int32_t right = strip_width - left - middle;
  for (int32_t plane = 0; plane < c->planes; plane++) {
    for (int32_t r = 0; r < rows; r++) {
      int32_t y = first + r;
      float *to = strip + ((ptrdiff_t)plane * rows + r) * strip_width * lane;
      if (y < 0 || y >= c->in_height) {
        memset(to, 0, sizeof(float) * (size_t)strip_width * lane);
        continue;
      }
      const float *from = in + plane * c->in_plane_stride + (ptrdiff_t)y * c->in_width * lane;
      memset(to, 0, sizeof(float) * (size_t)left * lane);
      memcpy(to + (ptrdiff_t)left * lane, from, sizeof(float) * (size_t)middle * lane);
      memset(to + (ptrdiff_t)(left + middle) * lane, 0, sizeof(float) * (size_t)right * lane);
    }
  }
  return rows;
}

static void CK_NAME(conv_rows)(
    const ck_f32_conv *c, const float *in, const float *weights, const float *bias, const float *residual,
    float *out, int32_t row0, int32_t row1, int32_t block0, int32_t block1, float *scratch) {
  const int32_t lane = c->lane;
  const int32_t pool = c->pool == 2 ? 2 : 1;
  /* Rows before pooling. */
  const int32_t first = row0 * pool, end = row1 * pool;
  const int32_t needed_width = (c->out_width - 1) * c->stride_w + (c->kernel_w - 1) * c->dilation_w + 1;
  const int32_t needed_height = (c->out_height - 1) * c->stride_h + (c->kernel_h - 1) * c->dilation_h + 1;
  ptrdiff_t plane_stride = c->in_plane_stride, row_stride = (ptrdiff_t)c->in_width * lane;
  if (c->pad_top || c->pad_left || needed_width > c->in_width || needed_height > c->in_height) {
    int32_t rows = conv_copy_strip(c, in, first, end, needed_width, scratch);
    in = scratch;
    row_stride = (ptrdiff_t)needed_width * lane;
    plane_stride = rows * row_stride;
    scratch += c->planes * plane_stride;
  } else {
    in += (ptrdiff_t)first * c->stride_h * row_stride;
  }
  /* In plain input the taps of a kernel row lie side by side, as the channels of a block do. */
  const int contiguous = lane == 1 && c->dilation_w == 1;
  conv_tile t = {
      .planes = c->planes,
      .taps_h = c->kernel_h,
      .taps_w = contiguous ? 1 : c->kernel_w,
      .inner = contiguous ? c->kernel_w : lane,
      .plane_stride = plane_stride,
      .tap_h_stride = c->dilation_h * row_stride,
      .tap_w_stride = (ptrdiff_t)c->dilation_w * lane,
      .pixel_stride = (ptrdiff_t)c->stride_w * lane,
      .weight_block_stride = c->weight_block_stride,
      .out_block_stride = pool == 2 ? (ptrdiff_t)2 * c->out_width * CK_WIDTH : c->out_plane_stride,
      .lower = c->lower,
      .upper = c->upper,
  };
  const conv_tile_set set = conv_tiles_for(t.pixel_stride);
  int32_t count = c->out_width, rows = end - first;
  if (c->kernel_h == 1 && c->kernel_w == 1 && c->stride_h == 1 && c->stride_w == 1 && pool == 1 &&
      needed_width == c->in_width) {
    /* Rows follow each other without gaps on both sides: one long row. */
    count *= rows;
    rows = 1;
  }
  /* Planes whose weights are read for all rows before the next ones are. Sums wait in the output meanwhile. */
  const int32_t chunk = pool == 1 && c->chunk_planes > 0 && c->chunk_planes < c->planes ? c->chunk_planes : c->planes;
  const ptrdiff_t chunk_weights = (ptrdiff_t)chunk * c->kernel_h * c->kernel_w * lane * CK_WIDTH;
  for (int32_t block = block0; block < block1;) {
    int32_t blocks = conv_next_blocks(&set, c->tile_blocks, block1 - block);
    const float *w = weights + block * c->weight_block_stride;
    const float *b = bias ? bias + block * CK_WIDTH : 0;
    if (pool == 1) {
      for (int32_t plane = 0; plane < c->planes; plane += chunk, w += chunk_weights) {
        const int is_first = plane == 0, is_last = plane + chunk >= c->planes;
        conv_ahead ahead = {is_last ? 0 : w + chunk_weights, c->weight_block_stride};
        if (is_last && block + 2 * blocks <= block1) ahead.next = weights + (block + blocks) * c->weight_block_stride;
        t.planes = is_last ? c->planes - plane : chunk;
        t.lower = is_last ? c->lower : -__builtin_inff();
        t.upper = is_last ? c->upper : __builtin_inff();
        int32_t done = 0;
        for (int32_t r = 0; r < rows; r++) {
          const float *x = in + plane * plane_stride + (ptrdiff_t)r * c->stride_h * row_stride;
          ptrdiff_t at = block * c->out_plane_stride + (ptrdiff_t)(first + r) * c->out_width * CK_WIDTH;
          const float *start = is_first ? (residual ? residual + at : 0) : out + at;
          done += conv_tile_row(
              &set, &t, blocks, count, x, w, &ahead, done, rows - 1 - r, is_first ? b : 0, start, out + at);
        }
      }
      block += blocks;
      continue;
    }
    const conv_ahead ahead = {0, 0};
    for (int32_t r = 0; r < rows; r++) {
      const float *x = in + (ptrdiff_t)r * c->stride_h * row_stride;
      conv_tile_row(
          &set, &t, blocks, count, x, w, &ahead, 0, 0, b, 0, scratch + (ptrdiff_t)(r & 1) * c->out_width * CK_WIDTH);
      if (!(r & 1)) continue;
      const int32_t pooled_width = c->out_width / 2;
      for (int32_t k = 0; k < blocks; k++) {
        const float *top = scratch + k * t.out_block_stride, *low = top + (ptrdiff_t)c->out_width * CK_WIDTH;
        float *to = out + (block + k) * c->out_plane_stride + (ptrdiff_t)(row0 + r / 2) * pooled_width * CK_WIDTH;
        for (int32_t x2 = 0; x2 < pooled_width; x2++) {
          vf a = vmax(vload(top + 2 * x2 * CK_WIDTH), vload(top + (2 * x2 + 1) * CK_WIDTH));
          vf d = vmax(vload(low + 2 * x2 * CK_WIDTH), vload(low + (2 * x2 + 1) * CK_WIDTH));
          vstore(to + x2 * CK_WIDTH, vmax(a, d));
        }
      }
    }
    block += blocks;
  }
}
