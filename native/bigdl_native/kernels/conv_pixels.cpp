// For every input pixel that an output pixel sees, one matrix product by MKL: the images are the rows, which lie a
// whole image apart, the channels the columns. Nothing is multiplied with padding (of a 3x3 kernel on 4x4 pixels that
// is a third, on 2x2 more than half), and weights are used as they are stored.
#include <mkl.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "../threads.hpp"
#include "conv.hpp"
#include "wide.hpp"

namespace bigdl::conv {

namespace {

using onednn::Activation;
using onednn::Convolution;

// Output pixel `to` sees input pixel `from` through position `tap` of the kernel.
struct Pair {
  std::int64_t to, from, tap;
};

std::vector<Pair> pairs_of(const Convolution& geometry) {
  std::vector<Pair> pairs{{0, 0, 0}};
  for (std::size_t d = 0; d < geometry.spatial_rank(); ++d) {
    const std::int64_t in = geometry.x[d + 1], out = geometry.y[d + 1], taps = geometry.w[d];
    std::vector<Pair> finer;
    for (const Pair& pair : pairs) {
      for (std::int64_t o = 0; o < out; ++o) {
        for (std::int64_t tap = 0; tap < taps; ++tap) {
          const std::int64_t i = o * geometry.strides[d] + tap * geometry.dilation[d] - geometry.pad_low[d];
          if (i < 0 || i >= in) continue;
          finer.push_back({pair.to * out + o, pair.from * in + i, pair.tap * taps + tap});
        }
      }
    }
    pairs = std::move(finer);
  }
  return pairs;
}

struct Matrix {
  const void* data;
  MKL_INT step;
  bool transposed;
};

// result[rows, columns] += a b, in float32.
void add_product(DType dtype, MKL_INT rows, MKL_INT columns, MKL_INT depth, const Matrix& a, const Matrix& b,
                 float* result, MKL_INT step) {
  const auto turned = [](const Matrix& matrix) { return matrix.transposed ? CblasTrans : CblasNoTrans; };
  if (dtype == DType::f32) {
    cblas_sgemm(CblasRowMajor, turned(a), turned(b), rows, columns, depth, 1.f, static_cast<const float*>(a.data),
                a.step, static_cast<const float*>(b.data), b.step, 1.f, result, step);
  } else {
    cblas_gemm_bf16bf16f32(CblasRowMajor, turned(a), turned(b), rows, columns, depth, 1.f,
                           static_cast<const MKL_BF16*>(a.data), a.step, static_cast<const MKL_BF16*>(b.data), b.step,
                           1.f, result, step);
  }
}

// Every row becomes the bias, or zeros.
template <class S>
BIGDL_CLONES void fill_rows(float* __restrict sums, std::int64_t rows, std::int64_t channels,
                            const S* __restrict bias) {
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t i = 0; i < channels; ++i) sums[r * channels + i] = bias == nullptr ? 0.f : widen(bias[i]);
  }
}

// `result` may be the memory of `sums`.
template <class S>
BIGDL_CLONES void store(const float* sums, std::int64_t count, bool rectify, S* result) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < count; ++i) {
    result[i] = narrow<S>(rectify && sums[i] < 0 ? 0.f : sums[i]);
  }
}

template <class S>
class PixelProducts final : public Kernel {
 public:
  PixelProducts(const Task& task, std::vector<Pair> pairs, int threads)
      : direction_(task.direction),
        dtype_(task.geometry.dtype),
        pairs_(std::move(pairs)),
        with_bias_(task.bias),
        rectify_(task.activation == Activation::relu),
        team_(team_for_products(task.geometry.multiply_adds(), threads)),
        images_(task.geometry.x.front()),
        inputs_(task.geometry.x.back()),
        outputs_(task.geometry.y.back()),
        x_step_(steps_between_images(task.geometry.x)),
        y_step_(steps_between_images(task.geometry.y)) {
    const auto& result = direction_ == Direction::forward      ? task.geometry.y
                         : direction_ == Direction::input_grad ? task.geometry.x
                                                               : task.geometry.w;
    count_ = std::accumulate(result.begin(), result.end(), std::int64_t{1}, std::multiplies<>());
    result_channels_ = result.back();
  }

