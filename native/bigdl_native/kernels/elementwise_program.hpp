// A fused_elementwise program as data: its attributes decoded, checked, and bound to block functions.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "elementwise.hpp"

namespace bigdl::elementwise {

// The dtype in which registers of `dtype` are kept and computed.
inline DType register_dtype(DType dtype) {
  return dtype == DType::f16 || dtype == DType::bf16 ? DType::f32 : dtype;
}

struct Instruction {
  BlockFunction function;
  int arity;
  int in[3];
  bool takes_scalars;
};

struct Program {
  int n_inputs = 0;
  std::vector<double> constants;
  std::vector<DType> dtypes;  // of every register, as declared: float16 and bfloat16 are kept in float32
  std::vector<Instruction> instructions;
  std::vector<int> results;   // register of each output, always the result of an instruction
  std::vector<int> in_place;  // wish of each output; empty: none stated

  int n_registers() const { return static_cast<int>(dtypes.size()); }
  int first_result() const { return n_inputs + static_cast<int>(constants.size()); }
};

// The program of fused_elementwise's attributes, or null if an op is not supported for its dtypes.
// Throws std::invalid_argument for attributes that are no program.
std::unique_ptr<Program> decode(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                const Attrs& attrs);

// The program of one op, or null if it is not supported.
std::unique_ptr<Program> single(Op op, const std::vector<Operand>& inputs, const Operand& output);

}  // namespace bigdl::elementwise
