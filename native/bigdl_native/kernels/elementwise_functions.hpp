// The block functions of one instruction set: included once by each elementwise_<set>.cpp, inside that set's target
// and with BIGDL_FUNCTION_SET naming it. Nothing here may instantiate a template of the standard library, whose code
// the linker would share with callers on lesser processors.
#include "elementwise.hpp"
#include "half_floats.hpp"
#include "special_math.hpp"
#include "vector_math.hpp"
#include "wrapping.hpp"

namespace bigdl::elementwise {
namespace {

template <class T> constexpr bool is_bool = false;
template <> constexpr bool is_bool<bool> = true;
template <class T> constexpr bool is_float = !is_bool<T> && T(0.5) != T(0);
template <class T> constexpr bool is_signed = T(-1) < T(0);
template <class T> constexpr bool is_float32 = false;
template <> constexpr bool is_float32<float> = true;

// ---- one element ----------------------------------------------------------------------------------------------------
// float32 and float64 by different functions
#define BIGDL_MATH(Name, float_value, double_value)            \
  struct Name {                                                \
    BIGDL_INLINE float apply(float x) { return float_value; }   \
    BIGDL_INLINE double apply(double x) { return double_value; } \
  };
#define BIGDL_LIBM(Name, function) BIGDL_MATH(Name, __builtin_##function##f(x), __builtin_##function(x))

BIGDL_MATH(Exp, vector_math::exp(x), __builtin_exp(x))
BIGDL_MATH(Log, vector_math::log(x), __builtin_log(x))
BIGDL_MATH(Log1p, vector_math::log1p(x), __builtin_log1p(x))
BIGDL_MATH(Expm1, vector_math::expm1(x), __builtin_expm1(x))
BIGDL_MATH(Tanh, vector_math::tanh(x), __builtin_tanh(x))
BIGDL_MATH(Erf, vector_math::erf(x), __builtin_erf(x))
BIGDL_MATH(Sigmoid, vector_math::sigmoid(x),
           (x < 0 ? __builtin_exp(x) : 1.0) / (1.0 + __builtin_exp(-__builtin_fabs(x))))
BIGDL_MATH(Softplus, vector_math::softplus(x), __builtin_log1p(__builtin_exp(-__builtin_fabs(x))) + (x < 0 ? 0.0 : x))
BIGDL_MATH(Erfinv, static_cast<float>(special_math::erfinv(x)), special_math::erfinv(x))
BIGDL_MATH(Lgamma, static_cast<float>(special_math::lgamma(x)), special_math::lgamma(x))
BIGDL_MATH(Digamma, static_cast<float>(special_math::digamma(x)), special_math::digamma(x))
BIGDL_MATH(Rsqrt, 1.0f / __builtin_sqrtf(x), 1.0 / __builtin_sqrt(x))
BIGDL_LIBM(Sqrt, sqrt)
BIGDL_LIBM(Sin, sin)
BIGDL_LIBM(Cos, cos)
BIGDL_LIBM(Tan, tan)
BIGDL_LIBM(Asin, asin)
BIGDL_LIBM(Acos, acos)
BIGDL_LIBM(Atan, atan)
BIGDL_LIBM(Sinh, sinh)
BIGDL_LIBM(Cosh, cosh)
BIGDL_LIBM(Asinh, asinh)
BIGDL_LIBM(Acosh, acosh)
BIGDL_LIBM(Atanh, atanh)
BIGDL_LIBM(Floor, floor)
BIGDL_LIBM(Ceil, ceil)
BIGDL_LIBM(Round, rint)
BIGDL_LIBM(Trunc, trunc)

#define BIGDL_UNARY(Name, value) \
  struct Name {                  \
    template <class T> BIGDL_INLINE T apply(T x) { return static_cast<T>(value); } \
  };
BIGDL_UNARY(Copy, x)
BIGDL_UNARY(Neg, -static_cast<Wrapping<T>>(x))
BIGDL_UNARY(Square, static_cast<Wrapping<T>>(x) * static_cast<Wrapping<T>>(x))
BIGDL_UNARY(Reciprocal, T(1) / x)
BIGDL_UNARY(BitwiseNot, ~x)
struct Abs {
  template <class T> BIGDL_INLINE T apply(T x) {
    if constexpr (is_float<T>) return is_float32<T> ? __builtin_fabsf(x) : __builtin_fabs(x);
    else return x < T(0) ? Neg::apply(x) : x;
  }
};
struct Sign {
  template <class T> BIGDL_INLINE T apply(T x) {
    const T sign = static_cast<T>((x > T(0)) - (x < T(0)));
    return x == x ? sign : x;
  }
};
struct LogicalNot {
  template <class T> BIGDL_INLINE bool apply(T x) { return x == T(0); }
};
struct IsFinite {
  template <class T> BIGDL_INLINE bool apply(T x) { return x - x == T(0); }
};
struct IsNan {
  template <class T> BIGDL_INLINE bool apply(T x) { return x != x; }
};
struct IsInf {
  template <class T> BIGDL_INLINE bool apply(T x) { return (x == x) & (x - x != T(0)); }
};

#define BIGDL_BINARY(Name, value) \
  struct Name {                   \
    template <class T> BIGDL_INLINE T apply(T x, T y) { return static_cast<T>(value); } \
  };
BIGDL_BINARY(Add, static_cast<Wrapping<T>>(x) + static_cast<Wrapping<T>>(y))
BIGDL_BINARY(Sub, static_cast<Wrapping<T>>(x) - static_cast<Wrapping<T>>(y))
BIGDL_BINARY(Mul, static_cast<Wrapping<T>>(x) * static_cast<Wrapping<T>>(y))
BIGDL_BINARY(Div, x / y)
BIGDL_BINARY(BitwiseAnd, x & y)
BIGDL_BINARY(BitwiseOr, x | y)
BIGDL_BINARY(BitwiseXor, x ^ y)
// A NaN on either side is the result.
BIGDL_BINARY(Maximum, x != x ? x : (x > y ? x : y))
BIGDL_BINARY(Minimum, x != x ? x : (x < y ? x : y))

#define BIGDL_COMPARISON(Name, value) \
  struct Name {                       \
    template <class T> BIGDL_INLINE bool apply(T x, T y) { return value; } \
  };
BIGDL_COMPARISON(Eq, x == y)
BIGDL_COMPARISON(Ne, x != y)
BIGDL_COMPARISON(Lt, x < y)
BIGDL_COMPARISON(Le, x <= y)
BIGDL_COMPARISON(Gt, x > y)
BIGDL_COMPARISON(Ge, x >= y)
BIGDL_COMPARISON(LogicalAnd, (x != T(0)) & (y != T(0)))
BIGDL_COMPARISON(LogicalOr, (x != T(0)) | (y != T(0)))
BIGDL_COMPARISON(LogicalXor, (x != T(0)) ^ (y != T(0)))

// A shift by the width or more leaves no bit but the sign's, as in NumPy; in C it is undefined.
struct ShiftLeft {
  template <class T> BIGDL_INLINE T apply(T x, T y) {
    const bool inside = (y >= T(0)) & (y < T(8 * sizeof(T)));
    return inside ? static_cast<T>(static_cast<std::uint64_t>(x) << (inside ? y : T(0))) : T(0);
  }
};
struct ShiftRight {
  template <class T> BIGDL_INLINE T apply(T x, T y) {
    const bool inside = (y >= T(0)) & (y < T(8 * sizeof(T)));
    return static_cast<T>(x >> (inside ? y : T(8 * sizeof(T) - 1))) & (inside || is_signed<T> ? T(-1) : T(0));
  }
};

template <class T> struct Quotient {
  T quotient, remainder;
};

// Division rounded down: the remainder has the divisor's sign. Integers divided by zero give zero, as in NumPy.
template <class T> BIGDL_INLINE Quotient<T> floor_divide(T x, T y) {
  if constexpr (is_float<T>) {
    T remainder = is_float32<T> ? __builtin_fmodf(x, y) : __builtin_fmod(x, y);
    if (y == T(0)) return {x / y, remainder};
    T quotient = (x - remainder) / y;
    if (remainder != T(0)) {
      if ((y < T(0)) != (remainder < T(0))) {
        remainder += y;
        quotient -= T(1);
      }
    } else {
      remainder = static_cast<T>(__builtin_copysign(0.0, y));
    }
    if (quotient == T(0)) return {static_cast<T>(__builtin_copysign(0.0, x / y)), remainder};
    const T rounded = static_cast<T>(__builtin_floor(quotient));
    return {quotient - rounded > T(0.5) ? rounded + T(1) : rounded, remainder};
  } else {
    if (y == T(0)) return {T(0), T(0)};
    if (is_signed<T> && y == T(-1)) return {static_cast<T>(T(0) - static_cast<std::uint64_t>(x)), T(0)};
    T quotient = x / y, remainder = x % y;
    if (remainder != T(0) && (y < T(0)) != (remainder < T(0))) {
      remainder += y;
      quotient -= T(1);
    }
    return {quotient, remainder};
  }
}
struct FloorDivide {
  template <class T> BIGDL_INLINE T apply(T x, T y) { return floor_divide(x, y).quotient; }
};
struct Mod {
  template <class T> BIGDL_INLINE T apply(T x, T y) { return floor_divide(x, y).remainder; }
};

struct Pow {
  template <class T> BIGDL_INLINE T apply(T x, T y) {
    if constexpr (is_float<T>) {
      return is_float32<T> ? __builtin_powf(x, y) : __builtin_pow(x, y);
    } else {
      if (y < T(0)) return x == T(1) ? T(1) : (is_signed<T> && x == T(-1) ? (y & T(1) ? T(-1) : T(1)) : T(0));
      std::uint64_t base = static_cast<std::uint64_t>(x), power = 1;
      for (auto n = static_cast<std::uint64_t>(y); n != 0; n >>= 1) {
        if (n & 1) power *= base;
        base *= base;
      }
      return static_cast<T>(power);
    }
  }
};
struct Atan2 {
  BIGDL_INLINE float apply(float y, float x) { return __builtin_atan2f(y, x); }
  BIGDL_INLINE double apply(double y, double x) { return __builtin_atan2(y, x); }
};

// ---- a block --------------------------------------------------------------------------------------------------------
// `ivdep`: an output block is either apart from its sources or exactly one of them.
template <class F, class T, class R> void unary(void* out, const Source* in, std::int64_t n) {
  const T* x = static_cast<const T*>(in[0].data);
  R* r = static_cast<R*>(out);
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) r[i] = F::apply(x[i]);
}

template <class F, class T, class R> void binary(void* out, const Source* in, std::int64_t n) {
  const T* x = static_cast<const T*>(in[0].data);
  const T* y = static_cast<const T*>(in[1].data);
  R* r = static_cast<R*>(out);
  if constexpr (is_float32<T>) {
    if (in[1].scalar) {
      const T b = *y;
      if (in[0].scalar) {
        const R value = F::apply(*x, b);
        for (std::int64_t i = 0; i < n; ++i) r[i] = value;
        return;
      }
#pragma GCC ivdep
      for (std::int64_t i = 0; i < n; ++i) r[i] = F::apply(x[i], b);
      return;
    }
    if (in[0].scalar) {
      const T a = *x;
#pragma GCC ivdep
      for (std::int64_t i = 0; i < n; ++i) r[i] = F::apply(a, y[i]);
      return;
    }
  }
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) r[i] = F::apply(x[i], y[i]);
}

