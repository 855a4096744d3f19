// What the graph runtime needs of a gradient exchange, and nothing more.
#pragma once

#include <cstdint>

#include "kernel.hpp"

namespace bigdl {

// A table of which this rank has only some rows that are not zero.
struct RowTable {
  void* data;  // rows x width, and the sum afterwards
  std::int64_t rows, width;
  DType dtype;
  const std::int32_t* touched;  // those rows, in any order and any number of times; negative ones count from the end
  std::int64_t n_touched;
};

class Collective {
 public:
  virtual ~Collective() = default;

  virtual int rank() const = 0;
  virtual int world() const = 0;

  // Replaces every buffer by its sum over all ranks; the bits are the same on all ranks. Every rank passes the same
  // counts (in elements) and dtypes in the same order. All buffers travel in one exchange.
  // Throws std::runtime_error when a peer is lost: the buffers are then undefined.
  virtual void all_reduce(void* const* buffers, const std::int64_t* counts, const DType* dtypes, int n) = 0;

  // The same for tables; the other rows of each are zero. Ranks may touch different rows and different numbers of them.
  virtual void all_reduce_rows(const RowTable* tables, int n) = 0;
};

}  // namespace bigdl
