#include "ckernels.h"

#include <string.h>
#if 1
#include "vectors/vector_portable.h"

#include "vectors/vector_common.h"

#include "templates/f32_math.h"

#include "templates/f32_cbam.h"

#include "templates/f32_dense.h"

#include "templates/f32_elementwise.h"

#include "templates/f32_machine.h"

#include "templates/f32_pool.h"

#include "vectors/vector_end.h"
#endif
