#include "ckernels_u8.h"
#if 1
#include "vectors/dots_portable.h"

#include "templates/u8_levels.h"

#include "templates/u8s8_conv_tile.h"

#include "templates/u8s8_conv.h"

#include "templates/u8_ops.h"

#include "templates/u8_table.h"

#if defined(__x86_64__) && CK_DOTS > 4
#pragma clang attribute pop
#endif
#endif
