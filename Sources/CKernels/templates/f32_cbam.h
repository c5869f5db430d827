/* CBAM (Woo et al., 2018) in four passes over a map in blocks of channels; two read it, one writes it. */

static void CK_NAME(channel_pool)(
    const float *in, ptrdiff_t plane_stride, int32_t pixels, int32_t plane0, int32_t plane1, float *sums,
    float *maxima) {
  for (int32_t plane = plane0; plane < plane1; plane++) {
    const float *x = in + plane * plane_stride;
    vf sum[4], most[4];
    for (int k = 0; k < 4; k++) {
      sum[k] = vset(0);
      most[k] = vset(-__builtin_inff());
    }
    int32_t p = 0;
    for (; p + 4 <= pixels; p += 4) {
      CK_UNROLL for (int k = 0; k < 4; k++) {
        vf v = vload(x + (p + k) * CK_WIDTH);
        sum[k] += v;
        most[k] = vmax(most[k], v);
      }
    }
    for (; p < pixels; p++) {
      vf v = vload(x + p * CK_WIDTH);
      sum[0] += v;
      most[0] = vmax(most[0], v);
    }
    vstore(sums + plane * CK_WIDTH, (sum[0] + sum[1]) + (sum[2] + sum[3]));
    vstore(maxima + plane * CK_WIDTH, vmax(vmax(most[0], most[1]), vmax(most[2], most[3])));
  }
}

static void CK_NAME(channel_attention)(
    int32_t planes, int32_t hidden, float inverse_count, const float *sums, const float *maxima, const float *in1,
    const float *bias1, const float *out2, const float *bias2, float *hidden_sums, float *scale) {
  const ptrdiff_t row = (ptrdiff_t)planes * CK_WIDTH;
  for (int32_t h = 0; h < hidden; h++) {
    vf mean = vset(0), most = vset(0);
    for (int32_t plane = 0; plane < planes; plane++) {
      vf w = vload(in1 + h * row + plane * CK_WIDTH);
      mean = vfma(vload(sums + plane * CK_WIDTH) * vset(inverse_count), w, mean);
      most = vfma(vload(maxima + plane * CK_WIDTH), w, most);
    }
    float start = bias1 ? bias1[h] : 0, a = vsum(mean) + start, m = vsum(most) + start;
    /* Written so that NaN stays. */
    a = a < 0 ? 0 : a;
    m = m < 0 ? 0 : m;
    /* Both pass the same second layer, so they may be added before it. */
    hidden_sums[h] = a + m;
  }
  for (int32_t plane = 0; plane < planes; plane++) {
    vf sum = vset(0), other = vset(0);
    int32_t h = 0;
    for (; h + 2 <= hidden; h += 2) {
      sum = vfma(vset(hidden_sums[h]), vload(out2 + h * row + plane * CK_WIDTH), sum);
      other = vfma(vset(hidden_sums[h + 1]), vload(out2 + (h + 1) * row + plane * CK_WIDTH), other);
    }
    if (h < hidden) sum = vfma(vset(hidden_sums[h]), vload(out2 + h * row + plane * CK_WIDTH), sum);
    sum += other;
    if (bias2) sum = vfma(vset(2), vload(bias2 + plane * CK_WIDTH), sum);
    vstore(scale + plane * CK_WIDTH, vsigmoid(sum));
  }
}

#define CK_STATISTICS_PIXELS 8

static void CK_NAME(channel_statistics)(
    const float *in, ptrdiff_t plane_stride, int32_t channels, const float *scale, int32_t pixel0, int32_t pixel1,
    float *mean, float *maximum) {
  const int32_t full = channels / CK_WIDTH, rest = channels % CK_WIDTH;
  const float inverse = 1.0f / (float)channels;
  /* Lanes beyond the last channel count neither for the sum nor for the maximum. */
  vi real;
  for (int k = 0; k < CK_WIDTH; k++) real[k] = k < rest ? -1 : 0;
  for (int32_t p = pixel0; p < pixel1; p += CK_STATISTICS_PIXELS) {
    const int32_t pixels = pixel1 - p < CK_STATISTICS_PIXELS ? pixel1 - p : CK_STATISTICS_PIXELS;
    vf sum[CK_STATISTICS_PIXELS], most[CK_STATISTICS_PIXELS];
    CK_UNROLL for (int k = 0; k < CK_STATISTICS_PIXELS; k++) {
      sum[k] = vset(0);
      most[k] = vset(-__builtin_inff());
    }
    if (pixels == CK_STATISTICS_PIXELS) {
      for (int32_t plane = 0; plane < full; plane++) {
        const float *x = in + plane * plane_stride + (ptrdiff_t)p * CK_WIDTH;
        vf s = scale ? vload(scale + plane * CK_WIDTH) : vset(1);
        CK_UNROLL for (int k = 0; k < CK_STATISTICS_PIXELS; k++) {
          vf v = vload(x + k * CK_WIDTH) * s;
          sum[k] += v;
          most[k] = vmax(most[k], v);
        }
      }
    } else {
      for (int32_t plane = 0; plane < full; plane++) {
        const float *x = in + plane * plane_stride + (ptrdiff_t)p * CK_WIDTH;
        vf s = scale ? vload(scale + plane * CK_WIDTH) : vset(1);
        for (int k = 0; k < pixels; k++) {
          vf v = vload(x + k * CK_WIDTH) * s;
          sum[k] += v;
          most[k] = vmax(most[k], v);
        }
      }
    }
    if (rest) {
      const float *x = in + full * plane_stride + (ptrdiff_t)p * CK_WIDTH;
      vf s = scale ? vload(scale + full * CK_WIDTH) : vset(1);
      for (int k = 0; k < pixels; k++) {
        vf v = vload(x + k * CK_WIDTH) * s;
        sum[k] += vselect(real, v, vset(0));
        most[k] = vmax(most[k], vselect(real, v, vset(-__builtin_inff())));
      }
    }
    for (int k = 0; k < pixels; k++) {
      mean[p + k] = vsum(sum[k]) * inverse;
      maximum[p + k] = vmaximum(most[k]);
    }
  }
}

