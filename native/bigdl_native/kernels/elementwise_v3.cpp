// The block functions for AVX2 and FMA.
#include "../kernel.hpp"

#pragma GCC target("arch=x86-64-v3")
#define BIGDL_FUNCTION_SET functions_v3
#include "elementwise_functions.hpp"