  std::size_t scratch_bytes() const override {
    return std::is_same_v<S, float> ? 0 : static_cast<std::size_t>(count_) * sizeof(float);
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const auto* first = static_cast<const S*>(inputs[0]);
    const auto* second = static_cast<const S*>(inputs[1]);
    auto* result = static_cast<S*>(outputs[0]);
    float* sums = std::is_same_v<S, float> ? static_cast<float*>(outputs[0])
                                           : reinterpret_cast<float*>(context.scratch);
    const auto* bias = with_bias_ ? static_cast<const S*>(inputs[2]) : nullptr;
    fill_rows(sums, count_ / result_channels_, result_channels_, bias);
    const int former = mkl_set_num_threads_local(std::min(team_, context.threads));
    for (const Pair& pair : pairs_) {
      const std::int64_t x = pair.from * inputs_, y = pair.to * outputs_, w = pair.tap * inputs_ * outputs_;
      switch (direction_) {
        case Direction::forward:
          add_product(dtype_, images_, outputs_, inputs_, {first + x, x_step_, false}, {second + w, outputs_, false},
                      sums + y, y_step_);
          break;
        case Direction::input_grad:
          add_product(dtype_, images_, inputs_, outputs_, {first + y, y_step_, false}, {second + w, outputs_, true},
                      sums + x, x_step_);
          break;
        case Direction::weight_grad:
          add_product(dtype_, inputs_, outputs_, images_, {first + x, x_step_, true}, {second + y, y_step_, false},
                      sums + w, outputs_);
          break;
      }
    }
    mkl_set_num_threads_local(former);
    if (rectify_ || !std::is_same_v<S, float>) store(sums, count_, rectify_, result);
  }

 private:
  static MKL_INT steps_between_images(const std::vector<std::int64_t>& shape) {
    return static_cast<MKL_INT>(
        std::accumulate(shape.begin() + 1, shape.end(), std::int64_t{1}, std::multiplies<>()));
  }

  Direction direction_;
  DType dtype_;
  std::vector<Pair> pairs_;
  bool with_bias_, rectify_;
  int team_;
  MKL_INT images_, inputs_, outputs_, x_step_, y_step_;
  std::int64_t count_, result_channels_;
};

// Measured on Sapphire Rapids: products of 64 rows run at the rate of large ones.
bool pays(const Convolution& geometry, std::size_t pairs) {
  constexpr std::int64_t kRows = 32, kChannels = 64, kPositions = 512;
  const std::int64_t inputs = geometry.x.back(), outputs = geometry.y.back();
  if (geometry.groups != 1 || geometry.x.front() < kRows || std::min(inputs, outputs) < kChannels) return false;
  const std::int64_t covered = geometry.multiply_adds() / (geometry.x.front() * inputs * outputs);
  return covered <= kPositions && pairs * 4 <= static_cast<std::size_t>(covered) * 3;
}

}  // namespace

std::unique_ptr<Kernel> on_pixels(const Task& task, int threads) {
  const Convolution& geometry = task.geometry;
  if (task.activation != Activation::none && task.activation != Activation::relu) return nullptr;
  const bool halves = geometry.dtype == DType::bf16 && __builtin_cpu_is("intel") &&
                      __builtin_cpu_supports("avx512bf16");
  if (geometry.dtype != DType::f32 && !halves) return nullptr;
  constexpr std::int64_t kLargest = std::numeric_limits<MKL_INT>::max();
  for (const auto* shape : {&geometry.x, &geometry.y}) {
    if (std::accumulate(shape->begin(), shape->end(), std::int64_t{1}, std::multiplies<>()) > kLargest) return nullptr;
  }
  auto pairs = pairs_of(geometry);
  if (!pays(geometry, pairs.size())) return nullptr;
  if (halves) return std::make_unique<PixelProducts<BFloat16>>(task, std::move(pairs), threads);
  return std::make_unique<PixelProducts<float>>(task, std::move(pairs), threads);
}

}  // namespace bigdl::conv
