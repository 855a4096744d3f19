// reshape, transpose, broadcast_to, concat, slice, pad, reverse, dynamic_slice, dynamic_update_slice: any dtype.
#include "movement.hpp"

#include <algorithm>

#include "../kernel.hpp"
#include "../threads.hpp"
#include "broadcast.hpp"

namespace bigdl {

namespace {

using Shape = std::vector<std::int64_t>;

// A copy of part of one operand to part of one result.
struct Placed {
  StridedCopy copy;
  std::size_t from_offset, to_offset;  // bytes
};

const std::byte* bytes_of(const void* const* operands, std::size_t i) {
  return static_cast<const std::byte*>(operands[i]);
}
std::byte* bytes_of(void* const* operands, std::size_t i) { return static_cast<std::byte*>(operands[i]); }

class Move : public Kernel {
 public:
  explicit Move(std::vector<Placed> pieces) : pieces_(std::move(pieces)) {}

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const auto& piece = pieces_[i];
      piece.copy.run(bytes_of(inputs, i) + piece.from_offset, bytes_of(outputs, 0) + piece.to_offset,
                     context.threads);
    }
  }

 private:
  std::vector<Placed> pieces_;  // one to an input
};

std::unique_ptr<Kernel> one_move(std::vector<StridedCopy::Axis> axes, std::size_t item, std::int64_t from_offset) {
  return std::make_unique<Move>(
      std::vector<Placed>{{StridedCopy(std::move(axes), item), static_cast<std::size_t>(from_offset) * item, 0}});
}

class Reshape : public Kernel {
 public:
  explicit Reshape(std::size_t bytes) : bytes_(bytes) {}

  int in_place(int) const override { return 0; }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    if (inputs[0] != outputs[0]) copy_bytes(inputs[0], outputs[0], bytes_, context.threads);
  }

 private:
  std::size_t bytes_;
};

std::unique_ptr<Kernel> make_reshape(const std::vector<Operand>& inputs, const std::vector<Operand>&, const Attrs&,
                                     int) {
  return std::make_unique<Reshape>(inputs[0].bytes());
}

std::unique_ptr<Kernel> make_transpose(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                       const Attrs& attrs, int) {
  const auto from = dense_strides(inputs[0].shape), to = dense_strides(outputs[0].shape);
  const auto perm = attrs.integers("perm");
  std::vector<StridedCopy::Axis> axes;
  for (std::size_t i = 0; i < perm.size(); ++i) {
    axes.push_back({outputs[0].shape[i], from[static_cast<std::size_t>(perm[i])], to[i]});
  }
  return one_move(std::move(axes), size_of(inputs[0].dtype), 0);
}

std::unique_ptr<Kernel> make_broadcast(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                       const Attrs&, int) {
  const auto& shape = outputs[0].shape;
  const auto from = dense_strides(inputs[0].shape), to = dense_strides(shape);
  const std::size_t missing = shape.size() - inputs[0].rank();
  std::vector<StridedCopy::Axis> axes;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool repeats = i < missing || inputs[0].shape[i - missing] == 1;
    axes.push_back({shape[i], repeats ? 0 : from[i - missing], to[i]});
  }
  return one_move(std::move(axes), size_of(inputs[0].dtype), 0);
}

std::unique_ptr<Kernel> make_concat(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                    const Attrs& attrs, int) {
  const auto to = dense_strides(outputs[0].shape);
  const auto axis = static_cast<std::size_t>(attrs.integer("axis"));
  const std::size_t item = size_of(outputs[0].dtype);
  std::vector<Placed> pieces;
  std::int64_t start = 0;
  for (const auto& input : inputs) {
    const auto from = dense_strides(input.shape);
    std::vector<StridedCopy::Axis> axes;
    for (std::size_t i = 0; i < to.size(); ++i) axes.push_back({input.shape[i], from[i], to[i]});
    pieces.push_back({StridedCopy(std::move(axes), item), 0, static_cast<std::size_t>(start * to[axis]) * item});
    start += input.shape[axis];
  }
  return std::make_unique<Move>(std::move(pieces));
}

