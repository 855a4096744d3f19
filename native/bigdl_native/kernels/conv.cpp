// conv, conv_bias_act, conv_input_grad, conv_weight_grad: channels-last convolutions, by oneDNN, and by MKL where images
// have a few pixels.
#include <algorithm>
#include <optional>

#include "conv_pixels.hpp"

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

using conv_pixels::Direction;

std::unique_ptr<Kernel> make_forward(const onednn::Convolution& geometry, bool with_bias,
                                     onednn::Activation activation, int threads) {
  auto made = conv_pixels::make(Direction::forward, geometry, with_bias, activation, threads);
  return made ? std::move(made) : onednn::convolution(geometry, with_bias, activation, threads);
}

std::unique_ptr<Kernel> make_conv(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                  const Attrs& attrs, int threads) {
  const auto geometry = geometry_of(inputs[0], inputs[1], outputs[0], attrs);
  if (!geometry) return nullptr;
  return make_forward(*geometry, false, onednn::Activation::none, threads);
}

std::unique_ptr<Kernel> make_conv_bias_act(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                           const Attrs& attrs, int threads) {
  const auto geometry = geometry_of(inputs[0], inputs[1], outputs[0], attrs);
  const auto activation = onednn::activation_from_name(attrs.text("activation"));
  if (!geometry || !activation || inputs[2].dtype != geometry->dtype) return nullptr;
  return make_forward(*geometry, true, *activation, threads);
}

std::unique_ptr<Kernel> make_conv_input_grad(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                             const Attrs& attrs, int threads) {
  const auto geometry = geometry_of(outputs[0], inputs[1], inputs[0], attrs);
  if (!geometry) return nullptr;
  auto made = conv_pixels::make(Direction::input_grad, *geometry, false, onednn::Activation::none, threads);
  return made ? std::move(made) : onednn::convolution_input_grad(*geometry, threads);
}

std::unique_ptr<Kernel> make_conv_weight_grad(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                              const Attrs& attrs, int threads) {
  const auto geometry = geometry_of(inputs[0], outputs[0], inputs[1], attrs);
  if (!geometry) return nullptr;
  auto made = conv_pixels::make(Direction::weight_grad, *geometry, false, onednn::Activation::none, threads);
  return made ? std::move(made) : onednn::convolution_weight_grad(*geometry, threads);
}

BIGDL_KERNEL("conv", make_conv);
BIGDL_KERNEL("conv_bias_act", make_conv_bias_act);
BIGDL_KERNEL("conv_input_grad", make_conv_input_grad);
BIGDL_KERNEL("conv_weight_grad", make_conv_weight_grad);

}  // namespace

}  // namespace bigdl
