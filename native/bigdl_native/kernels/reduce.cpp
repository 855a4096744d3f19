// reduce_sum, reduce_prod, reduce_max, reduce_min, reduce_any, reduce_all over any axes.
//
// Work is cut into pieces by the shapes alone and partial results are combined in order, so that a result does not
// depend on the number of threads. float32 is summed in float32 for at most some thousand elements a lane,
// in float64 beyond.
#include "reduce.hpp"

#include <algorithm>

#include "../kernel.hpp"
#include "../threads.hpp"
#include "clones.hpp"

namespace bigdl::reduce {

Layout::Layout(const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& axes) {
  struct Group {
    std::int64_t size, stride;
    bool reduced;
  };
  std::vector<Group> groups;  // innermost first, kept and reduced in turns
  std::int64_t stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    const bool is_reduced = std::find(axes.begin(), axes.end(), static_cast<std::int64_t>(i)) != axes.end();
    if (shape[i] != 1) {
      if (!groups.empty() && groups.back().reduced == is_reduced) {
        groups.back().size *= shape[i];
      } else {
        groups.push_back({shape[i], stride, is_reduced});
      }
    }
    stride *= shape[i];
  }
  std::size_t next = 0;
  if (next < groups.size() && !groups[next].reduced) width = groups[next++].size;
  if (next < groups.size()) rows = groups[next++].size;
  for (std::size_t i = groups.size(); i-- > next;) {
    (groups[i].reduced ? reduced : kept).push_back({groups[i].size, groups[i].stride});
  }
}

std::int64_t Layout::count(const std::vector<Axis>& axes) {
  std::int64_t n = 1;
  for (const auto& axis : axes) n *= axis.size;
  return n;
}

std::int64_t Layout::offset(const std::vector<Axis>& axes, std::int64_t index) {
  std::int64_t result = 0;
  for (std::size_t i = axes.size(); i-- > 0;) {
    result += index % axes[i].size * axes[i].stride;
    index /= axes[i].size;
  }
  return result;
}

namespace {

constexpr std::int64_t kLanes = 256;           // accumulators of a narrow block
constexpr std::int64_t kTile = 1024;           // columns of a wide block that are accumulated together
constexpr std::int64_t kPieceElements = 1 << 16;
constexpr std::int64_t kMaxPieces = 64;

// Adds `rows` rows of `width` <= kTile columns, `stride` elements apart, to the totals.
template <class T, class Op>
BIGDL_CLONES void add_wide(const T* x, std::int64_t rows, std::int64_t width, std::int64_t stride,
                           typename Types<T>::Total* total) {
  using Lane = typename Types<T>::Lane;
  using Total = typename Types<T>::Total;
  Lane lanes[kTile];
  for (std::int64_t row = 0; row < rows; row += kLongestRun) {
    std::fill_n(lanes, width, Op::template start<Lane>());
    const std::int64_t end = std::min(rows, row + kLongestRun);
    std::int64_t r = row;
    for (; r + 4 <= end; r += 4) {  // four rows a pass: the lanes are loaded and stored once
      const T* a = x + r * stride;
      const T *b = a + stride, *c = b + stride, *d = c + stride;
#pragma omp simd
      for (std::int64_t j = 0; j < width; ++j) {
        const Lane first = Op::combine(load(a[j]), load(b[j])), second = Op::combine(load(c[j]), load(d[j]));
        lanes[j] = Op::combine(lanes[j], Op::combine(first, second));
      }
    }
    for (; r < end; ++r) {
      const T* a = x + r * stride;
#pragma omp simd
      for (std::int64_t j = 0; j < width; ++j) lanes[j] = Op::combine(lanes[j], load(a[j]));
    }
    for (std::int64_t j = 0; j < width; ++j) total[j] = Op::combine(total[j], static_cast<Total>(lanes[j]));
  }
}

// Reduces each of `count` dense rows that follow one another.
template <class T, class Op>
BIGDL_CLONES void reduce_rows(const T* x, std::int64_t count, std::int64_t n, T* y) {
  using Total = typename Types<T>::Total;
  for (std::int64_t k = 0; k < count; ++k) {
    Total total = Op::template start<Total>();
    add_row<T, Op>(x + k * n, n, &total);
    y[k] = store<T>(total);
  }
}

// Adds one long row to the total.
template <class T, class Op>
BIGDL_CLONES void add_long_row(const T* x, std::int64_t n, typename Types<T>::Total* total) {
  add_row<T, Op>(x, n, total);
}

// The same as add_wide for a dense block of few columns: several rows side by side fill the lanes.
template <class T, class Op>
void add_narrow(const T* x, std::int64_t rows, std::int64_t width, typename Types<T>::Total* total) {
  using Total = typename Types<T>::Total;
  const std::int64_t side = kLanes / width;
  const std::int64_t groups = rows / side;
  if (groups > 1) {
    Total lanes[kLanes];
    std::fill_n(lanes, side * width, Op::template start<Total>());
    add_wide<T, Op>(x, groups, side * width, side * width, lanes);
    for (std::int64_t n = side; n > 1; n = (n + 1) / 2) {  // fold the sides in halves
      const std::int64_t half = (n + 1) / 2;
      for (std::int64_t j = 0; j < (n - half) * width; ++j) lanes[j] = Op::combine(lanes[j], lanes[half * width + j]);
    }
    for (std::int64_t j = 0; j < width; ++j) total[j] = Op::combine(total[j], lanes[j]);
    x += groups * side * width;
    rows -= groups * side;
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t j = 0; j < width; ++j) {
      total[j] = Op::combine(total[j], static_cast<Total>(load(x[r * width + j])));
    }
  }
}

