// searchsorted(line[m], values; side) -> int32: where values belong in a sorted vector, before (left) or after (right)
// equal elements. NaN counts as the largest number.
#include <algorithm>

#include "../kernel.hpp"
#include "../threads.hpp"

namespace bigdl {

namespace {

template <class T>
bool before(T a, T b) {
  return a < b || (b != b && a == a);
}

template <class T>
class SearchSorted : public Kernel {
 public:
  SearchSorted(const Operand& line, const Operand& values, bool after_equals)
      : length_(line.size()), count_(values.size()), after_equals_(after_equals) {}

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const T* line = static_cast<const T*>(inputs[0]);
    const T* values = static_cast<const T*>(inputs[1]);
    auto* positions = static_cast<std::int32_t*>(outputs[0]);
#pragma omp parallel for num_threads(team_for(16 * count_, context.threads))
    for (std::int64_t i = 0; i < count_; ++i) {
      const T* end = line + length_;
      const T* found = after_equals_ ? std::upper_bound(line, end, values[i], before<T>)
                                     : std::lower_bound(line, end, values[i], before<T>);
      positions[i] = static_cast<std::int32_t>(found - line);
    }
  }

 private:
  std::int64_t length_, count_;
  bool after_equals_;
};

std::unique_ptr<Kernel> make(const std::vector<Operand>& inputs, const std::vector<Operand>&, const Attrs& attrs, int) {
  const Operand &line = inputs[0], &values = inputs[1];
  const bool after_equals = attrs.text("side") == "right";
  switch (line.dtype) {
    case DType::f32: return std::make_unique<SearchSorted<float>>(line, values, after_equals);
    case DType::f64: return std::make_unique<SearchSorted<double>>(line, values, after_equals);
    case DType::i32: return std::make_unique<SearchSorted<std::int32_t>>(line, values, after_equals);
    case DType::i64: return std::make_unique<SearchSorted<std::int64_t>>(line, values, after_equals);
    default: return nullptr;
  }
}

BIGDL_KERNEL("searchsorted", make);

}  // namespace

}  // namespace bigdl
