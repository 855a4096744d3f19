// scatter_add(x, indices, updates; axis) and scatter_nd_add(x, indices[..., k], updates).
//
// Each thread owns a range of the target's rows and takes the updates for them in the order of the indices: the
// result does not depend on the number of threads.
#include <type_traits>

#include "../threads.hpp"
#include "clones.hpp"
#include "gather.hpp"
#include "movement.hpp"
#include "reduce.hpp"

namespace bigdl {

namespace {

template <class T, class Index>
BIGDL_CLONES void add_updates(const Rows& rows, const Index* indices, const T* updates, std::int64_t begin,
                              std::int64_t end, T* y) {
  for (std::int64_t o = 0; o < rows.outer; ++o) {
    for (std::int64_t i = 0; i < rows.count; ++i) {
      const std::int64_t row = rows.row(indices, i);
      if (row < begin || row >= end) continue;
      T* to = y + (o * rows.n + row) * rows.inner;
      const T* from = updates + (o * rows.count + i) * rows.inner;
#pragma GCC ivdep
      for (std::int64_t j = 0; j < rows.inner; ++j) {
        to[j] = reduce::store<T>(reduce::Sum::combine(reduce::load(to[j]), reduce::load(from[j])));
      }
    }
  }
}

template <class T, class Index>
class ScatterAdd : public Kernel {
 public:
  ScatterAdd(Rows rows, std::size_t bytes) : rows_(std::move(rows)), bytes_(bytes) {}

  int in_place(int) const override { return 0; }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    if (inputs[0] != outputs[0]) copy_bytes(inputs[0], outputs[0], bytes_, context.threads);
    const auto* indices = static_cast<const Index*>(inputs[1]);
    const T* updates = static_cast<const T*>(inputs[2]);
    T* y = static_cast<T*>(outputs[0]);
    const int team = team_for(rows_.outer * rows_.count * rows_.inner, context.threads);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const Share share(rows_.n, omp_get_thread_num(), omp_get_num_threads());
      add_updates(rows_, indices, updates, share.begin, share.end, y);
    }
  }

 private:
  Rows rows_;
  std::size_t bytes_;
};

template <class T>
std::unique_ptr<Kernel> make_as(const Operand& x, const Operand& indices, const Rows& rows) {
  return with_index_type(indices.dtype, [&](auto type) -> std::unique_ptr<Kernel> {
    return std::make_unique<ScatterAdd<T, decltype(type)>>(rows, x.bytes());
  });
}

std::unique_ptr<Kernel> make(const Operand& x, const Operand& indices, const Rows& rows) {
  if (rows.n == 0 && rows.count != 0) return nullptr;
  switch (x.dtype) {
    case DType::f32: return make_as<float>(x, indices, rows);
    case DType::f64: return make_as<double>(x, indices, rows);
    case DType::bf16: return make_as<BFloat16>(x, indices, rows);
    case DType::f16: return make_as<Float16>(x, indices, rows);
    case DType::i32: return make_as<std::int32_t>(x, indices, rows);
    case DType::i64: return make_as<std::int64_t>(x, indices, rows);
    default: return nullptr;
  }
}

std::unique_ptr<Kernel> make_scatter_add(const std::vector<Operand>& inputs, const std::vector<Operand>&,
                                         const Attrs& attrs, int) {
  return make(inputs[0], inputs[1], Rows::along(inputs[0], inputs[1], static_cast<std::size_t>(attrs.integer("axis"))));
}

std::unique_ptr<Kernel> make_scatter_nd_add(const std::vector<Operand>& inputs, const std::vector<Operand>&,
                                            const Attrs&, int) {
  return make(inputs[0], inputs[1], Rows::at_vectors(inputs[0], inputs[1]));
}

BIGDL_KERNEL("scatter_add", make_scatter_add);
BIGDL_KERNEL("scatter_nd_add", make_scatter_nd_add);

}  // namespace

}  // namespace bigdl
