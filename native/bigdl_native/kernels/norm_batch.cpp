// batch_norm and batch_norm_act: statistics of every channel (last axis) over all other axes, then
// y = rectifier((x - mean) * gamma / sqrt(variance + epsilon) + beta [+ addend]).
#include "norm_batch.hpp"

namespace bigdl {

namespace {

using norm::Rectifier;
using norm::TeamSums;
using norm::WideRows;

// Mean and sum of squared distances from it, of the rows in `share`, one pass over them. A block sums distances from
// the mean so far (the first block: from its first row), which keeps what is squared small.
template <class S>
BIGDL_CLONES void moments(const WideRows& rows, const S* __restrict x, const Share& share, double* __restrict mean,
                          double* __restrict squares, Wide<S>* __restrict distance, Wide<S>* __restrict square,
                          Wide<S>* __restrict origin) {
  using W = Wide<S>;
  const std::int64_t c = rows.channels;
  for (std::int64_t i = 0; i < c; ++i) mean[i] = static_cast<double>(widen(x[share.begin * c + i]));
  std::fill_n(squares, c, 0.0);
  for (std::int64_t begin = share.begin; begin < share.end; begin += rows.block()) {
    const std::int64_t end = std::min(share.end, begin + rows.block());
    for (std::int64_t i = 0; i < c; ++i) origin[i] = static_cast<W>(mean[i]);
    rows.spread(origin);
    std::fill_n(distance, rows.wide, W{0});
    std::fill_n(square, rows.wide, W{0});
    rows.each(begin, end, [&](std::int64_t at, std::int64_t n) BIGDL_BODY {
      for (std::int64_t i = 0; i < n; ++i) {
        const W step = widen(x[at + i]) - origin[i];
        distance[i] += step;
        square[i] += step * step;
      }
    });
    rows.fold(distance);
    rows.fold(square);
    const auto before = static_cast<double>(begin - share.begin), added = static_cast<double>(end - begin);
    const double share_of_block = added / (before + added), weight = before * share_of_block, part = 1 / added;
    for (std::int64_t i = 0; i < c; ++i) {
      const double inside = static_cast<double>(distance[i]) * part;
      const double step = static_cast<double>(origin[i]) + inside - mean[i];
      squares[i] += static_cast<double>(square[i]) - static_cast<double>(distance[i]) * inside + step * step * weight;
      mean[i] += step * share_of_block;
    }
  }
}

// `y` may be the memory of `addend`.
template <Rectifier rectifier, class S>
BIGDL_CLONES void normalize(const WideRows& rows, const S* __restrict x, const Share& share,
                            const Wide<S>* __restrict mean, const Wide<S>* __restrict scale,
                            const Wide<S>* __restrict beta, const S* addend, S* y) {
  rows.each_backwards(share, [&](std::int64_t at, std::int64_t n) BIGDL_BODY {
    if (addend == nullptr) {
#pragma GCC ivdep
      for (std::int64_t i = 0; i < n; ++i) {
        const auto value = norm::normalized(widen(x[at + i]), mean[i], scale[i], beta[i]);
        y[at + i] = narrow<S>(norm::rectified<rectifier>(value));
      }
    } else {
#pragma GCC ivdep
      for (std::int64_t i = 0; i < n; ++i) {
        const auto value = norm::normalized(widen(x[at + i]), mean[i], scale[i], beta[i]);
        y[at + i] = narrow<S>(norm::rectified<rectifier>(value + widen(addend[at + i])));
      }
    }
  });
}

template <class S, class P, Rectifier rectifier>
class BatchNorm final : public Kernel {
 public:
  using W = Wide<S>;
  BatchNorm(const WideRows& rows, double epsilon, bool with_addend)
      : rows_(rows), sums_(rows, 3), epsilon_(epsilon), with_addend_(with_addend) {}

  std::size_t scratch_bytes() const override {
    return sums_.bytes() + static_cast<std::size_t>(rows_.team * rows_.wide) * sizeof(W);
  }

  int in_place(int output) const override { return output == 0 && with_addend_ ? 3 : -1; }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const std::int64_t c = rows_.channels;
    const auto* x = static_cast<const S*>(inputs[0]);
    const auto* gamma = static_cast<const P*>(inputs[1]);
    const auto* given_beta = static_cast<const P*>(inputs[2]);
    const auto* addend = with_addend_ ? static_cast<const S*>(inputs[3]) : nullptr;
    auto* y = static_cast<S*>(outputs[0]);
    std::byte* scratch = context.scratch;
    W *mean = sums_.shared(scratch, 0), *scale = sums_.shared(scratch, 1), *beta = sums_.shared(scratch, 2);
    W* origins = sums_.shared(scratch, 3);  // a wide row for every thread
    const int team = std::min(rows_.team, context.threads);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const int index = omp_get_thread_num(), threads = omp_get_num_threads();
      const Share share(rows_.count, index, threads);
      moments(rows_, x, share, sums_.first(scratch, index), sums_.second(scratch, index),
              sums_.partial_first(scratch, index), sums_.partial_second(scratch, index), origins + index * rows_.wide);
#pragma omp barrier
#pragma omp single
      {
        merge(scratch, threads);
        const double *all_mean = sums_.first(scratch, 0), *all_squares = sums_.second(scratch, 0);
        for (std::int64_t i = 0; i < c; ++i) {
          const auto variance = static_cast<W>(std::max(0.0, all_squares[i]) / static_cast<double>(rows_.count));
          mean[i] = static_cast<W>(all_mean[i]);
          scale[i] = norm::scale_of<W>(widen(gamma[i]), variance, epsilon_);
          beta[i] = widen(given_beta[i]);
          static_cast<P*>(outputs[1])[i] = narrow<P>(mean[i]);
          static_cast<P*>(outputs[2])[i] = narrow<P>(variance);
        }
        for (W* values : {mean, scale, beta}) rows_.spread(values);
      }
      normalize<rectifier>(rows_, x, share, mean, scale, beta, addend, y);
    }
  }

 private:
  // Into the sums of thread 0: the moments of its rows and those of the next thread's make those of both.
  void merge(std::byte* scratch, int threads) const {
    double *mean = sums_.first(scratch, 0), *squares = sums_.second(scratch, 0);
    for (int index = 1; index < threads; ++index) {
      const double *other_mean = sums_.first(scratch, index), *other_squares = sums_.second(scratch, index);
      const Share share(rows_.count, index, threads);
      const auto before = static_cast<double>(share.begin), added = static_cast<double>(share.end - share.begin);
      for (std::int64_t i = 0; i < rows_.channels; ++i) {
        const double step = other_mean[i] - mean[i];
        mean[i] += step * (added / (before + added));
        squares[i] += other_squares[i] + step * step * (before * added / (before + added));
      }
    }
  }

  WideRows rows_;
  TeamSums<W> sums_;
  double epsilon_;
  bool with_addend_;
};

std::unique_ptr<Kernel> make_batch_norm(const std::vector<Operand>& inputs, const std::vector<Operand>&,
                                        const Attrs& attrs, int threads) {
  const Operand& x = inputs[0];
  if (x.size() == 0) return nullptr;
  return norm::made_for<BatchNorm>(norm::rectifier_of(attrs), x.dtype, inputs[1].dtype, WideRows(x, threads),
                                   attrs.real("epsilon"), inputs.size() > 3);
}

BIGDL_KERNEL("batch_norm", make_batch_norm);
BIGDL_KERNEL("batch_norm_act", make_batch_norm);

}  // namespace

}  // namespace bigdl
