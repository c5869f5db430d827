/* Everything but convolution on maps of levels. */

static void CK_NAME(u8_quantize)(const float *in, ck_u8_result result, uint8_t *out, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + CK_U8_LANES <= count; i += CK_U8_LANES) {
    lanes_f32 x;
    __builtin_memcpy(&x, in + i, sizeof x);
    lstore(out + i, lquantize(x / result.levels.scale, result.levels.zero, result.lower, result.upper));
  }
  if (i == count) return;
  float rest[CK_U8_LANES] = {0};
  uint8_t levels[CK_U8_LANES];
  memcpy(rest, in + i, (size_t)(count - i) * sizeof(float));
  lanes_f32 x;
  __builtin_memcpy(&x, rest, sizeof x);
  lstore(levels, lquantize(x / result.levels.scale, result.levels.zero, result.lower, result.upper));
  memcpy(out + i, levels, (size_t)(count - i));
}

static void CK_NAME(u8_quantize_plain)(
    const float *in, int32_t channels, int32_t pixels, ck_u8_result result, uint8_t *out) {
  uint8_t levels[256];
  for (int32_t first = 0; first < channels; first += CK_U8_LANES, out += (ptrdiff_t)pixels * CK_U8_LANES) {
    const int32_t used = channels - first < CK_U8_LANES ? channels - first : CK_U8_LANES;
    if (used < CK_U8_LANES) memset(out, result.levels.zero, (size_t)pixels * CK_U8_LANES);
    for (int32_t p = 0; p < pixels; p += 256) {
      const int32_t count = pixels - p < 256 ? pixels - p : 256;
      for (int32_t lane = 0; lane < used; lane++) {
        CK_NAME(u8_quantize)(in + (ptrdiff_t)(first + lane) * pixels + p, result, levels, count);
        uint8_t *to = out + (ptrdiff_t)p * CK_U8_LANES + lane;
        for (int32_t i = 0; i < count; i++) to[(ptrdiff_t)i * CK_U8_LANES] = levels[i];
      }
    }
  }
}

static void CK_NAME(u8_dequantize)(const uint8_t *in, ck_u8_levels levels, float *out, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = (float)(in[i] - levels.zero) * levels.scale;
}

static void CK_NAME(u8_dequantize_plain)(
    const uint8_t *in, int32_t channels, int32_t pixels, ck_u8_levels levels, float *out) {
  for (int32_t channel = 0; channel < channels; channel++, out += pixels) {
    const uint8_t *from = in + (ptrdiff_t)(channel / CK_U8_LANES) * pixels * CK_U8_LANES + channel % CK_U8_LANES;
    for (int32_t p = 0; p < pixels; p++) out[p] = (float)(from[(ptrdiff_t)p * CK_U8_LANES] - levels.zero) * levels.scale;
  }
}

VIN lanes_u8 u8_operand(ck_u8_operand kind, const uint8_t *p, int32_t pixel) {
  if (kind == CK_U8_MAP) return lload(p + (ptrdiff_t)pixel * CK_U8_LANES);
  if (kind == CK_U8_CHANNEL) return lload(p);
  return (lanes_u8)p[(ptrdiff_t)pixel * CK_U8_LANES];
}

static void CK_NAME(u8_binary)(
    ck_u8_binary operation, ck_u8_operand left_kind, const uint8_t *left, ck_u8_levels left_levels,
    ck_u8_operand right_kind, const uint8_t *right, ck_u8_levels right_levels, ck_u8_result result, uint8_t *out,
    int32_t pixels) {
  for (int32_t p = 0; p < pixels; p++) {
    const lanes_f32 a = ldequantize(u8_operand(left_kind, left, p), left_levels);
    const lanes_f32 b = ldequantize(u8_operand(right_kind, right, p), right_levels);
    const lanes_f32 value = operation == CK_U8_ADD ? a + b : operation == CK_U8_SUBTRACT ? a - b : a * b;
    lstore(
        out + (ptrdiff_t)p * CK_U8_LANES,
        lquantize(value / result.levels.scale, result.levels.zero, result.lower, result.upper));
  }
}

static void CK_NAME(u8_lookup)(const uint8_t *in, const uint8_t *table, uint8_t *out, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = table[in[i]];
}

/* Taps first..<last of `kernel` whose places begin + tap * dilation lie in 0..<size. */
static void CK_NAME(u8_clip)(int32_t begin, int32_t dilation, int32_t kernel, int32_t size, int32_t *first, int32_t *last) {
  *first = begin < 0 ? (-begin + dilation - 1) / dilation : 0;
  const int32_t room = size - begin;
  const int32_t end = room <= 0 ? 0 : (room + dilation - 1) / dilation;
  *last = end < kernel ? end : kernel;
}

