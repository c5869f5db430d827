/* Matrix times vector at the memory's speed: weights [input][vectors * width], rows of zero inputs never read. */

static int32_t CK_NAME(list_nonzero)(
    const float *x, int32_t count, int32_t keep_zeros, int32_t *indices, float *values) {
  int32_t found = 0, k = 0;
#if CK_WIDTH == 16
  const __m512i first = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (; k + 16 <= count; k += 16) {
    __m512 v = _mm512_loadu_ps(x + k);
    __mmask16 wanted = keep_zeros ? 0xffff : _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ);
    _mm512_storeu_ps(values + found, _mm512_maskz_compress_ps(wanted, v));
    __m512i at = _mm512_add_epi32(first, _mm512_set1_epi32(k));
    _mm512_storeu_si512(indices + found, _mm512_maskz_compress_epi32(wanted, at));
    found += __builtin_popcount(wanted);
  }
#endif
  for (; k < count; k++) {
    indices[found] = k;
    values[found] = x[k];
    found += keep_zeros || x[k] != 0;
  }
  return found;
}

/* Rows ahead that are fetched; a row is `vectors` cache lines or less. */
#define CK_GEMV_AHEAD(vectors) ((vectors) >= 16 ? 6 : (vectors) >= 8 ? 12 : 24)

VIN void gemv_columns(
    const int vectors, const float *weights, const int32_t *indices, const float *values, int32_t count,
    const float *bias, vf lower, vf upper, float *out) {
  vf sums[16];
  CK_UNROLL for (int v = 0; v < vectors; v++) sums[v] = bias ? vload(bias + v * CK_WIDTH) : vset(0);
  const int32_t ahead = CK_GEMV_AHEAD(vectors);
  for (int32_t j = 0; j < count; j++) {
    const float *w = weights + (ptrdiff_t)indices[j] * (vectors * CK_WIDTH);
    const int32_t later = j + ahead < count ? j + ahead : count - 1;
    const float *next = weights + (ptrdiff_t)indices[later] * (vectors * CK_WIDTH);
    const vf x = vset(values[j]);
    CK_UNROLL for (int v = 0; v < vectors; v++) {
      if (v % (16 / CK_WIDTH) == 0) __builtin_prefetch(next + v * CK_WIDTH, 0, 3);
      sums[v] = vfma(x, vload(w + v * CK_WIDTH), sums[v]);
    }
  }
  CK_UNROLL for (int v = 0; v < vectors; v++) vstore(out + v * CK_WIDTH, vclamp(sums[v], lower, upper));
}

static void CK_NAME(gemv)(
    int32_t vectors, const float *weights, const int32_t *indices, const float *values, int32_t count,
    const float *bias, float lower, float upper, float *out) {
  const vf low = vset(lower), high = vset(upper);
  switch (vectors) {
    case 16:
      gemv_columns(16, weights, indices, values, count, bias, low, high, out);
      break;
    case 8: gemv_columns(8, weights, indices, values, count, bias, low, high, out); break;
    case 4: gemv_columns(4, weights, indices, values, count, bias, low, high, out); break;
    case 2: gemv_columns(2, weights, indices, values, count, bias, low, high, out); break;
    default: gemv_columns(1, weights, indices, values, count, bias, low, high, out); break;
  }
}
