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

/*
 * Copies what each tap of planes plane0..<plane1 reads for output rows row0..<row1 to `to`, as [plane][tap][row]
 * [column][lane], zeros for padding: what remains to do is a 1x1 convolution of stride 1.
 */
static void conv_gather(
    const ck_f32_conv *c, const float *in, int32_t row0, int32_t row1, int32_t plane0, int32_t plane1, float *to) {
  const ptrdiff_t step = (ptrdiff_t)c->stride_w * CK_WIDTH;
  for (int32_t plane = plane0; plane < plane1; plane++) {
    const float *map = in + plane * c->in_plane_stride;
    for (int32_t kh = 0; kh < c->kernel_h; kh++) {
      for (int32_t kw = 0; kw < c->kernel_w; kw++) {
        const int32_t left = kw * c->dilation_w - c->pad_left;
        for (int32_t row = row0; row < row1; row++) {
          const int32_t y = row * c->stride_h + kh * c->dilation_h - c->pad_top;
          const int inside = y >= 0 && y < c->in_height;
          const float *from = map + ((ptrdiff_t)y * c->in_width + left) * CK_WIDTH;
          for (int32_t column = 0, x = left; column < c->out_width; column++, x += c->stride_w) {
            vstore(to, inside && x >= 0 && x < c->in_width ? vload(from + column * step) : vset(0));
            to += CK_WIDTH;
          }
        }
      }
    }
  }
}

/* Output rows of which `count` pixels lie one after another, `rows` times, each `row_stride` further in the input. */
typedef struct {
  conv_tile tile;
  conv_tile_set set;
  int32_t count, rows;
  ptrdiff_t row_stride;
} conv_walk;

/* What planes plane..<plane + chunk add to `blocks` blocks from `block` on; `x` and `w` are theirs. */
static void conv_walk_part(
    const ck_f32_conv *c, conv_walk *k, const float *x, const float *w, const conv_ahead *ahead, const float *bias,
    const float *residual, float *out, int32_t row0, int32_t plane, int32_t chunk, int32_t block, int32_t blocks) {
  const int is_first = plane == 0, is_last = plane + chunk >= c->planes;
  k->tile.planes = is_last ? c->planes - plane : chunk;
  k->tile.lower = is_last ? c->lower : -__builtin_inff();
  k->tile.upper = is_last ? c->upper : __builtin_inff();
  int32_t done = 0;
  for (int32_t r = 0; r < k->rows; r++) {
    const ptrdiff_t at = block * c->out_plane_stride + (ptrdiff_t)(row0 + r) * c->out_width * CK_WIDTH;
    const float *start = is_first ? (residual ? residual + at : 0) : out + at;
    done += conv_tile_row(
        &k->set, &k->tile, blocks, k->count, x + r * k->row_stride, w, ahead, done, k->rows - 1 - r,
        is_first && bias ? bias + block * CK_WIDTH : 0, start, out + at);
  }
}

/* Some planes at a time, while the weights of some blocks lie near the core; sums wait in the output meanwhile. */
static void conv_walk_planes(
    const ck_f32_conv *c, conv_walk *k, const float *in, const float *weights, const float *bias, const float *residual,
    float *out, int32_t row0, int32_t row1, int32_t block0, int32_t block1, float *scratch) {
  const int32_t chunk = ck_f32_conv_chunk(c);
  const ptrdiff_t plane_weights = (ptrdiff_t)c->kernel_h * c->kernel_w * c->lane * CK_WIDTH;
  const ptrdiff_t stride = c->weight_block_stride;
  if (!c->planes_first) {
    for (int32_t block = block0; block < block1;) {
      const int32_t blocks = conv_next_blocks(&k->set, c->tile_blocks, block1 - block);
      for (int32_t plane = 0; plane < c->planes; plane += chunk) {
        const float *w = weights + block * stride + plane * plane_weights;
        conv_ahead ahead = {plane + chunk < c->planes ? w + chunk * plane_weights : 0, stride};
        if (!ahead.next && block + 2 * blocks <= block1) ahead.next = weights + (block + blocks) * stride;
        conv_walk_part(
            c, k, in + plane * k->tile.plane_stride, w, &ahead, bias, residual, out, row0, plane, chunk, block, blocks);
      }
      block += blocks;
    }
    return;
  }
  for (int32_t plane = 0; plane < c->planes; plane += chunk) {
    const int32_t end = plane + chunk < c->planes ? plane + chunk : c->planes;
    if (c->gathers) conv_gather(c, in, row0, row1, plane, end, scratch);
    const float *x = c->gathers ? scratch : in + plane * k->tile.plane_stride;
    for (int32_t block = block0; block < block1;) {
      const int32_t blocks = conv_next_blocks(&k->set, c->tile_blocks, block1 - block);
      const float *w = weights + block * stride + plane * plane_weights;
      const conv_ahead ahead = {block + 2 * blocks <= block1 ? w + blocks * stride : 0, stride};
      conv_walk_part(c, k, x, w, &ahead, bias, residual, out, row0, plane, chunk, block, blocks);
      block += blocks;
    }
  }
}

