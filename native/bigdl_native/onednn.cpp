#include "onednn.hpp"

#include <algorithm>
#include <dnnl.hpp>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "threads.hpp"

namespace bigdl::onednn {

namespace {

using dnnl::memory;

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

std::optional<memory::data_type> data_type_of(DType dtype) {
  switch (dtype) {
    case DType::f32: return memory::data_type::f32;
    case DType::bf16: return memory::data_type::bf16;
    case DType::f16: return memory::data_type::f16;
    default: return std::nullopt;
  }
}

// A flat list of primitives over memory objects that are made once. Operands are bound to them at every run; what
// lies between the primitives lives in the caller's scratch.
class Program final : public Kernel {
 public:
  explicit Program(int threads) : threads_(threads), stream_(cpu()) {}

  memory input(std::size_t index, const memory::desc& desc) { return bind(inputs_, index, desc); }
  memory output(std::size_t index, const memory::desc& desc) { return bind(outputs_, index, desc); }

  memory temporary(const memory::desc& desc) {
    temporaries_.push_back({memory(desc, cpu(), DNNL_MEMORY_NONE), scratch_bytes_});
    scratch_bytes_ += (desc.get_size() + 63) / 64 * 64;
    return temporaries_.back().memory;
  }

  template <class Description>
  void add(const Description& description, std::vector<std::pair<int, memory>> arguments) {
    if (description.scratchpad_desc().get_size() > 0) {
      arguments.emplace_back(DNNL_ARG_SCRATCHPAD, temporary(description.scratchpad_desc()));
    }
    Stage stage{dnnl::primitive(description.get()), {}};
    for (auto& [role, object] : arguments) stage.arguments.push_back({role, object.get()});
    stages_.push_back(std::move(stage));
  }