std::unique_ptr<Kernel> make_slice(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                   const Attrs& attrs, int) {
  const auto from = dense_strides(inputs[0].shape), to = dense_strides(outputs[0].shape);
  const auto starts = attrs.integers("starts"), strides = attrs.integers("strides");
  std::vector<StridedCopy::Axis> axes;
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < to.size(); ++i) {
    axes.push_back({outputs[0].shape[i], from[i] * strides[i], to[i]});
    offset += starts[i] * from[i];
  }
  return one_move(std::move(axes), size_of(inputs[0].dtype), offset);
}

std::unique_ptr<Kernel> make_reverse(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                     const Attrs& attrs, int) {
  const auto strides = dense_strides(inputs[0].shape);
  const auto reversed = attrs.integers("axes");
  if (outputs[0].size() == 0) return one_move({{0, 1, 1}}, 1, 0);
  std::vector<StridedCopy::Axis> axes;
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < strides.size(); ++i) {
    const std::int64_t size = inputs[0].shape[i];
    const bool flips = std::count(reversed.begin(), reversed.end(), static_cast<std::int64_t>(i)) != 0;
    axes.push_back({size, flips ? -strides[i] : strides[i], strides[i]});
    if (flips) offset += (size - 1) * strides[i];
  }
  return one_move(std::move(axes), size_of(inputs[0].dtype), offset);
}

// The value everywhere, then what of the operand is left after negative padding.
class Pad : public Kernel {
 public:
  Pad(Placed piece, std::size_t item, std::int64_t size) : piece_(std::move(piece)), item_(item), size_(size) {}

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const int team = team_for(size_, context.threads);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const Share share(size_, omp_get_thread_num(), omp_get_num_threads());
      fill_items(bytes_of(outputs, 0) + static_cast<std::size_t>(share.begin) * item_, bytes_of(inputs, 1), item_,
                 share.end - share.begin);
    }
    piece_.copy.run(bytes_of(inputs, 0) + piece_.from_offset, bytes_of(outputs, 0) + piece_.to_offset,
                    context.threads);
  }

 private:
  Placed piece_;
  std::size_t item_;
  std::int64_t size_;
};

std::unique_ptr<Kernel> make_pad(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                 const Attrs& attrs, int) {
  const auto from = dense_strides(inputs[0].shape), to = dense_strides(outputs[0].shape);
  const auto low = attrs.integers("low"), interior = attrs.integers("interior");
  std::vector<StridedCopy::Axis> axes;
  std::int64_t from_offset = 0, to_offset = 0;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const std::int64_t step = interior[i] + 1;
    // Element e lands on low + e * step: the first and the one after the last that land inside.
    const std::int64_t first = low[i] < 0 ? (-low[i] + step - 1) / step : 0;
    const std::int64_t room = outputs[0].shape[i] - low[i];
    const std::int64_t end = std::min(inputs[0].shape[i], room <= 0 ? 0 : (room + step - 1) / step);
    axes.push_back({std::max<std::int64_t>(0, end - first), from[i], to[i] * step});
    from_offset += first * from[i];
    to_offset += (low[i] + first * step) * to[i];
  }
  const std::size_t item = size_of(inputs[0].dtype);
  const bool empty = std::any_of(axes.begin(), axes.end(), [](const auto& axis) { return axis.size == 0; });
  if (empty) from_offset = to_offset = 0;
  return std::make_unique<Pad>(Placed{StridedCopy(std::move(axes), item), static_cast<std::size_t>(from_offset) * item,
                                      static_cast<std::size_t>(to_offset) * item},
                               item, outputs[0].size());
}

