// oneDNN behind a plain interface: onednn.cpp alone knows its API, so that another release (or library) can take its
// place. Every function returns nullptr where oneDNN has no code for the request on this processor.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernel.hpp"

namespace bigdl::onednn {

enum class Activation { none, relu, tanh, sigmoid };

std::string library_version();
std::string instruction_set();  // that it may use on this processor

std::optional<Activation> activation_from_name(const std::string& name);  // "" is none

// A convolution of x[N, *S, C] with w[*K, C / groups, O] to y[N, *T, O], in one, two or three spatial dimensions.
struct Convolution {
  DType dtype;
  std::vector<std::int64_t> x, w, y;
  std::vector<std::int64_t> strides, dilation, pad_low, pad_high;
  std::int64_t groups;

  std::size_t spatial_rank() const { return x.size() - 2; }
  std::int64_t multiply_adds() const;
};

// y = activation(conv(x, w) + bias); inputs x, w and, if asked for, bias[O].
std::unique_ptr<Kernel> convolution(const Convolution& geometry, bool with_bias, Activation activation, int threads);
// dx from inputs dy, w.
std::unique_ptr<Kernel> convolution_input_grad(const Convolution& geometry, int threads);
// dw from inputs x, dy.
std::unique_ptr<Kernel> convolution_weight_grad(const Convolution& geometry, int threads);

// A product of a[*B, M, K] with b[*B, K, N] (stored transposed where said so) to y[*B, M, N]. The leading dimensions
// of b are those of a, or ones.
struct Product {
  DType dtype;
  std::vector<std::int64_t> batch, b_batch;
  std::int64_t m, k, n;
  bool transpose_a, transpose_b;
};

// y = activation(a b + bias); inputs a, b and, if asked for, bias[N].
std::unique_ptr<Kernel> product(const Product& geometry, bool with_bias, Activation activation, int threads);

}  // namespace bigdl::onednn
