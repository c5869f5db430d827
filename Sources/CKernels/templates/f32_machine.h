/* What the core and its memory give at best, to measure other kernels by. */

/* Twelve sums are enough to hide a multiply-add's latency, and fit into sixteen registers with both factors. */
#define CK_CHAINS 12

static float CK_NAME(multiply_adds)(int64_t vectors) {
  vf sums[CK_CHAINS];
  CK_UNROLL
  for (int32_t i = 0; i < CK_CHAINS; i++) sums[i] = vset((float)i);
  /* Factors that the compiler doesn't know; every sum stays between 0 and 16. */
  volatile float unknown[2] = {0.5f, 1};
  const vf factor = vset(unknown[0]), summand = vset(unknown[1]);
  for (int64_t done = 0; done < vectors; done += CK_CHAINS) {
    CK_UNROLL
    for (int32_t i = 0; i < CK_CHAINS; i++) sums[i] = vfma(sums[i], factor, summand);
  }
  float total = 0;
  CK_UNROLL
  for (int32_t i = 0; i < CK_CHAINS; i++) total += vsum(sums[i]);
  return total;
}

static float CK_NAME(read_memory)(const float *floats, size_t count) {
  vf sums[8];
  CK_UNROLL
  for (int32_t i = 0; i < 8; i++) sums[i] = vset(0);
  for (size_t at = 0; at + 8 * CK_WIDTH <= count; at += 8 * CK_WIDTH) {
    CK_UNROLL
    for (int32_t i = 0; i < 8; i++) sums[i] += vload(floats + at + i * CK_WIDTH);
  }
  float total = 0;
  CK_UNROLL
  for (int32_t i = 0; i < 8; i++) total += vsum(sums[i]);
  return total;
}
