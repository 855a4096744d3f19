// max_pool, max_pool_grad, avg_pool, avg_pool_grad over channels-last x[N, *S, C].
//
// Fewer than three spatial dimensions are three with leading ones. Images are shared out among the threads. Inside an
// image a window is folded first along its depth and height, over whole rows of memory, then along its width, for a few
// channels at a time that stay in registers.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "../kernel.hpp"
#include "../threads.hpp"
#include "wide.hpp"

namespace bigdl {

namespace {

// Calls body(first channel, number of channels) with numbers that the compiler knows: 16, 4 or 1.
template <class Body>
BIGDL_INLINE void in_blocks(std::int64_t channels, const Body& body) {
  std::int64_t i = 0;
  for (; i + 16 <= channels; i += 16) body(i, std::integral_constant<int, 16>{});
  for (; i + 4 <= channels; i += 4) body(i, std::integral_constant<int, 4>{});
  for (; i < channels; ++i) body(i, std::integral_constant<int, 1>{});
}
#define BIGDL_BLOCK __attribute__((always_inline))

struct Range {
  std::int64_t begin, end;
};

// How windows connect inputs and outputs along one dimension.
struct Axis {
  std::vector<Range> inputs{{0, 1}};   // seen by each output
  std::vector<Range> outputs{{0, 1}};  // that see each input
  std::vector<double> share{1.0};      // 1 / the number of elements an output averages

  Axis() = default;  // a dimension that is not there
  Axis(std::int64_t size, std::int64_t out, std::int64_t window, std::int64_t stride, std::int64_t low,
       bool count_padding)
      : inputs(), outputs(), share() {
    const auto clipped = [](std::int64_t begin, std::int64_t end, std::int64_t limit) {
      begin = std::clamp(begin, std::int64_t{0}, limit);
      return Range{begin, std::clamp(end, begin, limit)};
    };
    for (std::int64_t o = 0; o < out; ++o) {
      const Range seen = clipped(o * stride - low, o * stride - low + window, size);
      inputs.push_back(seen);
      share.push_back(1.0 / static_cast<double>(count_padding ? window : seen.end - seen.begin));
    }
    for (std::int64_t i = 0; i < size; ++i) {
      const std::int64_t last = (i + low) / stride, behind = i + low - window;
      const std::int64_t first = behind < 0 ? 0 : behind / stride + 1;
      outputs.push_back(clipped(first, last + 1, out));
    }
  }

  std::int64_t input_size() const { return static_cast<std::int64_t>(outputs.size()); }
  std::int64_t output_size() const { return static_cast<std::int64_t>(inputs.size()); }

  // That see one input.
  std::int64_t most_windows() const { return windows(*std::max_element(outputs.begin(), outputs.end(), fewer)); }
  std::int64_t fewest_windows() const { return windows(*std::min_element(outputs.begin(), outputs.end(), fewer)); }

 private:
  static std::int64_t windows(const Range& range) { return range.end - range.begin; }
  static bool fewer(const Range& a, const Range& b) { return windows(a) < windows(b); }
};

struct Geometry {
  std::int64_t images, channels, window_size;
  std::array<Axis, 3> axes;  // depth, height, width

