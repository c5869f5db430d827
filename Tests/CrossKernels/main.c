/*
 * Compares the micro-kernels of this CPU's instruction sets with the portable ones on a grid of random shapes, for
 * machines on which Swift's own tests don't run: scripts/test-neon builds it for AArch64 and runs it in an emulator.
 *
 * Kernels of integers must agree in every bit. Floats differ by rounding: by no more than twice the a-priori bound, which
 * is gamma of the number of operations times the sum of magnitudes; where a kernel computes a sum of products, the
 * portable kernel itself gives that sum, on magnitudes.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ckernels.h"

static uint64_t state;
static uint32_t next(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33);
}
static int32_t in_range(int32_t low, int32_t high) { return low + (int32_t)(next() % (uint32_t)(high - low + 1)); }

static long compared = 0, failures = 0;
static char recipe[512];

static void *room(size_t bytes) {
  void *p = malloc(bytes + 64);
  if (!p) {
    fputs("out of memory\n", stderr);
    exit(1);
  }
  memset(p, 0xff, bytes + 64);
  return p;
}
static float *floats(size_t count, float scale) {
  float *p = room(count * sizeof(float));
  for (size_t i = 0; i < count; i++) p[i] = scale * ((float)next() / 1073741824.0f - 1);
  return p;
}
static float *magnitudes(const float *from, size_t count) {
  float *p = room(count * sizeof(float));
  for (size_t i = 0; i < count; i++) p[i] = fabsf(from[i]);
  return p;
}
static uint8_t *bytes(size_t count) {
  uint8_t *p = room(count);
  for (size_t i = 0; i < count; i++) p[i] = (uint8_t)next();
  return p;
}
static double gamma_of(double k) { return k * 0x1p-24 / (1 - k * 0x1p-24); }

static void fail(const char *what, size_t at, double found, double expected, double bound) {
  if (failures++ < 20) printf("%s: %s at %zu: %.9g, needs %.9g within %.3g\n", what, recipe, at, found, expected, bound);
}
/* Each element within bound[i] * factor + absolute. */
static void near_to(
    const char *what, const float *found, const float *expected, size_t count, const float *bound, double factor,
    double absolute) {
  for (size_t i = 0; i < count; i++) {
    compared++;
    const double limit = (bound ? fabs(bound[i]) * factor : 0) + absolute;
    if (found[i] == expected[i] || (isnan(found[i]) && isnan(expected[i]))) continue;
    if (!(fabs((double)found[i] - expected[i]) <= limit)) {
      fail(what, i, found[i], expected[i], limit);
      return;
    }
  }
}
static void same(const char *what, const uint8_t *found, const uint8_t *expected, size_t count) {
  for (size_t i = 0; i < count; i++) {
    compared++;
    if (found[i] != expected[i]) {
      fail(what, i, found[i], expected[i], 0);
      return;
    }
  }
}

typedef struct {
  const ck_f32_conv_kernels *conv;
  const ck_f32_ops_kernels *ops;
} float_set;

static int32_t extent(int32_t in, int32_t pad, int32_t kernel, int32_t stride, int32_t dilation) {
  const int32_t room_left = in + pad - (kernel - 1) * dilation - 1;
  return room_left < 0 ? 0 : room_left / stride + 1;
}

/* A random geometry of one image; sizes 1 to 17, odd strides and dilations among them. False where nothing comes out. */
static bool geometry(ck_f32_conv *c) {
  static const int32_t kernels[][2] = {{1, 1}, {3, 3}, {3, 3}, {5, 5}, {7, 7}, {1, 3}, {4, 2}};
  const int32_t *kernel = kernels[next() % 7];
  memset(c, 0, sizeof *c);
  c->in_height = in_range(1, 17);
  c->in_width = in_range(1, 17);
  c->kernel_h = kernel[0];
  c->kernel_w = kernel[1];
  c->stride_h = in_range(1, 3);
  c->stride_w = next() & 1 ? c->stride_h : in_range(1, 3);
  c->dilation_h = in_range(1, 3);
  c->dilation_w = next() & 1 ? c->dilation_h : in_range(1, 3);
  c->pad_top = in_range(0, c->kernel_h - 1);
  c->pad_left = in_range(0, c->kernel_w - 1);
  c->out_height = extent(c->in_height, c->pad_top + in_range(0, c->kernel_h - 1), c->kernel_h, c->stride_h, c->dilation_h);
  c->out_width = extent(c->in_width, c->pad_left + in_range(0, c->kernel_w - 1), c->kernel_w, c->stride_w, c->dilation_w);
  c->pool = 1;
  c->lower = next() & 1 ? 0 : -INFINITY;
  c->upper = next() & 1 ? 1 : INFINITY;
  snprintf(
      recipe, sizeof recipe, "map %dx%d kernel %dx%d stride %dx%d dilation %dx%d pad %d,%d out %dx%d", c->in_height,
      c->in_width, c->kernel_h, c->kernel_w, c->stride_h, c->stride_w, c->dilation_h, c->dilation_w, c->pad_top,
      c->pad_left, c->out_height, c->out_width);
  return c->out_height > 0 && c->out_width > 0;
}

