/* What follows from a vector_<set>.h, whichever it is. */
#define CK_PASTE2(a, b) a##_##b
#define CK_PASTE(a, b) CK_PASTE2(a, b)
/* name -> name_avx512 and so on. */
#define CK_NAME(name) CK_PASTE(name, CK_ISA)
#define CK_UNROLL _Pragma("clang loop unroll(full)")

VIN vf vclamp(vf v, vf lower, vf upper) { return vmin(upper, vmax(lower, v)); }

/* Where the optimiser unrolls by itself first it warns that nothing is left to unroll. */
#pragma clang diagnostic ignored "-Wpass-failed"
