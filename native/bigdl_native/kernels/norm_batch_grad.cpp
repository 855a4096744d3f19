// batch_norm_grad and batch_norm_act_grad: the gradients of x, gamma and beta. What a rectifier passed on is found by
// normalizing x again, which is cheaper than reading what it gave.
#include "norm_batch.hpp"

namespace bigdl {

namespace {

using norm::Rectifier;
using norm::TeamSums;
using norm::WideRows;

// What both passes know of the channels, repeated along a wide row.
template <class W>
struct Channels {
  const W *mean, *scale, *beta;
};

// `plain` becomes the sum of g, `weighted` the sum of g (x - mean), over the rows in `share`.
template <Rectifier rectifier, class S>
BIGDL_CLONES void gradient_sums(const WideRows& rows, const S* __restrict g, const S* __restrict x, const Share& share,
                                const Channels<Wide<S>>& channels, double* __restrict plain,
                                double* __restrict weighted, Wide<S>* __restrict block_plain,
                                Wide<S>* __restrict block_weighted) {
  using W = Wide<S>;
  const std::int64_t c = rows.channels;
  const W* __restrict mean = channels.mean;
  const W* __restrict scale = channels.scale;
  const W* __restrict beta = channels.beta;
  std::fill_n(plain, c, 0.0);
  std::fill_n(weighted, c, 0.0);
  for (std::int64_t begin = share.begin; begin < share.end; begin += rows.block()) {
    std::fill_n(block_plain, rows.wide, W{0});
    std::fill_n(block_weighted, rows.wide, W{0});
    rows.each(begin, std::min(share.end, begin + rows.block()), [&](std::int64_t at, std::int64_t n) BIGDL_BODY {
      for (std::int64_t i = 0; i < n; ++i) {
        const W value = widen(x[at + i]);
        const W slope =
            norm::passed<rectifier>(widen(g[at + i]), norm::normalized(value, mean[i], scale[i], beta[i]));
        block_plain[i] += slope;
        block_weighted[i] += slope * (value - mean[i]);
      }
    });
    rows.fold(block_plain);
    rows.fold(block_weighted);
    for (std::int64_t i = 0; i < c; ++i) {
      plain[i] += static_cast<double>(block_plain[i]);
      weighted[i] += static_cast<double>(block_weighted[i]);
    }
  }
}

// dx = scale g + tilt (x - mean) + shift, channel by channel; `dx` may be the memory of `g`.
template <Rectifier rectifier, class S>
BIGDL_CLONES void combine(const WideRows& rows, const S* g, const S* __restrict x, const Share& share,
                          const Channels<Wide<S>>& channels, const Wide<S>* __restrict tilt,
                          const Wide<S>* __restrict shift, S* dx) {
  using W = Wide<S>;
  const W* __restrict mean = channels.mean;
  const W* __restrict scale = channels.scale;
  const W* __restrict beta = channels.beta;
  rows.each_backwards(share, [&](std::int64_t at, std::int64_t n) BIGDL_BODY {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < n; ++i) {
      const W value = widen(x[at + i]);
      const W slope = norm::passed<rectifier>(widen(g[at + i]), norm::normalized(value, mean[i], scale[i], beta[i]));
      dx[at + i] = narrow<S>(scale[i] * slope + (tilt[i] * (value - mean[i]) + shift[i]));
    }
  });
}

template <class S, class P, Rectifier rectifier>
class BatchNormGrad final : public Kernel {
 public:
  using W = Wide<S>;
  BatchNormGrad(const WideRows& rows, double epsilon) : rows_(rows), sums_(rows, 5), epsilon_(epsilon) {}

  std::size_t scratch_bytes() const override { return sums_.bytes(); }

  int in_place(int output) const override { return output == 0 ? 0 : -1; }

  // Inputs g, x, mean, variance, gamma and, behind a rectifier, beta.
  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const std::int64_t c = rows_.channels;
    const auto* g = static_cast<const S*>(inputs[0]);
    const auto* x = static_cast<const S*>(inputs[1]);
    const auto parameter = [&](int input, std::int64_t i) { return widen(static_cast<const P*>(inputs[input])[i]); };
    std::byte* scratch = context.scratch;
    W *mean = sums_.shared(scratch, 0), *scale = sums_.shared(scratch, 1), *beta = sums_.shared(scratch, 2);
    W *tilt = sums_.shared(scratch, 3), *shift = sums_.shared(scratch, 4);
    for (std::int64_t i = 0; i < c; ++i) {
      mean[i] = parameter(2, i);
      scale[i] = norm::scale_of<W>(parameter(4, i), parameter(3, i), epsilon_);
      beta[i] = rectifier == Rectifier::none ? W{0} : parameter(5, i);
    }
    for (W* values : {mean, scale, beta}) rows_.spread(values);
    const Channels<W> channels{mean, scale, beta};
    const int team = std::min(rows_.team, context.threads);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const int index = omp_get_thread_num(), threads = omp_get_num_threads();
      const Share share(rows_.count, index, threads);
      gradient_sums<rectifier>(rows_, g, x, share, channels, sums_.first(scratch, index), sums_.second(scratch, index),
                               sums_.partial_first(scratch, index), sums_.partial_second(scratch, index));
#pragma omp barrier
#pragma omp single
      {
        for (std::int64_t i = 0; i < c; ++i) {
          double plain = 0, weighted = 0;
          for (int thread = 0; thread < threads; ++thread) {
            plain += sums_.first(scratch, thread)[i];
            weighted += sums_.second(scratch, thread)[i];
          }
          const double rstd = 1 / std::sqrt(static_cast<double>(parameter(3, i)) + epsilon_);
          const double slope = static_cast<double>(parameter(4, i)) * rstd, count = static_cast<double>(rows_.count);
          tilt[i] = static_cast<W>(-slope * rstd * rstd * weighted / count);
          shift[i] = static_cast<W>(-slope * plain / count);
          static_cast<P*>(outputs[1])[i] = narrow<P>(static_cast<W>(weighted * rstd));
          static_cast<P*>(outputs[2])[i] = narrow<P>(static_cast<W>(plain));
        }
        for (W* values : {tilt, shift}) rows_.spread(values);
      }
      combine<rectifier>(rows_, g, x, share, channels, tilt, shift, static_cast<S*>(outputs[0]));
    }
  }

 private:
  WideRows rows_;
  TeamSums<W> sums_;
  double epsilon_;
};

std::unique_ptr<Kernel> make_batch_norm_grad(const std::vector<Operand>& inputs, const std::vector<Operand>&,
                                             const Attrs& attrs, int threads) {
  const Operand& x = inputs[1];
  if (x.size() == 0) return nullptr;
  return norm::made_for<BatchNormGrad>(norm::rectifier_of(attrs), x.dtype, inputs[2].dtype, WideRows(x, threads),
                                       attrs.real("epsilon"));
}

BIGDL_KERNEL("batch_norm_grad", make_batch_norm_grad);
BIGDL_KERNEL("batch_norm_act_grad", make_batch_norm_grad);

}  // namespace

}  // namespace bigdl
