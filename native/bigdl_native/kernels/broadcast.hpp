// How one dense operand is read when it broadcasts to a larger shape by NumPy's rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bigdl {

class Broadcast {
 public:
  enum class Kind {
    full,      // same elements in the same order
    scalar,    // one element for all
    periodic,  // the whole operand over and over: a bias
    strided,   // anything else
  };

  // Throws std::invalid_argument if `shape` does not broadcast to `iteration`.
  Broadcast(const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& iteration);

  Kind kind() const { return kind_; }
  std::int64_t period() const { return period_; }  // elements of the operand

  // Writes elements [start, start + n) of the broadcast operand to `to`.
  void read(const std::byte* operand, std::size_t item_bytes, std::int64_t start, std::int64_t n, std::byte* to) const;

 private:
  struct Axis {
    std::int64_t size;    // of the iteration
    std::int64_t stride;  // of the operand, in elements; 0: repeats
  };

  std::vector<Axis> axes_;  // innermost first; neighbours of a kind are one axis
  Kind kind_;
  std::int64_t period_;
};

// Writes n copies of one item.
void fill_items(std::byte* to, const std::byte* item, std::size_t item_bytes, std::int64_t n);

}  // namespace bigdl