// Booleans are read as the bytes 0 and 1 so that the loop vectorises.
template <class T> void select(void* out, const Source* in, std::int64_t n) {
  const auto* condition = static_cast<const std::uint8_t*>(in[0].data);
  const T* a = static_cast<const T*>(in[1].data);
  const T* b = static_cast<const T*>(in[2].data);
  T* r = static_cast<T*>(out);
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) {
    const T yes = a[i], no = b[i];
    r[i] = condition[i] ? yes : no;
  }
}

template <class R> struct Cast {
  template <class T> BIGDL_INLINE R apply(T x) {
    if constexpr (is_bool<R>) return x != T(0);
    else return static_cast<R>(x);
  }
};
BIGDL_INLINE BFloat16 rounded(float x, BFloat16) { return to_bfloat16(x); }
BIGDL_INLINE Float16 rounded(float x, Float16) { return to_float16(x); }
template <class Half> struct Rounded {
  template <class T> BIGDL_INLINE float apply(T x) { return to_float(rounded(static_cast<float>(x), Half{})); }
};
struct Decode {
  template <class Half> BIGDL_INLINE float apply(Half x) { return to_float(x); }
};
template <class Half> struct Encode {
  BIGDL_INLINE Half apply(float x) { return rounded(x, Half{}); }
};