static void compare_convolution(float_set own, float_set plain, int32_t width) {
  ck_f32_conv c;
  if (!geometry(&c)) return;
  const int32_t channels = in_range(1, 33), blocks = in_range(1, 6);
  c.lane = channels <= 4 && (next() & 1) ? 1 : width;
  c.planes = (channels + c.lane - 1) / c.lane;
  if (c.out_height > 1 && c.out_width > 1 && next() % 4 == 0) c.pool = 2;
  c.tile_blocks = 1 << in_range(0, 2);
  c.chunk_planes = in_range(0, 2);
  c.planes_first = in_range(0, 1);
  c.gathers = c.planes_first && c.pool == 1 && c.lane == width && (next() & 1);
  const size_t pixels = (size_t)(c.out_height / c.pool) * (c.out_width / c.pool);
  const size_t taps = (size_t)c.kernel_h * c.kernel_w;
  c.in_plane_stride = (ptrdiff_t)c.in_height * c.in_width * c.lane;
  c.out_plane_stride = (ptrdiff_t)pixels * width;
  c.weight_block_stride = (ptrdiff_t)(c.planes * taps * c.lane * width);
  const size_t ins = (size_t)c.planes * c.in_plane_stride, weights = (size_t)blocks * c.weight_block_stride;
  const size_t outs = (size_t)blocks * c.out_plane_stride;
  float *x = floats(ins, 1), *w = floats(weights, 1), *bias = floats((size_t)blocks * width, 1);
  float *residual = c.pool == 1 && (next() & 1) ? floats(outs, 1) : 0;
  float *found = room(outs * 4), *expected = room(outs * 4), *sizes = room(outs * 4);
  const int32_t rows = c.out_height / c.pool, each = in_range(1, 5);
  float *scratch = room(4 * ck_f32_conv_scratch(&c, rows, width));
  for (int32_t row = 0; row < rows; row += each) {
    const int32_t end = row + each < rows ? row + each : rows;
    own.conv->conv_rows(&c, x, w, bias, residual, found, row, end, 0, blocks, scratch);
  }
  plain.conv->conv_rows(&c, x, w, bias, residual, expected, 0, rows, 0, blocks, scratch);
  ck_f32_conv open = c;
  open.lower = -INFINITY;
  open.upper = INFINITY;
  float *ax = magnitudes(x, ins), *aw = magnitudes(w, weights), *ab = magnitudes(bias, (size_t)blocks * width);
  float *ar = residual ? magnitudes(residual, outs) : 0;
  plain.conv->conv_rows(&open, ax, aw, ab, ar, sizes, 0, rows, 0, blocks, scratch);
  snprintf(
      recipe + strlen(recipe), sizeof recipe - strlen(recipe), " channels %d blocks %d lane %d pool %d tile %d chunk %d planes first %d gathers %d",
      channels, blocks, c.lane, c.pool, c.tile_blocks, c.chunk_planes, c.planes_first, c.gathers);
  near_to("conv_rows", found, expected, outs, sizes, 2.1 * gamma_of((double)c.planes * c.lane * taps + 3), 1e-37);
  /* Depthwise, on the first plane. */
  if (c.lane == width && c.pool == 1) {
    own.conv->depthwise_rows(&c, x, w, bias, residual, found, 0, rows);
    plain.conv->depthwise_rows(&c, x, w, bias, residual, expected, 0, rows);
    plain.conv->depthwise_rows(&open, ax, aw, ab, ar, sizes, 0, rows);
    near_to("depthwise_rows", found, expected, pixels * width, sizes, 2.1 * gamma_of((double)taps + 3), 1e-37);
  }
  /* Pooling of the first plane. */
  if (c.lane == width && c.pool == 1) {
    for (int32_t average = 0; average < 2; average++) {
      for (int32_t counts = 0; counts <= average; counts++) {
        own.ops->pool_rows(&c, x, found, 0, rows, average, counts);
        plain.ops->pool_rows(&c, x, expected, 0, rows, average, counts);
        near_to("pool_rows", found, expected, (size_t)rows * c.out_width * width, 0, 0, average ? 2.1 * gamma_of((double)taps + 2) : 0);
      }
    }
  }
  free(x), free(w), free(bias), free(residual), free(found), free(expected), free(sizes), free(scratch);
  free(ax), free(aw), free(ab), free(ar);
}

