// The integer dtypes in which indices come.
#pragma once

#include <cstdint>
#include <memory>

#include "../kernel.hpp"

namespace bigdl {

// What `make` returns for a value of the dtype's C++ type, or null if the dtype holds no indices.
template <class Make>
std::unique_ptr<Kernel> with_index_type(DType dtype, const Make& make) {
  switch (dtype) {
    case DType::i32: return make(std::int32_t{});
    case DType::i64: return make(std::int64_t{});
    case DType::u32: return make(std::uint32_t{});
    case DType::u8: return make(std::uint8_t{});
    case DType::i8: return make(std::int8_t{});
    case DType::i16: return make(std::int16_t{});
    case DType::u16: return make(std::uint16_t{});
    default: return nullptr;
  }
}

}  // namespace bigdl
