// gather(x, indices; axis) and gather_nd(x, indices[..., k]).
#include <algorithm>
#include <cstring>

#include "../threads.hpp"
#include "gather.hpp"

namespace bigdl {

namespace {

template <class Index>
class Gather : public Kernel {
 public:
  Gather(Rows rows, std::size_t item)
      : rows_(std::move(rows)), row_bytes_(static_cast<std::size_t>(rows_.inner) * item) {}

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const auto* x = static_cast<const std::byte*>(inputs[0]);
    const auto* indices = static_cast<const Index*>(inputs[1]);
    auto* y = static_cast<std::byte*>(outputs[0]);
    const std::int64_t jobs = rows_.outer * rows_.count;
    const int team = team_for(jobs * std::max<std::int64_t>(16, rows_.inner), context.threads);
#pragma omp parallel for num_threads(team) if (team > 1)
    for (std::int64_t job = 0; job < jobs; ++job) {
      const std::int64_t o = job / rows_.count, i = job % rows_.count;
      const std::byte* from = x + static_cast<std::size_t>(o * rows_.n + rows_.row(indices, i)) * row_bytes_;
      copy_row(from, y + static_cast<std::size_t>(job) * row_bytes_);
    }
  }

 private:
  void copy_row(const std::byte* from, std::byte* to) const {
    if (row_bytes_ == sizeof(float)) {  // one element: not worth a call
      std::memcpy(to, from, sizeof(float));
    } else {
      std::memcpy(to, from, row_bytes_);
    }
  }

  Rows rows_;
  std::size_t row_bytes_;
};

std::unique_ptr<Kernel> make(const Operand& x, const Operand& indices, const Rows& rows) {
  if (rows.n == 0 && rows.count != 0) return nullptr;
  return with_index_type(indices.dtype, [&](auto type) -> std::unique_ptr<Kernel> {
    return std::make_unique<Gather<decltype(type)>>(rows, size_of(x.dtype));
  });
}

std::unique_ptr<Kernel> make_gather(const std::vector<Operand>& inputs, const std::vector<Operand>&,
                                    const Attrs& attrs, int) {
  return make(inputs[0], inputs[1], Rows::along(inputs[0], inputs[1], static_cast<std::size_t>(attrs.integer("axis"))));
}

std::unique_ptr<Kernel> make_gather_nd(const std::vector<Operand>& inputs, const std::vector<Operand>&, const Attrs&,
                                       int) {
  return make(inputs[0], inputs[1], Rows::at_vectors(inputs[0], inputs[1]));
}

BIGDL_KERNEL("gather", make_gather);
BIGDL_KERNEL("gather_nd", make_gather_nd);

}  // namespace

}  // namespace bigdl