/* Stage by stage, each stage of both from the same numbers. Row sums of |B|, |A| bound what a transform makes of them. */
static void compare_winograd(float_set own, float_set plain, int32_t width) {
  static const double input_rows[3] = {2, 10, 15}, output_rows[3] = {3, 19, 67.1};
  for (int32_t kind = 0; kind < 3; kind++) {
    const int32_t m = 2 * kind + 2, points = (m + 2) * (m + 2);
    const int32_t ins = in_range(1, 20), outs = in_range(1, 20), pad = in_range(0, 1);
    const int32_t height = in_range(3, 17), map_width = in_range(3, 17);
    ck_f32_winograd w = {
        .planes = (ins + width - 1) / width, .in_height = height, .in_width = map_width, .pad_top = pad, .pad_left = pad,
        .out_height = height + 2 * pad - 2, .out_width = map_width + 2 * pad - 2, .pool = 1, .lower = -INFINITY, .upper = INFINITY};
    w.tiles_across = (w.out_width + m - 1) / m;
    if (w.out_height > 1 && w.out_width > 1 && next() % 3 == 0) w.pool = 2;
    const int32_t blocks = (outs + width - 1) / width, tiles = w.tiles_across * ((w.out_height + m - 1) / m);
    const size_t pixels = (size_t)(w.out_height / w.pool) * (w.out_width / w.pool);
    w.in_plane_stride = (ptrdiff_t)height * map_width * width;
    w.out_plane_stride = (ptrdiff_t)pixels * width;
    snprintf(recipe, sizeof recipe, "winograd m %d inputs %d outputs %d map %dx%d pad %d pool %d", m, ins, outs, height, map_width, pad, w.pool);
    float *weights = floats((size_t)ins * outs * 9, 1), *x = floats((size_t)w.planes * w.in_plane_stride, 1);
    const size_t u_count = (size_t)points * blocks * w.planes * width * width, v_count = (size_t)points * w.planes * tiles * width;
    const size_t p_count = (size_t)blocks * points * tiles * width, out_count = (size_t)blocks * pixels * width;
    float *u = room(u_count * 4), *u2 = room(u_count * 4), *v = room(v_count * 4), *v2 = room(v_count * 4);
    float *p = room(p_count * 4), *p2 = room(p_count * 4), *sizes = room(p_count * 4);
    float *y = room(out_count * 4), *y2 = room(out_count * 4), *bias = floats((size_t)blocks * width, 1);
    own.conv->pack.winograd[kind](weights, CK_FLOAT32, outs, ins, u);
    plain.conv->pack.winograd[kind](weights, CK_FLOAT32, outs, ins, u2);
    near_to("pack winograd", u, u2, u_count, u2, 0x1p-23, 1e-37);
    own.conv->winograd_input[kind](&w, x, v, 0, tiles, tiles, 0, w.planes);
    plain.conv->winograd_input[kind](&w, x, v2, 0, tiles, tiles, 0, w.planes);
    near_to("winograd_input", v, v2, v_count, 0, 0, 2 * gamma_of(14) * input_rows[kind] * input_rows[kind]);
    own.conv->winograd_multiply(points, w.planes, tiles, blocks, v2, u2, p, 0, blocks, 2);
    plain.conv->winograd_multiply(points, w.planes, tiles, blocks, v2, u2, p2, 0, blocks, 2);
    float *av = magnitudes(v2, v_count), *au = magnitudes(u2, u_count);
    plain.conv->winograd_multiply(points, w.planes, tiles, blocks, av, au, sizes, 0, blocks, 2);
    near_to("winograd_multiply", p, p2, p_count, sizes, 2.1 * gamma_of((double)w.planes * width + 1), 1e-37);
    own.conv->winograd_output[kind](&w, p2, bias, 0, y, 0, tiles, tiles, 0, blocks);
    plain.conv->winograd_output[kind](&w, p2, bias, 0, y2, 0, tiles, tiles, 0, blocks);
    double most = 0;
    for (size_t i = 0; i < p_count; i++) most = fmax(most, fabs(p2[i]));
    near_to("winograd_output", y, y2, out_count, 0, 0, 2 * gamma_of(16) * (output_rows[kind] * output_rows[kind] * most + 1));
    free(weights), free(x), free(u), free(u2), free(v), free(v2), free(p), free(p2), free(sizes), free(y), free(y2);
    free(bias), free(av), free(au);
  }
}

