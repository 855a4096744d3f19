// Conversions between float32 and the two 16-bit floats, in integer arithmetic that vectorises everywhere.
#pragma once

#include <cstdint>

#include "vector_math.hpp"

namespace bigdl {

struct BFloat16 {
  std::uint16_t bits;
};
struct Float16 {
  std::uint16_t bits;
};

BIGDL_INLINE float to_float(BFloat16 x) {
  return vector_math::float_of(static_cast<std::int32_t>(static_cast<std::uint32_t>(x.bits) << 16));
}

BIGDL_INLINE BFloat16 to_bfloat16(float x) {
  const std::uint32_t bits = static_cast<std::uint32_t>(vector_math::bits_of(x));
  const std::uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const std::uint32_t quiet = ((bits >> 16) & 0x8000u) | 0x7fc0u;  // rounding could turn a NaN into an infinity
  return {static_cast<std::uint16_t>(x != x ? quiet : rounded)};
}

BIGDL_INLINE float to_float(Float16 x) {
  const std::uint32_t sign = (x.bits & 0x8000u) << 16;
  const std::uint32_t shifted = (x.bits & 0x7fffu) << 13;
  // A product by 2^112 moves the exponent's bias from 15 to 127 and makes denormals normal; infinities and NaN
  // have a full exponent in either format.
  const std::int32_t scaled =
      vector_math::bits_of(vector_math::float_of(static_cast<std::int32_t>(shifted)) * 5.192296858534828e33f);
  const std::uint32_t special = shifted | 0x7f800000u;
  const std::uint32_t magnitude = shifted >= 0x0f800000u ? special : static_cast<std::uint32_t>(scaled);
  return vector_math::float_of(static_cast<std::int32_t>(sign | magnitude));
}

BIGDL_INLINE Float16 to_float16(float x) {
  const std::uint32_t bits = static_cast<std::uint32_t>(vector_math::bits_of(x));
  const std::uint32_t sign = (bits >> 16) & 0x8000u;
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  // Normal results: change the bias and round in integers; a carry out of the mantissa is the right exponent.
  const std::uint32_t normal = (magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
  // Denormal results: adding 0.5 puts the unit of 2^-24 at the last bit, so that the adder does the rounding.
  const float sum = vector_math::float_of(static_cast<std::int32_t>(magnitude)) + 0.5f;
  const std::uint32_t denormal = static_cast<std::uint32_t>(vector_math::bits_of(sum)) - 0x3f000000u;
  std::uint32_t result = magnitude < 0x38800000u ? denormal : normal;
  result = magnitude >= 0x477ff000u ? 0x7c00u : result;  // 65520 and more round to infinity
  result = magnitude > 0x7f800000u ? 0x7e00u : result;
  return {static_cast<std::uint16_t>(sign | result)};
}

}  // namespace bigdl