// ---- finders --------------------------------------------------------------------------------------------------------
template <class T> BlockFunction find_cast(DType result) {
  switch (result) {
    case DType::f32: return unary<Cast<float>, T, float>;
    case DType::f64: return unary<Cast<double>, T, double>;
    case DType::i32: return unary<Cast<std::int32_t>, T, std::int32_t>;
    case DType::i64: return unary<Cast<std::int64_t>, T, std::int64_t>;
    case DType::u32: return unary<Cast<std::uint32_t>, T, std::uint32_t>;
    case DType::u8: return unary<Cast<std::uint8_t>, T, std::uint8_t>;
    case DType::boolean: return unary<Cast<bool>, T, bool>;
    case DType::bf16: return unary<Rounded<BFloat16>, T, float>;
    case DType::f16: return unary<Rounded<Float16>, T, float>;
    default: return nullptr;
  }
}

template <class T> BlockFunction find_any(Op op, DType result) {
  switch (op) {
    case Op::cast: return find_cast<T>(result);
    case Op::stop_gradient: return unary<Copy, T, T>;
    case Op::logical_not: return unary<LogicalNot, T, bool>;
    case Op::eq: return binary<Eq, T, bool>;
    case Op::ne: return binary<Ne, T, bool>;
    case Op::lt: return binary<Lt, T, bool>;
    case Op::le: return binary<Le, T, bool>;
    case Op::gt: return binary<Gt, T, bool>;
    case Op::ge: return binary<Ge, T, bool>;
    case Op::logical_and: return binary<LogicalAnd, T, bool>;
    case Op::logical_or: return binary<LogicalOr, T, bool>;
    case Op::logical_xor: return binary<LogicalXor, T, bool>;
    case Op::maximum: return binary<Maximum, T, T>;
    case Op::minimum: return binary<Minimum, T, T>;
    case Op::select: return select<T>;
    default: return nullptr;
  }
}

