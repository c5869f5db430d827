#include "ckernels_conv.h"
#if defined(__x86_64__)
#include "vectors/vector_avx512.h"

#include "vectors/vector_common.h"

#include "templates/f32_conv_tile.h"

#include "templates/f32_conv_direct.h"

#include "templates/f32_winograd_matrices.h"

#include "templates/f32_pack.h"

#include "templates/f32_winograd.h"

#include "templates/f32_winograd_plain.h"

#include "templates/f32_winograd_strided.h"

#include "templates/f32_depthwise.h"

#include "templates/f32_conv_table.h"

#include "vectors/vector_end.h"
#endif
