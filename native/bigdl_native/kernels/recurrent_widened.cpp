#include "recurrent_widened.hpp"

#include "../threads.hpp"
#include "elementwise.hpp"

namespace bigdl::recurrent {

namespace {

std::vector<Operand> widened(const std::vector<Operand>& operands) {
  auto result = operands;
  for (auto& operand : result) {
    if (is_half(operand.dtype)) operand.dtype = DType::f32;
  }
  return result;
}

class Widened : public Kernel {
 public:
  Widened(std::unique_ptr<Kernel> kernel, const std::vector<Operand>& inputs, const std::vector<Operand>& outputs)
      : kernel_(std::move(kernel)), offset_(aligned(kernel_->scratch_bytes())) {
    for (const auto& input : inputs) inputs_.push_back(place(input));
    for (const auto& output : outputs) outputs_.push_back(place(output));
    from_.resize(inputs.size());
    to_.resize(outputs.size());
  }

  std::size_t scratch_bytes() const override { return offset_; }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      from_[i] = inputs[i];
      if (!is_half(inputs_[i].dtype)) continue;
      std::byte* wide = context.scratch + inputs_[i].offset;
      convert(functions_of(inputs_[i].dtype).first, inputs[i], 2, wide, 4, inputs_[i].size, context.threads);
      from_[i] = wide;
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      to_[i] = is_half(outputs_[i].dtype) ? context.scratch + outputs_[i].offset : outputs[i];
    }
    kernel_->run(from_.data(), to_.data(), context);
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      if (!is_half(outputs_[i].dtype)) continue;
      convert(functions_of(outputs_[i].dtype).second, to_[i], 4, outputs[i], 2, outputs_[i].size, context.threads);
    }
  }

 private:
  struct Placed {
    DType dtype;
    std::int64_t size;
    std::size_t offset;  // of its float32 copy in the scratch memory
  };

  static std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

  Placed place(const Operand& operand) {
    const Placed placed = {operand.dtype, operand.size(), offset_};
    if (is_half(operand.dtype)) offset_ += aligned(static_cast<std::size_t>(operand.size()) * sizeof(float));
    return placed;
  }

  static std::pair<elementwise::BlockFunction, elementwise::BlockFunction> functions_of(DType dtype) {
    const auto& functions = elementwise::functions();
    return {functions.decode(dtype), functions.encode(dtype)};
  }

  static void convert(elementwise::BlockFunction function, const void* from, std::int64_t from_bytes, void* to,
                      std::int64_t to_bytes, std::int64_t size, int threads) {
    const int team = team_for(size, threads);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const Share share(size, omp_get_thread_num(), omp_get_num_threads());
      const elementwise::Source source = {static_cast<const std::byte*>(from) + share.begin * from_bytes, false};
      function(static_cast<std::byte*>(to) + share.begin * to_bytes, &source, share.end - share.begin);
    }
  }

  std::unique_ptr<Kernel> kernel_;
  std::size_t offset_;
  std::vector<Placed> inputs_, outputs_;
  std::vector<const void*> from_;
  std::vector<void*> to_;
};

}  // namespace

std::unique_ptr<Kernel> make_widened(Factory make, const std::vector<Operand>& inputs,
                                     const std::vector<Operand>& outputs, const Attrs& attrs, int threads) {
  auto kernel = make(widened(inputs), widened(outputs), attrs, threads);
  if (kernel == nullptr) return nullptr;
  return std::make_unique<Widened>(std::move(kernel), inputs, outputs);
}

}  // namespace bigdl::recurrent
