// Results made from nothing or from indices: iota(; shape, axis, dtype) and one_hot(indices; depth, dtype).
#include <cstring>

#include "../kernel.hpp"
#include "../threads.hpp"
#include "broadcast.hpp"
#include "half_floats.hpp"
#include "indices.hpp"

namespace bigdl {

namespace {

// The bytes of a number in a dtype.
struct Item {
  std::byte bytes[8] = {};

  Item(std::int64_t number, DType dtype) {
    switch (dtype) {
      case DType::f32: put(static_cast<float>(number)); break;
      case DType::f64: put(static_cast<double>(number)); break;
      case DType::bf16: put(to_bfloat16(static_cast<float>(number))); break;
      case DType::f16: put(to_float16(static_cast<float>(number))); break;
      case DType::boolean: put(number != 0); break;
      default: put(number);  // two's complement, little-endian: the first bytes are the narrower integer
    }
  }

 private:
  template <class T> void put(T value) { std::memcpy(bytes, &value, sizeof value); }
};

class Iota : public Kernel {
 public:
  Iota(const Operand& y, std::size_t axis) : dtype_(y.dtype), n_(y.shape[axis]) {
    for (std::size_t i = 0; i < axis; ++i) outer_ *= y.shape[i];
    for (std::size_t i = axis + 1; i < y.rank(); ++i) inner_ *= y.shape[i];
  }

  void run(const void* const*, void* const* outputs, RunContext&) override {
    auto* to = static_cast<std::byte*>(outputs[0]);
    const std::size_t item = size_of(dtype_), block = static_cast<std::size_t>(n_ * inner_) * item;
    if (outer_ == 0) return;
    for (std::int64_t i = 0; i < n_; ++i) {
      fill_items(to + static_cast<std::size_t>(i * inner_) * item, Item(i, dtype_).bytes, item, inner_);
    }
    for (std::int64_t o = 1; o < outer_; ++o) std::memcpy(to + static_cast<std::size_t>(o) * block, to, block);
  }

 private:
  DType dtype_;
  std::int64_t outer_ = 1, n_, inner_ = 1;
};

std::unique_ptr<Kernel> make_iota(const std::vector<Operand>&, const std::vector<Operand>& outputs,
                                  const Attrs& attrs, int) {
  return std::make_unique<Iota>(outputs[0], static_cast<std::size_t>(attrs.integer("axis")));
}

template <class Index>
class OneHot : public Kernel {
 public:
  OneHot(const Operand& indices, const Operand& y)
      : count_(indices.size()), depth_(y.shape.back()), item_(size_of(y.dtype)), one_(1, y.dtype) {}

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const auto* indices = static_cast<const Index*>(inputs[0]);
    auto* to = static_cast<std::byte*>(outputs[0]);
    const std::size_t row = static_cast<std::size_t>(depth_) * item_;
    const int team = team_for(count_ * depth_, context.threads);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const Share share(count_, omp_get_thread_num(), omp_get_num_threads());
      for (std::int64_t i = share.begin; i < share.end; ++i) {
        std::byte* target = to + static_cast<std::size_t>(i) * row;
        std::memset(target, 0, row);
        const auto index = static_cast<std::int64_t>(indices[i]);
        if (index < 0 || index >= depth_) continue;
        std::memcpy(target + static_cast<std::size_t>(index) * item_, one_.bytes, item_);
      }
    }
  }

 private:
  std::int64_t count_, depth_;
  std::size_t item_;
  Item one_;
};

std::unique_ptr<Kernel> make_one_hot(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                     const Attrs&, int) {
  return with_index_type(inputs[0].dtype, [&](auto type) -> std::unique_ptr<Kernel> {
    return std::make_unique<OneHot<decltype(type)>>(inputs[0], outputs[0]);
  });
}

BIGDL_KERNEL("iota", make_iota);
BIGDL_KERNEL("one_hot", make_one_hot);

}  // namespace

}  // namespace bigdl
