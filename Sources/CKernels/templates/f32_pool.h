/* Pooling over windows, and the way between plain and blocked layout. */

static void CK_NAME(pool_rows)(
    const ck_f32_conv *c, const float *in, float *out, int32_t row0, int32_t row1, int32_t average,
    int32_t count_padding) {
  for (int32_t oy = row0; oy < row1; oy++) {
    for (int32_t ox = 0; ox < c->out_width; ox++) {
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
  };
  return &table;
}
