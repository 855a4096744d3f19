// Scalar float64 special functions that C's <math.h> lacks.
#pragma once

namespace bigdl::special_math {

constexpr double kPi = 3.14159265358979323846;
constexpr double kInfinity = __builtin_inf();
constexpr double kNaN = __builtin_nan("");

// lgamma of <math.h> also writes the global `signgam`: not for threads.
static inline double lgamma(double x) {
  int sign;
  return __builtin_lgamma_r(x, &sign);
}

// Derivative of lgamma: reflection for negative x, recurrence up to 10, then the asymptotic series.
static inline double digamma(double x) {
  if (x == 0.0) return __builtin_copysign(kInfinity, -x);
  if (x < 0.0) {
    if (x == __builtin_floor(x)) return kNaN;
    const double fraction = x - __builtin_floor(x);
    return digamma(1.0 - x) - kPi / __builtin_tan(kPi * fraction);
  }
  double sum = 0.0;
  for (; x < 10.0; x += 1.0) sum -= 1.0 / x;
  const double s = 1.0 / (x * x);
  const double tail =
      s * (1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s * (1.0 / 132 - s * 691.0 / 32760)))));
  return sum + __builtin_log(x) - 0.5 / x - tail;
}

// Inverse of erf: a first guess good to 2e-3 (Winitzki 2008), then Halley's steps, each of which triples the digits.
static inline double erfinv(double y) {
  const double magnitude = __builtin_fabs(y);
  if (!(magnitude < 1.0)) return magnitude == 1.0 ? __builtin_copysign(kInfinity, y) : kNaN;
  if (y == 0.0) return y;
  const double complement = 1.0 - magnitude;
  const double a = 0.147;
  const double l = __builtin_log(complement * (1.0 + magnitude));
  const double b = 2.0 / (kPi * a) + 0.5 * l;
  double x = __builtin_sqrt(__builtin_sqrt(b * b - l / a) - b);
  for (int step = 0; step < 3; ++step) {
    // Near 1 only the complement keeps the digits.
    const double error = magnitude < 0.5 ? __builtin_erf(x) - magnitude : complement - __builtin_erfc(x);
    const double newton = error * 0.88622692545275801365 * __builtin_exp(x * x);  // error / erf'(x)
    x -= newton / (1.0 + x * newton);
  }
  return __builtin_copysign(x, y);
}

}  // namespace bigdl::special_math
