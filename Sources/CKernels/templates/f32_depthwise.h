/* Depthwise convolution: each channel with its own kernel, a vector of channels at a time. */

/* One output pixel, whose window may reach over any edge. */
VIN vf depthwise_pixel(
    const ck_f32_conv *c, const float *in, const float *weights, vf start, int32_t y, int32_t x) {
  vf sum = start;
  for (int32_t kh = 0; kh < c->kernel_h; kh++) {
    int32_t iy = y + kh * c->dilation_h;
    if (iy < 0 || iy >= c->in_height) continue;
    for (int32_t kw = 0; kw < c->kernel_w; kw++) {
      int32_t ix = x + kw * c->dilation_w;
      if (ix < 0 || ix >= c->in_width) continue;
      vf value = vload(in + ((ptrdiff_t)iy * c->in_width + ix) * CK_WIDTH);
      sum = vfma(value, vload(weights + (kh * c->kernel_w + kw) * CK_WIDTH), sum);
    }
  }
  return sum;
}

#define CK_DEPTHWISE_PIXELS 4

/* CK_DEPTHWISE_PIXELS pixels whose windows lie inside the columns; rows kh0..<kh1 of the kernel lie inside the map. */
VIN void depthwise_run(
    const int kernel, const int stride, const float *in, ptrdiff_t row, const float *weights, int32_t kh0,
    int32_t kh1, vf start, vf *sums) {
  CK_UNROLL for (int p = 0; p < CK_DEPTHWISE_PIXELS; p++) sums[p] = start;
  for (int32_t kh = kh0; kh < kh1; kh++) {
    const float *line = in + kh * row, *w = weights + kh * kernel * CK_WIDTH;
    CK_UNROLL for (int kw = 0; kw < kernel; kw++) {
      vf tap = vload(w + kw * CK_WIDTH);
      CK_UNROLL for (int p = 0; p < CK_DEPTHWISE_PIXELS; p++) {
        sums[p] = vfma(vload(line + (p * stride + kw) * CK_WIDTH), tap, sums[p]);
      }
    }
  }
}

static void CK_NAME(depthwise_rows)(
    const ck_f32_conv *c, const float *in, const float *weights, const float *bias, const float *residual,
    float *out, int32_t row0, int32_t row1) {
  const vf start = bias ? vload(bias) : vset(0), lower = vset(c->lower), upper = vset(c->upper);
  const ptrdiff_t row = (ptrdiff_t)c->in_width * CK_WIDTH;
  const int square = c->kernel_h == c->kernel_w && c->dilation_h == 1 && c->dilation_w == 1 &&
                     c->stride_h == c->stride_w && (c->stride_h == 1 || c->stride_h == 2);
  const int kind = square && c->kernel_h == 3 ? 2 + c->stride_h : square && c->kernel_h == 5 ? 4 + c->stride_h : 0;
  for (int32_t oy = row0; oy < row1; oy++) {
    const int32_t y = oy * c->stride_h - c->pad_top;
    const int32_t kh0 = y < 0 ? -y : 0;
    const int32_t kh1 = c->in_height - y < c->kernel_h ? c->in_height - y : c->kernel_h;
    for (int32_t ox = 0; ox < c->out_width;) {
      const int32_t x = ox * c->stride_w - c->pad_left;
      const ptrdiff_t at = ((ptrdiff_t)oy * c->out_width + ox) * CK_WIDTH;
      const int inside = kind && x >= 0 && ox + CK_DEPTHWISE_PIXELS <= c->out_width &&
                         x + (CK_DEPTHWISE_PIXELS - 1) * c->stride_w + c->kernel_w <= c->in_width;
      vf sums[CK_DEPTHWISE_PIXELS];
      int32_t pixels = inside ? CK_DEPTHWISE_PIXELS : 1;
      if (inside) {
        const float *from = in + y * row + (ptrdiff_t)x * CK_WIDTH;
        switch (kind) {
          case 3: depthwise_run(3, 1, from, row, weights, kh0, kh1, start, sums); break;
          case 4: depthwise_run(3, 2, from, row, weights, kh0, kh1, start, sums); break;
          case 5: depthwise_run(5, 1, from, row, weights, kh0, kh1, start, sums); break;
          default: depthwise_run(5, 2, from, row, weights, kh0, kh1, start, sums); break;
        }
      } else {
        sums[0] = depthwise_pixel(c, in, weights, start, y, x);
      }
      for (int32_t p = 0; p < pixels; p++) {
        vf sum = sums[p];
        if (residual) sum += vload(residual + at + p * CK_WIDTH);
        vstore(out + at + p * CK_WIDTH, vclamp(sum, lower, upper));
      }
      ox += pixels;
    }
  }
}
