#ifndef PNG_SHIM_H
#define PNG_SHIM_H

#include "cpng_shim.h"
#include <png.h>

/* Error callback: keeps the message in the buffer that is libpng's error pointer, then jumps. */
_Noreturn void cpng_fail(png_structp png, png_const_charp text);

/* Warning callback: a picture that decodes is good enough. */
void cpng_ignore(png_structp png, png_const_charp text);

#endif
