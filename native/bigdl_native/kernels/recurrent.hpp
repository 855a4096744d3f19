// Matrix products of recurrent kernels, float32, row-major.
//
// Rows of a batch are independent through time: each thread takes some rows through all steps, with products on one
// thread. What all rows share (input products before, weight gradients after) is one large product of the team.
#pragma once

#include <mkl.h>

#include <cstddef>
#include <cstdint>

#include "../kernel.hpp"
#include "../threads.hpp"

namespace bigdl::recurrent {

// A matrix inside a larger one, possibly read transposed.
struct Matrix {
  const float* data;
  std::int64_t stride;  // from row to row as stored
  bool transposed = false;
};

// MKL's threads for the calls of this thread.
class ProductTeam {
 public:
  explicit ProductTeam(int threads) : former_(mkl_set_num_threads_local(threads)) {}
  ~ProductTeam() { mkl_set_num_threads_local(former_); }
  ProductTeam(const ProductTeam&) = delete;
  ProductTeam& operator=(const ProductTeam&) = delete;

 private:
  int former_;
};

// c[m, n] = a[m, k] b[k, n] + beta c
inline void multiply(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix& a, const Matrix& b, float beta,
                     float* c, std::int64_t c_stride) {
  cblas_sgemm(CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans, b.transposed ? CblasTrans : CblasNoTrans, m, n,
              k, 1.0f, a.data, a.stride, b.data, b.stride, beta, c, c_stride);
}

// The right-hand matrix of a product that is repeated at every step, in MKL's own layout. The other operands are
// dense: rows of a sequence that lie far apart cost up to half of the speed.
class PackedMatrix {
 public:
  static std::size_t bytes(std::int64_t m, std::int64_t n, std::int64_t k) {
    return (cblas_sgemm_pack_get_size(CblasBMatrix, m, n, k) + 63) / 64 * 64;
  }

  PackedMatrix(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix& b, std::byte* memory)
      : m_(m), n_(n), k_(k), packed_(reinterpret_cast<float*>(memory)) {
    cblas_sgemm_pack(CblasRowMajor, CblasBMatrix, b.transposed ? CblasTrans : CblasNoTrans, m, n, k, 1.0f, b.data,
                     b.stride, packed_);
  }

  // c[m, n] = a[m, k] b + beta c
  void multiply(const float* a, float* c, float beta = 0.0f) const {
    cblas_sgemm_compute(CblasRowMajor, CblasNoTrans, CblasPacked, m_, n_, k_, a, k_, packed_, n_, beta, c, n_);
  }

 private:
  std::int64_t m_, n_, k_;
  float* packed_;
};

inline std::size_t float_bytes(std::int64_t count) { return static_cast<std::size_t>(count) * sizeof(float); }

struct Sizes {
  std::int64_t batch, steps, inputs, units;

  Sizes(const Operand& x, const Operand& h0)
      : batch(x.shape[0]), steps(x.shape[1]), inputs(x.shape[2]), units(h0.shape[1]) {}

  std::int64_t rows() const { return batch * steps; }
};

// The state before each step: h0, then all states but the last. [batch, steps, units]
inline void states_before(const Sizes& sizes, const float* h0, const float* hs, float* before, int threads) {
  const std::int64_t units = sizes.units, sequence = sizes.steps * units;
#pragma omp parallel for num_threads(threads) if (threads > 1)
  for (std::int64_t n = 0; n < sizes.batch; ++n) {
    float* to = before + n * sequence;
    for (std::int64_t j = 0; j < units; ++j) to[j] = h0[n * units + j];
    for (std::int64_t j = units; j < sequence; ++j) to[j] = hs[n * sequence + j - units];
  }
}

// sums[width] = the sum of all rows of a matrix: by sequence first, so that long sums stay exact.
inline void sum_rows(const Sizes& sizes, const float* matrix, std::int64_t stride, std::int64_t width, float* partial,
                     float* sums) {
  for (std::int64_t j = 0; j < width; ++j) sums[j] = 0.0f;
  for (std::int64_t n = 0; n < sizes.batch; ++n) {
    for (std::int64_t j = 0; j < width; ++j) partial[j] = 0.0f;
    for (std::int64_t t = 0; t < sizes.steps; ++t) {
      const float* row = matrix + (n * sizes.steps + t) * stride;
      for (std::int64_t j = 0; j < width; ++j) partial[j] += row[j];
    }
    for (std::int64_t j = 0; j < width; ++j) sums[j] += partial[j];
  }
}

// Whether all operands are float32, except the mask, and none is empty.
inline bool supported(const std::vector<Operand>& inputs, std::size_t mask) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].dtype != (i == mask ? DType::boolean : DType::f32) || inputs[i].size() == 0) return false;
  }
  return true;
}

}  // namespace bigdl::recurrent