static void CK_NAME(u8_pool_rows)(const ck_u8s8_conv *c, const uint8_t *in, uint8_t *out, int32_t row0, int32_t row1) {
  for (int32_t r = row0; r < row1; r++) {
    const int32_t y = r * c->stride_h - c->pad_top;
    int32_t top, bottom;
    CK_NAME(u8_clip)(y, c->dilation_h, c->kernel_h, c->in_height, &top, &bottom);
    for (int32_t p = 0; p < c->out_width; p++) {
      const int32_t x = p * c->stride_w - c->pad_left;
      int32_t left, right;
      CK_NAME(u8_clip)(x, c->dilation_w, c->kernel_w, c->in_width, &left, &right);
      lanes_u8 most = 0;
      for (int32_t kh = top; kh < bottom; kh++) {
        const uint8_t *row = in + ((ptrdiff_t)(y + kh * c->dilation_h) * c->in_width + x) * CK_U8_LANES;
        for (int32_t kw = left; kw < right; kw++) {
          const lanes_u8 v = lload(row + (ptrdiff_t)kw * c->dilation_w * CK_U8_LANES);
          most = v > most ? v : most;
        }
      }
      lstore(out + ((ptrdiff_t)r * c->out_width + p) * CK_U8_LANES, most);
    }
  }
}

static void CK_NAME(u8_reduce_pixels)(const uint8_t *in, int32_t pixels, int32_t *sums, uint8_t *maxima) {
  lanes_i32 sum = 0;
  lanes_u8 most = 0;
  for (int32_t p = 0; p < pixels; p++) {
    const lanes_u8 v = lload(in + (ptrdiff_t)p * CK_U8_LANES);
    sum += __builtin_convertvector(v, lanes_i32);
    most = v > most ? v : most;
  }
  __builtin_memcpy(sums, &sum, sizeof sum);
  lstore(maxima, most);
}

static void CK_NAME(u8_reduce_channels)(
    const uint8_t *in, int32_t channels, int32_t pixels, int32_t *sums, uint8_t *maxima) {
  const int32_t whole = channels / CK_U8_LANES, rest = channels % CK_U8_LANES;
  const ptrdiff_t plane = (ptrdiff_t)pixels * CK_U8_LANES;
  lanes_u8 used = 0;
  for (int32_t lane = 0; lane < rest; lane++) used[lane] = 0xff;
  for (int32_t p = 0; p < pixels; p++) {
    const uint8_t *x = in + (ptrdiff_t)p * CK_U8_LANES;
    lanes_i32 sum = 0;
    lanes_u8 most = 0;
    for (int32_t block = 0; block < whole; block++) {
      const lanes_u8 v = lload(x + block * plane);
      sum += __builtin_convertvector(v, lanes_i32);
      most = v > most ? v : most;
    }
    if (rest) {
      const lanes_u8 v = lload(x + whole * plane) & used;
      sum += __builtin_convertvector(v, lanes_i32);
      most = v > most ? v : most;
    }
    sums[p] = __builtin_reduce_add(sum);
    maxima[p] = __builtin_reduce_max(most);
  }
}

static void CK_NAME(u8_copy_channels)(
    const uint8_t *in, int32_t channels, int32_t pixels, const uint8_t *table, uint8_t *out, int32_t first) {
  const ptrdiff_t plane = (ptrdiff_t)pixels * CK_U8_LANES;
  for (int32_t channel = 0; channel < channels; channel++) {
    const int32_t target = first + channel;
    const uint8_t *from = in + channel / CK_U8_LANES * plane + channel % CK_U8_LANES;
    uint8_t *to = out + target / CK_U8_LANES * plane + target % CK_U8_LANES;
    for (ptrdiff_t at = 0; at < plane; at += CK_U8_LANES) to[at] = table[from[at]];
  }
}

static void CK_NAME(u8_reshape)(
    const uint8_t *in, int32_t in_pixels, const uint8_t *table, uint8_t *out, int32_t out_channels,
    int32_t out_pixels) {
  int32_t channel = 0, pixel = 0;
  for (int32_t c = 0; c < out_channels; c++) {
    uint8_t *to = out + (ptrdiff_t)(c / CK_U8_LANES) * out_pixels * CK_U8_LANES + c % CK_U8_LANES;
    for (int32_t p = 0; p < out_pixels; p++) {
      const uint8_t *from = in + (ptrdiff_t)(channel / CK_U8_LANES) * in_pixels * CK_U8_LANES + channel % CK_U8_LANES;
      to[(ptrdiff_t)p * CK_U8_LANES] = table[from[(ptrdiff_t)pixel * CK_U8_LANES]];
      if (++pixel == in_pixels) {
        pixel = 0;
        channel++;
      }
    }
  }
}
