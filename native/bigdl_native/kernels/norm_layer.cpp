// layer_norm and layer_norm_grad: statistics of every row over the last axis.
#include <cmath>

#include "norm.hpp"

namespace bigdl {

namespace {

using norm::kBlockRows;
using norm::Rows;
using norm::Sums;

template <class S>
BIGDL_CLONES void normalize(const S* __restrict x, std::int64_t rows, std::int64_t c, const S* __restrict gamma,
                            const S* __restrict beta, Wide<S> epsilon, S* __restrict y, S* __restrict means,
                            S* __restrict rstds) {
  using W = Wide<S>;
  const W share = W{1} / static_cast<W>(c);
  for (std::int64_t r = 0; r < rows; ++r, x += c, y += c) {
    W sum = 0, spread = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < c; ++i) sum += widen(x[i]);
    const W mean = sum * share;
#pragma omp simd reduction(+ : spread)
    for (std::int64_t i = 0; i < c; ++i) spread += (widen(x[i]) - mean) * (widen(x[i]) - mean);
    const W rstd = W{1} / std::sqrt(spread * share + epsilon);
    for (std::int64_t i = 0; i < c; ++i) {
      y[i] = narrow<S>((widen(x[i]) - mean) * rstd * widen(gamma[i]) + widen(beta[i]));
    }
    means[r] = narrow<S>(mean);
    rstds[r] = narrow<S>(rstd);
  }
}

// dx of these rows; `first` becomes the sum of g times the normalized x, `second` that of g.
template <class S>
BIGDL_CLONES void normalize_grad(const S* __restrict g, const S* __restrict x, std::int64_t rows, std::int64_t c,
                                 const S* __restrict means, const S* __restrict rstds, const S* __restrict gamma,
                                 S* __restrict dx, const Sums<Wide<S>>& sums) {
  using W = Wide<S>;
  W* __restrict weighted = sums.block_first;
  W* __restrict plain = sums.block_second;
  const W share = W{1} / static_cast<W>(c);
  for (std::int64_t begin = 0; begin < rows; begin += kBlockRows) {
    const std::int64_t end = std::min(rows, begin + kBlockRows);
    std::fill_n(weighted, c, W{0});
    std::fill_n(plain, c, W{0});
    for (std::int64_t r = begin; r < end; ++r, g += c, x += c, dx += c) {
      const W mean = widen(means[r]), rstd = widen(rstds[r]);
      W centre = 0, tilt = 0;
#pragma omp simd reduction(+ : centre, tilt)
      for (std::int64_t i = 0; i < c; ++i) {
        const W slope = widen(g[i]), normal = (widen(x[i]) - mean) * rstd;
        centre += slope * widen(gamma[i]);
        tilt += slope * widen(gamma[i]) * normal;
        weighted[i] += slope * normal;
        plain[i] += slope;
      }
      centre *= share;
      tilt *= share;
      for (std::int64_t i = 0; i < c; ++i) {
        const W normal = (widen(x[i]) - mean) * rstd;
        dx[i] = narrow<S>(rstd * (widen(g[i]) * widen(gamma[i]) - centre - normal * tilt));
      }
    }
    for (std::int64_t i = 0; i < c; ++i) {
      sums.first[i] += static_cast<double>(weighted[i]);
      sums.second[i] += static_cast<double>(plain[i]);
    }
  }
}

template <class S>
class LayerNorm final : public Kernel {
 public:
  LayerNorm(const Rows& rows, double epsilon) : rows_(rows), epsilon_(epsilon) {}

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const std::int64_t c = rows_.channels;
    const auto* x = static_cast<const S*>(inputs[0]);
    const auto* gamma = static_cast<const S*>(inputs[1]);
    const auto* beta = static_cast<const S*>(inputs[2]);
    auto* y = static_cast<S*>(outputs[0]);
    auto* means = static_cast<S*>(outputs[1]);
    auto* rstds = static_cast<S*>(outputs[2]);
    const int team = std::min(rows_.team, context.threads);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const Share share(rows_.count, omp_get_thread_num(), omp_get_num_threads());
      normalize(x + share.begin * c, share.end - share.begin, c, gamma, beta, static_cast<Wide<S>>(epsilon_),
                y + share.begin * c, means + share.begin, rstds + share.begin);
    }
  }

 private:
  Rows rows_;
  double epsilon_;
};

template <class S>
class LayerNormGrad final : public Kernel {
 public:
  using W = Wide<S>;
  explicit LayerNormGrad(const Rows& rows) : rows_(rows) {}

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(rows_.team) * Sums<W>::bytes(rows_.channels);
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const std::int64_t c = rows_.channels;
    const auto* g = static_cast<const S*>(inputs[0]);
    const auto* x = static_cast<const S*>(inputs[1]);
    const auto* means = static_cast<const S*>(inputs[2]);
    const auto* rstds = static_cast<const S*>(inputs[3]);
    const auto* gamma = static_cast<const S*>(inputs[4]);
    auto* dx = static_cast<S*>(outputs[0]);
    const int team = std::min(rows_.team, context.threads);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const int index = omp_get_thread_num(), threads = omp_get_num_threads();
      const Share share(rows_.count, index, threads);
      const std::int64_t first = share.begin * c;
      const Sums<W> sums(context.scratch, index, c);
      sums.clear(c);
      normalize_grad(g + first, x + first, share.end - share.begin, c, means + share.begin, rstds + share.begin,
                     gamma, dx + first, sums);
#pragma omp barrier
#pragma omp single
      for (std::int64_t i = 0; i < c; ++i) {
        const auto [weighted, plain] = norm::total<W>(context.scratch, threads, c, i);
        static_cast<S*>(outputs[1])[i] = narrow<S>(static_cast<W>(weighted));
        static_cast<S*>(outputs[2])[i] = narrow<S>(static_cast<W>(plain));
      }
    }
  }

 private:
  Rows rows_;
};

std::unique_ptr<Kernel> make_layer_norm(const std::vector<Operand>& inputs, const std::vector<Operand>&,
                                        const Attrs& attrs, int threads) {
  if (inputs[0].size() == 0) return nullptr;
  return norm::made_for<LayerNorm>(inputs[0], Rows(inputs[0], threads), attrs.real("epsilon"));
}

std::unique_ptr<Kernel> make_layer_norm_grad(const std::vector<Operand>& inputs, const std::vector<Operand>&,
                                             const Attrs&, int threads) {
  if (inputs[0].size() == 0) return nullptr;
  return norm::made_for<LayerNormGrad>(inputs[0], Rows(inputs[0], threads));
}

BIGDL_KERNEL("layer_norm", make_layer_norm);
BIGDL_KERNEL("layer_norm_grad", make_layer_norm_grad);

}  // namespace

}  // namespace bigdl