/* One vector of neighbouring outputs; `vectors` of them share the kernel's values. */
VIN void spatial_run(
    const int vectors, const int k, const float *padded, ptrdiff_t line, ptrdiff_t plane, const float *kernel,
    float bias, vf *sums) {
  CK_UNROLL for (int v = 0; v < vectors; v++) sums[v] = vset(bias);
  for (int c = 0; c < 2; c++) {
    for (int y = 0; y < k; y++) {
      const float *x = padded + c * plane + y * line;
      for (int i = 0; i < k; i++) {
        vf w = vset(kernel[(c * k + y) * k + i]);
        CK_UNROLL for (int v = 0; v < vectors; v++) sums[v] = vfma(vload(x + i + v * CK_WIDTH), w, sums[v]);
      }
    }
  }
}

static void CK_NAME(spatial_attention)(
    const float *first, const float *second, int32_t height, int32_t map_width, const float *kernel, int32_t k,
    float bias, int32_t row0, int32_t row1, float *out, float *scratch) {
  const int32_t half = k / 2, rows = row1 - row0 + k - 1;
  const ptrdiff_t line = map_width + k - 1 + CK_WIDTH, plane = rows * line;
  for (int c = 0; c < 2; c++) {
    const float *map = c ? second : first;
    for (int32_t r = 0; r < rows; r++) {
      const int32_t y = row0 + r - half;
      float *to = scratch + c * plane + r * line;
      memset(to, 0, sizeof(float) * (size_t)line);
      if (y >= 0 && y < height) memcpy(to + half, map + (ptrdiff_t)y * map_width, sizeof(float) * (size_t)map_width);
    }
  }
  for (int32_t y = row0; y < row1; y++) {
    const float *padded = scratch + (y - row0) * line;
    for (int32_t x = 0; x < map_width; x += CK_WIDTH) {
      vf sum;
      if (k == 7) {
        spatial_run(1, 7, padded + x, line, plane, kernel, bias, &sum);
      } else {
        spatial_run(1, k, padded + x, line, plane, kernel, bias, &sum);
      }
      sum = vsigmoid(sum);
      if (x + CK_WIDTH <= map_width) {
        vstore(out + (ptrdiff_t)y * map_width + x, sum);
      } else {
        float last[CK_WIDTH];
        vstore(last, sum);
        memcpy(out + (ptrdiff_t)y * map_width + x, last, sizeof(float) * (size_t)(map_width - x));
      }
    }
  }
}

static void CK_NAME(attention_apply)(
    const float *in, ptrdiff_t plane_stride, int32_t plane0, int32_t plane1, const float *scale,
    const float *spatial, const float *residual, float lower, float upper, int32_t pixel0, int32_t pixel1,
    float *out) {
  const vf low = vset(lower), high = vset(upper);
  for (int32_t plane = plane0; plane < plane1; plane++) {
    const vf s = vload(scale + plane * CK_WIDTH);
    const ptrdiff_t at = plane * plane_stride;
    if (residual) {
      for (int32_t p = pixel0; p < pixel1; p++) {
        vf v = vload(in + at + (ptrdiff_t)p * CK_WIDTH) * s * vset(spatial[p]);
        v += vload(residual + at + (ptrdiff_t)p * CK_WIDTH);
        vstore(out + at + (ptrdiff_t)p * CK_WIDTH, vclamp(v, low, high));
      }
    } else {
      for (int32_t p = pixel0; p < pixel1; p++) {
        vf v = vload(in + at + (ptrdiff_t)p * CK_WIDTH) * s * vset(spatial[p]);
        vstore(out + at + (ptrdiff_t)p * CK_WIDTH, vclamp(v, low, high));
      }
    }
  }
}