  void add_reorder(const memory& from, const memory& to) {
    add(dnnl::reorder::primitive_desc(cpu(), from.get_desc(), cpu(), to.get_desc(), user_scratchpad()),
        {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
  }

  // An input that the caller has in one layout and a primitive wants in another.
  memory input_as(std::size_t index, const memory::desc& given, const memory::desc& wanted) {
    const memory source = input(index, given);
    if (given == wanted) return source;
    const memory packed = temporary(wanted);
    add_reorder(source, packed);
    return packed;
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    for (auto& bound : inputs_) bound.memory.set_data_handle(const_cast<void*>(inputs[bound.index]));
    for (auto& bound : outputs_) bound.memory.set_data_handle(outputs[bound.index]);
    for (auto& [object, offset] : temporaries_) object.set_data_handle(context.scratch + offset);
    // oneDNN cuts the work for the team it was planned with, so it runs with that one.
    const ScopedTeam team(threads_);
    for (const auto& stage : stages_) {
      const auto status = dnnl_primitive_execute(stage.primitive.get(), stream_.get(),
                                                 static_cast<int>(stage.arguments.size()), stage.arguments.data());
      if (status != dnnl_success) throw std::runtime_error("oneDNN failed to execute a primitive it had planned");
    }
  }

  std::size_t scratch_bytes() const override { return scratch_bytes_; }

  static dnnl::primitive_attr user_scratchpad() {
    dnnl::primitive_attr attr;
    attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attr;
  }

 private:
  struct Bound {
    dnnl::memory memory;
    std::size_t index;
  };
  struct Temporary {
    dnnl::memory memory;
    std::size_t offset;
  };
  struct Stage {
    dnnl::primitive primitive;
    std::vector<dnnl_exec_arg_t> arguments;
  };

  static memory bind(std::vector<Bound>& operands, std::size_t index, const memory::desc& desc) {
    operands.push_back({memory(desc, cpu(), DNNL_MEMORY_NONE), index});
    return operands.back().memory;
  }

  int threads_;
  dnnl::stream stream_;
  std::vector<Bound> inputs_, outputs_;
  std::vector<Temporary> temporaries_;
  std::vector<Stage> stages_;
  std::size_t scratch_bytes_ = 0;
};

// Runs `plan`, which fills a Program; nullptr where oneDNN has no implementation of what is asked, or refuses it.
template <class Plan>
std::unique_ptr<Kernel> planned(int threads, Plan plan) {
  const ScopedTeam team(threads);
  auto program = std::make_unique<Program>(threads);
  try {
    plan(*program);
  } catch (const dnnl::error& error) {
    if (error.status == dnnl_unimplemented || error.status == dnnl_invalid_arguments) return nullptr;
    throw;
  }
  return program;
}

dnnl::primitive_attr with_activation(Activation activation) {
  auto attr = Program::user_scratchpad();
  dnnl::post_ops after;
  switch (activation) {
    case Activation::none: return attr;
    case Activation::relu: after.append_eltwise(dnnl::algorithm::eltwise_relu, 0.f, 0.f); break;
    case Activation::tanh: after.append_eltwise(dnnl::algorithm::eltwise_tanh, 0.f, 0.f); break;
    case Activation::sigmoid: after.append_eltwise(dnnl::algorithm::eltwise_logistic, 0.f, 0.f); break;
  }
  attr.set_post_ops(after);
  return attr;
}

// ---- convolution ------------------------------------------------------------------------------------------------

memory::dims channels_first(const std::vector<std::int64_t>& shape) {
  memory::dims dims{shape.front(), shape.back()};
  dims.insert(dims.end(), shape.begin() + 1, shape.end() - 1);
  return dims;
}

// What all three directions of one convolution share: descriptors of the layouts the caller has.
struct ConvolutionLayouts {
  memory::desc x, w, y;          // channels last; spatial dimensions before channels, inputs before outputs
  memory::desc any_w;            // weights in whatever layout oneDNN likes
  memory::dims strides, dilation, pad_low, pad_high;

  ConvolutionLayouts(const Convolution& geometry, memory::data_type type)
      : strides(geometry.strides), pad_low(geometry.pad_low), pad_high(geometry.pad_high) {
    constexpr memory::format_tag kChannelsLast[] = {memory::format_tag::nwc, memory::format_tag::nhwc,
                                                    memory::format_tag::ndhwc};
    const std::size_t rank = geometry.spatial_rank();
    x = memory::desc(channels_first(geometry.x), type, kChannelsLast[rank - 1]);
    y = memory::desc(channels_first(geometry.y), type, kChannelsLast[rank - 1]);
    for (auto step : geometry.dilation) dilation.push_back(step - 1);  // oneDNN counts the gaps

    const std::int64_t inputs = geometry.w[rank], outputs = geometry.w[rank + 1];
    memory::dims dims{outputs / geometry.groups, inputs}, steps{1, outputs};
    if (geometry.groups > 1) {
      dims.insert(dims.begin(), geometry.groups);
      steps.insert(steps.begin(), outputs / geometry.groups);
    }
    std::int64_t step = inputs * outputs;
    memory::dims spatial_steps(rank);
    for (std::size_t i = rank; i-- > 0; step *= geometry.w[i]) spatial_steps[i] = step;
    dims.insert(dims.end(), geometry.w.begin(), geometry.w.begin() + static_cast<std::ptrdiff_t>(rank));
    steps.insert(steps.end(), spatial_steps.begin(), spatial_steps.end());
    w = memory::desc(dims, type, steps);
    any_w = memory::desc(dims, type, memory::format_tag::any);
  }

  dnnl::convolution_forward::primitive_desc forward(const memory::desc& bias, const dnnl::primitive_attr& attr) const {
    return {cpu(), dnnl::prop_kind::forward_training, dnnl::algorithm::convolution_direct, x, any_w, bias, y,
            strides, dilation, pad_low, pad_high, attr};
  }
};

}  // namespace

std::optional<Activation> activation_from_name(const std::string& name) {
  if (name.empty()) return Activation::none;
  if (name == "relu") return Activation::relu;
  if (name == "tanh") return Activation::tanh;
  if (name == "sigmoid") return Activation::sigmoid;
  return std::nullopt;
}

std::int64_t Convolution::multiply_adds() const {
  const auto product = [](const std::vector<std::int64_t>& dims) {
    return std::accumulate(dims.begin(), dims.end(), std::int64_t{1}, std::multiplies<>());
  };
  return product(y) / y.back() * product(w);
}

std::unique_ptr<Kernel> convolution(const Convolution& geometry, bool with_bias, Activation activation, int threads) {
  const auto type = data_type_of(geometry.dtype);
  if (!type) return nullptr;
  return planned(team_for_products(geometry.multiply_adds(), threads), [&](Program& program) {
    const ConvolutionLayouts layouts(geometry, *type);
    memory::desc bias;
    if (with_bias) bias = memory::desc({geometry.y.back()}, *type, memory::format_tag::x);
    const auto forward = layouts.forward(bias, with_activation(activation));
    std::vector<std::pair<int, memory>> arguments{
        {DNNL_ARG_SRC, program.input(0, layouts.x)},
        {DNNL_ARG_WEIGHTS, program.input_as(1, layouts.w, forward.weights_desc())},
        {DNNL_ARG_DST, program.output(0, layouts.y)}};
    if (with_bias) arguments.emplace_back(DNNL_ARG_BIAS, program.input(2, bias));
    program.add(forward, std::move(arguments));
  });
}

std::unique_ptr<Kernel> convolution_input_grad(const Convolution& geometry, int threads) {
  const auto type = data_type_of(geometry.dtype);
  if (!type) return nullptr;
  return planned(team_for_products(geometry.multiply_adds(), threads), [&](Program& program) {
    const ConvolutionLayouts layouts(geometry, *type);
    const dnnl::convolution_backward_data::primitive_desc backward(
        cpu(), dnnl::algorithm::convolution_direct, layouts.x, layouts.any_w, layouts.y, layouts.strides,
        layouts.dilation, layouts.pad_low, layouts.pad_high, layouts.forward({}, Program::user_scratchpad()),
        Program::user_scratchpad());
    program.add(backward, {{DNNL_ARG_DIFF_DST, program.input(0, layouts.y)},
                           {DNNL_ARG_WEIGHTS, program.input_as(1, layouts.w, backward.weights_desc())},
                           {DNNL_ARG_DIFF_SRC, program.output(0, layouts.x)}});
  });
}

std::unique_ptr<Kernel> convolution_weight_grad(const Convolution& geometry, int threads) {
  const auto type = data_type_of(geometry.dtype);
  if (!type) return nullptr;
  return planned(team_for_products(geometry.multiply_adds(), threads), [&](Program& program) {
    const ConvolutionLayouts layouts(geometry, *type);
    const dnnl::convolution_backward_weights::primitive_desc backward(
        cpu(), dnnl::algorithm::convolution_direct, layouts.x, layouts.any_w, layouts.y, layouts.strides,
        layouts.dilation, layouts.pad_low, layouts.pad_high, layouts.forward({}, Program::user_scratchpad()),
        Program::user_scratchpad());
    const memory result = program.output(0, layouts.w);
    const bool plain = backward.diff_weights_desc() == layouts.w;
    const memory packed = plain ? result : program.temporary(backward.diff_weights_desc());
    program.add(backward, {{DNNL_ARG_SRC, program.input(0, layouts.x)},
                           {DNNL_ARG_DIFF_DST, program.input(1, layouts.y)},
                           {DNNL_ARG_DIFF_WEIGHTS, packed}});
    if (!plain) program.add_reorder(packed, result);
  });
}

// ---- matrix product ---------------------------------------------------------------------------------------------

namespace {

memory::desc matrix(memory::dims batch, std::int64_t rows, std::int64_t columns, bool transposed,
                    memory::data_type type) {
  memory::dims steps(batch.size() + 2);
  steps[batch.size()] = transposed ? 1 : columns;
  steps[batch.size() + 1] = transposed ? rows : 1;
  std::int64_t step = rows * columns;
  for (std::size_t i = batch.size(); i-- > 0; step *= batch[i]) steps[i] = step;
  batch.push_back(rows);
  batch.push_back(columns);
  return {batch, type, steps};
}

}  // namespace

std::unique_ptr<Kernel> product(const Product& geometry, bool with_bias, Activation activation, int threads) {
  const auto type = data_type_of(geometry.dtype);
  if (!type) return nullptr;
  const std::int64_t count =
      std::accumulate(geometry.batch.begin(), geometry.batch.end(), std::int64_t{1}, std::multiplies<>());
  const std::int64_t work = count * geometry.m * geometry.k * geometry.n;
  return planned(team_for_products(work, threads), [&](Program& program) {
    const auto a = matrix(geometry.batch, geometry.m, geometry.k, geometry.transpose_a, *type);
    const auto b = matrix(geometry.b_batch, geometry.k, geometry.n, geometry.transpose_b, *type);
    const auto y = matrix(geometry.batch, geometry.m, geometry.n, false, *type);
    memory::desc bias;
    if (with_bias) bias = matrix(memory::dims(geometry.batch.size(), 1), 1, geometry.n, false, *type);
    const dnnl::matmul::primitive_desc forward(cpu(), a, b, bias, y, with_activation(activation));
    std::vector<std::pair<int, memory>> arguments{{DNNL_ARG_SRC, program.input(0, a)},
                                                  {DNNL_ARG_WEIGHTS, program.input(1, b)},
                                                  {DNNL_ARG_DST, program.output(0, y)}};
    if (with_bias) arguments.emplace_back(DNNL_ARG_BIAS, program.input(2, bias));
    program.add(forward, std::move(arguments));
  });
}

}  // namespace bigdl::onednn
