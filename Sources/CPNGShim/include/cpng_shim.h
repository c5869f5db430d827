/* libpng reports errors by longjmp, which may not cross Swift frames; here each call sets its own jump target.
   No policy: sizes are checked by the caller before anything is allocated. */
#ifndef CPNG_SHIM_H
#define CPNG_SHIM_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of an error message, its end included. */
#define CPNG_MESSAGE_SIZE 160

/* Decodes the PNG file in bytes[0..<count] to height rows of width pixels of 8-bit R, G, B, A. Samples of 16 bits
   give their high byte; gamma and colour profiles are ignored. Returns 1, or 0 with a message, also where the
   header's size isn't width x height. */
int cpng_read_rgba(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *rgba,
                   char message[CPNG_MESSAGE_SIZE]);

/* Encodes height rows of width pixels of 8-bit grey (channels 1) or R, G, B (channels 3). Returns 1 and a file to
   be released with free, or 0 with a message. */
int cpng_write(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, uint8_t **file,
               size_t *count, char message[CPNG_MESSAGE_SIZE]);

#endif
