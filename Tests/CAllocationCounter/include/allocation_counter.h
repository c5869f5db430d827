/* Counts what the calling thread allocates, by standing before the C library's allocator. */
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdint.h>

/* Calls of malloc and its kin by this thread since it began. */
int64_t allocation_count(void);

#endif
