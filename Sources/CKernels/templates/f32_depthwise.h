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

/*
 * CK_DEPTHWISE_PIXELS pixels of `rows` rows whose windows begin at row y, column x of the map: each number of the map is
 * loaded once for all windows that it lies in. Columns beyond the map are asked for only where `checks` is not 0.
 */
VIN void depthwise_tile(
    const int kernel, const int stride, const int rows, const int checks, const ck_f32_conv *c, const float *in,
    const float *weights, vf start, int32_t y, int32_t x, vf (*sums)[CK_DEPTHWISE_PIXELS]) {
  CK_UNROLL for (int r = 0; r < rows; r++) {
    CK_UNROLL for (int p = 0; p < CK_DEPTHWISE_PIXELS; p++) sums[r][p] = start;
  }
  CK_UNROLL for (int line = 0; line < (rows - 1) * stride + kernel; line++) {
    if (y + line < 0 || y + line >= c->in_height) continue;
    const float *from = in + ((ptrdiff_t)(y + line) * c->in_width + x) * CK_WIDTH;
    vf taps[2][5];
    CK_UNROLL for (int r = 0; r < rows; r++) {
      const int kh = line - r * stride;
      if (kh < 0 || kh >= kernel) continue;
      CK_UNROLL for (int kw = 0; kw < kernel; kw++) taps[r][kw] = vload(weights + (kh * kernel + kw) * CK_WIDTH);
    }
    CK_UNROLL for (int i = 0; i < (CK_DEPTHWISE_PIXELS - 1) * stride + kernel; i++) {
      if (checks && (x + i < 0 || x + i >= c->in_width)) continue;
      const vf value = vload(from + i * CK_WIDTH);
      CK_UNROLL for (int r = 0; r < rows; r++) {
        const int kh = line - r * stride;
        if (kh < 0 || kh >= kernel) continue;
        CK_UNROLL for (int p = 0; p < CK_DEPTHWISE_PIXELS; p++) {
          const int kw = i - p * stride;
          if (kw >= 0 && kw < kernel) sums[r][p] = vfma(value, taps[r][kw], sums[r][p]);
        }
      }
    }
  }
}

/* Stores the first `pixels` of each of `rows` rows, which are `row` floats apart, after residual and limits. */
VIN void depthwise_store(
    const int rows, const int pixels, const ck_f32_conv *c, vf (*sums)[CK_DEPTHWISE_PIXELS], const float *residual,
    float *out, ptrdiff_t row) {
  const vf lower = vset(c->lower), upper = vset(c->upper);
  CK_UNROLL for (int r = 0; r < rows; r++) {
    CK_UNROLL for (int p = 0; p < CK_DEPTHWISE_PIXELS && p < pixels; p++) {
      const ptrdiff_t at = r * row + p * CK_WIDTH;
      vf sum = sums[r][p];
      if (residual) sum += vload(residual + at);
      vstore(out + at, vclamp(sum, lower, upper));
    }
  }
}

/* Output rows oy..<oy + rows. */
VIN void depthwise_strip(
    const int kernel, const int stride, const int rows, const ck_f32_conv *c, const float *in, const float *weights,
    vf start, const float *residual, float *out, int32_t oy) {
  const int32_t y = oy * stride - c->pad_top, reach = (CK_DEPTHWISE_PIXELS - 1) * stride + kernel;
  for (int32_t ox = 0; ox < c->out_width; ox += CK_DEPTHWISE_PIXELS) {
    const int32_t x = ox * stride - c->pad_left, left = c->out_width - ox;
    const ptrdiff_t at = ((ptrdiff_t)oy * c->out_width + ox) * CK_WIDTH, row = (ptrdiff_t)c->out_width * CK_WIDTH;
    vf sums[2][CK_DEPTHWISE_PIXELS];
    if (x >= 0 && x + reach <= c->in_width && left >= CK_DEPTHWISE_PIXELS) {
      depthwise_tile(kernel, stride, rows, 0, c, in, weights, start, y, x, sums);
      depthwise_store(rows, CK_DEPTHWISE_PIXELS, c, sums, residual ? residual + at : 0, out + at, row);
    } else {
      depthwise_tile(kernel, stride, rows, 1, c, in, weights, start, y, x, sums);
      depthwise_store(rows, left, c, sums, residual ? residual + at : 0, out + at, row);
    }
  }
}

static void CK_NAME(depthwise_rows)(
    const ck_f32_conv *c, const float *in, const float *weights, const float *bias, const float *residual,
    float *out, int32_t row0, int32_t row1) {
  const vf start = bias ? vload(bias) : vset(0), lower = vset(c->lower), upper = vset(c->upper);
  const int square = c->kernel_h == c->kernel_w && c->dilation_h == 1 && c->dilation_w == 1 &&
                     c->stride_h == c->stride_w && (c->stride_h == 1 || c->stride_h == 2);
  const int kind = square && c->kernel_h == 3 ? 2 + c->stride_h : square && c->kernel_h == 5 ? 4 + c->stride_h : 0;
  for (int32_t oy = row0; oy < row1;) {
    const int two = row1 - oy >= 2;
    switch (kind) {
      case 3:
        if (two) depthwise_strip(3, 1, 2, c, in, weights, start, residual, out, oy);
        else depthwise_strip(3, 1, 1, c, in, weights, start, residual, out, oy);
        oy += 1 + two;
        break;
      case 4:
        if (two) depthwise_strip(3, 2, 2, c, in, weights, start, residual, out, oy);
        else depthwise_strip(3, 2, 1, c, in, weights, start, residual, out, oy);
        oy += 1 + two;
        break;
      case 5: depthwise_strip(5, 1, 1, c, in, weights, start, residual, out, oy++); break;
      case 6: depthwise_strip(5, 2, 1, c, in, weights, start, residual, out, oy++); break;
      default:
        for (int32_t ox = 0; ox < c->out_width; ox++) {
          const ptrdiff_t at = ((ptrdiff_t)oy * c->out_width + ox) * CK_WIDTH;
          vf sum = depthwise_pixel(
              c, in, weights, start, oy * c->stride_h - c->pad_top, ox * c->stride_w - c->pad_left);
          if (residual) sum += vload(residual + at);
          vstore(out + at, vclamp(sum, lower, upper));
        }
        oy++;
    }
  }
}
