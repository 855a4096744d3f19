// Integer arithmetic that wraps around, as NumPy's does: in C++ that is the right of unsigned types only.
#pragma once

#include <type_traits>

namespace bigdl {

template <class T, bool = std::is_integral_v<T>>
struct WrappingType {
  using Type = T;  // floats do not wrap
};
template <class T>
struct WrappingType<T, true> {
  using Type = std::make_unsigned_t<T>;
};

// The type to add, subtract and multiply values of T in.
template <class T>
using Wrapping = typename WrappingType<T>::Type;

}  // namespace bigdl