  std::int64_t input_size() const {
    return axes[0].input_size() * axes[1].input_size() * axes[2].input_size() * channels;
  }
  std::int64_t output_size() const {
    return axes[0].output_size() * axes[1].output_size() * axes[2].output_size() * channels;
  }
  bool disjoint() const {
    return std::all_of(axes.begin(), axes.end(), [](const Axis& axis) { return axis.most_windows() <= 1; });
  }
  bool all_seen() const {
    return std::all_of(axes.begin(), axes.end(), [](const Axis& axis) { return axis.fewest_windows() >= 1; });
  }
  std::int64_t longest_row() const { return std::max(axes[2].input_size(), axes[2].output_size()) * channels; }
};

std::optional<Geometry> geometry_of(const Operand& x, const Operand& y, const Attrs& attrs) {
  if (x.rank() < 3 || x.rank() > 5 || x.size() == 0 || y.size() == 0) return std::nullopt;
  const auto window = attrs.integers("window"), strides = attrs.integers("strides");
  const auto padding = attrs.integers("padding");
  const bool count_padding = attrs.has("count_include_pad") && attrs.integer("count_include_pad") != 0;
  Geometry geometry{x.shape.front(), x.shape.back(), 1, {}};
  for (std::size_t i = 0; i < window.size(); ++i) {
    if (padding[2 * i] < 0 || padding[2 * i + 1] < 0) return std::nullopt;
    geometry.axes[3 - window.size() + i] =
        Axis(x.shape[i + 1], y.shape[i + 1], window[i], strides[i], padding[2 * i], count_padding);
    geometry.window_size *= window[i];
  }
  return geometry;
}

// a or b without a branch: which one wins is not predictable.
BIGDL_INLINE float choose(bool first, float a, float b) {
  const std::int32_t mask = -static_cast<std::int32_t>(first);
  return vector_math::float_of((vector_math::bits_of(a) & mask) | (vector_math::bits_of(b) & ~mask));
}
BIGDL_INLINE double choose(bool first, double a, double b) { return first ? a : b; }

// NaN is larger than everything, as in NumPy.
template <class W>
BIGDL_INLINE W larger(W value, W best) {
  return choose((value > best) | (value != value), value, best);
}

template <class S>
BIGDL_CLONES void max_pool_image(const Geometry& geometry, const S* __restrict x, S* __restrict y,
                                 Wide<S>* __restrict row) {
  constexpr auto kLowest = -std::numeric_limits<Wide<S>>::infinity();
  const auto& [depth, height, width] = geometry.axes;
  const std::int64_t c = geometry.channels, length = width.input_size() * c;
  for (const Range deep : depth.inputs) {
    for (const Range high : height.inputs) {
      std::fill_n(row, length, kLowest);
      for (std::int64_t d = deep.begin; d < deep.end; ++d) {
        for (std::int64_t h = high.begin; h < high.end; ++h) {
          const S* from = x + (d * height.input_size() + h) * length;
          for (std::int64_t i = 0; i < length; ++i) row[i] = larger<Wide<S>>(widen(from[i]), row[i]);
        }
      }
      for (const Range wide : width.inputs) {
        in_blocks(c, [&](std::int64_t begin, auto n) BIGDL_BLOCK {
          Wide<S> best[n];
#pragma omp simd
          for (int i = 0; i < n; ++i) best[i] = kLowest;
          for (std::int64_t w = wide.begin; w < wide.end; ++w) {
#pragma omp simd
            for (int i = 0; i < n; ++i) best[i] = larger<Wide<S>>(row[w * c + begin + i], best[i]);
          }
#pragma omp simd
          for (int i = 0; i < n; ++i) y[begin + i] = narrow<S>(best[i]);
        });
        y += c;
      }
    }
  }
}

// Each window hands its gradient to the first element that equals its maximum. Where no two windows share an element,
// nothing has to be added up.
template <class S, bool disjoint>
BIGDL_CLONES void max_pool_grad_image(const Geometry& geometry, const S* __restrict x, const S* __restrict y,
                                      const S* __restrict g, S* __restrict dx) {
  const auto& [depth, height, width] = geometry.axes;
  const std::int64_t c = geometry.channels;
  if (!disjoint || !geometry.all_seen()) std::fill_n(dx, geometry.input_size(), S{});
  for (const Range deep : depth.inputs) {
    for (const Range high : height.inputs) {
      for (const Range wide : width.inputs) {
        in_blocks(c, [&](std::int64_t begin, auto n) BIGDL_BLOCK {
          Wide<S> maximum[n], left[n];
#pragma omp simd
          for (int i = 0; i < n; ++i) maximum[i] = widen(y[begin + i]);
#pragma omp simd
          for (int i = 0; i < n; ++i) left[i] = widen(g[begin + i]);
          for (std::int64_t d = deep.begin; d < deep.end; ++d) {
            for (std::int64_t h = high.begin; h < high.end; ++h) {
              for (std::int64_t w = wide.begin; w < wide.end; ++w) {
                const std::int64_t at = ((d * height.input_size() + h) * width.input_size() + w) * c + begin;
#pragma omp simd
                for (int i = 0; i < n; ++i) {
                  const bool hit = widen(x[at + i]) == maximum[i];
                  const Wide<S> before = disjoint ? Wide<S>{0} : widen(dx[at + i]);
                  dx[at + i] = narrow<S>(before + choose(hit, left[i], Wide<S>{0}));
                  left[i] = choose(hit, Wide<S>{0}, left[i]);
                }
              }
            }
          }
        });
        y += c;
        g += c;
      }
    }
  }
}

// Averages, and their adjoint: there every input gathers its share of the gradients of all windows that saw it.
template <class S, bool gradient>
BIGDL_CLONES void avg_pool_image(const Geometry& geometry, const S* __restrict from, S* __restrict to,
                                 Wide<S>* __restrict row) {
  using W = Wide<S>;
  constexpr auto near = gradient ? &Axis::outputs : &Axis::inputs;
  constexpr auto far = gradient ? &Axis::inputs : &Axis::outputs;
  const auto& [depth, height, width] = geometry.axes;
  const auto share = [](const Axis& axis, std::int64_t output) {
    return static_cast<W>(axis.share[static_cast<std::size_t>(output)]);
  };
  const auto count = [](const std::vector<Range>& ranges) { return static_cast<std::int64_t>(ranges.size()); };
  const std::int64_t c = geometry.channels, length = count(width.*far) * c;
  for (std::int64_t z = 0; z < count(depth.*near); ++z) {
    for (std::int64_t y = 0; y < count(height.*near); ++y) {
      const Range deep = (depth.*near)[static_cast<std::size_t>(z)], high = (height.*near)[static_cast<std::size_t>(y)];
      std::fill_n(row, length, W{0});
      for (std::int64_t d = deep.begin; d < deep.end; ++d) {
        for (std::int64_t h = high.begin; h < high.end; ++h) {
          const W weight = gradient ? share(depth, d) * share(height, h) : W{1};
          const S* source = from + (d * count(height.*far) + h) * length;
          for (std::int64_t i = 0; i < length; ++i) row[i] += widen(source[i]) * weight;
        }
      }
      for (std::int64_t x = 0; x < count(width.*near); ++x) {
        const Range wide = (width.*near)[static_cast<std::size_t>(x)];
        const W scale = gradient ? W{1} : share(depth, z) * share(height, y) * share(width, x);
        in_blocks(c, [&](std::int64_t begin, auto n) BIGDL_BLOCK {
          W sum[n];
#pragma omp simd
          for (int i = 0; i < n; ++i) sum[i] = 0;
          for (std::int64_t w = wide.begin; w < wide.end; ++w) {
            const W weight = gradient ? share(width, w) : W{1};
#pragma omp simd
            for (int i = 0; i < n; ++i) sum[i] += row[w * c + begin + i] * weight;
          }
#pragma omp simd
          for (int i = 0; i < n; ++i) to[begin + i] = narrow<S>(sum[i] * scale);
        });
        to += c;
      }
    }
  }
}

enum class Operation { max, max_grad, avg, avg_grad };

template <class S, Operation operation>
class Pool final : public Kernel {
 public:
  Pool(Geometry geometry, int threads)
      : geometry_(std::move(geometry)), disjoint_(geometry_.disjoint()) {
    team_ = team_for(geometry_.images * geometry_.output_size() * geometry_.window_size, threads);
  }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(team_ * geometry_.longest_row()) * sizeof(Wide<S>);
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const std::int64_t in = geometry_.input_size(), out = geometry_.output_size();
    const auto* first = static_cast<const S*>(inputs[0]);
    auto* result = static_cast<S*>(outputs[0]);
    const int team = std::min(team_, context.threads);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      auto* row = reinterpret_cast<Wide<S>*>(context.scratch) + omp_get_thread_num() * geometry_.longest_row();
      const Share share(geometry_.images, omp_get_thread_num(), omp_get_num_threads());
      for (std::int64_t image = share.begin; image < share.end; ++image) {
        if constexpr (operation == Operation::max) {
          max_pool_image(geometry_, first + image * in, result + image * out, row);
        } else if constexpr (operation == Operation::avg) {
          avg_pool_image<S, false>(geometry_, first + image * in, result + image * out, row);
        } else if constexpr (operation == Operation::avg_grad) {
          avg_pool_image<S, true>(geometry_, first + image * out, result + image * in, row);
        } else {
          const auto* y = static_cast<const S*>(inputs[1]);
          const auto* g = static_cast<const S*>(inputs[2]);
          const auto hand_back = disjoint_ ? max_pool_grad_image<S, true> : max_pool_grad_image<S, false>;
          hand_back(geometry_, first + image * in, y + image * out, g + image * out, result + image * in);
        }
      }
    }
  }

