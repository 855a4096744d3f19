// Matrix products in float32 on tiles (see tiles.hpp).
#pragma once

#include <memory>

#include "../onednn.hpp"
#include "bias_step.hpp"

namespace bigdl {

// The product on tiles; `product`, which takes the same operands, does what tiles cannot: numbers that are not finite.
// Where tiles are not to be had, or do not pay, `product` itself.
std::unique_ptr<Kernel> on_tiles(const onednn::Product& geometry, BiasStep<float> bias_step,
                                 std::unique_ptr<Kernel> product, int threads);

}  // namespace bigdl
