/* Weights from how files store them to vectors of one number for each output channel. */

typedef uint16_t vh __attribute__((ext_vector_type(CK_WIDTH)));
typedef uint32_t vu __attribute__((ext_vector_type(CK_WIDTH)));

VIN ptrdiff_t pack_size(ck_element element) { return element == CK_FLOAT32 ? 4 : 2; }

/* A vector of numbers stored as `element` at any address. */
VIN vf pack_load(const char *from, ck_element element) {
  if (element == CK_FLOAT32) return vload((const float *)(const void *)from);
  if (element == CK_FLOAT16) return vload_half(from);
  vh half;
  __builtin_memcpy(&half, from, sizeof half);
  return (vf)(__builtin_convertvector(half, vu) << 16);
}

/* The same of fewer numbers than a vector holds, nothing read beyond them; zeros behind. */
VIN vf pack_load_part(const char *from, ck_element element, int32_t count) {
  char numbers[CK_WIDTH * 4] = {0};
  __builtin_memcpy(numbers, from, (size_t)(count * pack_size(element)));
  return pack_load(numbers, element);
}

/* Rows to columns, in place: each round zips vectors that are half of them apart, as a perfect shuffle of all numbers. */
VIN void pack_transpose(vf *v) {
  CK_UNROLL for (int round = 1; round < CK_WIDTH; round *= 2) {
    vf zipped[CK_WIDTH];
    CK_UNROLL for (int i = 0; i < CK_WIDTH / 2; i++) {
      zipped[2 * i] = vzip_low(v[i], v[i + CK_WIDTH / 2]);
      zipped[2 * i + 1] = vzip_high(v[i], v[i + CK_WIDTH / 2]);
    }
    CK_UNROLL for (int i = 0; i < CK_WIDTH; i++) v[i] = zipped[i];
  }
}

VIN int32_t pack_columns_of(
    ck_element element, const char *source, ptrdiff_t row_stride, int32_t rows, int32_t count, int32_t inner,
    ptrdiff_t inner_stride, ptrdiff_t outer_stride, float *out) {
  const ptrdiff_t size = pack_size(element), row_bytes = row_stride * size;
  /* Zero times what is not finite is not a number, and stays so in the sum. */
  vf check = vset(0);
  for (int32_t at = 0; at < count; at += CK_WIDTH) {
    const int32_t left = count - at;
    /* The last vector overlaps the one before, which writes the same again. */
    const int32_t first = left >= CK_WIDTH || count < CK_WIDTH ? at : count - CK_WIDTH;
    const char *from = source + first * size;
    vf v[CK_WIDTH];
    if (rows == CK_WIDTH && count >= CK_WIDTH) {
      CK_UNROLL for (int r = 0; r < CK_WIDTH; r++) v[r] = pack_load(from + r * row_bytes, element);
    } else {
      for (int32_t r = 0; r < CK_WIDTH; r++) {
        if (r >= rows) v[r] = vset(0);
        else if (count >= CK_WIDTH) v[r] = pack_load(from + r * row_bytes, element);
        else v[r] = pack_load_part(from + r * row_bytes, element, count);
      }
    }
    CK_UNROLL for (int r = 0; r < CK_WIDTH; r++) check = vfma(v[r], vset(0), check);
    pack_transpose(v);
    int32_t within = first % inner;
    float *to = out + first / inner * outer_stride + within * inner_stride;
    if (count >= CK_WIDTH && within + CK_WIDTH <= inner) {
      CK_UNROLL for (int i = 0; i < CK_WIDTH; i++) vstore(to + i * inner_stride, v[i]);
      continue;
    }
    const int32_t end = count < CK_WIDTH ? count : CK_WIDTH;
    for (int32_t i = 0; i < end; i++) {
      vstore(to, v[i]);
      to += inner_stride;
      if (++within == inner) {
        within = 0;
        to += outer_stride - inner * inner_stride;
      }
    }
  }
  return vsum(check) == 0;
}

static int32_t CK_NAME(pack_columns)(
    const void *source, ck_element element, ptrdiff_t row_stride, int32_t rows, int32_t count, int32_t inner,
    ptrdiff_t inner_stride, ptrdiff_t outer_stride, float *out) {
  switch (element) {
    case CK_FLOAT16: return pack_columns_of(CK_FLOAT16, source, row_stride, rows, count, inner, inner_stride, outer_stride, out);
    case CK_BFLOAT16: return pack_columns_of(CK_BFLOAT16, source, row_stride, rows, count, inner, inner_stride, outer_stride, out);
    default: return pack_columns_of(CK_FLOAT32, source, row_stride, rows, count, inner, inner_stride, outer_stride, out);
  }
}

