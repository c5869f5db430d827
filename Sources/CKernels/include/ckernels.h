/* Micro-kernels: tiles and pointers in, sums out. No policy lives here; see Sources/Interpreter/Kernels. */
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "ckernels_conv.h"
#include "ckernels_ops.h"
#include "ckernels_u8.h"

/* Instruction sets that the running CPU offers, as bits. */
enum {
  CKERNELS_CPU_PORTABLE = 1,
  CKERNELS_CPU_NEON = 2,
  CKERNELS_CPU_AVX2_FMA = 4,
  CKERNELS_CPU_AVX512 = 8,
  CKERNELS_CPU_AVX512_VNNI = 16,
};

/* What the running CPU and its operating system support, as a sum of the bits above. */
uint32_t ckernels_cpu_features(void);

/* Cores that this process may run on, at least 1. */
int32_t ckernels_cpu_count(void);

/* The kernels of one of those sets, or null where this build has none for it. */
const ck_f32_conv_kernels *_Nullable ck_f32_conv_kernels_of(uint32_t feature);
const ck_f32_ops_kernels *_Nullable ck_f32_ops_kernels_of(uint32_t feature);
const ck_u8_kernels *_Nullable ck_u8_kernels_of(uint32_t feature);

/* Tells the CPU that this thread waits in a loop. */
static inline void ck_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
