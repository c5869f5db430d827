/* Micro-kernels: tiles and pointers in, sums out. No policy lives here; see Sources/Interpreter/Kernels. */
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

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

#endif
