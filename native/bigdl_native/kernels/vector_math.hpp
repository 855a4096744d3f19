// float32 transcendental functions without branches or calls, so that a plain loop over them becomes vector code.
//
// The polynomials are minimax fits made for the stated intervals; each function is within 4 ulp of the true value
// for every float, denormals included, and exact at infinities, zeros (with their signs) and NaN. Every function is
// always inlined: it takes the instruction set of the loop that it is used in.
#pragma once

#include <cstdint>

#define BIGDL_INLINE static inline __attribute__((always_inline))

namespace bigdl::vector_math {

constexpr float kInfinity = __builtin_inff();
constexpr float kNaN = __builtin_nanf("");
constexpr float kLog2E = 1.44269504088896341f;
// ln 2 in two parts: the first has few bits, so that its product with a small integer is exact even without fma.
constexpr float kLn2High = 0.693359375f;
constexpr float kLn2Low = -2.12194440054690583e-4f;
// Adding and subtracting 1.5 * 2^23 rounds to the nearest integer, which then stands in the low bits.
constexpr float kRoundShift = 12582912.0f;

BIGDL_INLINE std::int32_t bits_of(float x) {
  std::int32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return bits;
}

BIGDL_INLINE float float_of(std::int32_t bits) {
  float x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

BIGDL_INLINE float abs(float x) { return float_of(bits_of(x) & 0x7fffffff); }

BIGDL_INLINE float copy_sign(float magnitude, float sign) {
  return float_of((bits_of(magnitude) & 0x7fffffff) | (bits_of(sign) & static_cast<std::int32_t>(0x80000000)));
}

// 2^n for n in [-126, 127]; anything for other n, which a NaN leads to.
BIGDL_INLINE float power_of_two(std::int32_t n) {
  return float_of(static_cast<std::int32_t>((static_cast<std::uint32_t>(n) + 127u) << 23));
}

// x = n ln 2 + r with |r| <= ln 2 / 2, for |x| < 2^20.
BIGDL_INLINE float reduce_ln2(float x, std::int32_t& n) {
  const float shifted = x * kLog2E + kRoundShift;
  n = bits_of(shifted) - bits_of(kRoundShift);
  const float rounded = shifted - kRoundShift;
  return (x - rounded * kLn2High) - rounded * kLn2Low;
}

BIGDL_INLINE float exp(float x) {
  const bool vanishes = x < -104.0f;
  const float below = x > 89.0f ? 89.0f : x;           // NaN fails both comparisons and stays
  const float clamped = vanishes ? 0.0f : below;       // underflow on the way to zero would cost a hundred cycles
  std::int32_t n;
  const float r = reduce_ln2(clamped, n);
  float p = 0.00138143206f;
  p = p * r + 0.00836885162f;
  p = p * r + 0.0416684002f;
  p = p * r + 0.166665196f;
  p = p * r + 0.49999994f;
  p = p * (r * r) + r + 1.0f;
  // Two factors: 2^n alone is out of range where the result is huge or denormal.
  const std::int32_t half = n >> 1;
  const float result = p * power_of_two(half) * power_of_two(n - half);
  return vanishes ? 0.0f : result;
}

BIGDL_INLINE float expm1(float x) {
  const float below = x > 89.0f ? 89.0f : x;
  const float clamped = below < -20.0f ? -20.0f : below;
  std::int32_t n;
  const float r = reduce_ln2(clamped, n);
  float p = 0.000198458933f;
  p = p * r + 0.00139408233f;
  p = p * r + 0.00833338965f;
  p = p * r + 0.0416663587f;
  p = p * r + 0.166666657f;
  p = p * r + 0.5f;
  p = p * (r * r) + r;
  // Half of 2^n throughout, doubled at the end: 2^128 is out of range although the result may not be.
  const float scale = power_of_two(n - 1);
  const float result = 2.0f * (p * scale + (scale - 0.5f));
  return x == 0.0f ? x : result;
}

BIGDL_INLINE float log(float x) {
  const bool denormal = x < 1.17549435e-38f;
  const float normal = denormal ? x * 8388608.0f : x;
  // The mantissa is taken from [sqrt(1/2), sqrt(2)), so that log(x) has no cancellation around 1.
  const auto offset = static_cast<std::int32_t>(static_cast<std::uint32_t>(bits_of(normal)) - 0x3f3504f3u);
  const float exponent = static_cast<float>((offset >> 23) - (denormal ? 23 : 0));
  const float f = float_of((offset & 0x7fffff) + 0x3f3504f3) - 1.0f;
  float p = 0.067466408f;
  p = p * f - 0.116756551f;
  p = p * f + 0.118881643f;
  p = p * f - 0.124055885f;
  p = p * f + 0.142195523f;
  p = p * f - 0.166679963f;
  p = p * f + 0.200021192f;
  p = p * f - 0.250000089f;
  p = p * f + 0.333333135f;
  const float square = f * f;
  float y = p * f * square + exponent * kLn2Low;
  y = y - 0.5f * square;
  float result = (f + y) + exponent * kLn2High;
  result = x == kInfinity ? kInfinity : result;
  result = x == 0.0f ? -kInfinity : result;
  return x >= 0.0f ? result : kNaN;
}

BIGDL_INLINE float log1p(float x) {
  const float sum = 1.0f + x;
  // What rounding took from the sum (exactly, whichever of 1 and x is larger), brought back to first order.
  const float part = sum - 1.0f;
  const float lost = (x - part) + (1.0f - (sum - part));
  const float result = log(sum) + lost / sum;
  const float special = x == 0.0f ? x : (x == kInfinity ? kInfinity : -kInfinity);
  return (x == 0.0f) | (x == kInfinity) | (x == -1.0f) ? special : result;
}

BIGDL_INLINE float tanh(float x) {
  const float magnitude = abs(x);
  const float e = expm1(2.0f * (magnitude > 10.0f ? 10.0f : magnitude));
  return copy_sign(e / (e + 2.0f), x);
}

BIGDL_INLINE float sigmoid(float x) {
  const float e = exp(-abs(x));
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

BIGDL_INLINE float softplus(float x) {
  const float e = exp(-abs(x));
  return log1p(e) + (x < 0.0f ? 0.0f : x);
}

BIGDL_INLINE float erf(float x) {
  const float magnitude = abs(x);
  const float square = x * x;
  float p = 8.51311343e-05f;  // erf(x) = x + x P(x^2) up to 0.9
  p = p * square - 0.0008175642f;
  p = p * square + 0.00520385941f;
  p = p * square - 0.0268605091f;
  p = p * square + 0.112837151f;
  p = p * square - 0.376126349f;
  p = p * square + 0.128379166f;
  const float inner = p * x + x;
  const float t = magnitude > 4.0f ? 4.0f : magnitude;  // erf(t) = 1 - exp(-t - t Q(t)) up to 4, then 1
  float q = -0.000214595057f;
  q = q * t + 0.00321997586f;
  q = q * t - 0.0229060315f;
  q = q * t + 0.105286859f;
  q = q * t + 0.635699391f;
  q = q * t + 0.128519952f;
  const float outer = copy_sign(1.0f - exp(-(q * t + t)), x);
  return magnitude < 0.9f ? inner : outer;
}

}  // namespace bigdl::vector_math
