// A kernel of one position mixes channels only: over all pixels that is one matrix product.
#include <algorithm>
#include <utility>

#include "conv.hpp"
#include "matmul_tiles.hpp"

namespace bigdl::conv {

namespace {

bool is_pointwise(const onednn::Convolution& geometry) {
  const auto all = [](const std::vector<std::int64_t>& values, std::int64_t value) {
    return std::all_of(values.begin(), values.end(), [=](std::int64_t v) { return v == value; });
  };
  const std::vector<std::int64_t> window(geometry.w.begin(), geometry.w.end() - 2);
  return geometry.groups == 1 && all(window, 1) && all(geometry.strides, 1) && all(geometry.pad_low, 0) &&
         all(geometry.pad_high, 0);
}

onednn::Product product_of(const Task& task) {
  const auto& geometry = task.geometry;
  const std::int64_t inputs = geometry.x.back(), outputs = geometry.y.back();
  const std::int64_t pixels = geometry.multiply_adds() / (inputs * outputs);
  switch (task.direction) {
    case Direction::forward: return {geometry.dtype, {}, {}, pixels, inputs, outputs, false, false};
    case Direction::input_grad: return {geometry.dtype, {}, {}, pixels, outputs, inputs, false, true};
    case Direction::weight_grad: break;
  }
  return {geometry.dtype, {}, {}, inputs, pixels, outputs, true, false};
}

}  // namespace

// The limits were measured on Sapphire Rapids with the layers of ResNet-50 and MobileNet.
std::unique_ptr<Kernel> as_product(const Task& task, std::unique_ptr<Kernel> convolution, int threads) {
  if (!convolution || !is_pointwise(task.geometry)) return convolution;
  const auto product = product_of(task);
  const bool sums_pixels = task.direction == Direction::weight_grad;
  if (product.dtype == DType::f32) {
    constexpr std::int64_t kColumns = 192;
    if (!sums_pixels && product.n < kColumns) return convolution;
    const auto bias_step = task.bias ? bias_step_of<float>(task.activation) : nullptr;
    return on_tiles(product, bias_step, std::move(convolution), threads);
  }
  // oneDNN's convolution packs weights, and for their gradient both operands, which few pixels do not make up for.
  constexpr std::int64_t kFew = 512, kFewToSum = 2048;
  if (product.dtype != DType::bf16 || (sums_pixels ? product.k > kFewToSum : product.m > kFew)) return convolution;
  auto made = onednn::product(product, task.bias, task.activation, threads);
  return made ? std::move(made) : std::move(convolution);
}

}  // namespace bigdl::conv
