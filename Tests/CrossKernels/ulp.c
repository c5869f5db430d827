/*
 * Measures the exponential family of every instruction set of this CPU against the C library in double precision, over
 * all floats or every n-th, and holds each function to what Sources/CKernels/templates/f32_math.h states.
 *
 * usage: ulp [N [FUNCTION]], the distance between the floats' bits, 1 for all 2^32; and the only function to measure.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ckernels.h"

static double d_sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
/* Minus infinity times zero, which is no number, at minus infinity: so the standard has it, and others compute it. */
static double d_gelu(double x) { return x / 2 * erfc(-x * 0.70710678118654752440); }

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

/* What an instruction set has given for one function so far. */
typedef struct {
  const char *name;
  uint32_t feature;
  const ck_f32_ops_kernels *ops;
  double worst;
  float at;
} instruction_set;

static double unit_of(double expected) {
  const float rounded = (float)fabs(expected);
  const double unit = (double)nextafterf(rounded, INFINITY) - rounded;
  return isfinite(unit) && unit > 0x1p-149 ? unit : 0x1p-149;
}

static double error_of(float found, double expected, double unit, double absolute) {
  if (isnan(expected) || isnan(found)) return isnan(expected) && isnan(found) ? 0 : INFINITY;
  const float rounded = (float)expected;
  if (isinf(rounded) || isinf(found)) return rounded == found ? 0 : INFINITY;
  return fmax(0, fabs((double)found - expected) - absolute) / unit;
}

int main(int count, char **arguments) {
  const long step = count > 1 ? atol(arguments[1]) : 61;
  if (step < 1 || step > 1 << 24) {
    fputs("usage: ulp [N [FUNCTION]], the distance between the floats' bits: 1 to 16777216\n", stderr);
    return 64;
  }
  const char *only = count > 2 ? arguments[2] : 0;
  int measured = 0;
  instruction_set sets[] = {
      {.name = "portable", .feature = CKERNELS_CPU_PORTABLE},
      {.name = "neon", .feature = CKERNELS_CPU_NEON},
      {.name = "avx2", .feature = CKERNELS_CPU_AVX2_FMA},
      {.name = "avx512", .feature = CKERNELS_CPU_AVX512}};
  const size_t set_count = sizeof sets / sizeof *sets;
  for (size_t s = 0; s < set_count; s++) {
    sets[s].ops = ckernels_cpu_features() & sets[s].feature ? ck_f32_ops_kernels_of(sets[s].feature) : 0;
  }
  int failed = 0;
  for (size_t f = 0; f < sizeof functions / sizeof *functions; f++) {
    if (only && strcmp(only, functions[f].name)) continue;
    measured++;
    for (size_t s = 0; s < set_count; s++) sets[s].worst = 0, sets[s].at = 0;
    unsigned long bits = 0, values = 0;
    while (bits < 1ul << 32) {
      float x[4096], y[4096];
      /* The definition takes longest: once for all instruction sets. */
      double expected[4096], unit[4096];
      size_t n = 0;
      for (; n < 4096 && bits < 1ul << 32; n++, bits += (unsigned long)step) {
        const uint32_t pattern = (uint32_t)bits;
        memcpy(&x[n], &pattern, 4);
        expected[n] = functions[f].definition(x[n]);
        unit[n] = unit_of(expected[n]);
      }
      values += n;
      for (size_t s = 0; s < set_count; s++) {
        if (!sets[s].ops) continue;
        sets[s].ops->unary(functions[f].code, 0, 0, x, y, n);
        for (size_t i = 0; i < n; i++) {
          const double error = error_of(y[i], expected[i], unit[i], functions[f].absolute);
          if (error > sets[s].worst) sets[s].worst = error, sets[s].at = x[i];
        }
      }
    }
    for (size_t s = 0; s < set_count; s++) {
      if (!sets[s].ops) continue;
      const double stated = sets[s].feature == CKERNELS_CPU_PORTABLE ? functions[f].separate : functions[f].fused;
      const int good = sets[s].worst <= stated + 0.5;
      failed |= !good;
      printf("%-8s %-9s %5.2f ULP at %-14.8g of %lu floats, stated %g%s\n", functions[f].name, sets[s].name, sets[s].worst,
             sets[s].at, values, stated, good ? "" : ": TOO MUCH");
    }
    fflush(stdout);
  }
  if (!measured) fprintf(stderr, "ulp: no function is called '%s'\n", only);
  return failed || !measured;
}
