// The block functions for any processor that the wheel supports (x86-64-v2: SSE 4.2).
#define BIGDL_FUNCTION_SET functions_v2
#include "elementwise_functions.hpp"
