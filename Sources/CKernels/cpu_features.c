#include "ckernels.h"

uint32_t ckernels_cpu_features(void) {
  uint32_t features = CKERNELS_CPU_PORTABLE;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) features |= CKERNELS_CPU_AVX2_FMA;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    features |= CKERNELS_CPU_AVX512;
    if (__builtin_cpu_supports("avx512vnni")) features |= CKERNELS_CPU_AVX512_VNNI;
  }
#elif defined(__aarch64__)
  features |= CKERNELS_CPU_NEON;
#endif
  return features;
}
