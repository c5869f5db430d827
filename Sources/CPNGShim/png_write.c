#include "png_shim.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint8_t *bytes;
  size_t count, capacity;
} sink;

static void put(png_structp png, png_bytep bytes, size_t count) {
  sink *to = png_get_io_ptr(png);
  if (count > to->capacity - to->count) {
    size_t capacity = 2 * (to->count + count);
    uint8_t *larger = realloc(to->bytes, capacity);
    if (!larger) png_error(png, "no memory");
    to->bytes = larger;
    to->capacity = capacity;
  }
  memcpy(to->bytes + to->count, bytes, count);
  to->count += count;
}

static void flush(png_structp png) { (void)png; }

static int encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, sink *to,
                  char message[CPNG_MESSAGE_SIZE]) {
  png_infop info = NULL;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, cpng_fail, cpng_ignore);
  if (png) info = png_create_info_struct(png);
  if (!info) {
    strcpy(message, "libpng can't start");
    png_destroy_write_struct(&png, NULL);
    return 0;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    return 0;
  }
  png_set_write_fn(png, to, put, flush);
  png_set_IHDR(png, info, width, height, 8, channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (uint32_t row = 0; row < height; row++) {
    png_write_row(png, pixels + (size_t)row * width * (size_t)channels);
  }
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
  return 1;
}

int cpng_write(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, uint8_t **file,
               size_t *count, char message[CPNG_MESSAGE_SIZE]) {
  message[0] = 0;
  sink to = {NULL, 0, 0};
  if (!encode(pixels, width, height, channels, &to, message)) {
    free(to.bytes);
    return 0;
  }
  *file = to.bytes;
  *count = to.count;
  return 1;
}
