// batch_norm and batch_norm_grad: statistics of every channel (last axis) over all other axes.
#include <cmath>

#include "norm.hpp"

namespace bigdl {

namespace {

using norm::kBlockRows;
using norm::Rows;
using norm::Sums;

// `first` becomes the mean of these rows, `second` the sum of squared distances from it.
template <class S>
BIGDL_CLONES void moments(const S* __restrict x, std::int64_t rows, std::int64_t c, const Sums<Wide<S>>& sums) {
  using W = Wide<S>;
  W* __restrict mean = sums.block_first;
  W* __restrict spread = sums.block_second;
  for (std::int64_t begin = 0; begin < rows; begin += kBlockRows) {
    const std::int64_t n = std::min(rows - begin, kBlockRows);
    const S* block = x + begin * c;
    std::fill_n(mean, c, W{0});
    for (std::int64_t r = 0; r < n; ++r) {
      for (std::int64_t i = 0; i < c; ++i) mean[i] += widen(block[r * c + i]);
    }
    const W share = W{1} / static_cast<W>(n);
    for (std::int64_t i = 0; i < c; ++i) mean[i] *= share;
    std::fill_n(spread, c, W{0});
    for (std::int64_t r = 0; r < n; ++r) {
      for (std::int64_t i = 0; i < c; ++i) {
        const W distance = widen(block[r * c + i]) - mean[i];
        spread[i] += distance * distance;
      }
    }
    const double before = static_cast<double>(begin), added = static_cast<double>(n), both = before + added;
    for (std::int64_t i = 0; i < c; ++i) {
      const double step = static_cast<double>(mean[i]) - sums.first[i];
      sums.first[i] += step * (added / both);
      sums.second[i] += static_cast<double>(spread[i]) + step * step * (before * added / both);
    }
  }
}

template <class S>
BIGDL_CLONES void scale_and_shift(const S* __restrict x, std::int64_t rows, std::int64_t c,
                                  const Wide<S>* __restrict mean, const Wide<S>* __restrict scale,
                                  const S* __restrict beta, S* __restrict y) {
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t i = 0; i < c; ++i) {
      y[r * c + i] = narrow<S>((widen(x[r * c + i]) - mean[i]) * scale[i] + widen(beta[i]));
    }
  }
}

// `first` becomes the sum of g, `second` the sum of g (x - mean).
template <class S>
BIGDL_CLONES void gradient_sums(const S* __restrict g, const S* __restrict x, std::int64_t rows, std::int64_t c,
                                const S* __restrict mean, const Sums<Wide<S>>& sums) {
  using W = Wide<S>;
  W* __restrict plain = sums.block_first;
  W* __restrict weighted = sums.block_second;
  for (std::int64_t begin = 0; begin < rows; begin += kBlockRows) {
    const std::int64_t end = std::min(rows, begin + kBlockRows);
    std::fill_n(plain, c, W{0});
    std::fill_n(weighted, c, W{0});
    for (std::int64_t r = begin; r < end; ++r) {
      for (std::int64_t i = 0; i < c; ++i) {
        const W slope = widen(g[r * c + i]);
        plain[i] += slope;
        weighted[i] += slope * (widen(x[r * c + i]) - widen(mean[i]));
      }
    }
    for (std::int64_t i = 0; i < c; ++i) {
      sums.first[i] += static_cast<double>(plain[i]);
      sums.second[i] += static_cast<double>(weighted[i]);
    }
  }
}

// dx = scale g + tilt (x - mean) + shift, channel by channel.
template <class S>
BIGDL_CLONES void combine(const S* __restrict g, const S* __restrict x, std::int64_t rows, std::int64_t c,
                          const S* __restrict mean, const Wide<S>* __restrict scale, const Wide<S>* __restrict tilt,
                          const Wide<S>* __restrict shift, S* __restrict dx) {
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t i = 0; i < c; ++i) {
      const auto centred = widen(x[r * c + i]) - widen(mean[i]);
      dx[r * c + i] = narrow<S>(scale[i] * widen(g[r * c + i]) + (tilt[i] * centred + shift[i]));
    }
  }
}

