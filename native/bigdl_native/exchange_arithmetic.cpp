#include <cmath>
#include <cstring>
#include <stdexcept>

#include "exchange_spans.hpp"

#define EVERY_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))

namespace bigdl::exchange {
namespace {

struct BFloat16 {
  std::uint16_t bits;
};

float widen(std::uint16_t bits) {
  const std::uint32_t word = std::uint32_t(bits) << 16;
  float value;
  std::memcpy(&value, &word, sizeof value);
  return value;
}

std::uint16_t narrow(float value) {
  std::uint32_t word;
  std::memcpy(&word, &value, sizeof word);
  const std::uint32_t rounded = (word + 0x7fff + (word >> 16 & 1)) >> 16;
  const std::uint32_t quiet_nan = word >> 16 | 0x40;  // rounding would carry a NaN into infinity
  return static_cast<std::uint16_t>((word & 0x7fffffff) > 0x7f800000 ? quiet_nan : rounded);
}

template <class T>
T plus(T a, T b) {
  return a + b;
}
template <>
std::int64_t plus(std::int64_t a, std::int64_t b) {  // wraps, as NumPy does
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
template <>
std::int32_t plus(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}
template <>
BFloat16 plus(BFloat16 a, BFloat16 b) {
  return {narrow(widen(a.bits) + widen(b.bits))};
}

template <class T>
void add(void* into, const void* from, std::size_t n) {
  auto* __restrict to = static_cast<T*>(into);
  const auto* __restrict x = static_cast<const T*>(from);
  for (std::size_t i = 0; i < n; ++i) to[i] = plus(to[i], x[i]);
}

template <class T>
void sum(void* into, const void* a, const void* b, std::size_t n) {
  auto* __restrict to = static_cast<T*>(into);
  const auto* __restrict x = static_cast<const T*>(a);
  const auto* __restrict y = static_cast<const T*>(b);
  for (std::size_t i = 0; i < n; ++i) to[i] = plus(x[i], y[i]);
}

template <class T>
constexpr Arithmetic row(DType dtype) {
  return {dtype, sizeof(T), add<T>, sum<T>};
}

constexpr Arithmetic kRows[] = {row<float>(DType::f32), row<double>(DType::f64), row<std::int64_t>(DType::i64),
                                row<std::int32_t>(DType::i32), row<BFloat16>(DType::bf16)};

}  // namespace

const Arithmetic& arithmetic_of(DType dtype) {
  for (const auto& row : kRows) {
    if (row.dtype == dtype) return row;
  }
  throw std::invalid_argument(
      "all_reduce sums float32, float64, bfloat16, int32 and int64 only: cast the buffer to one of these");
}

EVERY_CPU void encode_bf16(std::uint16_t* __restrict wire, const float* __restrict values, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) wire[i] = narrow(values[i]);
}

EVERY_CPU void store_bf16(float* __restrict values, const std::uint16_t* __restrict wire, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) values[i] = widen(wire[i]);
}

EVERY_CPU void add_bf16(float* __restrict values, const std::uint16_t* __restrict wire, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) values[i] += widen(wire[i]);
}

EVERY_CPU void add_bf16_rounded(float* __restrict values, const std::uint16_t* __restrict wire, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) values[i] = widen(narrow(values[i] + widen(wire[i])));
}

}  // namespace bigdl::exchange