/* Whole, of plain maps: a transform, products and a transform back, whose matrices' row sums bound what they make of ones. */
static void compare_winograd_plain(float_set own, float_set plain, int32_t width) {
  for (int32_t stride = 1; stride <= 2; stride++) {
    const int32_t channels = in_range(1, 4), outs = in_range(1, 36), taps = stride == 1 ? 3 : in_range(3, 4);
    const int32_t m = stride == 1 ? 4 : 7 - taps, depth = stride == 1 ? channels : 4 * channels;
    const int32_t pad = in_range(0, 3), height = in_range(8, 40), map_width = in_range(8, 40);
    ck_f32_winograd w = {
        .planes = channels, .in_height = height, .in_width = map_width, .pad_top = pad, .pad_left = pad, .pool = 1,
        .kernel_h = stride == 1 ? 3 : 2 * taps - in_range(0, 1), .kernel_w = stride == 1 ? 3 : 2 * taps - in_range(0, 1),
        .in_plane_stride = (ptrdiff_t)height * map_width, .lower = -INFINITY, .upper = INFINITY};
    w.out_height = (height + 2 * pad - w.kernel_h) / stride + 1;
    w.out_width = (map_width + 2 * pad - w.kernel_w) / stride + 1;
    w.tiles_across = (w.out_width + m - 1) / m;
    const int32_t blocks = (outs + width - 1) / width, rows = (w.out_height + m - 1) / m;
    w.out_plane_stride = (ptrdiff_t)w.out_height * w.out_width * width;
    snprintf(recipe, sizeof recipe, "winograd plain stride %d m %d channels %d outputs %d map %dx%d pad %d kernel %dx%d", stride, m, channels, outs, height, map_width, pad, w.kernel_h, w.kernel_w);
    const size_t u_count = (size_t)36 * blocks * depth * width, out_count = (size_t)blocks * w.out_plane_stride;
    float *u = floats(u_count, 1), *x = floats((size_t)channels * w.in_plane_stride, 1), *bias = floats((size_t)blocks * width, 1);
    float *y = room(out_count * 4), *y2 = room(out_count * 4);
    const size_t needed = stride == 1 ? ck_f32_winograd_plain_scratch(&w, width) : ck_f32_winograd_strided_scratch(&w, width);
    float *scratch = room(needed * 4);
    if (stride == 1) {
      own.conv->winograd_plain(&w, x, u, bias, y, 0, rows, blocks, scratch);
      plain.conv->winograd_plain(&w, x, u, bias, y2, 0, rows, blocks, scratch);
    } else {
      own.conv->winograd_strided(&w, x, u, bias, y, 0, rows, blocks, scratch);
      plain.conv->winograd_strided(&w, x, u, bias, y2, 0, rows, blocks, scratch);
    }
    near_to("winograd plain", y, y2, out_count, 0, 0, 2 * gamma_of(depth + 30.0) * (100 * depth * 361 + 1));
    free(u), free(x), free(bias), free(y), free(y2), free(scratch);
  }
}

