// Numbers as they are stored and as they are computed with: 16-bit floats are widened to float32.
#pragma once

#include <type_traits>

#include "clones.hpp"
#include "half_floats.hpp"

namespace bigdl {

template <class S>
using Wide = std::conditional_t<std::is_same_v<S, double>, double, float>;

BIGDL_INLINE float widen(float x) { return x; }
BIGDL_INLINE double widen(double x) { return x; }
BIGDL_INLINE float widen(BFloat16 x) { return to_float(x); }
BIGDL_INLINE float widen(Float16 x) { return to_float(x); }

template <class S>
BIGDL_INLINE S narrow(Wide<S> x) {
  if constexpr (std::is_same_v<S, BFloat16>) {
    return to_bfloat16(x);
  } else if constexpr (std::is_same_v<S, Float16>) {
    return to_float16(x);
  } else {
    return x;
  }
}

}  // namespace bigdl