template <class T> BlockFunction find_number(Op op, DType result) {
  switch (op) {
    case Op::neg: return unary<Neg, T, T>;
    case Op::abs: return unary<Abs, T, T>;
    case Op::sign: return unary<Sign, T, T>;
    case Op::square: return unary<Square, T, T>;
    case Op::add: return binary<Add, T, T>;
    case Op::sub: return binary<Sub, T, T>;
    case Op::mul: return binary<Mul, T, T>;
    case Op::floor_divide: return binary<FloorDivide, T, T>;
    case Op::mod: return binary<Mod, T, T>;
    case Op::pow: return binary<Pow, T, T>;
    default: return find_any<T>(op, result);
  }
}

template <class T> BlockFunction find_integer(Op op, DType result) {
  switch (op) {
    case Op::bitwise_not: return unary<BitwiseNot, T, T>;
    case Op::bitwise_and: return binary<BitwiseAnd, T, T>;
    case Op::bitwise_or: return binary<BitwiseOr, T, T>;
    case Op::bitwise_xor: return binary<BitwiseXor, T, T>;
    case Op::shift_left: return binary<ShiftLeft, T, T>;
    case Op::shift_right: return binary<ShiftRight, T, T>;
    default: return find_number<T>(op, result);
  }
}

BlockFunction find_boolean(Op op, DType result) {
  switch (op) {
    case Op::cast: return find_cast<std::uint8_t>(result);  // the bytes 0 and 1 convert faster than booleans
    case Op::bitwise_not: return unary<LogicalNot, bool, bool>;
    case Op::bitwise_and: return binary<LogicalAnd, bool, bool>;
    case Op::bitwise_or: return binary<LogicalOr, bool, bool>;
    case Op::bitwise_xor: return binary<LogicalXor, bool, bool>;
    default: return find_any<bool>(op, result);
  }
}

