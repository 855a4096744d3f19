// A float32 kernel for float16 or bfloat16 operands.
#pragma once

#include "../kernel.hpp"

namespace bigdl::recurrent {

inline bool is_half(DType dtype) { return dtype == DType::f16 || dtype == DType::bf16; }

// The kernel that `make` makes for the operands with float32 in place of 16-bit floats, between conversions.
std::unique_ptr<Kernel> make_widened(Factory make, const std::vector<Operand>& inputs,
                                     const std::vector<Operand>& outputs, const Attrs& attrs, int threads);

}  // namespace bigdl::recurrent
