/* Convolution of levels: rows of output, each a row of tiles, over the input or a copy of it padded with zero's level. */

/* Width of the rows that one output row reads, and how many rows `rows` output rows read. */
static int32_t u8s8_needed_width(const ck_u8s8_conv *c) {
  return (c->out_width - 1) * c->stride_w + (c->kernel_w - 1) * c->dilation_w + 1;
}
static int32_t u8s8_needed_rows(const ck_u8s8_conv *c, int32_t rows) {
  return (rows - 1) * c->stride_h + (c->kernel_h - 1) * c->dilation_h + 1;
}

/* The input of output rows row0..<row1: its first pixel, and the distances between planes and rows. */
typedef struct {
  const uint8_t *in;
  ptrdiff_t plane_stride, row_stride;
} u8s8_input;

static u8s8_input u8s8_input_of(
    const ck_u8s8_conv *c, int32_t planes, const uint8_t *in, int32_t row0, int32_t row1, uint8_t *scratch) {
  const int32_t width = u8s8_needed_width(c);
  if (!c->pad_top && !c->pad_left && width <= c->in_width && u8s8_needed_rows(c, c->out_height) <= c->in_height) {
    const ptrdiff_t row_stride = (ptrdiff_t)c->in_width * CK_U8_LANES;
    const u8s8_input whole = {in + (ptrdiff_t)row0 * c->stride_h * row_stride, c->in_plane_stride, row_stride};
    return whole;
  }
  const int32_t first = row0 * c->stride_h - c->pad_top, rows = u8s8_needed_rows(c, row1 - row0);
  const int32_t left = c->pad_left < width ? c->pad_left : width;
  const int32_t middle = c->in_width < width - left ? c->in_width : width - left;
  const int32_t right = width - left - middle;
  const ptrdiff_t row_stride = (ptrdiff_t)width * CK_U8_LANES;
  uint8_t *to = scratch;
  for (int32_t plane = 0; plane < planes; plane++) {
    for (int32_t r = 0; r < rows; r++, to += row_stride) {
      const int32_t y = first + r;
      if (y < 0 || y >= c->in_height) {
        memset(to, c->padding, (size_t)row_stride);
        continue;
      }
      memset(to, c->padding, (size_t)left * CK_U8_LANES);
      memcpy(
          to + (ptrdiff_t)left * CK_U8_LANES, in + plane * c->in_plane_stride + (ptrdiff_t)y * c->in_width * CK_U8_LANES,
          (size_t)middle * CK_U8_LANES);
      memset(to + (ptrdiff_t)(left + middle) * CK_U8_LANES, c->padding, (size_t)right * CK_U8_LANES);
    }
  }
  const u8s8_input copy = {scratch, rows * row_stride, row_stride};
  return copy;
}

static void CK_NAME(u8s8_conv_rows)(
    const ck_u8s8_conv *c, const uint8_t *in, const int8_t *weights, const int32_t *start, const float *factor,
    const float *shift, uint8_t *out, int32_t row0, int32_t row1, int32_t block0, int32_t block1, uint8_t *scratch) {
  if (row0 >= row1) return;
  const u8s8_input input = u8s8_input_of(c, c->planes, in, row0, row1, scratch);
  const u8s8_tile t = {
      .conv = c,
      .plane_stride = input.plane_stride,
      .tap_h_stride = c->dilation_h * input.row_stride,
      .tap_w_stride = (ptrdiff_t)c->dilation_w * CK_U8_LANES,
      .pixel_stride = (ptrdiff_t)c->stride_w * CK_U8_LANES,
  };
  const u8s8_tile_function(*tiles)[CK_DOT1_PIXELS] =
      c->stride_w == 1 ? u8s8_tiles_step1 : c->stride_w == 2 ? u8s8_tiles_step2 : u8s8_tiles_any;
  int32_t count = c->out_width, rows = row1 - row0;
  if (c->kernel_h == 1 && c->kernel_w == 1 && c->stride_h == 1 && c->stride_w == 1 &&
      input.row_stride == (ptrdiff_t)c->out_width * CK_U8_LANES) {
    /* Rows follow each other without gaps on both sides: one long row. */
    count *= rows;
    rows = 1;
  }
  for (int32_t block = block0; block < block1;) {
    const int32_t blocks = c->tile_blocks < block1 - block ? c->tile_blocks : block1 - block;
    const int kind = blocks >= 4 && u8s8_most_pixels[2] > 0 ? 2 : blocks >= 2 ? 1 : 0;
    const int32_t most = u8s8_most_pixels[kind];
    const int32_t pieces = (count + most - 1) / most, base = count / pieces, longer = count % pieces;
    const int32_t at = block * CK_U8_LANES;
    for (int32_t r = 0; r < rows; r++) {
      const uint8_t *x = input.in + (ptrdiff_t)r * c->stride_h * input.row_stride;
      uint8_t *to = out + block * c->out_plane_stride + (ptrdiff_t)(row0 + r) * c->out_width * CK_U8_LANES;
      for (int32_t piece = 0; piece < pieces; piece++) {
        const int32_t pixels = base + (piece < longer);
        tiles[kind][pixels - 1](
            &t, x, weights + block * c->weight_block_stride, start + at, factor + at, shift ? shift + at : 0, to);
        x += pixels * t.pixel_stride;
        to += pixels * CK_U8_LANES;
      }
    }
    block += 1 << kind;
  }
}

static void CK_NAME(u8s8_depthwise_rows)(
    const ck_u8s8_conv *c, const uint8_t *in, const int32_t *weights, const int32_t *start, const float *factor,
    const float *shift, uint8_t *out, int32_t row0, int32_t row1, uint8_t *scratch) {
  if (row0 >= row1) return;
  const u8s8_input input = u8s8_input_of(c, 1, in, row0, row1, scratch);
  lanes_i32 first;
  __builtin_memcpy(&first, start, sizeof first);
  lanes_f32 factors, shifts = 0;
  __builtin_memcpy(&factors, factor, sizeof factors);
  if (shift) __builtin_memcpy(&shifts, shift, sizeof shifts);
  for (int32_t r = 0; r < row1 - row0; r++) {
    uint8_t *to = out + (ptrdiff_t)(row0 + r) * c->out_width * CK_U8_LANES;
    for (int32_t p = 0; p < c->out_width; p++, to += CK_U8_LANES) {
      const uint8_t *x = input.in + (ptrdiff_t)r * c->stride_h * input.row_stride + (ptrdiff_t)p * c->stride_w * CK_U8_LANES;
      lanes_i32 sum = first;
      const int32_t *w = weights;
      for (int32_t kh = 0; kh < c->kernel_h; kh++) {
        for (int32_t kw = 0; kw < c->kernel_w; kw++, w += CK_U8_LANES) {
          lanes_i32 weight;
          __builtin_memcpy(&weight, w, sizeof weight);
          const uint8_t *tap = x + kh * c->dilation_h * input.row_stride + (ptrdiff_t)kw * c->dilation_w * CK_U8_LANES;
          sum += __builtin_convertvector(lload(tap), lanes_i32) * weight;
        }
      }
      lanes_f32 value = __builtin_convertvector(sum, lanes_f32) * factors;
      if (shift) value = value + shifts;
      lstore(to, lquantize(value, c->zero, c->lower, c->upper));
    }
  }
}
