// Matrix products of recurrent kernels, float32, row-major.
//
// Rows of a batch are independent through time: each thread takes some rows through all steps, with products on one
// thread. What all rows share (input products before, weight gradients after) is one large product of the team.
#pragma once

#include <mkl.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "../kernel.hpp"
#include "../threads.hpp"
#include "tiles.hpp"

namespace bigdl::recurrent {

using tiles::Matrix;

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

// A product of the whole team over all steps, on tiles where they pay.
class LargeProduct {
 public:
  LargeProduct(std::int64_t m, std::int64_t n, std::int64_t k) : m_(m), n_(n), k_(k) {}

  std::size_t scratch_bytes(int threads) const {
    return on_tiles() ? tiles::Product(m_, n_, k_).scratch_bytes() * static_cast<std::size_t>(threads) : 0;
  }

  // c[m, n] = a b
  void run(const Matrix& a, const Matrix& b, float* c, std::int64_t c_stride, int team, std::byte* scratch) const {
    if (on_tiles() && run_on_tiles(a, b, c, c_stride, team, scratch)) return;
    const ProductTeam products(team);
    multiply(m_, n_, k_, a, b, 0.0f, c, c_stride);
  }

 private:
  bool on_tiles() const { return tiles::available() && tiles::Product::pays(m_, n_, k_); }

  bool run_on_tiles(const Matrix& a, const Matrix& b, float* c, std::int64_t c_stride, int team,
                    std::byte* scratch) const {
    const std::size_t thread_bytes = tiles::Product(m_, n_, k_).scratch_bytes();
    bool splits = true;
#pragma omp parallel num_threads(team) if (team > 1) reduction(&& : splits)
    {
      const int index = omp_get_thread_num(), threads = omp_get_num_threads();
      std::byte* memory = scratch + thread_bytes * static_cast<std::size_t>(index);
      const bool by_rows = m_ >= n_;
      const Share share(by_rows ? m_ : n_, index, threads);
      const std::int64_t count = share.end - share.begin;
      if (count > 0 && by_rows) {
        splits = tiles::Product(count, n_, k_).run(a.from(share.begin, 0), b, c + share.begin * c_stride, c_stride, memory);
      } else if (count > 0) {
        splits = tiles::Product(m_, count, k_).run(a, b.from(0, share.begin), c + share.begin, c_stride, memory);
      }
    }
    return splits;
  }

  std::int64_t m_, n_, k_;
};

// The right-hand matrix of a product that is repeated at every step: as tiles, else in MKL's own layout. The other
// operands are dense: rows of a sequence that lie far apart cost up to half of the speed.
class PackedMatrix {
 public:
  static std::size_t bytes(std::int64_t m, std::int64_t n, std::int64_t k) {
    // A team has fewer rows each, and perhaps too few for tiles.
    const std::size_t by_mkl = (cblas_sgemm_pack_get_size(CblasBMatrix, m, n, k) + 63) / 64 * 64;
    return on_tiles(m, n, k) ? std::max(by_mkl, tiles::packed_bytes(n, k) + tiles::packed_bytes(m, k)) : by_mkl;
  }

  PackedMatrix(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix& b, std::byte* memory)
      : m_(m), n_(n), k_(k), b_(b), packed_(memory) {
    if (on_tiles(m, n, k)) {
      use_.emplace();
      splits_ = tiles::pack_right(k, n, b, packed_);
    } else {
      cblas_sgemm_pack(CblasRowMajor, CblasBMatrix, b.transposed ? CblasTrans : CblasNoTrans, m, n, k, 1.0f, b.data,
                       b.stride, reinterpret_cast<float*>(packed_));
    }
  }

  // c[m, n] = a[m, k] b, or += if `adds`.
  void multiply(const float* a, float* c, bool adds = false) const {
    const float beta = adds ? 1.0f : 0.0f;
    if (!use_) {
      cblas_sgemm_compute(CblasRowMajor, CblasNoTrans, CblasPacked, m_, n_, k_, a, k_,
                          reinterpret_cast<const float*>(packed_), n_, beta, c, n_);
      return;
    }
    std::byte* left = packed_ + tiles::packed_bytes(n_, k_);
    if (splits_ && tiles::pack_left(m_, k_, {a, k_}, left)) {
      tiles::multiply(m_, n_, k_, left, packed_, adds, c, n_);
    } else {
      recurrent::multiply(m_, n_, k_, {a, k_}, b_, beta, c, n_);
    }
  }

 private:
  // As Product::pays, but the right operand is packed once for all steps. Measured: small ones are faster by MKL.
  static bool on_tiles(std::int64_t m, std::int64_t n, std::int64_t k) {
    constexpr std::int64_t kFewestRows = 16, kFewestWeights = 32 * 1024;
    return tiles::available() && m >= kFewestRows && n * k >= kFewestWeights;
  }

  std::int64_t m_, n_, k_;
  Matrix b_;
  std::byte* packed_;
  std::optional<tiles::Use> use_;
  bool splits_ = false;
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