static void compare_attention(float_set own, float_set plain, int32_t width) {
  const int32_t channels = in_range(1, 49), height = in_range(1, 17), map_width = in_range(1, 33), hidden = in_range(1, 9);
  const int32_t k = 1 + 2 * in_range(1, 3), planes = (channels + width - 1) / width, pixels = height * map_width;
  const size_t row = (size_t)planes * width, count = row * pixels;
  snprintf(recipe, sizeof recipe, "attention channels %d map %dx%d hidden %d kernel %d", channels, height, map_width, hidden, k);
  float *map = floats(count, 1), *residual = floats(count, 1);
  for (int32_t c = channels; c < planes * width; c++) {
    for (int32_t p = 0; p < pixels; p++) map[((size_t)(c / width) * pixels + p) * width + c % width] = 0;
  }
  float *sums = room(row * 4), *sums2 = room(row * 4), *maxima = room(row * 4), *maxima2 = room(row * 4);
  const ptrdiff_t stride = (ptrdiff_t)pixels * width;
  own.ops->channel_pool(map, stride, pixels, 0, planes, sums, maxima);
  plain.ops->channel_pool(map, stride, pixels, 0, planes, sums2, maxima2);
  near_to("channel_pool sums", sums, sums2, row, 0, 0, 2 * gamma_of(pixels) * pixels);
  near_to("channel_pool maxima", maxima, maxima2, row, 0, 0, 0);
  float *in1 = floats(hidden * row, 0.5f), *b1 = floats((size_t)hidden, 1), *out2 = floats(hidden * row, 0.5f), *b2 = floats(row, 1);
  float *scale = room(row * 4), *scale2 = room(row * 4), *scratch = room(8 * (size_t)hidden);
  own.ops->channel_attention(planes, hidden, 1.0f / pixels, sums2, maxima2, in1, b1, out2, b2, scratch, scale);
  plain.ops->channel_attention(planes, hidden, 1.0f / pixels, sums2, maxima2, in1, b1, out2, b2, scratch, scale2);
  /* A sigmoid's slope is at most 1/4; what goes in is at most (channels + 1) * hidden. */
  near_to("channel_attention", scale, scale2, row, 0, 0, gamma_of(channels + hidden + 8.0) * (channels + 1.0) * hidden + 8 * 0x1p-24);
  float *mean = room(4 * (size_t)pixels + 64), *most = room(4 * (size_t)pixels + 64), *mean2 = room(4 * (size_t)pixels + 64);
  float *most2 = room(4 * (size_t)pixels + 64);
  own.ops->channel_statistics(map, stride, channels, scale2, 0, pixels, mean, most);
  plain.ops->channel_statistics(map, stride, channels, scale2, 0, pixels, mean2, most2);
  near_to("channel_statistics mean", mean, mean2, (size_t)pixels, 0, 0, 2 * gamma_of(channels + 2.0));
  near_to("channel_statistics maximum", most, most2, (size_t)pixels, 0, 0, 0);
  float *kernel = floats(2 * (size_t)k * k, 1), *spatial = room(4 * (size_t)pixels), *spatial2 = room(4 * (size_t)pixels);
  float *padded = room(4 * 2 * (size_t)(height + k - 1) * (map_width + k - 1 + width));
  own.ops->spatial_attention(mean2, most2, height, map_width, kernel, k, 0.5f, 0, height, spatial, padded);
  plain.ops->spatial_attention(mean2, most2, height, map_width, kernel, k, 0.5f, 0, height, spatial2, padded);
  near_to("spatial_attention", spatial, spatial2, (size_t)pixels, 0, 0, gamma_of(2.0 * k * k + 1) * (2.0 * k * k + 1) + 8 * 0x1p-24);
  float *applied = room(count * 4), *applied2 = room(count * 4);
  own.ops->attention_apply(map, stride, 0, planes, scale2, spatial2, residual, 0, INFINITY, 0, pixels, applied);
  plain.ops->attention_apply(map, stride, 0, planes, scale2, spatial2, residual, 0, INFINITY, 0, pixels, applied2);
  near_to("attention_apply", applied, applied2, count, 0, 0, 2 * gamma_of(4) * 2);
  float *plain_map = room(4 * (size_t)channels * pixels), *plain_map2 = room(4 * (size_t)channels * pixels);
  own.ops->from_blocks(map, stride, channels, pixels, plain_map);
  plain.ops->from_blocks(map, stride, channels, pixels, plain_map2);
  near_to("from_blocks", plain_map, plain_map2, (size_t)channels * pixels, 0, 0, 0);
  own.ops->to_blocks(plain_map2, channels, pixels, applied, stride);
  near_to("to_blocks", applied, map, count, 0, 0, 0);
  free(map), free(residual), free(sums), free(sums2), free(maxima), free(maxima2), free(in1), free(b1), free(out2), free(b2);
  free(scale), free(scale2), free(scratch), free(mean), free(most), free(mean2), free(most2), free(kernel), free(spatial);
  free(spatial2), free(padded), free(applied), free(applied2), free(plain_map), free(plain_map2);
}

