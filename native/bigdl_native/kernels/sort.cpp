// sort(x; axis), argsort(x; axis) -> int32, top_k(x; k) -> (values, int32 indices): NaN counts as the largest number,
// equal elements keep their order.
//
// Elements become unsigned keys of the same order; keys are sorted together with their positions, which also keeps
// the order of equal elements.
#include <algorithm>
#include <cstring>
#include <limits>

#include "../kernel.hpp"
#include "../threads.hpp"
#include "half_floats.hpp"

namespace bigdl {

namespace {

// The largest key is that of NaN; both zeros have one key.
template <class Key, class Float>
Key key_of_float(Float x) {
  constexpr Key sign = Key{1} << (8 * sizeof(Key) - 1);
  if (x != x) return ~Key{0};
  const Float number = x + Float(0);  // -0 + 0 is +0
  Key bits;
  std::memcpy(&bits, &number, sizeof bits);
  return bits & sign ? ~bits : bits | sign;
}

inline std::uint32_t key_of(float x) { return key_of_float<std::uint32_t>(x); }
inline std::uint64_t key_of(double x) { return key_of_float<std::uint64_t>(x); }
inline std::uint32_t key_of(BFloat16 x) { return key_of(to_float(x)); }
inline std::uint32_t key_of(Float16 x) { return key_of(to_float(x)); }
inline std::uint32_t key_of(std::uint8_t x) { return x; }
inline std::uint32_t key_of(std::uint32_t x) { return x; }
inline std::uint32_t key_of(std::int32_t x) { return static_cast<std::uint32_t>(x) ^ (std::uint32_t{1} << 31); }
inline std::uint64_t key_of(std::int64_t x) { return static_cast<std::uint64_t>(x) ^ (std::uint64_t{1} << 63); }

// A key and a position: one number where both fit into 64 bits.
template <class Key>
struct Entry {
  Key key;
  std::int32_t position;

  static Entry make(Key key, std::int64_t position) { return {key, static_cast<std::int32_t>(position)}; }
  bool operator<(const Entry& other) const { return key != other.key ? key < other.key : position < other.position; }
  std::int32_t at() const { return position; }
};
template <>
struct Entry<std::uint32_t> {
  std::uint64_t both;

  static Entry make(std::uint32_t key, std::int64_t position) {
    return {std::uint64_t{key} << 32 | static_cast<std::uint64_t>(position)};
  }
  bool operator<(const Entry& other) const { return both < other.both; }
  std::int32_t at() const { return static_cast<std::int32_t>(both); }
};

enum class Result { values, positions, largest };

template <class T, Result result>
class Sort : public Kernel {
  using Key = decltype(key_of(T{}));

 public:
  Sort(const Operand& x, std::size_t axis, std::int64_t take, int threads)
      : n_(x.shape[axis]), take_(take), threads_(threads) {
    for (std::size_t i = 0; i < axis; ++i) outer_ *= x.shape[i];
    for (std::size_t i = axis + 1; i < x.rank(); ++i) inner_ *= x.shape[i];
  }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(n_) * sizeof(Entry<Key>) * static_cast<std::size_t>(threads_);
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const T* x = static_cast<const T*>(inputs[0]);
    const int team = team_for(8 * outer_ * n_ * inner_, std::min(context.threads, threads_));
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const int thread = omp_get_thread_num();
      auto* entries = reinterpret_cast<Entry<Key>*>(context.scratch) + n_ * thread;
      const Share lines(outer_ * inner_, thread, omp_get_num_threads());
      for (std::int64_t line = lines.begin; line < lines.end; ++line) {
        const std::int64_t o = line / inner_, i = line % inner_;
        const T* from = x + o * n_ * inner_ + i;
        order(from, entries);
        write(from, entries, o * take_ * inner_ + i, outputs);
      }
    }
  }

 private:
  void order(const T* from, Entry<Key>* entries) const {
    for (std::int64_t k = 0; k < n_; ++k) {
      const Key key = key_of(from[k * inner_]);
      entries[k] = Entry<Key>::make(result == Result::largest ? static_cast<Key>(~key) : key, k);
    }
    if (take_ < n_) std::nth_element(entries, entries + take_, entries + n_);
    std::sort(entries, entries + take_);
  }

  void write(const T* from, const Entry<Key>* entries, std::int64_t offset, void* const* outputs) const {
    for (std::int64_t k = 0; k < take_; ++k) {
      const std::int64_t to = offset + k * inner_;
      const std::int32_t at = entries[k].at();
      if constexpr (result != Result::positions) static_cast<T*>(outputs[0])[to] = from[at * inner_];
      if constexpr (result == Result::positions) static_cast<std::int32_t*>(outputs[0])[to] = at;
      if constexpr (result == Result::largest) static_cast<std::int32_t*>(outputs[1])[to] = at;
    }
  }

  std::int64_t outer_ = 1, n_, inner_ = 1;
  std::int64_t take_;
  int threads_;
};

template <Result result>
std::unique_ptr<Kernel> make_along(const Operand& x, std::size_t axis, std::int64_t take, int threads) {
  if (x.shape[axis] > std::numeric_limits<std::int32_t>::max()) return nullptr;
  switch (x.dtype) {
    case DType::f32: return std::make_unique<Sort<float, result>>(x, axis, take, threads);
    case DType::f64: return std::make_unique<Sort<double, result>>(x, axis, take, threads);
    case DType::bf16: return std::make_unique<Sort<BFloat16, result>>(x, axis, take, threads);
    case DType::f16: return std::make_unique<Sort<Float16, result>>(x, axis, take, threads);
    case DType::i32: return std::make_unique<Sort<std::int32_t, result>>(x, axis, take, threads);
    case DType::i64: return std::make_unique<Sort<std::int64_t, result>>(x, axis, take, threads);
    case DType::u32: return std::make_unique<Sort<std::uint32_t, result>>(x, axis, take, threads);
    case DType::boolean:
    case DType::u8: return std::make_unique<Sort<std::uint8_t, result>>(x, axis, take, threads);
    default: return nullptr;
  }
}

template <Result result>
std::unique_ptr<Kernel> make_sort(const std::vector<Operand>& inputs, const std::vector<Operand>&, const Attrs& attrs,
                                  int threads) {
  const auto axis = static_cast<std::size_t>(attrs.integer("axis"));
  return make_along<result>(inputs[0], axis, inputs[0].shape[axis], threads);
}

std::unique_ptr<Kernel> make_top_k(const std::vector<Operand>& inputs, const std::vector<Operand>&, const Attrs& attrs,
                                   int threads) {
  return make_along<Result::largest>(inputs[0], inputs[0].rank() - 1, attrs.integer("k"), threads);
}

BIGDL_KERNEL("sort", make_sort<Result::values>);
BIGDL_KERNEL("argsort", make_sort<Result::positions>);
BIGDL_KERNEL("top_k", make_top_k);

}  // namespace

}  // namespace bigdl
