// matmul and matmul_bias_act: in float32 on tiles where they pay, else by MKL; in float64 by MKL; in bfloat16 and
// float16 by oneDNN, and in float32 where MKL takes its generic path.
#include <mkl.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "../onednn.hpp"
#include "../threads.hpp"
#include "bias_step.hpp"
#include "matmul_tiles.hpp"

namespace bigdl {

namespace {

using onednn::Activation;

// A stack of products with one matrix on the right becomes one tall product where a's layout allows it.
std::optional<onednn::Product> geometry_of(const Operand& a, const Operand& b, const Operand& y, const Attrs& attrs) {
  if (a.dtype != b.dtype || a.dtype != y.dtype || a.rank() < 2 || b.rank() < 2) return std::nullopt;
  if (a.size() == 0 || b.size() == 0) return std::nullopt;
  const bool transpose_a = attrs.integer("transpose_a") != 0, transpose_b = attrs.integer("transpose_b") != 0;
  onednn::Product geometry{a.dtype, {a.shape.begin(), a.shape.end() - 2}, {b.shape.begin(), b.shape.end() - 2},
                           y.shape[y.rank() - 2], a.shape[a.rank() - (transpose_a ? 2 : 1)], y.shape.back(),
                           transpose_a, transpose_b};
  if (b.rank() == 2 && !transpose_a) {
    for (auto count : geometry.batch) geometry.m *= count;
    geometry.batch.clear();
  }
  geometry.b_batch.resize(geometry.batch.size(), 1);
  return geometry;
}

template <class T>
struct Blas;
template <>
struct Blas<float> {
  static constexpr auto product = cblas_sgemm;
  static constexpr auto products = cblas_sgemm_batch;
};
template <>
struct Blas<double> {
  static constexpr auto product = cblas_dgemm;
  static constexpr auto products = cblas_dgemm_batch;
};

template <class T>
class MklProduct final : public Kernel {
 public:
  // Without a bias step there is no third input.
  MklProduct(const onednn::Product& geometry, BiasStep<T> bias_step)
      : bias_step_(bias_step),
        m_(static_cast<MKL_INT>(geometry.m)),
        n_(static_cast<MKL_INT>(geometry.n)),
        k_(static_cast<MKL_INT>(geometry.k)),
        transpose_a_(geometry.transpose_a ? CblasTrans : CblasNoTrans),
        transpose_b_(geometry.transpose_b ? CblasTrans : CblasNoTrans),
        row_a_(geometry.transpose_a ? m_ : k_),
        row_b_(geometry.transpose_b ? k_ : n_),
        step_b_(geometry.b_batch == geometry.batch ? geometry.k * geometry.n : 0) {
    mkl_set_dynamic(0);  // MKL would otherwise take fewer threads than it is given
    for (auto dim : geometry.batch) count_ *= static_cast<MKL_INT>(dim);
    a_.resize(static_cast<std::size_t>(count_));
    b_.resize(a_.size());
    y_.resize(a_.size());
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    for (std::int64_t i = 0; i < count_; ++i) {
      a_[i] = static_cast<const T*>(inputs[0]) + i * m_ * k_;
      b_[i] = static_cast<const T*>(inputs[1]) + i * step_b_;
      y_[i] = static_cast<T*>(outputs[0]) + i * m_ * n_;
    }
    const T one = 1, zero = 0;
    const std::int64_t work = std::int64_t{count_} * m_ * n_ * k_;
    const int team = team_for_products(work, context.threads);
    const int former = mkl_set_num_threads_local(team);
    if (count_ == 1) {
      Blas<T>::product(CblasRowMajor, transpose_a_, transpose_b_, m_, n_, k_, one, a_[0], row_a_, b_[0], row_b_, zero,
                       y_[0], n_);
    } else {
      Blas<T>::products(CblasRowMajor, &transpose_a_, &transpose_b_, &m_, &n_, &k_, &one, a_.data(), &row_a_,
                        b_.data(), &row_b_, &zero, y_.data(), &n_, 1, &count_);
    }
    mkl_set_num_threads_local(former);
    if (bias_step_) {
#pragma omp parallel num_threads(team) if (team > 1)
      {
        const Share rows(std::int64_t{count_} * m_, omp_get_thread_num(), omp_get_num_threads());
        bias_step_(y_[0] + rows.begin * n_, rows.end - rows.begin, n_, n_, static_cast<const T*>(inputs[2]));
      }
    }
  }

 private:
  BiasStep<T> bias_step_;
  MKL_INT m_, n_, k_, count_ = 1;
  CBLAS_TRANSPOSE transpose_a_, transpose_b_;
  MKL_INT row_a_, row_b_;
  std::int64_t step_b_;  // 0: one matrix b for all
  std::vector<const T*> a_, b_;
  std::vector<T*> y_;
};

std::unique_ptr<Kernel> make(const onednn::Product& geometry, bool with_bias, Activation activation, int threads) {
  // Measured: MKL leads by 0 to 10% (small batches: twofold) on Intel's processors and trails oneDNN by 10 to 20% on
  // others.
  static const bool mkl_is_at_home = __builtin_cpu_is("intel");
  const bool fits = std::max({geometry.m, geometry.k, geometry.n}) <= std::numeric_limits<MKL_INT>::max();
  if (fits && geometry.dtype == DType::f64) {
    return std::make_unique<MklProduct<double>>(geometry, with_bias ? bias_step_of<double>(activation) : nullptr);
  }
  if (fits && geometry.dtype == DType::f32 && mkl_is_at_home) {
    const auto bias_step = with_bias ? bias_step_of<float>(activation) : nullptr;
    return on_tiles(geometry, bias_step, std::make_unique<MklProduct<float>>(geometry, bias_step), threads);
  }
  return onednn::product(geometry, with_bias, activation, threads);
}

std::unique_ptr<Kernel> make_matmul(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                    const Attrs& attrs, int threads) {
  const auto geometry = geometry_of(inputs[0], inputs[1], outputs[0], attrs);
  return geometry ? make(*geometry, false, Activation::none, threads) : nullptr;
}

std::unique_ptr<Kernel> make_matmul_bias_act(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                             const Attrs& attrs, int threads) {
  const auto geometry = geometry_of(inputs[0], inputs[1], outputs[0], attrs);
  const auto activation = onednn::activation_from_name(attrs.text("activation"));
  if (!geometry || !activation || inputs[2].dtype != geometry->dtype) return nullptr;
  return make(*geometry, true, *activation, threads);
}

BIGDL_KERNEL("matmul", make_matmul);
BIGDL_KERNEL("matmul_bias_act", make_matmul_bias_act);

}  // namespace

}  // namespace bigdl
