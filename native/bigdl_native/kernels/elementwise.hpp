// fused_elementwise(*inputs; ops, args, dtypes, results [, scalars, scalar_dtypes] [, in_place])
//
// A straight-line program over registers, run block by block so that everything between its inputs and its outputs
// stays in the first-level cache. All outputs have the iteration shape; inputs broadcast to it as in NumPy.
//
//   registers      0 .. n_inputs-1 are the inputs, then come the constants, then the result of each op in order;
//                  an op reads registers of lower number only
//   ops            texts, names of primitives ("add", "exp", "select", "cast", ...)
//   args           integers, three per op: the registers it reads, -1 = unused
//   dtypes         texts, the dtype of each op's result
//   results        integers, the register of each output
//   scalars        reals, the constant registers; scalar_dtypes: texts, their dtypes. Both absent: no constants
//   in_place       integers, for each output the input whose buffer it would like to share, -1 = none.
//                  Absent: the kernel proposes
//
// float16 and bfloat16 live in registers as float32 and are rounded by casts to them and by stores.
// Each elementwise primitive is also registered under its own name, as a program of one op.
#pragma once

#include <cstdint>

#include "../kernel.hpp"

namespace bigdl::elementwise {

// name, number of operands
#define BIGDL_ELEMENTWISE_OPS(X)                                                                                      \
  X(neg, 1) X(abs, 1) X(sign, 1) X(exp, 1) X(log, 1) X(log1p, 1) X(expm1, 1) X(sqrt, 1) X(rsqrt, 1) X(sin, 1)         \
  X(cos, 1) X(tan, 1) X(asin, 1) X(acos, 1) X(atan, 1) X(sinh, 1) X(cosh, 1) X(tanh, 1) X(asinh, 1) X(acosh, 1)       \
  X(atanh, 1) X(erf, 1) X(erfinv, 1) X(sigmoid, 1) X(softplus, 1) X(floor, 1) X(ceil, 1) X(round, 1) X(trunc, 1)      \
  X(lgamma, 1) X(digamma, 1) X(square, 1) X(reciprocal, 1) X(logical_not, 1) X(bitwise_not, 1) X(isfinite, 1)         \
  X(isnan, 1) X(isinf, 1) X(cast, 1) X(stop_gradient, 1)                                                              \
  X(add, 2) X(sub, 2) X(mul, 2) X(div, 2) X(floor_divide, 2) X(mod, 2) X(pow, 2) X(maximum, 2) X(minimum, 2)          \
  X(atan2, 2) X(bitwise_and, 2) X(bitwise_or, 2) X(bitwise_xor, 2) X(shift_left, 2) X(shift_right, 2) X(eq, 2)        \
  X(ne, 2) X(lt, 2) X(le, 2) X(gt, 2) X(ge, 2) X(logical_and, 2) X(logical_or, 2) X(logical_xor, 2)                   \
  X(select, 3)

enum class Op : std::uint8_t {
#define BIGDL_OP(name, arity) name,
  BIGDL_ELEMENTWISE_OPS(BIGDL_OP)
#undef BIGDL_OP
};

// What a function reads: one element for each of the block, or one that stands for all.
struct Source {
  const void* data;
  bool scalar;
};

// Runs one op over n elements. `out` may be one of the sources if their items have the same size.
using BlockFunction = void (*)(void* out, const Source* in, std::int64_t n);

// The functions of one instruction set. Each finder returns nullptr for what it does not support.
struct FunctionSet {
  // `operand` is the dtype that the op computes in (select: that of its branches); `result` matters to cast only.
  BlockFunction (*find)(Op op, DType operand, DType result);
  BlockFunction (*decode)(DType storage);  // float16 or bfloat16 to float32
  BlockFunction (*encode)(DType storage);  // and back, to the nearest, ties to even
};

extern const FunctionSet functions_v2, functions_v3, functions_v4;

// The best set for the processor that we run on, or less if BIGDL_KERAS_INSTRUCTION_SET says so.
const FunctionSet& functions();

// Binary float32 functions take scalar sources; every other function wants a full block of each.
inline bool takes_scalars(int arity, DType operand) { return arity == 2 && operand == DType::f32; }

}  // namespace bigdl::elementwise