static void compare_dense(float_set own, float_set plain, int32_t width) {
  const int32_t depth = in_range(1, 100);
  static const int32_t sizes[] = {1, 2, 4, 8, 16};
  for (int32_t s = 0; s < 5; s++) {
    const int32_t vectors = sizes[s];
    const size_t columns = (size_t)vectors * width;
    snprintf(recipe, sizeof recipe, "gemv depth %d vectors %d", depth, vectors);
    float *x = floats((size_t)depth, 1), *w = floats(depth * columns, 1), *bias = floats(columns, 1);
    for (int32_t i = 0; i < depth; i++) if (next() & 1) x[i] = 0;
    float *values = room(4 * (size_t)(depth + width)), *y = room(columns * 4), *y2 = room(columns * 4), *bound = room(columns * 4);
    int32_t *indices = room(4 * (size_t)(depth + width));
    const int32_t found = own.ops->list_nonzero(x, depth, (int32_t)(next() & 1), indices, values);
    for (int32_t i = 0; i < found; i++) {
      compared++;
      if (indices[i] < 0 || indices[i] >= depth || x[indices[i]] != values[i]) fail("list_nonzero", (size_t)i, values[i], x[indices[i] % depth], 0);
    }
    own.ops->gemv(vectors, w, indices, values, found, bias, -INFINITY, INFINITY, y);
    plain.ops->gemv(vectors, w, indices, values, found, bias, -INFINITY, INFINITY, y2);
    float *av = magnitudes(values, (size_t)found), *aw = magnitudes(w, depth * columns), *ab = magnitudes(bias, columns);
    plain.ops->gemv(vectors, aw, indices, av, found, ab, -INFINITY, INFINITY, bound);
    near_to("gemv", y, y2, columns, bound, 2.1 * gamma_of(found + 1.0), 1e-37);
    free(x), free(w), free(bias), free(values), free(y), free(y2), free(bound), free(indices), free(av), free(aw), free(ab);
  }
}

/* Whatever the bits are, and at odd addresses. */
static void compare_packing(float_set own, float_set plain, int32_t width) {
  static const ck_element elements[] = {CK_FLOAT32, CK_FLOAT16, CK_BFLOAT16};
  for (int32_t e = 0; e < 3; e++) {
    const int32_t rows = in_range(1, width), count = in_range(1, 70), inner = in_range(1, count), apart = count + in_range(0, 2);
    const int32_t outer = (count + inner - 1) / inner;
    snprintf(recipe, sizeof recipe, "element %d rows %d count %d inner %d apart %d", elements[e], rows, count, inner, apart);
    const size_t out_count = (size_t)inner * outer * width;
    uint8_t *x = bytes((size_t)apart * rows * 4 + 1);
    float *y = room(out_count * 4), *y2 = room(out_count * 4);
    for (int32_t kind = 0; kind < 2; kind++) {
      memset(y, 0, out_count * 4), memset(y2, 0, out_count * 4);
      int32_t finite, finite2;
      if (kind == 0) {
        finite = own.conv->pack.columns(x + 1, elements[e], apart, rows, count, inner, outer * width, width, y);
        finite2 = plain.conv->pack.columns(x + 1, elements[e], apart, rows, count, inner, outer * width, width, y2);
      } else {
        finite = own.conv->pack.rows(x + 1, elements[e], apart, 1, count, count, y);
        finite2 = plain.conv->pack.rows(x + 1, elements[e], apart, 1, count, count, y2);
      }
      compared++;
      if (finite != finite2) fail(kind ? "pack rows finite" : "pack columns finite", 0, finite, finite2, 0);
      for (size_t i = 0; i < out_count; i++) if (isnan(y[i]) && isnan(y2[i])) y[i] = y2[i] = 0;
      same(kind ? "pack rows" : "pack columns", (uint8_t *)y, (uint8_t *)y2, out_count * 4);
    }
    free(x), free(y), free(y2);
  }
}

static void compare_elementwise(float_set own, float_set plain) {
  const size_t count = 1 + next() % 600;
  float *x = floats(count, next() & 1 ? 12 : 100), *y = floats(count, 1), *a = room(count * 4), *b = room(count * 4);
  for (int32_t code = CK_IDENTITY; code <= CK_GELU; code++) {
    snprintf(recipe, sizeof recipe, "unary %d count %zu", code, count);
    if (code == CK_SQRT) for (size_t i = 0; i < count; i++) x[i] = fabsf(x[i]);
    own.ops->unary((ck_unary)code, 0.25f, 0.5f, x, a, count);
    plain.ops->unary((ck_unary)code, 0.25f, 0.5f, x, b, count);
    /* Twice what f32_math.h states of the worst of them, which the Swift tests hold each to. */
    near_to("unary", a, b, count, b, 2 * 33 * 0x1p-23, 4e-7);
  }
  for (int32_t code = CK_ADD; code <= CK_MINIMUM; code++) {
    snprintf(recipe, sizeof recipe, "binary %d count %zu", code, count);
    own.ops->binary((ck_binary)code, CK_FULL, x, CK_FULL, y, -0.75f, 0.75f, a, count);
    plain.ops->binary((ck_binary)code, CK_FULL, x, CK_FULL, y, -0.75f, 0.75f, b, count);
    near_to("binary", a, b, count, 0, 0, 0);
  }
  snprintf(recipe, sizeof recipe, "softmax count %zu", count);
  own.ops->softmax(x, a, (int32_t)count);
  plain.ops->softmax(x, b, (int32_t)count);
  near_to("softmax", a, b, count, b, 2 * gamma_of((double)count + 32), 1e-37);
  free(x), free(y), free(a), free(b);
}