template <class S>
class BatchNorm final : public Kernel {
 public:
  using W = Wide<S>;
  BatchNorm(const Rows& rows, double epsilon) : rows_(rows), epsilon_(epsilon) {}

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(rows_.team) * Sums<W>::bytes(rows_.channels) +
           2 * static_cast<std::size_t>(rows_.channels) * sizeof(W);
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const std::int64_t c = rows_.channels;
    const auto* x = static_cast<const S*>(inputs[0]);
    const auto* gamma = static_cast<const S*>(inputs[1]);
    const auto* beta = static_cast<const S*>(inputs[2]);
    auto* y = static_cast<S*>(outputs[0]);
    auto* mean = reinterpret_cast<W*>(context.scratch + static_cast<std::size_t>(rows_.team) * Sums<W>::bytes(c));
    auto* scale = mean + c;
    const int team = std::min(rows_.team, context.threads);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const int index = omp_get_thread_num(), threads = omp_get_num_threads();
      const Share share(rows_.count, index, threads);
      const std::int64_t first = share.begin * c, rows = share.end - share.begin;
      const Sums<W> sums(context.scratch, index, c);
      sums.clear(c);
      moments(x + first, rows, c, sums);
#pragma omp barrier
#pragma omp single
      {
        merge(context.scratch, threads);
        const Sums<W> all(context.scratch, 0, c);
        for (std::int64_t i = 0; i < c; ++i) {
          const double variance = all.second[i] / static_cast<double>(rows_.count);
          mean[i] = static_cast<W>(all.first[i]);
          scale[i] = static_cast<W>(static_cast<double>(widen(gamma[i])) / std::sqrt(variance + epsilon_));
          static_cast<S*>(outputs[1])[i] = narrow<S>(mean[i]);
          static_cast<S*>(outputs[2])[i] = narrow<S>(static_cast<W>(variance));
        }
      }
      scale_and_shift(x + first, rows, c, mean, scale, beta, y + first);
    }
  }

 private:
  // Into the sums of thread 0: the moments of its rows and those of the next thread's make those of both.
  void merge(std::byte* shared, int threads) const {
    const Sums<W> all(shared, 0, rows_.channels);
    for (int index = 1; index < threads; ++index) {
      const Sums<W> part(shared, index, rows_.channels);
      const Share share(rows_.count, index, threads);
      const auto before = static_cast<double>(share.begin), added = static_cast<double>(share.end - share.begin);
      for (std::int64_t i = 0; i < rows_.channels; ++i) {
        const double step = part.first[i] - all.first[i];
        all.first[i] += step * (added / (before + added));
        all.second[i] += part.second[i] + step * step * (before * added / (before + added));
      }
    }
  }

  Rows rows_;
  double epsilon_;
};

template <class S>
class BatchNormGrad final : public Kernel {
 public:
  using W = Wide<S>;
  BatchNormGrad(const Rows& rows, double epsilon) : rows_(rows), epsilon_(epsilon) {}

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(rows_.team) * Sums<W>::bytes(rows_.channels) +
           3 * static_cast<std::size_t>(rows_.channels) * sizeof(W);
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const std::int64_t c = rows_.channels;
    const auto* g = static_cast<const S*>(inputs[0]);
    const auto* x = static_cast<const S*>(inputs[1]);
    const auto* mean = static_cast<const S*>(inputs[2]);
    const auto* variance = static_cast<const S*>(inputs[3]);
    const auto* gamma = static_cast<const S*>(inputs[4]);
    auto* dx = static_cast<S*>(outputs[0]);
    auto* scale = reinterpret_cast<W*>(context.scratch + static_cast<std::size_t>(rows_.team) * Sums<W>::bytes(c));
    auto* tilt = scale + c;
    auto* shift = tilt + c;
    const int team = std::min(rows_.team, context.threads);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const int index = omp_get_thread_num(), threads = omp_get_num_threads();
      const Share share(rows_.count, index, threads);
      const std::int64_t first = share.begin * c, rows = share.end - share.begin;
      const Sums<W> sums(context.scratch, index, c);
      sums.clear(c);
      gradient_sums(g + first, x + first, rows, c, mean, sums);
#pragma omp barrier
#pragma omp single
      for (std::int64_t i = 0; i < c; ++i) {
        const auto [plain, weighted] = norm::total<W>(context.scratch, threads, c, i);
        const double rstd = 1 / std::sqrt(static_cast<double>(widen(variance[i])) + epsilon_);
        const double slope = static_cast<double>(widen(gamma[i])) * rstd, count = static_cast<double>(rows_.count);
        scale[i] = static_cast<W>(slope);
        tilt[i] = static_cast<W>(-slope * rstd * rstd * weighted / count);
        shift[i] = static_cast<W>(-slope * plain / count);
        static_cast<S*>(outputs[1])[i] = narrow<S>(static_cast<W>(weighted * rstd));
        static_cast<S*>(outputs[2])[i] = narrow<S>(static_cast<W>(plain));
      }
      combine(g + first, x + first, rows, c, mean, scale, tilt, shift, dx + first);
    }
  }

 private:
  Rows rows_;
  double epsilon_;
};

std::unique_ptr<Kernel> make_batch_norm(const std::vector<Operand>& inputs, const std::vector<Operand>&,
                                        const Attrs& attrs, int threads) {
  if (inputs[0].size() == 0) return nullptr;
  return norm::made_for<BatchNorm>(inputs[0], Rows(inputs[0], threads), attrs.real("epsilon"));
}

std::unique_ptr<Kernel> make_batch_norm_grad(const std::vector<Operand>& inputs, const std::vector<Operand>&,
                                             const Attrs& attrs, int threads) {
  if (inputs[0].size() == 0) return nullptr;
  return norm::made_for<BatchNormGrad>(inputs[0], Rows(inputs[0], threads), attrs.real("epsilon"));
}

BIGDL_KERNEL("batch_norm", make_batch_norm);
BIGDL_KERNEL("batch_norm_grad", make_batch_norm_grad);

}  // namespace

}  // namespace bigdl
