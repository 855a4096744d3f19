// What batch and layer normalization share: rows of channels, and sums over many rows.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>

#include "../kernel.hpp"
#include "../threads.hpp"
#include "wide.hpp"

namespace bigdl::norm {

// Sums over many rows are taken in blocks of a few rows; the blocks are added up in float64.
constexpr std::int64_t kBlockRows = 32;

// A tensor as rows of channels, and the team that works on it.
struct Rows {
  std::int64_t count, channels;
  int team;

  Rows(const Operand& x, int threads) : count(x.size() / x.shape.back()), channels(x.shape.back()) {
    constexpr std::int64_t kWorkPerElement = 4;
    team = static_cast<int>(std::min<std::int64_t>(count, team_for(x.size() * kWorkPerElement, threads)));
  }
};

// Two sums a channel of one thread: of a block in the type computed with, of all blocks in float64.
template <class W>
struct Sums {
  double *first, *second;
  W *block_first, *block_second;

  // Those of thread `index` in the memory that all threads share.
  Sums(std::byte* shared, int index, std::int64_t channels)
      : first(reinterpret_cast<double*>(shared + static_cast<std::size_t>(index) * bytes(channels))),
        second(first + channels),
        block_first(reinterpret_cast<W*>(second + channels)),
        block_second(block_first + channels) {}

  void clear(std::int64_t channels) const {
    std::fill_n(first, channels, 0.0);
    std::fill_n(second, channels, 0.0);
  }

  static std::size_t bytes(std::int64_t channels) {
    const auto used = static_cast<std::size_t>(channels) * 2 * (sizeof(double) + sizeof(W));
    return (used + 127) / 64 * 64;  // no cache line holds parts of two threads
  }
};

// The two sums of a channel over all threads.
template <class W>
std::pair<double, double> total(std::byte* shared, int threads, std::int64_t channels, std::int64_t channel) {
  std::pair<double, double> sums{0.0, 0.0};
  for (int index = 0; index < threads; ++index) {
    const Sums<W> part(shared, index, channels);
    sums.first += part.first[channel];
    sums.second += part.second[channel];
  }
  return sums;
}

// The kernel class made for the dtype of x, or nullptr.
template <template <class> class Made, class... Arguments>
std::unique_ptr<Kernel> made_for(const Operand& x, const Arguments&... arguments) {
  switch (x.dtype) {
    case DType::f32: return std::make_unique<Made<float>>(arguments...);
    case DType::f64: return std::make_unique<Made<double>>(arguments...);
    case DType::bf16: return std::make_unique<Made<BFloat16>>(arguments...);
    case DType::f16: return std::make_unique<Made<Float16>>(arguments...);
    default: return nullptr;
  }
}

}  // namespace bigdl::norm