static void compare_levels(const ck_u8_kernels *own, const ck_u8_kernels *plain) {
  ck_f32_conv g;
  if (!geometry(&g)) return;
  const int32_t channels = in_range(1, 70), blocks = in_range(1, 6), zero = in_range(0, 255);
  ck_u8s8_conv c = {
      .planes = (channels + 15) / 16, .inner = 4, .in_height = g.in_height, .in_width = g.in_width, .kernel_h = g.kernel_h,
      .kernel_w = g.kernel_w, .stride_h = g.stride_h, .stride_w = g.stride_w, .dilation_h = g.dilation_h,
      .dilation_w = g.dilation_w, .pad_top = g.pad_top, .pad_left = g.pad_left, .out_height = g.out_height,
      .out_width = g.out_width, .tile_blocks = 1 << in_range(0, 2), .padding = in_range(0, 255), .zero = zero,
      .lower = next() & 1 ? zero : 0, .upper = 255};
  if (c.planes == 1) c.inner = (channels + 3) / 4;
  const size_t pixels = (size_t)c.out_height * c.out_width, in_pixels = (size_t)c.in_height * c.in_width;
  const size_t taps = (size_t)c.kernel_h * c.kernel_w;
  c.in_plane_stride = (ptrdiff_t)in_pixels * 16;
  c.out_plane_stride = (ptrdiff_t)pixels * 16;
  c.weight_block_stride = (ptrdiff_t)(c.planes * taps * c.inner * 64);
  snprintf(recipe + strlen(recipe), sizeof recipe - strlen(recipe), " levels channels %d blocks %d tile %d", channels, blocks, c.tile_blocks);
  const size_t ins = (size_t)c.planes * in_pixels * 16, outs = (size_t)blocks * pixels * 16, filters = (size_t)blocks * 16;
  uint8_t *x = bytes(ins), *w = bytes((size_t)blocks * c.weight_block_stride), *a = room(outs + ins), *b = room(outs + ins);
  float *factor = floats(filters, 1e-3f), *shift = next() & 1 ? floats(filters, 20) : 0;
  int32_t *start = room(filters * 4);
  for (size_t i = 0; i < filters; i++) start[i] = in_range(-100000, 100000);
  uint8_t *scratch = room(ck_u8s8_conv_scratch(&c, c.out_height));
  const int32_t half = c.out_height / 2;
  own->conv_rows(&c, x, (int8_t *)w, start, factor, shift, a, 0, half, 0, blocks, scratch);
  own->conv_rows(&c, x, (int8_t *)w, start, factor, shift, a, half, c.out_height, 0, blocks, scratch);
  plain->conv_rows(&c, x, (int8_t *)w, start, factor, shift, b, 0, c.out_height, 0, blocks, scratch);
  same("u8s8 conv_rows", a, b, outs);
  int32_t *wide = room(taps * 64);
  for (size_t i = 0; i < taps * 16; i++) wide[i] = in_range(-128, 127);
  own->depthwise_rows(&c, x, wide, start, factor, shift, a, 0, c.out_height, scratch);
  plain->depthwise_rows(&c, x, wide, start, factor, shift, b, 0, c.out_height, scratch);
  same("u8 depthwise_rows", a, b, pixels * 16);
  own->pool_rows(&c, x, a, 0, c.out_height);
  plain->pool_rows(&c, x, b, 0, c.out_height);
  same("u8 pool_rows", a, b, pixels * 16);
  const ck_u8_levels left = {0.013f, in_range(0, 255)}, right = {0.7f, in_range(0, 255)};
  const ck_u8_result result = {{0.031f, zero}, c.lower, c.upper};
  uint8_t *other = bytes(ins), *table = bytes(256);
  for (int32_t code = CK_U8_ADD; code <= CK_U8_MULTIPLY; code++) {
    for (int32_t kind = CK_U8_MAP; kind <= CK_U8_PIXEL; kind++) {
      own->binary((ck_u8_binary)code, CK_U8_MAP, x, left, (ck_u8_operand)kind, other, right, result, a, (int32_t)in_pixels);
      plain->binary((ck_u8_binary)code, CK_U8_MAP, x, left, (ck_u8_operand)kind, other, right, result, b, (int32_t)in_pixels);
      same("u8 binary", a, b, in_pixels * 16);
    }
  }
  float *f = room(ins * 4), *f2 = room(ins * 4);
  own->dequantize(x, left, f, (ptrdiff_t)ins);
  plain->dequantize(x, left, f2, (ptrdiff_t)ins);
  near_to("u8 dequantize", f, f2, ins, 0, 0, 0);
  own->quantize(f2, result, a, (ptrdiff_t)ins);
  plain->quantize(f2, result, b, (ptrdiff_t)ins);
  same("u8 quantize", a, b, ins);
  own->dequantize_plain(x, channels, (int32_t)in_pixels, left, f);
  plain->dequantize_plain(x, channels, (int32_t)in_pixels, left, f2);
  near_to("u8 dequantize_plain", f, f2, (size_t)channels * in_pixels, 0, 0, 0);
  own->quantize_plain(f2, channels, (int32_t)in_pixels, result, a);
  plain->quantize_plain(f2, channels, (int32_t)in_pixels, result, b);
  same("u8 quantize_plain", a, b, ins);
  own->lookup(x, table, a, (ptrdiff_t)ins);
  plain->lookup(x, table, b, (ptrdiff_t)ins);
  same("u8 lookup", a, b, ins);
  int32_t *sums = room(in_pixels * 4 + 64), *sums2 = room(in_pixels * 4 + 64);
  own->reduce_channels(x, channels, (int32_t)in_pixels, sums, a);
  plain->reduce_channels(x, channels, (int32_t)in_pixels, sums2, b);
  same("u8 reduce_channels maxima", a, b, in_pixels);
  same("u8 reduce_channels sums", (uint8_t *)sums, (uint8_t *)sums2, in_pixels * 4);
  own->reduce_pixels(x, (int32_t)in_pixels, sums, a);
  plain->reduce_pixels(x, (int32_t)in_pixels, sums2, b);
  same("u8 reduce_pixels maxima", a, b, 16);
  same("u8 reduce_pixels sums", (uint8_t *)sums, (uint8_t *)sums2, 64);
  free(x), free(w), free(a), free(b), free(factor), free(shift), free(start), free(scratch), free(wide), free(other), free(table);
  free(f), free(f2), free(sums), free(sums2);
}

