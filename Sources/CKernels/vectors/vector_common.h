/* What follows from a vector_<set>.h, whichever it is. */
#define CK_PASTE2(a, b) a##_##b
#define CK_PASTE(a, b) CK_PASTE2(a, b)
/* name -> name_avx512 and so on. */
#define CK_NAME(name) CK_PASTE(name, CK_ISA)
#define CK_UNROLL _Pragma("clang loop unroll(full)")

/* Numbers of a and b in turn, of their first and of their second halves. */
#if CK_WIDTH == 16
VIN vf vzip_low(vf a, vf b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
VIN vf vzip_high(vf a, vf b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
#elif CK_WIDTH == 8
VIN vf vzip_low(vf a, vf b) { return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11); }
VIN vf vzip_high(vf a, vf b) { return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15); }
#else
VIN vf vzip_low(vf a, vf b) { return __builtin_shufflevector(a, b, 0, 4, 1, 5); }
VIN vf vzip_high(vf a, vf b) { return __builtin_shufflevector(a, b, 2, 6, 3, 7); }
#endif

VIN vf vclamp(vf v, vf lower, vf upper) { return vmin(upper, vmax(lower, v)); }

/* Where the optimiser unrolls by itself first it warns that nothing is left to unroll. */
#pragma clang diagnostic ignored "-Wpass-failed"