template <class T, class Op>
class Reduction : public Kernel {
  using Total = typename Types<T>::Total;

 public:
  Reduction(const Operand& x, const std::vector<std::int64_t>& axes)
      : layout_(x.shape, axes), size_(x.size()), kept_(Layout::count(layout_.kept)),
        reduced_(Layout::count(layout_.reduced)) {
    // Pieces: several to an output only where the outputs alone are too few to share out.
    const std::int64_t per_output = reduced_ * layout_.rows * std::min(layout_.width, kTile);
    tiles_ = std::max<std::int64_t>(1, (layout_.width + kTile - 1) / kTile);
    const bool few = kept_ * tiles_ < kMaxPieces;
    pieces_ = few ? std::clamp<std::int64_t>(per_output / kPieceElements, 1, kMaxPieces) : 1;
    split_rows_ = layout_.rows >= reduced_;
    pieces_ = std::min(pieces_, std::max<std::int64_t>(1, split_rows_ ? layout_.rows : reduced_));
  }

  std::size_t scratch_bytes() const override {
    return is_last_axis() ? 0 : static_cast<std::size_t>(kept_ * pieces_ * layout_.width) * sizeof(Total);
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const T* x = static_cast<const T*>(inputs[0]);
    T* y = static_cast<T*>(outputs[0]);
    auto* totals = reinterpret_cast<Total*>(context.scratch);
    if (kept_ * layout_.width == 0) return;
    const int team = team_for(size_, context.threads);
    if (is_last_axis()) {
#pragma omp parallel num_threads(team) if (team > 1)
      {
        const Share share(kept_, omp_get_thread_num(), omp_get_num_threads());
        reduce_rows<T, Op>(x + share.begin * layout_.rows, share.end - share.begin, layout_.rows, y + share.begin);
      }
      return;
    }
    const std::int64_t jobs = kept_ * pieces_ * tiles_;
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const Share share(jobs, omp_get_thread_num(), omp_get_num_threads());
      for (std::int64_t job = share.begin; job < share.end; ++job) reduce_piece(x, job, totals);
    }
    const std::int64_t width = layout_.width;
    for (std::int64_t k = 0; k < kept_; ++k) {
      Total* first = totals + k * pieces_ * width;
      for (std::int64_t p = 1; p < pieces_; ++p) {
        for (std::int64_t j = 0; j < width; ++j) first[j] = Op::combine(first[j], first[p * width + j]);
      }
      for (std::int64_t j = 0; j < width; ++j) y[k * width + j] = store<T>(first[j]);
    }
  }

 private:
  bool is_last_axis() const { return layout_.width == 1 && reduced_ == 1 && pieces_ == 1; }

  void reduce_piece(const T* x, std::int64_t job, Total* totals) const {
    const std::int64_t tile = job % tiles_, piece = job / tiles_ % pieces_, k = job / tiles_ / pieces_;
    const std::int64_t begin = tile * kTile, columns = std::min(kTile, layout_.width - begin);
    Total* total = totals + (k * pieces_ + piece) * layout_.width + begin;
    std::fill_n(total, columns, Op::template start<Total>());
    const Share rows = split_rows_ ? Share(layout_.rows, static_cast<int>(piece), static_cast<int>(pieces_))
                                   : Share(layout_.rows, 0, 1);
    const Share outer = split_rows_ ? Share(reduced_, 0, 1)
                                    : Share(reduced_, static_cast<int>(piece), static_cast<int>(pieces_));
    const T* base = x + Layout::offset(layout_.kept, k) + begin;
    for (std::int64_t r = outer.begin; r < outer.end; ++r) {
      const T* block = base + Layout::offset(layout_.reduced, r) + rows.begin * layout_.width;
      if (layout_.width == 1) {
        add_long_row<T, Op>(block, rows.end - rows.begin, total);
      } else if (layout_.width <= kLanes / 2) {
        add_narrow<T, Op>(block, rows.end - rows.begin, layout_.width, total);
      } else {
        add_wide<T, Op>(block, rows.end - rows.begin, columns, layout_.width, total);
      }
    }
  }

  Layout layout_;
  std::int64_t size_, kept_, reduced_;
  std::int64_t tiles_ = 1, pieces_ = 1;
  bool split_rows_ = true;
};

