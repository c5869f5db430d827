#include "ckernels.h"

#include <string.h>
#if defined(__x86_64__)
#include "vectors/vector_avx2.h"

#include "vectors/vector_common.h"

#include "templates/f32_math.h"

#include "templates/f32_cbam.h"

#include "templates/f32_dense.h"

#include "templates/f32_elementwise.h"

#include "templates/f32_machine.h"

#include "templates/f32_pool.h"

#include "vectors/vector_end.h"
#endif