template <class T> BlockFunction find_float(Op op, DType result) {
  switch (op) {
    case Op::exp: return unary<Exp, T, T>;
    case Op::log: return unary<Log, T, T>;
    case Op::log1p: return unary<Log1p, T, T>;
    case Op::expm1: return unary<Expm1, T, T>;
    case Op::sqrt: return unary<Sqrt, T, T>;
    case Op::rsqrt: return unary<Rsqrt, T, T>;
    case Op::sin: return unary<Sin, T, T>;
    case Op::cos: return unary<Cos, T, T>;
    case Op::tan: return unary<Tan, T, T>;
    case Op::asin: return unary<Asin, T, T>;
    case Op::acos: return unary<Acos, T, T>;
    case Op::atan: return unary<Atan, T, T>;
    case Op::sinh: return unary<Sinh, T, T>;
    case Op::cosh: return unary<Cosh, T, T>;
    case Op::tanh: return unary<Tanh, T, T>;
    case Op::asinh: return unary<Asinh, T, T>;
    case Op::acosh: return unary<Acosh, T, T>;
    case Op::atanh: return unary<Atanh, T, T>;
    case Op::erf: return unary<Erf, T, T>;
    case Op::erfinv: return unary<Erfinv, T, T>;
    case Op::sigmoid: return unary<Sigmoid, T, T>;
    case Op::softplus: return unary<Softplus, T, T>;
    case Op::floor: return unary<Floor, T, T>;
    case Op::ceil: return unary<Ceil, T, T>;
    case Op::round: return unary<Round, T, T>;
    case Op::trunc: return unary<Trunc, T, T>;
    case Op::lgamma: return unary<Lgamma, T, T>;
    case Op::digamma: return unary<Digamma, T, T>;
    case Op::reciprocal: return unary<Reciprocal, T, T>;
    case Op::isfinite: return unary<IsFinite, T, bool>;
    case Op::isnan: return unary<IsNan, T, bool>;
    case Op::isinf: return unary<IsInf, T, bool>;
    case Op::div: return binary<Div, T, T>;
    case Op::atan2: return binary<Atan2, T, T>;
    default: return find_number<T>(op, result);
  }
}

BlockFunction find(Op op, DType operand, DType result) {
  switch (operand) {
    case DType::f32: return find_float<float>(op, result);
    case DType::f64: return find_float<double>(op, result);
    case DType::i32: return find_integer<std::int32_t>(op, result);
    case DType::i64: return find_integer<std::int64_t>(op, result);
    case DType::u32: return find_integer<std::uint32_t>(op, result);
    case DType::u8: return find_integer<std::uint8_t>(op, result);
    case DType::boolean: return find_boolean(op, result);
    default: return nullptr;
  }
}

BlockFunction find_decode(DType storage) {
  return storage == DType::bf16 ? unary<Decode, BFloat16, float> : unary<Decode, Float16, float>;
}

BlockFunction find_encode(DType storage) {
  return storage == DType::bf16 ? unary<Encode<BFloat16>, float, BFloat16> : unary<Encode<Float16>, float, Float16>;
}

}  // namespace

extern const FunctionSet BIGDL_FUNCTION_SET;
const FunctionSet BIGDL_FUNCTION_SET = {find, find_decode, find_encode};

}  // namespace bigdl::elementwise
