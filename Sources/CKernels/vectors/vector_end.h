/* Ends what a vector_<set>.h began. */
#if CK_WIDTH > 4
#pragma clang attribute pop
#endif
