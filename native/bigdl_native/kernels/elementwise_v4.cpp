// The block functions for AVX-512.
#include "../kernel.hpp"

#pragma GCC target("arch=x86-64-v4,prefer-vector-width=512")
#define BIGDL_FUNCTION_SET functions_v4
#include "elementwise_functions.hpp"
