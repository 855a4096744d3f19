// cumsum(x; axis, reverse) and cumprod(x; axis, reverse): float16 and bfloat16 run in float32.
#include "../kernel.hpp"
#include "../threads.hpp"
#include "clones.hpp"
#include "reduce.hpp"

namespace bigdl::reduce {

namespace {

constexpr std::int64_t kTile = 512;

template <class T, class Op>
void scan_row(const T* x, T* y, std::int64_t n, bool reverse) {
  auto running = Op::template start<typename Types<T>::Lane>();
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t at = reverse ? n - 1 - i : i;
    running = Op::combine(running, load(x[at]));
    y[at] = store<T>(running);
  }
}

// Down the rows of an n x inner matrix, for `columns` of its columns.
template <class T, class Op>
BIGDL_CLONES void scan_columns(const T* x, T* y, std::int64_t n, std::int64_t inner, std::int64_t columns,
                               bool reverse) {
  typename Types<T>::Lane running[kTile];
  std::fill_n(running, columns, Op::template start<typename Types<T>::Lane>());
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t row = (reverse ? n - 1 - i : i) * inner;
#pragma omp simd
    for (std::int64_t j = 0; j < columns; ++j) {
      running[j] = Op::combine(running[j], load(x[row + j]));
      y[row + j] = store<T>(running[j]);
    }
  }
}

template <class T, class Op>
class Scan : public Kernel {
 public:
  Scan(const Operand& x, std::size_t axis, bool reverse) : size_(x.size()), n_(x.shape[axis]), reverse_(reverse) {
    for (std::size_t i = 0; i < axis; ++i) outer_ *= x.shape[i];
    for (std::size_t i = axis + 1; i < x.rank(); ++i) inner_ *= x.shape[i];
  }

  int in_place(int) const override { return 0; }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const T* x = static_cast<const T*>(inputs[0]);
    T* y = static_cast<T*>(outputs[0]);
    const std::int64_t tiles = (inner_ + kTile - 1) / kTile;
    const int team = team_for(size_, context.threads);
#pragma omp parallel for num_threads(team) if (team > 1)
    for (std::int64_t job = 0; job < outer_ * tiles; ++job) {
      const std::int64_t begin = job % tiles * kTile;
      const std::int64_t offset = job / tiles * n_ * inner_ + begin;
      if (inner_ == 1) {
        scan_row<T, Op>(x + offset, y + offset, n_, reverse_);
      } else {
        scan_columns<T, Op>(x + offset, y + offset, n_, inner_, std::min(kTile, inner_ - begin), reverse_);
      }
    }
  }

 private:
  std::int64_t size_, n_;
  std::int64_t outer_ = 1, inner_ = 1;
  bool reverse_;
};

template <class Op>
std::unique_ptr<Kernel> make(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                             const Attrs& attrs, int) {
  const Operand& x = inputs[0];
  const auto axis = static_cast<std::size_t>(attrs.integer("axis"));
  const bool reverse = attrs.integer("reverse") != 0;
  if (outputs[0].dtype != x.dtype) return nullptr;
  switch (x.dtype) {
    case DType::f32: return std::make_unique<Scan<float, Op>>(x, axis, reverse);
    case DType::f64: return std::make_unique<Scan<double, Op>>(x, axis, reverse);
    case DType::bf16: return std::make_unique<Scan<BFloat16, Op>>(x, axis, reverse);
    case DType::f16: return std::make_unique<Scan<Float16, Op>>(x, axis, reverse);
    case DType::i32: return std::make_unique<Scan<std::int32_t, Op>>(x, axis, reverse);
    case DType::i64: return std::make_unique<Scan<std::int64_t, Op>>(x, axis, reverse);
    default: return nullptr;
  }
}

BIGDL_KERNEL("cumsum", make<Sum>);
BIGDL_KERNEL("cumprod", make<Product>);

}  // namespace

}  // namespace bigdl::reduce