 private:
  Geometry geometry_;
  bool disjoint_;
  int team_;
};

template <Operation operation>
std::unique_ptr<Kernel> make(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                             const Attrs& attrs, int threads) {
  const Operand& x = operation == Operation::avg_grad ? outputs[0] : inputs[0];
  const Operand& y = operation == Operation::max_grad   ? inputs[1]
                     : operation == Operation::avg_grad ? inputs[0]
                                                        : outputs[0];
  auto geometry = geometry_of(x, y, attrs);
  if (!geometry) return nullptr;
  switch (x.dtype) {
    case DType::f32: return std::make_unique<Pool<float, operation>>(std::move(*geometry), threads);
    case DType::f64: return std::make_unique<Pool<double, operation>>(std::move(*geometry), threads);
    case DType::bf16: return std::make_unique<Pool<BFloat16, operation>>(std::move(*geometry), threads);
    case DType::f16: return std::make_unique<Pool<Float16, operation>>(std::move(*geometry), threads);
    default: return nullptr;
  }
}

BIGDL_KERNEL("max_pool", make<Operation::max>);
BIGDL_KERNEL("max_pool_grad", make<Operation::max_grad>);
BIGDL_KERNEL("avg_pool", make<Operation::avg>);
BIGDL_KERNEL("avg_pool_grad", make<Operation::avg_grad>);

}  // namespace

}  // namespace bigdl
