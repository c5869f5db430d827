#include <zlib.h>
#include <unzip.h>
#include <zip.h>
#include <ioapi.h>
