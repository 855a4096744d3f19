// The ways to convolve beside oneDNN's own code. Kernels take the operands of onednn's of the same direction.
#pragma once

#include <memory>

#include "../onednn.hpp"

namespace bigdl::conv {

enum class Direction { forward, input_grad, weight_grad };

// What is done: `bias` and `activation` go with the forward direction only.
struct Task {
  Direction direction;
  onednn::Convolution geometry;
  bool bias = false;
  onednn::Activation activation = onednn::Activation::none;
};

// For many images of a few pixels, where much of what a kernel covers is padding; nullptr where skipping that does not
// pay.
std::unique_ptr<Kernel> on_pixels(const Task& task, int threads);

// For kernels of one position: a matrix product where that pays, else `convolution`, which does the same task.
std::unique_ptr<Kernel> as_product(const Task& task, std::unique_ptr<Kernel> convolution, int threads);

}  // namespace bigdl::conv
