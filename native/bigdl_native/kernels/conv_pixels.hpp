// Convolutions of many images of a few pixels, where much of what a kernel covers is padding.
#pragma once

#include <memory>

#include "../onednn.hpp"

namespace bigdl::conv_pixels {

enum class Direction { forward, input_grad, weight_grad };

// A kernel with the operands of onednn's of the same direction, or nullptr where skipping the padding does not pay.
std::unique_ptr<Kernel> make(Direction direction, const onednn::Convolution& geometry, bool with_bias,
                             onednn::Activation activation, int threads);

}  // namespace bigdl::conv_pixels