VIN int32_t pack_rows_of(
    ck_element element, const char *source, ptrdiff_t row_stride, int32_t rows, int32_t count, ptrdiff_t out_stride,
    float *out) {
  const ptrdiff_t size = pack_size(element);
  vf check = vset(0);
  for (int32_t row = 0; row < rows; row++) {
    const char *from = source + row * row_stride * size;
    float *to = out + row * out_stride;
    int32_t i = 0;
    for (; i + CK_WIDTH <= count; i += CK_WIDTH) {
      const vf v = pack_load(from + i * size, element);
      check = vfma(v, vset(0), check);
      vstore(to + i, v);
    }
    if (i < count) {
      const vf v = pack_load_part(from + i * size, element, count - i);
      check = vfma(v, vset(0), check);
      __builtin_memcpy(to + i, &v, (size_t)(count - i) * sizeof(float));
    }
  }
  return vsum(check) == 0;
}

static int32_t CK_NAME(pack_rows)(
    const void *source, ck_element element, ptrdiff_t row_stride, int32_t rows, int32_t count, ptrdiff_t out_stride,
    float *out) {
  switch (element) {
    case CK_FLOAT16: return pack_rows_of(CK_FLOAT16, source, row_stride, rows, count, out_stride, out);
    case CK_BFLOAT16: return pack_rows_of(CK_BFLOAT16, source, row_stride, rows, count, out_stride, out);
    default: return pack_rows_of(CK_FLOAT32, source, row_stride, rows, count, out_stride, out);
  }
}

/* Channels whose kernels are turned at a time: as many as stay in the nearest cache. */
#define CK_PACK_CHANNELS 16

/* Kernels of taps x taps to n x n points, `g` being [n][taps]. */
VIN void pack_winograd(
    const int n, const int taps, const double *g, const char *source, ck_element element, int32_t out_channels,
    int32_t in_channels, float *transformed) {
  const int32_t blocks = (out_channels + CK_WIDTH - 1) / CK_WIDTH, planes = (in_channels + CK_WIDTH - 1) / CK_WIDTH;
  const int area = taps * taps;
  const ptrdiff_t point_stride = (ptrdiff_t)blocks * planes * CK_WIDTH * CK_WIDTH;
  const ptrdiff_t row_stride = (ptrdiff_t)in_channels * area, size = pack_size(element);
  float kernels[CK_PACK_CHANNELS * 4 * 4 * CK_WIDTH];
  for (int32_t block = 0; block < blocks; block++) {
    const int32_t missing = out_channels - block * CK_WIDTH, rows = missing < CK_WIDTH ? missing : CK_WIDTH;
    for (int32_t channel = 0; channel < planes * CK_WIDTH; channel++) {
      const int32_t within = channel % CK_PACK_CHANNELS;
      if (within == 0 && channel < in_channels) {
        const int32_t left = in_channels - channel, count = left < CK_PACK_CHANNELS ? left : CK_PACK_CHANNELS;
        CK_NAME(pack_columns)(
            source + (block * CK_WIDTH * row_stride + (ptrdiff_t)channel * area) * size, element, row_stride, rows,
            count * area, count * area, CK_WIDTH, 0, kernels);
      }
      float *to = transformed + ((ptrdiff_t)block * planes * CK_WIDTH + channel) * CK_WIDTH;
      if (channel >= in_channels) {
        for (int point = 0; point < n * n; point++, to += point_stride) vstore(to, vset(0));
        continue;
      }
      const float *kernel = kernels + within * area * CK_WIDTH;
      double half[8][4][CK_WIDTH];
      for (int y = 0; y < n; y++) {
        for (int x = 0; x < taps; x++) {
          for (int o = 0; o < CK_WIDTH; o++) {
            double sum = g[y * taps] * kernel[x * CK_WIDTH + o];
            CK_UNROLL for (int t = 1; t < taps; t++) sum += g[y * taps + t] * kernel[(t * taps + x) * CK_WIDTH + o];
            half[y][x][o] = sum;
          }
        }
      }
      for (int y = 0; y < n; y++) {
        for (int x = 0; x < n; x++, to += point_stride) {
          for (int o = 0; o < CK_WIDTH; o++) {
            double sum = g[x * taps] * half[y][0][o];
            CK_UNROLL for (int t = 1; t < taps; t++) sum += g[x * taps + t] * half[y][t][o];
            to[o] = (float)sum;
          }
        }
      }
    }
  }
}

#define CK_PACK_WINOGRAD(M, N, TAPS)                                                                               \
  static void CK_NAME(pack_winograd_##M)(                                                                          \
      const void *source, ck_element element, int32_t out_channels, int32_t in_channels, float *transformed) {     \
    pack_winograd(N, TAPS, winograd_weights##M[0], source, element, out_channels, in_channels, transformed);       \
  }
CK_PACK_WINOGRAD(2, 4, 3)
CK_PACK_WINOGRAD(3, 6, 4)
CK_PACK_WINOGRAD(4, 6, 3)
CK_PACK_WINOGRAD(6, 8, 3)
