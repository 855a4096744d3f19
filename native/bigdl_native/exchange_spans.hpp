// Many buffers seen as one: an exchange works on the concatenation without copying it together.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "kernel.hpp"

namespace bigdl::exchange {

struct Piece {
  std::byte* data;
  std::size_t bytes;
};

// What every rank has, by rank: an exchange fills in those of the others.
using Blocks = std::vector<Piece>;

class Spans {
 public:
  void add(void* data, std::size_t bytes) {
    if (bytes == 0) return;
    pieces_.push_back({static_cast<std::byte*>(data), bytes});
    starts_.push_back(total_);
    total_ += bytes;
  }
  std::size_t bytes() const { return total_; }

  // Calls visit(data, bytes) for the pieces of [begin, end) in order.
  template <class Visit>
  void each(std::size_t begin, std::size_t end, Visit visit) const {
    if (begin >= end) return;
    auto i = static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), begin) - starts_.begin()) - 1;
    for (std::size_t at = begin; at < end; ++i) {
      const std::size_t skip = at - starts_[i];
      const std::size_t n = std::min(pieces_[i].bytes - skip, end - at);
      visit(pieces_[i].data + skip, n);
      at += n;
    }
  }

 private:
  std::vector<Piece> pieces_;
  std::vector<std::size_t> starts_;
  std::size_t total_ = 0;
};

// Sums of one dtype; sizes in elements.
struct Arithmetic {
  DType dtype;
  std::size_t item;
  void (*add)(void* into, const void* from, std::size_t n);
  void (*sum)(void* into, const void* a, const void* b, std::size_t n);
};

const Arithmetic& arithmetic_of(DType dtype);  // throws std::invalid_argument for dtypes without a sum

// float32 that travels as bfloat16, rounded to nearest even.
void encode_bf16(std::uint16_t* wire, const float* values, std::size_t n);
void store_bf16(float* values, const std::uint16_t* wire, std::size_t n);
void add_bf16(float* values, const std::uint16_t* wire, std::size_t n);
void add_bf16_rounded(float* values, const std::uint16_t* wire, std::size_t n);  // what a further hop would read

}  // namespace bigdl::exchange
