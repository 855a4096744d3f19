// conv, conv_bias_act, conv_input_grad, conv_weight_grad: channels-last convolutions, by oneDNN; of small images and
// of one kernel position as matrix products where that pays.
#include <algorithm>
#include <optional>

#include "conv.hpp"

namespace bigdl {

namespace {

using Shape = std::vector<std::int64_t>;

std::optional<onednn::Convolution> geometry_of(const Operand& x, const Operand& w, const Operand& y,
                                               const Attrs& attrs) {
  const auto empty = [](const Operand& operand) { return operand.size() == 0; };
  if (x.rank() < 3 || x.rank() > 5 || x.dtype != w.dtype || x.dtype != y.dtype) return std::nullopt;
  if (empty(x) || empty(w) || empty(y)) return std::nullopt;
  onednn::Convolution geometry{x.dtype, x.shape, w.shape, y.shape, attrs.integers("strides"),
                               attrs.integers("dilation"), {}, {}, attrs.integer("groups")};
  const Shape padding = attrs.integers("padding");
  for (std::size_t i = 0; i < padding.size(); i += 2) {
    if (padding[i] < 0 || padding[i + 1] < 0) return std::nullopt;
    geometry.pad_low.push_back(padding[i]);
    geometry.pad_high.push_back(padding[i + 1]);
  }
  return geometry;
}

using conv::Direction;
using conv::Task;

std::unique_ptr<Kernel> by_onednn(const Task& task, int threads) {
  switch (task.direction) {
    case Direction::forward: return onednn::convolution(task.geometry, task.bias, task.activation, threads);
    case Direction::input_grad: return onednn::convolution_input_grad(task.geometry, threads);
    case Direction::weight_grad: return onednn::convolution_weight_grad(task.geometry, threads);
  }
  return nullptr;
}

std::unique_ptr<Kernel> made(const Task& task, int threads) {
  if (auto kernel = conv::on_pixels(task, threads)) return kernel;
  return conv::as_product(task, by_onednn(task, threads), threads);
}

std::unique_ptr<Kernel> make_conv(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                  const Attrs& attrs, int threads) {
  const auto geometry = geometry_of(inputs[0], inputs[1], outputs[0], attrs);
  return geometry ? made({Direction::forward, *geometry}, threads) : nullptr;
}

std::unique_ptr<Kernel> make_conv_bias_act(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                           const Attrs& attrs, int threads) {
  const auto geometry = geometry_of(inputs[0], inputs[1], outputs[0], attrs);
  const auto activation = onednn::activation_from_name(attrs.text("activation"));
  if (!geometry || !activation || inputs[2].dtype != geometry->dtype) return nullptr;
  return made({Direction::forward, *geometry, true, *activation}, threads);
}

std::unique_ptr<Kernel> make_conv_input_grad(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                             const Attrs& attrs, int threads) {
  const auto geometry = geometry_of(outputs[0], inputs[1], inputs[0], attrs);
  return geometry ? made({Direction::input_grad, *geometry}, threads) : nullptr;
}

std::unique_ptr<Kernel> make_conv_weight_grad(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                              const Attrs& attrs, int threads) {
  const auto geometry = geometry_of(inputs[0], outputs[0], inputs[1], attrs);
  return geometry ? made({Direction::weight_grad, *geometry}, threads) : nullptr;
}

BIGDL_KERNEL("conv", make_conv);
BIGDL_KERNEL("conv_bias_act", make_conv_bias_act);
BIGDL_KERNEL("conv_input_grad", make_conv_input_grad);
BIGDL_KERNEL("conv_weight_grad", make_conv_weight_grad);

}  // namespace

}  // namespace bigdl