int main(void) {
  static const struct {
    const char *name;
    uint32_t feature;
  } sets[] = {
      {"neon", CKERNELS_CPU_NEON}, {"avx2", CKERNELS_CPU_AVX2_FMA}, {"avx512", CKERNELS_CPU_AVX512},
      {"avx512vnni", CKERNELS_CPU_AVX512_VNNI}};
  const float_set plain = {ck_f32_conv_kernels_of(CKERNELS_CPU_PORTABLE), ck_f32_ops_kernels_of(CKERNELS_CPU_PORTABLE)};
  const ck_u8_kernels *levels = ck_u8_kernels_of(CKERNELS_CPU_PORTABLE);
  const int32_t width = plain.ops->width;
  for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
    if (!(ckernels_cpu_features() & sets[i].feature)) continue;
    const long before = compared, failed = failures;
    const float_set own = {ck_f32_conv_kernels_of(sets[i].feature), ck_f32_ops_kernels_of(sets[i].feature)};
    /* Blocks of other widths lie otherwise. */
    const bool has_floats = own.conv && own.ops && own.ops->width == width;
    const ck_u8_kernels *bytes_set = ck_u8_kernels_of(sets[i].feature);
    for (int round = 0; round < 300; round++) {
      state = (uint64_t)round + 1;
      if (has_floats) {
        compare_convolution(own, plain, width);
        compare_winograd(own, plain, width);
        compare_winograd_plain(own, plain, width);
        compare_attention(own, plain, width);
        compare_dense(own, plain, width);
        compare_packing(own, plain, width);
        compare_elementwise(own, plain);
      }
      if (bytes_set) compare_levels(bytes_set, levels);
    }
    printf("%s: float kernels %s, byte kernels %s, %ld elements compared, %ld kernels differ\n", sets[i].name,
           has_floats ? "compared" : "of another width", bytes_set ? "compared" : "none", compared - before, failures - failed);
  }
  if (!compared) puts("this CPU has nothing but the portable kernels");
  return failures || !compared ? 1 : 0;
}
