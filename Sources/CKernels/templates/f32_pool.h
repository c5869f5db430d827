/* Pooling over windows, and the way between plain and blocked layout. */

/* Maxima of windows of `size` by `size` that lie inside the map: outputs x0..<x1 of a row whose first input is `in`. */
VIN void pool_maxima(const int size, const ck_f32_conv *c, const float *in, int32_t x0, int32_t x1, float *out) {
  const ptrdiff_t row = (ptrdiff_t)c->in_width * CK_WIDTH, step = (ptrdiff_t)c->stride_w * CK_WIDTH;
  const float *x = in + (ptrdiff_t)(x0 * c->stride_w - c->pad_left) * CK_WIDTH;
  for (int32_t ox = x0; ox < x1; ox++, x += step) {
    vf columns[3];
    CK_UNROLL for (int kw = 0; kw < size; kw++) {
      columns[kw] = vload(x + kw * CK_WIDTH);
      CK_UNROLL for (int kh = 1; kh < size; kh++) columns[kw] = vmax(columns[kw], vload(x + kh * row + kw * CK_WIDTH));
    }
    CK_UNROLL for (int kw = 1; kw < size; kw++) columns[0] = vmax(columns[0], columns[kw]);
    vstore(out + (ptrdiff_t)ox * CK_WIDTH, columns[0]);
  }
}

static void CK_NAME(pool_rows)(
    const ck_f32_conv *c, const float *in, float *out, int32_t row0, int32_t row1, int32_t average,
    int32_t count_padding) {
  const int is_usual = !average && c->kernel_h == c->kernel_w && (c->kernel_h == 2 || c->kernel_h == 3) &&
                       c->dilation_h == 1 && c->dilation_w == 1;
  /* Outputs whose windows lie inside, across. */
  int32_t inner0 = (c->pad_left + c->stride_w - 1) / c->stride_w;
  int32_t room = c->in_width + c->pad_left - c->kernel_w;
  int32_t inner1 = room < 0 ? 0 : room / c->stride_w + 1;
  if (inner1 > c->out_width) inner1 = c->out_width;
  for (int32_t oy = row0; oy < row1; oy++) {
    const int32_t top = oy * c->stride_h - c->pad_top;
    const int has_inner = is_usual && inner0 < inner1 && top >= 0 && top + c->kernel_h <= c->in_height;
    if (has_inner) {
      const float *from = in + (ptrdiff_t)top * c->in_width * CK_WIDTH;
      float *to = out + (ptrdiff_t)oy * c->out_width * CK_WIDTH;
      if (c->kernel_h == 2) {
        pool_maxima(2, c, from, inner0, inner1, to);
      } else {
        pool_maxima(3, c, from, inner0, inner1, to);
      }
    }
    for (int32_t ox = 0; ox < c->out_width; ox++) {
      if (has_inner && ox == inner0) ox = inner1;
      if (ox == c->out_width) break;
      const int32_t y0 = oy * c->stride_h - c->pad_top, x0 = ox * c->stride_w - c->pad_left;
      vf result = vset(average ? 0 : -__builtin_inff());
      int32_t inside = 0;
      for (int32_t kh = 0; kh < c->kernel_h; kh++) {
        const int32_t y = y0 + kh * c->dilation_h;
        if (y < 0 || y >= c->in_height) continue;
        for (int32_t kw = 0; kw < c->kernel_w; kw++) {
          const int32_t x = x0 + kw * c->dilation_w;
          if (x < 0 || x >= c->in_width) continue;
          vf v = vload(in + ((ptrdiff_t)y * c->in_width + x) * CK_WIDTH);
          result = average ? result + v : vmax(result, v);
          inside++;
        }
      }
      if (average) result /= vset((float)(count_padding ? c->kernel_h * c->kernel_w : inside));
      vstore(out + ((ptrdiff_t)oy * c->out_width + ox) * CK_WIDTH, result);
    }
  }
}

static void CK_NAME(to_blocks)(
    const float *in, int32_t channels, int32_t pixels, float *out, ptrdiff_t out_plane_stride) {
  const int32_t planes = (channels + CK_WIDTH - 1) / CK_WIDTH;
  for (int32_t plane = 0; plane < planes; plane++) {
    float *to = out + plane * out_plane_stride;
    const float *from = in + (ptrdiff_t)plane * CK_WIDTH * pixels;
    const int32_t real = channels - plane * CK_WIDTH < CK_WIDTH ? channels - plane * CK_WIDTH : CK_WIDTH;
    for (int32_t p = 0; p < pixels; p++) {
      for (int32_t k = 0; k < CK_WIDTH; k++) to[p * CK_WIDTH + k] = k < real ? from[(ptrdiff_t)k * pixels + p] : 0;
    }
  }
}

static void CK_NAME(from_blocks)(
    const float *in, ptrdiff_t in_plane_stride, int32_t channels, int32_t pixels, float *out) {
  for (int32_t channel = 0; channel < channels; channel++) {
    const float *from = in + channel / CK_WIDTH * in_plane_stride + channel % CK_WIDTH;
    for (int32_t p = 0; p < pixels; p++) out[(ptrdiff_t)channel * pixels + p] = from[(ptrdiff_t)p * CK_WIDTH];
  }
}

const ck_f32_ops_kernels *CK_NAME(ck_f32_ops)(void) {
  static const ck_f32_ops_kernels table = {
      .width = CK_WIDTH,
      .pool_rows = CK_NAME(pool_rows),
      .channel_pool = CK_NAME(channel_pool),
      .channel_attention = CK_NAME(channel_attention),
      .channel_statistics = CK_NAME(channel_statistics),
      .spatial_attention = CK_NAME(spatial_attention),
      .attention_apply = CK_NAME(attention_apply),
      .list_nonzero = CK_NAME(list_nonzero),
      .gemv = CK_NAME(gemv),
      .unary = CK_NAME(unary),
      .binary = CK_NAME(binary),
      .softmax = CK_NAME(softmax),
      .to_blocks = CK_NAME(to_blocks),
      .from_blocks = CK_NAME(from_blocks),
      .multiply_adds = CK_NAME(multiply_adds),
      .read_memory = CK_NAME(read_memory),
  };
  return &table;
}