// The part of an array at a position that is known when the kernel runs, moved inside where it would stick out.
class Window {
 public:
  Window(const Shape& array, const Shape& window) : array_(array), window_(window), strides_(dense_strides(array)) {}

  std::int64_t offset(const std::int32_t* start) const {
    std::int64_t offset = 0;
    for (std::size_t i = 0; i < array_.size(); ++i) {
      offset += std::clamp<std::int64_t>(start[i], 0, array_[i] - window_[i]) * strides_[i];
    }
    return offset;
  }

 private:
  Shape array_, window_, strides_;
};

class DynamicSlice : public Kernel {
 public:
  DynamicSlice(const Shape& x, const Shape& sizes, StridedCopy copy, std::size_t item)
      : window_(x, sizes), copy_(std::move(copy)), item_(item) {}

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const std::int64_t offset = window_.offset(static_cast<const std::int32_t*>(inputs[1]));
    copy_.run(bytes_of(inputs, 0) + static_cast<std::size_t>(offset) * item_, bytes_of(outputs, 0), context.threads);
  }

 private:
  Window window_;
  StridedCopy copy_;
  std::size_t item_;
};

std::unique_ptr<Kernel> make_dynamic_slice(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                           const Attrs&, int) {
  if (inputs[1].dtype != DType::i32) return nullptr;
  const auto& sizes = outputs[0].shape;
  const auto from = dense_strides(inputs[0].shape), to = dense_strides(sizes);
  const std::size_t item = size_of(inputs[0].dtype);
  std::vector<StridedCopy::Axis> axes;
  for (std::size_t i = 0; i < to.size(); ++i) axes.push_back({sizes[i], from[i], to[i]});
  return std::make_unique<DynamicSlice>(inputs[0].shape, sizes, StridedCopy(std::move(axes), item), item);
}

class DynamicUpdateSlice : public Kernel {
 public:
  DynamicUpdateSlice(const Operand& x, const Shape& update, StridedCopy copy)
      : window_(x.shape, update), copy_(std::move(copy)), item_(size_of(x.dtype)), bytes_(x.bytes()) {}

  int in_place(int) const override { return 0; }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    if (inputs[0] != outputs[0]) copy_bytes(inputs[0], outputs[0], bytes_, context.threads);
    const std::int64_t offset = window_.offset(static_cast<const std::int32_t*>(inputs[2]));
    copy_.run(bytes_of(inputs, 1), bytes_of(outputs, 0) + static_cast<std::size_t>(offset) * item_, context.threads);
  }

 private:
  Window window_;
  StridedCopy copy_;
  std::size_t item_, bytes_;
};

std::unique_ptr<Kernel> make_dynamic_update_slice(const std::vector<Operand>& inputs, const std::vector<Operand>&,
                                                  const Attrs&, int) {
  if (inputs[2].dtype != DType::i32) return nullptr;
  const auto& sizes = inputs[1].shape;
  const auto from = dense_strides(sizes), to = dense_strides(inputs[0].shape);
  std::vector<StridedCopy::Axis> axes;
  for (std::size_t i = 0; i < to.size(); ++i) axes.push_back({sizes[i], from[i], to[i]});
  return std::make_unique<DynamicUpdateSlice>(inputs[0], sizes,
                                              StridedCopy(std::move(axes), size_of(inputs[0].dtype)));
}

BIGDL_KERNEL("reshape", make_reshape);
BIGDL_KERNEL("transpose", make_transpose);
BIGDL_KERNEL("broadcast_to", make_broadcast);
BIGDL_KERNEL("concat", make_concat);
BIGDL_KERNEL("slice", make_slice);
BIGDL_KERNEL("reverse", make_reverse);
BIGDL_KERNEL("pad", make_pad);
BIGDL_KERNEL("dynamic_slice", make_dynamic_slice);
BIGDL_KERNEL("dynamic_update_slice", make_dynamic_update_slice);

}  // namespace

}  // namespace bigdl
