/*
 * Measures the exponential family of every instruction set of this CPU against the C library in double precision, over
 * all floats or every n-th, and holds each function to what Sources/CKernels/templates/f32_math.h states.
 *
 * usage: ulp [N], the distance between the floats' bits; 1 for all 2^32.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ckernels.h"

static double d_sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
static double d_gelu(double x) { return x == -INFINITY ? 0 : x / 2 * erfc(-x * 0.70710678118654752440); }

typedef struct {
  const char *name;
  ck_unary code;
  double (*definition)(double);
  /* Units in the last place that are stated, with and without fused multiply-adds, and an absolute error among the subnormal. */
  double fused, separate, absolute;
} function;

static const function functions[] = {
    {"exp", CK_EXP, exp, 2, 2, 0},
    {"sigmoid", CK_SIGMOID, d_sigmoid, 4, 4, 0},
    {"tanh", CK_TANH, tanh, 3, 3, 0},
    {"erf", CK_ERF, erf, 4, 4, 0},
    {"gelu", CK_GELU, d_gelu, 16, 32, 2e-43},
};

static double unit_of(double expected) {
  const float rounded = (float)fabs(expected);
  const double unit = (double)nextafterf(rounded, INFINITY) - rounded;
  return isfinite(unit) && unit > 0x1p-149 ? unit : 0x1p-149;
}

int main(int count, char **arguments) {
  const long step = count > 1 ? atol(arguments[1]) : 61;
  if (step < 1 || step > 1 << 24) {
    fputs("usage: ulp [N], the distance between the floats' bits: 1 to 16777216\n", stderr);
    return 64;
  }
  static const struct {
    const char *name;
    uint32_t feature;
  } sets[] = {{"portable", CKERNELS_CPU_PORTABLE}, {"neon", CKERNELS_CPU_NEON}, {"avx2", CKERNELS_CPU_AVX2_FMA}, {"avx512", CKERNELS_CPU_AVX512}};
  int failed = 0;
  for (size_t s = 0; s < sizeof sets / sizeof *sets; s++) {
    if (!(ckernels_cpu_features() & sets[s].feature)) continue;
    const ck_f32_ops_kernels *ops = ck_f32_ops_kernels_of(sets[s].feature);
    if (!ops) continue;
    for (size_t f = 0; f < sizeof functions / sizeof *functions; f++) {
      const double stated = sets[s].feature == CKERNELS_CPU_PORTABLE ? functions[f].separate : functions[f].fused;
      double worst = 0;
      float at = 0;
      unsigned long bits = 0, values = 0;
      while (bits < 1ul << 32) {
        float x[4096], y[4096];
        size_t n = 0;
        for (; n < 4096 && bits < 1ul << 32; n++, bits += (unsigned long)step) {
          const uint32_t pattern = (uint32_t)bits;
          memcpy(&x[n], &pattern, 4);
        }
        ops->unary(functions[f].code, 0, 0, x, y, n);
        values += n;
        for (size_t i = 0; i < n; i++) {
          const double expected = functions[f].definition(x[i]);
          const float rounded = (float)expected;
          double error;
          if (isnan(expected) || isnan(y[i])) {
            error = isnan(expected) && isnan(y[i]) ? 0 : INFINITY;
          } else if (isinf(rounded) || isinf(y[i])) {
            error = rounded == y[i] ? 0 : INFINITY;
          } else {
            error = fmax(0, fabs((double)y[i] - expected) - functions[f].absolute) / unit_of(expected);
          }
          if (error > worst) worst = error, at = x[i];
        }
      }
      const int good = worst <= stated + 0.5;
      failed |= !good;
      printf("%-9s %-8s %5.2f ULP at %-14.8g of %lu floats, stated %g%s\n", sets[s].name, functions[f].name, worst, at, values, stated,
             good ? "" : ": TOO MUCH");
    }
  }
  return failed;
}
