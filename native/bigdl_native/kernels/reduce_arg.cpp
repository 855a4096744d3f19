// argmax(x; axis) and argmin(x; axis) -> int32: the first of equal elements, the first NaN if there is one.
#include "../kernel.hpp"
#include "../threads.hpp"
#include "clones.hpp"
#include "reduce.hpp"

namespace bigdl::reduce {

namespace {

constexpr std::int64_t kTile = 512;

// The extreme of each dense row first (fast), then its first place (short on average).
template <class T, class Op>
BIGDL_CLONES void find_in_rows(const T* x, std::int64_t count, std::int64_t n, std::int32_t* y) {
  using Lane = typename Types<T>::Lane;
  using Total = typename Types<T>::Total;
  for (std::int64_t k = 0; k < count; ++k, x += n) {
    Total total = Op::template start<Total>();
    add_row<T, Op>(x, n, &total);
    const Lane extreme = static_cast<Lane>(total);
    std::int32_t index = 0;
    if (extreme != extreme) {
      while (load(x[index]) == load(x[index])) ++index;
    } else {
      while (load(x[index]) != extreme) ++index;
    }
    y[k] = index;
  }
}

// Over the rows of an n x inner matrix, for `columns` of its columns.
template <class T, class Op>
BIGDL_CLONES void find_in_columns(const T* x, std::int64_t n, std::int64_t inner, std::int64_t columns,
                                  std::int32_t* y) {
  using Lane = typename Types<T>::Lane;
  Lane best[kTile];
  for (std::int64_t j = 0; j < columns; ++j) best[j] = load(x[j]);
  std::fill_n(y, columns, 0);
  for (std::int64_t i = 1; i < n; ++i) {
    const T* row = x + i * inner;
    const auto index = static_cast<std::int32_t>(i);
#pragma omp simd
    for (std::int64_t j = 0; j < columns; ++j) {
      const Lane value = load(row[j]), former = best[j];
      const Lane next = Op::combine(former, value);
      // Changed, and not from one NaN to another.
      y[j] = (next != former) & (former == former) ? index : y[j];
      best[j] = next;
    }
  }
}

template <class T, class Op>
class ArgReduction : public Kernel {
 public:
  ArgReduction(const Operand& x, std::size_t axis) : size_(x.size()), n_(x.shape[axis]) {
    for (std::size_t i = 0; i < axis; ++i) outer_ *= x.shape[i];
    for (std::size_t i = axis + 1; i < x.rank(); ++i) inner_ *= x.shape[i];
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const T* x = static_cast<const T*>(inputs[0]);
    auto* y = static_cast<std::int32_t*>(outputs[0]);
    const std::int64_t tiles = (inner_ + kTile - 1) / kTile;
    const int team = team_for(size_, context.threads);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const Share share(inner_ == 1 ? outer_ : outer_ * tiles, omp_get_thread_num(), omp_get_num_threads());
      if (inner_ == 1) {
        find_in_rows<T, Op>(x + share.begin * n_, share.end - share.begin, n_, y + share.begin);
      } else {
        for (std::int64_t job = share.begin; job < share.end; ++job) {
          const std::int64_t o = job / tiles, begin = job % tiles * kTile;
          find_in_columns<T, Op>(x + o * n_ * inner_ + begin, n_, inner_, std::min(kTile, inner_ - begin),
                                 y + o * inner_ + begin);
        }
      }
    }
  }

 private:
  std::int64_t size_, n_;
  std::int64_t outer_ = 1, inner_ = 1;
};

template <class Op>
std::unique_ptr<Kernel> make(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                             const Attrs& attrs, int) {
  const Operand& x = inputs[0];
  const auto axis = static_cast<std::size_t>(attrs.integer("axis"));
  if (outputs[0].dtype != DType::i32 || x.shape[axis] == 0) return nullptr;
  switch (x.dtype) {
    case DType::f32: return std::make_unique<ArgReduction<float, Op>>(x, axis);
    case DType::f64: return std::make_unique<ArgReduction<double, Op>>(x, axis);
    case DType::bf16: return std::make_unique<ArgReduction<BFloat16, Op>>(x, axis);
    case DType::f16: return std::make_unique<ArgReduction<Float16, Op>>(x, axis);
    case DType::i32: return std::make_unique<ArgReduction<std::int32_t, Op>>(x, axis);
    case DType::i64: return std::make_unique<ArgReduction<std::int64_t, Op>>(x, axis);
    case DType::boolean:
    case DType::u8: return std::make_unique<ArgReduction<std::uint8_t, Op>>(x, axis);
    default: return nullptr;
  }
}

BIGDL_KERNEL("argmax", make<Max>);
BIGDL_KERNEL("argmin", make<Min>);

}  // namespace

}  // namespace bigdl::reduce
