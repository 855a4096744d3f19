// The bias and the activation behind a product.
#pragma once

#include <cmath>
#include <cstdint>

#include "../onednn.hpp"
#include "clones.hpp"
#include "vector_math.hpp"

namespace bigdl {

// Adds the bias to rows of a result and applies the activation, in place: y, rows, columns, stride, bias.
template <class T>
using BiasStep = void (*)(T*, std::int64_t, std::int64_t, std::int64_t, const T*);

BIGDL_INLINE float hyperbolic_tangent(float x) { return vector_math::tanh(x); }
BIGDL_INLINE double hyperbolic_tangent(double x) { return std::tanh(x); }
BIGDL_INLINE float logistic(float x) { return vector_math::sigmoid(x); }
BIGDL_INLINE double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// y = activation(y + bias), in place.
template <onednn::Activation activation, class T>
BIGDL_CLONES void add_bias(T* __restrict y, std::int64_t rows, std::int64_t n, std::int64_t stride,
                           const T* __restrict bias) {
  for (std::int64_t r = 0; r < rows; ++r, y += stride) {
    for (std::int64_t i = 0; i < n; ++i) {
      const T sum = y[i] + bias[i];
      if constexpr (activation == onednn::Activation::relu) {
        y[i] = sum < 0 ? 0 : sum;
      } else if constexpr (activation == onednn::Activation::tanh) {
        y[i] = hyperbolic_tangent(sum);
      } else if constexpr (activation == onednn::Activation::sigmoid) {
        y[i] = logistic(sum);
      } else {
        y[i] = sum;
      }
    }
  }
}

template <class T>
BiasStep<T> bias_step_of(onednn::Activation activation) {
  switch (activation) {
    case onednn::Activation::relu: return add_bias<onednn::Activation::relu, T>;
    case onednn::Activation::tanh: return add_bias<onednn::Activation::tanh, T>;
    case onednn::Activation::sigmoid: return add_bias<onednn::Activation::sigmoid, T>;
    case onednn::Activation::none: break;
  }
  return add_bias<onednn::Activation::none, T>;
}

}  // namespace bigdl
