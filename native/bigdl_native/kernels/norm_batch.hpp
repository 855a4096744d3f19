// What batch normalization and its gradient share.
//
// A tensor is rows of channels. Few channels would make short loops, so several rows are taken as one wide row, and
// what belongs to a channel is repeated along it.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "norm.hpp"

namespace bigdl::norm {

enum class Rectifier { none, relu, relu6 };

inline std::optional<Rectifier> rectifier_of(const Attrs& attrs) {
  const std::string name = attrs.has("activation") ? attrs.text("activation") : "";
  if (name.empty()) return Rectifier::none;
  if (name == "relu") return Rectifier::relu;
  if (name == "relu6") return Rectifier::relu6;
  return std::nullopt;
}

template <Rectifier rectifier, class W>
BIGDL_INLINE W rectified(W x) {
  if constexpr (rectifier != Rectifier::none) x = x < 0 ? W{0} : x;
  if constexpr (rectifier == Rectifier::relu6) x = x > 6 ? W{6} : x;
  return x;
}

// g where the rectifier passes x on; half of it where x is 6 exactly.
template <Rectifier rectifier, class W>
BIGDL_INLINE W passed(W g, W x) {
  if constexpr (rectifier != Rectifier::none) g = x > 0 ? g : W{0};
  if constexpr (rectifier == Rectifier::relu6) g = x < 6 ? g : (x == 6 ? W{0.5} * g : W{0});
  return g;
}

// The same expression forward and backward, so that both see the same bits.
template <class W>
BIGDL_INLINE W normalized(W x, W mean, W scale, W beta) {
  return (x - mean) * scale + beta;
}

template <class W>
W scale_of(W gamma, W variance, double epsilon) {
  return static_cast<W>(static_cast<double>(gamma) / std::sqrt(static_cast<double>(variance) + epsilon));
}

// On the body of a loop, so that it is compiled with the instruction set of the clone it stands in.
#define BIGDL_BODY __attribute__((always_inline))

// Rows of `channels`, `repeat` of them a wide row, shared out among a team.
struct WideRows {
  std::int64_t count, channels, repeat, wide;
  int team;

  WideRows(const Operand& x, int threads) : count(x.size() / x.shape.back()), channels(x.shape.back()) {
    constexpr std::int64_t kWidth = 128;
    repeat = std::max<std::int64_t>(1, kWidth / channels);
    wide = repeat * channels;
    team = Rows(x, threads).team;
  }

  std::int64_t block() const { return kBlockRows * repeat; }  // rows whose sums stay in the type computed with

  // Calls body(first element, number of elements) for the wide rows from `begin` to `end`; the last may be shorter.
  template <class Body>
  BIGDL_BODY void each(std::int64_t begin, std::int64_t end, const Body& body) const {
    const std::int64_t last = end * channels;
    for (std::int64_t at = begin * channels; at < last; at += wide) body(at, std::min(wide, last - at));
  }

  // Blocks from the last to the first: what a pass before has read last is still in cache.
  template <class Body>
  BIGDL_BODY void each_backwards(const Share& share, const Body& body) const {
    const std::int64_t rows = block();
    for (std::int64_t begin = share.begin + (share.end - share.begin - 1) / rows * rows; begin >= share.begin;
         begin -= rows) {
      each(begin, std::min(begin + rows, share.end), body);
    }
  }

  // Adds up what belongs to one channel into the first `channels` of `values`.
  template <class W>
  void fold(W* values) const {
    for (std::int64_t k = 1; k < repeat; ++k) {
      for (std::int64_t i = 0; i < channels; ++i) values[i] += values[k * channels + i];
    }
  }

  template <class W>
  void spread(W* values) const {
    for (std::int64_t k = 1; k < repeat; ++k) std::copy_n(values, channels, values + k * channels);
  }
};

// The scratch of a team: for every thread two sums a channel in float64 and two wide rows of partial sums; then
// `vectors` wide rows that all share.
template <class W>
class TeamSums {
 public:
  TeamSums(const WideRows& rows, int vectors) : rows_(rows), vectors_(vectors) {}

  std::size_t bytes() const {
    return static_cast<std::size_t>(rows_.team) * thread_bytes() +
           static_cast<std::size_t>(vectors_ * rows_.wide) * sizeof(W);
  }

  double* first(std::byte* scratch, int thread) const {
    return reinterpret_cast<double*>(scratch + static_cast<std::size_t>(thread) * thread_bytes());
  }
  double* second(std::byte* scratch, int thread) const { return first(scratch, thread) + rows_.channels; }
  W* partial_first(std::byte* scratch, int thread) const {
    return reinterpret_cast<W*>(second(scratch, thread) + rows_.channels);
  }
  W* partial_second(std::byte* scratch, int thread) const { return partial_first(scratch, thread) + rows_.wide; }
  W* shared(std::byte* scratch, int vector) const {
    return reinterpret_cast<W*>(scratch + static_cast<std::size_t>(rows_.team) * thread_bytes()) + vector * rows_.wide;
  }

 private:
  std::size_t thread_bytes() const {
    const auto channels = static_cast<std::size_t>(rows_.channels), wide = static_cast<std::size_t>(rows_.wide);
    return (2 * channels * sizeof(double) + 2 * wide * sizeof(W) + 127) / 64 * 64;  // no cache line of two threads
  }

  WideRows rows_;
  int vectors_;
};

// Made<S, P, rectifier> for data of one type and parameters of the same type or of float32; nullptr for others.
template <template <class, class, Rectifier> class Made, Rectifier rectifier, class... Arguments>
std::unique_ptr<Kernel> made_for(DType data, DType parameters, const Arguments&... arguments) {
  const auto either = [&](auto stored) -> std::unique_ptr<Kernel> {
    using S = decltype(stored);
    if (data == parameters) return std::make_unique<Made<S, S, rectifier>>(arguments...);
    if (parameters == DType::f32) return std::make_unique<Made<S, float, rectifier>>(arguments...);
    return nullptr;
  };
  switch (data) {
    case DType::f32: return parameters == data ? either(float{}) : nullptr;
    case DType::f64: return parameters == data ? either(double{}) : nullptr;
    case DType::bf16: return either(BFloat16{});
    case DType::f16: return either(Float16{});
    default: return nullptr;
  }
}

template <template <class, class, Rectifier> class Made, class... Arguments>
std::unique_ptr<Kernel> made_for(std::optional<Rectifier> rectifier, const Arguments&... arguments) {
  if (!rectifier) return nullptr;
  switch (*rectifier) {
    case Rectifier::none: return made_for<Made, Rectifier::none>(arguments...);
    case Rectifier::relu: return made_for<Made, Rectifier::relu>(arguments...);
    case Rectifier::relu6: return made_for<Made, Rectifier::relu6>(arguments...);
  }
  return nullptr;
}

}  // namespace bigdl::norm
