// adam_update(w, m, v, g, alpha; rest_1, rest_2, epsilon) -> (w, m, v), and adam_update_rows(w, m, v, indices, updates,
// alpha; ...) with a gradient that is zero but for some rows, in float32 and in place.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "../kernel.hpp"
#include "../threads.hpp"
#include "clones.hpp"
#include "gather.hpp"

namespace bigdl {

namespace {

struct Rates {
  float alpha, rest_1, rest_2, epsilon;

  explicit Rates(const Attrs& attrs)
      : alpha(0),
        rest_1(static_cast<float>(attrs.real("rest_1"))),
        rest_2(static_cast<float>(attrs.real("rest_2"))),
        epsilon(static_cast<float>(attrs.real("epsilon"))) {}
};

// Operands or results: the weight, the mean of gradients, the mean of their squares.
template <class T>
struct State {
  T *w, *m, *v;
  State<T> from(std::int64_t at) const { return {w + at, m + at, v + at}; }
};

// A result lies apart from all operands or on its own.
BIGDL_CLONES void update(State<const float> old, State<float> made, const float* g, std::int64_t n, Rates rates) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) {
    const float m = old.m[i] + (g[i] - old.m[i]) * rates.rest_1;
    const float v = old.v[i] + (g[i] * g[i] - old.v[i]) * rates.rest_2;
    made.m[i] = m;
    made.v[i] = v;
    made.w[i] = old.w[i] - m * rates.alpha / (std::sqrt(v) + rates.epsilon);
  }
}

constexpr std::int64_t kWorkPerElement = 12;

class Adam : public Kernel {
 public:
  Adam(std::int64_t size, std::size_t alpha, const Attrs& attrs) : size_(size), alpha_(alpha), rates_(attrs) {}

  int in_place(int output) const override { return output; }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const int team = team_for(size_ * kWorkPerElement, context.threads);
    const auto* g = static_cast<const float*>(inputs[3]);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const Share share(size_, omp_get_thread_num(), omp_get_num_threads());
      update(old(inputs).from(share.begin), made(outputs).from(share.begin), g + share.begin, share.end - share.begin,
             rates(inputs));
    }
  }

 protected:
  static State<const float> old(const void* const* inputs) {
    const auto in = [&](int i) { return static_cast<const float*>(inputs[i]); };
    return {in(0), in(1), in(2)};
  }
  static State<float> made(void* const* outputs) {
    const auto out = [&](int i) { return static_cast<float*>(outputs[i]); };
    return {out(0), out(1), out(2)};
  }
  Rates rates(const void* const* inputs) const {
    Rates rates = rates_;
    rates.alpha = *static_cast<const float*>(inputs[alpha_]);
    return rates;
  }

  std::int64_t size_;

 private:
  std::size_t alpha_;
  Rates rates_;
};

// Updates are chained by the row that they name, in their order. Then a block of rows at a time gets its gradient in
// cache: each element is what it would be with the whole gradient in memory.
template <class Index>
class AdamRows final : public Adam {
 public:
  AdamRows(Rows rows, const Attrs& attrs, int threads)
      : Adam(rows.n * rows.inner, 5, attrs), rows_(std::move(rows)), threads_(threads) {
    constexpr std::int64_t kBlock = 2048;
    block_ = std::max<std::int64_t>(1, kBlock / rows_.inner);
  }

  std::size_t scratch_bytes() const override {
    return chain_bytes() + block_bytes() * static_cast<std::size_t>(threads_);
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    auto* first = reinterpret_cast<std::int32_t*>(context.scratch);
    std::int32_t* next = first + rows_.n;
    chain(static_cast<const Index*>(inputs[3]), first, next);
    const auto* updates = static_cast<const float*>(inputs[4]);
    const int team = team_for(size_ * kWorkPerElement, std::min(context.threads, threads_));
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const int thread = omp_get_thread_num();
      const Share share(rows_.n, thread, omp_get_num_threads());
      auto* g = reinterpret_cast<float*>(context.scratch + chain_bytes() + block_bytes() * static_cast<std::size_t>(thread));
      std::memset(g, 0, block_bytes());
      for (std::int64_t begin = share.begin; begin < share.end; begin += block_) {
        const std::int64_t end = std::min(begin + block_, share.end), at = begin * rows_.inner;
        const bool touched = collect(first, next, updates, begin, end, g);
        update(old(inputs).from(at), made(outputs).from(at), g, (end - begin) * rows_.inner, rates(inputs));
        if (touched) std::memset(g, 0, block_bytes());
      }
    }
  }

 private:
  std::size_t chain_bytes() const {
    return (static_cast<std::size_t>(rows_.n + rows_.count) * sizeof(std::int32_t) + 63) / 64 * 64;
  }
  std::size_t block_bytes() const {
    return (static_cast<std::size_t>(block_ * rows_.inner) * sizeof(float) + 63) / 64 * 64;
  }

  void chain(const Index* indices, std::int32_t* first, std::int32_t* next) const {
    std::fill_n(first, rows_.n, -1);
    for (std::int64_t i = rows_.count; i-- > 0;) {
      const std::int64_t row = rows_.row(indices, i);
      next[i] = first[row];
      first[row] = static_cast<std::int32_t>(i);
    }
  }

  // Adds the updates of rows [begin, end) to zeros; false where there are none.
  bool collect(const std::int32_t* first, const std::int32_t* next, const float* updates, std::int64_t begin,
               std::int64_t end, float* g) const {
    bool touched = false;
    for (std::int64_t row = begin; row < end; ++row) {
      for (std::int64_t i = first[row]; i >= 0; i = next[i]) {
        touched = true;
        float* to = g + (row - begin) * rows_.inner;
        const float* from = updates + i * rows_.inner;
        for (std::int64_t j = 0; j < rows_.inner; ++j) to[j] += from[j];
      }
    }
    return touched;
  }

  Rows rows_;
  int threads_;
  std::int64_t block_;  // rows
};

bool are_float32(const std::vector<Operand>& operands, std::size_t count) {
  return std::all_of(operands.begin(), operands.begin() + static_cast<std::ptrdiff_t>(count),
                     [](const Operand& operand) { return operand.dtype == DType::f32; });
}

std::unique_ptr<Kernel> make_adam(const std::vector<Operand>& inputs, const std::vector<Operand>&, const Attrs& attrs,
                                  int) {
  if (!are_float32(inputs, 5)) return nullptr;
  return std::make_unique<Adam>(inputs[0].size(), 4, attrs);
}

std::unique_ptr<Kernel> make_adam_rows(const std::vector<Operand>& inputs, const std::vector<Operand>&,
                                       const Attrs& attrs, int threads) {
  if (!are_float32(inputs, 3) || inputs[0].size() == 0 || inputs[4].dtype != DType::f32) return nullptr;
  return with_index_type(inputs[3].dtype, [&](auto type) -> std::unique_ptr<Kernel> {
    return std::make_unique<AdamRows<decltype(type)>>(Rows::along(inputs[0], inputs[3], 0), attrs, threads);
  });
}

BIGDL_KERNEL("adam_update", make_adam);
BIGDL_KERNEL("adam_update_rows", make_adam_rows);

}  // namespace

}  // namespace bigdl
