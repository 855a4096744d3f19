// softmax, log_softmax and sparse_softmax_cross_entropy over the last axis.
#include <algorithm>
#include <cmath>
#include <limits>

#include "../kernel.hpp"
#include "../threads.hpp"
#include "wide.hpp"

namespace bigdl {

namespace {

BIGDL_INLINE float exponential(float x) { return vector_math::exp(x); }
BIGDL_INLINE double exponential(double x) { return std::exp(x); }

template <class W>
struct RowSummary {
  W maximum, sum;  // the sum is of exp(x - maximum)
};

// exp(x - max x) of one row into `powers`.
template <class S>
BIGDL_INLINE RowSummary<Wide<S>> exponentials(const S* __restrict x, std::int64_t c, Wide<S>* __restrict powers) {
  using W = Wide<S>;
  W maximum = -std::numeric_limits<W>::infinity(), sum = 0;
#pragma omp simd reduction(max : maximum)
  for (std::int64_t i = 0; i < c; ++i) {
    const W value = widen(x[i]);
    maximum = value > maximum ? value : maximum;  // as std::max it would stay scalar code
  }
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < c; ++i) {
    powers[i] = exponential(widen(x[i]) - maximum);
    sum += powers[i];
  }
  return {maximum, sum};
}

template <class S>
BIGDL_CLONES void softmax_rows(const S* __restrict x, std::int64_t rows, std::int64_t c, S* __restrict y,
                               Wide<S>* __restrict powers) {
  for (std::int64_t r = 0; r < rows; ++r, x += c, y += c) {
    const auto scale = 1 / exponentials(x, c, powers).sum;
    for (std::int64_t i = 0; i < c; ++i) y[i] = narrow<S>(powers[i] * scale);
  }
}

template <class S>
BIGDL_CLONES void log_softmax_rows(const S* __restrict x, std::int64_t rows, std::int64_t c, S* __restrict y,
                                   Wide<S>* __restrict powers) {
  for (std::int64_t r = 0; r < rows; ++r, x += c, y += c) {
    const auto row = exponentials(x, c, powers);
    const auto log_sum = std::log(row.sum);
    for (std::int64_t i = 0; i < c; ++i) y[i] = narrow<S>(widen(x[i]) - row.maximum - log_sum);
  }
}

// A negative label counts from the end, as in NumPy; one out of range has no loss: NaN shows it.
template <class S, class Label>
BIGDL_CLONES void cross_entropy_rows(const S* __restrict x, const Label* __restrict labels, std::int64_t rows,
                                     std::int64_t c, S* __restrict loss, S* __restrict probs,
                                     Wide<S>* __restrict powers) {
  using W = Wide<S>;
  for (std::int64_t r = 0; r < rows; ++r, x += c, probs += c) {
    const auto row = exponentials(x, c, powers);
    const W scale = 1 / row.sum;
    for (std::int64_t i = 0; i < c; ++i) probs[i] = narrow<S>(powers[i] * scale);
    const std::int64_t label = labels[r] < 0 ? labels[r] + c : labels[r];
    const bool known = label >= 0 && label < c;
    loss[r] = narrow<S>(known ? std::log(row.sum) - (widen(x[label]) - row.maximum)
                              : std::numeric_limits<W>::quiet_NaN());
  }
}

enum class Operation { softmax, log_softmax, cross_entropy };

template <class S, Operation operation, class Label = std::int32_t>
class Softmax final : public Kernel {
 public:
  using W = Wide<S>;
  Softmax(const Operand& x, int threads)
      : channels_(x.shape.back()), rows_(x.size() / channels_) {
    constexpr std::int64_t kWorkPerElement = 6;
    team_ = static_cast<int>(std::min<std::int64_t>(rows_, team_for(x.size() * kWorkPerElement, threads)));
    row_bytes_ = (static_cast<std::size_t>(channels_) * sizeof(W) + 63) / 64 * 64;
  }

  std::size_t scratch_bytes() const override { return static_cast<std::size_t>(team_) * row_bytes_; }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const auto* x = static_cast<const S*>(inputs[0]);
    const int team = std::min(team_, context.threads);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const int index = omp_get_thread_num();
      const Share share(rows_, index, omp_get_num_threads());
      const std::int64_t first = share.begin * channels_, rows = share.end - share.begin;
      auto* powers = reinterpret_cast<W*>(context.scratch + static_cast<std::size_t>(index) * row_bytes_);
      if constexpr (operation == Operation::softmax) {
        softmax_rows(x + first, rows, channels_, static_cast<S*>(outputs[0]) + first, powers);
      } else if constexpr (operation == Operation::log_softmax) {
        log_softmax_rows(x + first, rows, channels_, static_cast<S*>(outputs[0]) + first, powers);
      } else {
        cross_entropy_rows(x + first, static_cast<const Label*>(inputs[1]) + share.begin, rows, channels_,
                           static_cast<S*>(outputs[0]) + share.begin, static_cast<S*>(outputs[1]) + first, powers);
      }
    }
  }

 private:
  std::int64_t channels_, rows_;
  int team_;
  std::size_t row_bytes_;
};

template <Operation operation, class Label = std::int32_t>
std::unique_ptr<Kernel> made_for(const Operand& x, int threads) {
  if (x.rank() == 0 || x.size() == 0) return nullptr;
  switch (x.dtype) {
    case DType::f32: return std::make_unique<Softmax<float, operation, Label>>(x, threads);
    case DType::f64: return std::make_unique<Softmax<double, operation, Label>>(x, threads);
    case DType::bf16: return std::make_unique<Softmax<BFloat16, operation, Label>>(x, threads);
    case DType::f16: return std::make_unique<Softmax<Float16, operation, Label>>(x, threads);
    default: return nullptr;
  }
}

template <Operation operation>
std::unique_ptr<Kernel> make(const std::vector<Operand>& inputs, const std::vector<Operand>&, const Attrs&,
                             int threads) {
  return made_for<operation>(inputs[0], threads);
}

std::unique_ptr<Kernel> make_cross_entropy(const std::vector<Operand>& inputs, const std::vector<Operand>&,
                                           const Attrs&, int threads) {
  switch (inputs[1].dtype) {
    case DType::i32: return made_for<Operation::cross_entropy, std::int32_t>(inputs[0], threads);
    case DType::i64: return made_for<Operation::cross_entropy, std::int64_t>(inputs[0], threads);
    default: return nullptr;
  }
}

BIGDL_KERNEL("softmax", make<Operation::softmax>);
BIGDL_KERNEL("log_softmax", make<Operation::log_softmax>);
BIGDL_KERNEL("sparse_softmax_cross_entropy", make_cross_entropy);

}  // namespace

}  // namespace bigdl