template <class Op, class T>
std::unique_ptr<Kernel> make_as(const Operand& x, const Attrs& attrs) {
  return std::make_unique<Reduction<T, Op>>(x, attrs.integers("axes"));
}

template <class Op>
std::unique_ptr<Kernel> make(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                             const Attrs& attrs, int) {
  const Operand& x = inputs[0];
  if (outputs[0].dtype != x.dtype) return nullptr;
  switch (x.dtype) {
    case DType::f32: return make_as<Op, float>(x, attrs);
    case DType::f64: return make_as<Op, double>(x, attrs);
    case DType::bf16: return make_as<Op, BFloat16>(x, attrs);
    case DType::f16: return make_as<Op, Float16>(x, attrs);
    case DType::i32: return make_as<Op, std::int32_t>(x, attrs);
    case DType::i64: return make_as<Op, std::int64_t>(x, attrs);
    case DType::u32: return make_as<Op, std::uint32_t>(x, attrs);
    case DType::u8: return make_as<Op, std::uint8_t>(x, attrs);
    default: return nullptr;
  }
}

// Booleans are the bytes 0 and 1: any is their maximum, all their minimum.
template <class Op>
std::unique_ptr<Kernel> make_boolean(const std::vector<Operand>& inputs, const std::vector<Operand>&,
                                     const Attrs& attrs, int) {
  if (inputs[0].dtype != DType::boolean) return nullptr;
  return make_as<Op, std::uint8_t>(inputs[0], attrs);
}

BIGDL_KERNEL("reduce_sum", make<Sum>);
BIGDL_KERNEL("reduce_prod", make<Product>);
BIGDL_KERNEL("reduce_max", make<Max>);
BIGDL_KERNEL("reduce_min", make<Min>);
BIGDL_KERNEL("reduce_any", make_boolean<Max>);
BIGDL_KERNEL("reduce_all", make_boolean<Min>);

}  // namespace

}  // namespace bigdl::reduce
