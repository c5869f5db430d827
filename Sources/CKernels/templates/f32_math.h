/* Exponential family on vectors. Stated errors are measured against libm in double precision over all floats. */

/* Polynomial with coefficients from the highest power down. */
VIN vf vpolynomial(const float *coefficients, int count, vf x) {
  vf sum = vset(coefficients[0]);
  CK_UNROLL for (int i = 1; i < count; i++) sum = vfma(sum, x, vset(coefficients[i]));
  return sum;
}

/* e^x; within 2 ULP; overflows to infinity and underflows through subnormals to zero. Method: Cephes expf. */
VIN vf vexp(vf x) {
  static const float p[] = {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f,
                            4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f};
  x = vclamp(x, vset(-104.0f), vset(89.0f));
  vf n = vround(x * vset(1.44269504088896341f));
  vf r = vfma(n, vset(-0.693359375f), x);
  r = vfma(n, vset(2.12194440e-4f), r);
  vf y = vfma(vpolynomial(p, 6, r), r * r, r) + vset(1);
  /* Two factors of 2^(n/2), because 2^128 and 2^-150 are no floats. */
  vi k = vtoint(n), half = k >> 1;
  return y * (vf)((half + 127) << 23) * (vf)((k - half + 127) << 23);
}

VIN vf vabs(vf x) { return (vf)((vi)x & 0x7fffffff); }
/* The magnitude of one, the sign of the other. */
VIN vf vcopysign(vf magnitude, vf sign) { return (vf)(((vi)magnitude & 0x7fffffff) | ((vi)sign & (int32_t)0x80000000)); }
/* a where the mask is set, else b; masks come from comparisons. */
VIN vf vselect(vi mask, vf a, vf b) { return (vf)(((vi)a & mask) | ((vi)b & ~mask)); }

/* 1 / (1 + e^-x), for x < 0 as e^x / (1 + e^x), which doesn't overflow; within 4 ULP. */
VIN vf vsigmoid(vf x) {
  vf e = vexp(-vabs(x));
  return vselect(x < vset(0), e, vset(1)) / (vset(1) + e);
}

/* tanh x; within 3 ULP. Method: Cephes tanhf. */
VIN vf vtanh(vf x) {
  static const float p[] = {-5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f,
                            -3.33332819422e-1f};
  vf a = vabs(x), s = x * x;
  vf small = vfma(vpolynomial(p, 5, s) * s, x, x);
  vf large = vcopysign(vset(1) - vset(2) / (vexp(a + a) + vset(1)), x);
  return vselect(a < vset(0.625f), small, vselect(x == x, large, x));
}

/* x * x - square exactly, where square is x * x rounded. Method: Dekker's, which needs no fused form. */
VIN vf vsquare_lost(vf x, vf square) {
  vf high = (vf)((vi)x & ~0xfff), low = x - high;
  return ((high * high - square) + vset(2) * high * low) + low * low;
}

/* erfc x for x >= 1, where square + lost is x * x. Method: Cephes erfcf. */
VIN vf verfc_tail(vf x, vf square, vf lost) {
  static const float near[] = {2.326819970068386e-2f,  -1.387039388740657e-1f, 3.687424674597105e-1f,
                               -5.824733027278666e-1f, 6.210004621745983e-1f,  -4.944515323274145e-1f,
                               3.404879937665872e-1f,  -2.741127028184656e-1f, 5.638259427386472e-1f};
  static const float far[] = {-1.047766399936249e+1f, 1.297719955372516e+1f,  -7.495518717768503e+0f,
                              2.921019019210786e+0f,  -1.015265279202700e+0f, 4.218463358204948e-1f,
                              -2.820767439740514e-1f, 5.641895067754075e-1f};
  vf q = vset(1) / x, y = q * q;
  vf p = vselect(x < vset(2), vpolynomial(near, 9, y), vpolynomial(far, 8, y));
  /* The square is rounded; its error is given back to first order. */
  vf e = vexp(-square);
  return vfma(-lost, e, e) * q * p;
}

/* erf x for |x| < 1. */
VIN vf verf_centre(vf x) {
  static const float t[] = {7.853861353153693e-5f,  -8.010193625184903e-4f, 5.188327685732524e-3f,
                            -2.685381193529856e-2f, 1.128358514861418e-1f,  -3.761262582423300e-1f,
                            1.128379165726710e+0f};
  return x * vpolynomial(t, 7, x * x);
}

/* erf x; within 4 ULP. */
VIN vf verf(vf x) {
  vf a = vabs(x), t = vmax(vset(1), vmin(a, vset(9))), square = t * t;
  vf tail = vcopysign(vset(1) - verfc_tail(t, square, vsquare_lost(t, square)), x);
  return vselect(a < vset(1), verf_centre(x), vselect(x == x, tail, x));
}

/* x times the normal distribution's function: x / 2 * erfc(-x / sqrt 2); within 16 ULP, 32 without FMA. */
VIN vf vgelu(vf x) {
  vf t = x * vset(0.70710678118654752f), a = vabs(t), half = vset(0.5f);
  /* The exponent x * x / 2 from x itself: far out, the rounding of t would show. */
  vf far = vmin(vabs(x), vset(16)), square = far * far;
  vf lost = half * vsquare_lost(far, square);
  vf tail = half * verfc_tail(vmax(vset(1), vmin(a, vset(12))), half * square, lost);
  vf outer = vselect(t > vset(0), vset(1) - tail, tail);
  vf y = x * vselect(a < vset(1), vfma(half, verf_centre(t), half), outer);
  return vselect(x == x, y, x);
}
