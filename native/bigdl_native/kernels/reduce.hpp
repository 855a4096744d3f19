// What reductions share: the operations, the types they accumulate in, and how axes are grouped.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "half_floats.hpp"
#include "wrapping.hpp"

namespace bigdl::reduce {

// The type a stored element is computed in, and the type of long sums.
template <class T> struct Types {
  using Lane = T;
  using Total = T;
};
template <> struct Types<float> {
  using Lane = float;
  using Total = double;
};
template <> struct Types<BFloat16> : Types<float> {};
template <> struct Types<Float16> : Types<float> {};

template <class T> BIGDL_INLINE typename Types<T>::Lane load(T x) {
  if constexpr (std::is_same_v<T, BFloat16> || std::is_same_v<T, Float16>) return to_float(x);
  else return x;
}

template <class T, class Value> BIGDL_INLINE T store(Value x) {
  if constexpr (std::is_same_v<T, BFloat16>) return to_bfloat16(static_cast<float>(x));
  else if constexpr (std::is_same_v<T, Float16>) return to_float16(static_cast<float>(x));
  else return static_cast<T>(x);
}

template <class L> constexpr L lowest() {
  if constexpr (std::is_floating_point_v<L>) return -static_cast<L>(__builtin_inf());
  else return std::is_signed_v<L> ? static_cast<L>(std::uint64_t{1} << (8 * sizeof(L) - 1)) : L(0);
}
template <class L> constexpr L highest() {
  if constexpr (std::is_floating_point_v<L>) return static_cast<L>(__builtin_inf());
  else return static_cast<L>(~lowest<L>());
}

struct Sum {
  template <class L> static constexpr L start() { return L(0); }
  template <class L> BIGDL_INLINE L combine(L a, L b) { return static_cast<L>(Wrapping<L>(a) + Wrapping<L>(b)); }
};
struct Product {
  template <class L> static constexpr L start() { return L(1); }
  template <class L> BIGDL_INLINE L combine(L a, L b) { return static_cast<L>(Wrapping<L>(a) * Wrapping<L>(b)); }
};
// A NaN on either side is the result. Two choices, because compilers turn the first into one instruction.
template <class L> BIGDL_INLINE L larger(L a, L b) {
  const L ordered = a > b ? a : b;
  return a != a ? a : ordered;
}
template <class L> BIGDL_INLINE L smaller(L a, L b) {
  const L ordered = a < b ? a : b;
  return a != a ? a : ordered;
}
struct Max {
  template <class L> static constexpr L start() { return lowest<L>(); }
  template <class L> BIGDL_INLINE L combine(L a, L b) { return larger(a, b); }
};
struct Min {
  template <class L> static constexpr L start() { return highest<L>(); }
  template <class L> BIGDL_INLINE L combine(L a, L b) { return smaller(a, b); }
};

constexpr std::int64_t kLongestRun = 64;  // elements a lane takes before it is added to the total

// Adds one dense row to the total, `width` lanes side by side.
template <int width, class T, class Op>
BIGDL_INLINE void add_row_by(const T* x, std::int64_t n, typename Types<T>::Total* total) {
  using Lane = typename Types<T>::Lane;
  for (std::int64_t begin = 0; begin < n; begin += width * kLongestRun) {
    const std::int64_t end = std::min(n, begin + width * kLongestRun);
    Lane lanes[width];
    std::fill_n(lanes, width, Op::template start<Lane>());
    std::int64_t i = begin;
    for (; i + width <= end; i += width) {
#pragma omp simd
      for (std::int64_t j = 0; j < width; ++j) lanes[j] = Op::combine(lanes[j], load(x[i + j]));
    }
    for (std::int64_t j = 0; j < end - i; ++j) lanes[j] = Op::combine(lanes[j], load(x[i + j]));
    for (std::int64_t half = width / 2; half > 0; half /= 2) {
      for (std::int64_t j = 0; j < half; ++j) lanes[j] = Op::combine(lanes[j], lanes[half + j]);
    }
    *total = Op::combine(*total, static_cast<typename Types<T>::Total>(lanes[0]));
  }
}

// Adds one dense row to the total.
template <class T, class Op>
BIGDL_INLINE void add_row(const T* x, std::int64_t n, typename Types<T>::Total* total) {
  if (n >= 64) return add_row_by<64, T, Op>(x, n, total);
  if (n >= 16) return add_row_by<16, T, Op>(x, n, total);
  auto lane = Op::template start<typename Types<T>::Lane>();
  for (std::int64_t i = 0; i < n; ++i) lane = Op::combine(lane, load(x[i]));
  *total = Op::combine(*total, static_cast<typename Types<T>::Total>(lane));
}

// A dense operand seen as outer kept and outer reduced axes around dense blocks of `rows` x `width`, each of which
// is reduced over its rows. A reduction over the last axis has width 1.
struct Layout {
  struct Axis {
    std::int64_t size, stride;  // stride in elements
  };
  std::vector<Axis> kept, reduced;  // outermost first
  std::int64_t rows = 1, width = 1;

  Layout(const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& axes);

  static std::int64_t count(const std::vector<Axis>& axes);
  // Element offset of entry `index` (row-major) of the given axes.
  static std::int64_t offset(const std::vector<Axis>& axes, std::int64_t index);
};

}  // namespace bigdl::reduce
