// Copies between two arrays of any strides: what transpose, slice, reverse, concat, pad, ... have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bigdl {

class StridedCopy {
 public:
  struct Axis {
    std::int64_t size, from, to;  // strides in items; `from` may be zero or negative
  };

  // Axes outermost first, in the order in which the target is to be written.
  StridedCopy(std::vector<Axis> axes, std::size_t item_bytes);

  // The pointers are those of the first item of each side.
  void run(const std::byte* from, std::byte* to, int threads) const;

 private:
  // How one job copies.
  enum class Mode : std::uint8_t {
    run,      // items that follow one another on both sides
    tile,     // a matrix that is transposed
    strided,  // anything else
  };

  void run_jobs(const std::byte* from, std::byte* to, std::int64_t begin, std::int64_t end) const;
  void copy(const std::byte* from, std::byte* to, std::int64_t begin, std::int64_t end) const;

  std::vector<Axis> outer_;
  Axis split_ = {1, 1, 1};  // cut into chunks, one to a job
  Axis inner_ = {1, 1, 1};  // of a tile: the axis that the target has dense
  Mode mode_ = Mode::run;
  std::size_t item_;
  std::int64_t chunk_ = 1, chunks_ = 1, jobs_ = 1;
};

// Row-major strides of a shape, in items.
std::vector<std::int64_t> dense_strides(const std::vector<std::int64_t>& shape);

// memcpy by a team of threads.
void copy_bytes(const void* from, void* to, std::size_t bytes, int threads);

}  // namespace bigdl
