#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif
#include <unistd.h>

#include "ckernels.h"

int32_t ckernels_cpu_count(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int32_t)online : 1;
}

uint32_t ckernels_cpu_features(void) {
  uint32_t features = CKERNELS_CPU_PORTABLE;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c")) features |= CKERNELS_CPU_AVX2_FMA;
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