/* The same where only 2x2 maxima are written: rows row0..<row1 of those. */
static void conv_walk_pooled(
    const ck_f32_conv *c, conv_walk *k, const float *in, const float *weights, const float *bias, float *out,
    int32_t row0, int32_t block0, int32_t block1, float *scratch) {
  const ptrdiff_t width = (ptrdiff_t)c->out_width * CK_WIDTH;
  const int32_t pooled_width = c->out_width / 2;
  const conv_ahead ahead = {0, 0};
  k->tile.out_block_stride = 2 * width;
  for (int32_t block = block0; block < block1;) {
    const int32_t blocks = conv_next_blocks(&k->set, c->tile_blocks, block1 - block);
    const float *w = weights + block * c->weight_block_stride;
    const float *b = bias ? bias + block * CK_WIDTH : 0;
    for (int32_t r = 0; r < k->rows; r++) {
      conv_tile_row(
          &k->set, &k->tile, blocks, k->count, in + r * k->row_stride, w, &ahead, 0, 0, b, 0, scratch + (r & 1) * width);
      if (!(r & 1)) continue;
      for (int32_t n = 0; n < blocks; n++) {
        const float *top = scratch + n * k->tile.out_block_stride, *low = top + width;
        float *to = out + (block + n) * c->out_plane_stride + (ptrdiff_t)(row0 + r / 2) * pooled_width * CK_WIDTH;
        for (int32_t x = 0; x < pooled_width; x++) {
          const vf high = vmax(vload(top + 2 * x * CK_WIDTH), vload(top + (2 * x + 1) * CK_WIDTH));
          const vf deep = vmax(vload(low + 2 * x * CK_WIDTH), vload(low + (2 * x + 1) * CK_WIDTH));
          vstore(to + x * CK_WIDTH, vmax(high, deep));
        }
      }
    }
    block += blocks;
  }
}

static void CK_NAME(conv_rows)(
    const ck_f32_conv *c, const float *in, const float *weights, const float *bias, const float *residual,
    float *out, int32_t row0, int32_t row1, int32_t block0, int32_t block1, float *scratch) {
  const int32_t lane = c->lane, taps = c->kernel_h * c->kernel_w;
  const int32_t pool = c->pool == 2 ? 2 : 1;
  /* Rows before pooling. */
  const int32_t first = row0 * pool, rows = (row1 - row0) * pool;
  /* In plain input the taps of a kernel row lie side by side, as the channels of a block do. */
  const int contiguous = lane == 1 && c->dilation_w == 1;
  conv_walk k = {
      .tile =
          {
              .planes = c->planes,
              .weight_block_stride = c->weight_block_stride,
              .out_block_stride = c->out_plane_stride,
              .lower = c->lower,
              .upper = c->upper,
          },
      .count = c->out_width,
      .rows = rows,
  };
  conv_tile *t = &k.tile;
  if (c->gathers) {
    /* One long row of what then is a 1x1 convolution of as many planes as there are taps. */
    k.count *= rows;
    k.rows = 1;
    t->taps_h = taps, t->taps_w = 1, t->inner = lane;
    t->tap_h_stride = (ptrdiff_t)k.count * lane;
    t->plane_stride = taps * t->tap_h_stride;
    t->pixel_stride = lane;
  } else {
    const int32_t needed_width = (c->out_width - 1) * c->stride_w + (c->kernel_w - 1) * c->dilation_w + 1;
    const int32_t needed_height = (c->out_height - 1) * c->stride_h + (c->kernel_h - 1) * c->dilation_h + 1;
    ptrdiff_t in_row = (ptrdiff_t)c->in_width * lane;
    t->plane_stride = c->in_plane_stride;
    if (c->pad_top || c->pad_left || needed_width > c->in_width || needed_height > c->in_height) {
      const int32_t copied = conv_copy_strip(c, in, first, first + rows, needed_width, scratch);
      in = scratch;
      in_row = (ptrdiff_t)needed_width * lane;
      t->plane_stride = copied * in_row;
      scratch += c->planes * t->plane_stride;
    } else {
      in += (ptrdiff_t)first * c->stride_h * in_row;
    }
    k.row_stride = c->stride_h * in_row;
    t->taps_h = c->kernel_h, t->taps_w = contiguous ? 1 : c->kernel_w, t->inner = contiguous ? c->kernel_w : lane;
    t->tap_h_stride = c->dilation_h * in_row;
    t->tap_w_stride = (ptrdiff_t)c->dilation_w * lane;
    t->pixel_stride = (ptrdiff_t)c->stride_w * lane;
    if (taps == 1 && c->stride_h == 1 && c->stride_w == 1 && pool == 1 && needed_width == c->in_width) {
      /* Rows follow each other without gaps on both sides: one long row. */
      k.count *= rows;
      k.rows = 1;
    }
  }
  k.set = conv_tiles_for(t->pixel_stride);
  if (pool == 2) {
    conv_walk_pooled(c, &k, in, weights, bias, out, row0, block0, block1, scratch);
  } else {
    conv_walk_planes(c, &k, in, weights, bias, residual, out, first, first + rows, block0, block1, scratch);
  }
}
