#include "onednn.hpp"

#include <algorithm>
#include <dnnl.hpp>
#include <numeric>
#include <stdexcept>
#include <string_view>
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

// Whether the name of the chosen code begins so.
template <class Description>
bool names(const Description& description, std::string_view prefix) {
  return std::string_view(description.impl_info_str()).substr(0, prefix.size()) == prefix;
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

  // Throws unimplemented where only oneDNN's reference code would run, which may be a thousand times slower.
  template <class Description>
  void add(const Description& description, std::vector<std::pair<int, memory>> arguments) {
    if (names(description, "ref")) {
      throw dnnl::error(dnnl_unimplemented, "only reference code");
    }
    append(description, std::move(arguments));
  }

  void add_reorder(const memory& from, const memory& to) {
    append(dnnl::reorder::primitive_desc(cpu(), from.get_desc(), cpu(), to.get_desc(), user_scratchpad()),
           {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
  }

  // An input that the caller has in one layout or type and a primitive wants in another.
  memory input_as(std::size_t index, const memory::desc& given, const memory::desc& wanted) {
    const memory source = input(index, given);
    if (given == wanted) return source;
    const memory packed = temporary(wanted);
    add_reorder(source, packed);
    return packed;
  }

  // An output, the other way round: `primitive` is called with the memory it is to write.
  template <class Primitive>
  void output_as(std::size_t index, const memory::desc& given, const memory::desc& wanted, Primitive primitive) {
    const memory result = output(index, given);
    if (given == wanted) {
      primitive(result);
    } else {
      const memory packed = temporary(wanted);
      primitive(packed);
      add_reorder(packed, result);
    }
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

  template <class Description>
  void append(const Description& description, std::vector<std::pair<int, memory>> arguments) {
    if (description.scratchpad_desc().get_size() > 0) {
      arguments.emplace_back(DNNL_ARG_SCRATCHPAD, temporary(description.scratchpad_desc()));
    }
    Stage stage{dnnl::primitive(description.get()), {}};
    for (auto& [role, object] : arguments) stage.arguments.push_back({role, object.get()});
    stages_.push_back(std::move(stage));
  }

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

// Runs `plan(program, stored, computed)`, which fills a Program for operands of one type that computes in another: in
// the same, or in float32 where the processor lacks it. nullptr where oneDNN has no code for either, or refuses.
template <class Plan>
std::unique_ptr<Kernel> planned(DType dtype, int threads, Plan plan) {
  const auto stored = data_type_of(dtype);
  if (!stored) return nullptr;
  const ScopedTeam team(threads);
  for (const auto computed : {*stored, memory::data_type::f32}) {
    auto program = std::make_unique<Program>(threads);
    try {
      plan(*program, *stored, computed);
      return program;
    } catch (const dnnl::error& error) {
      if (error.status != dnnl_unimplemented && error.status != dnnl_invalid_arguments) throw;
    }
  }
  return nullptr;
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
  const int team = team_for_products(geometry.multiply_adds(), threads);
  return planned(geometry.dtype, team, [&](Program& program, memory::data_type stored, memory::data_type computed) {
    const ConvolutionLayouts given(geometry, stored), wanted(geometry, computed);
    const auto bias = [&](memory::data_type type) {
      return with_bias ? memory::desc({geometry.y.back()}, type, memory::format_tag::x) : memory::desc();
    };
    const auto forward = wanted.forward(bias(computed), with_activation(activation));
    std::vector<std::pair<int, memory>> arguments{
        {DNNL_ARG_SRC, program.input_as(0, given.x, wanted.x)},
        {DNNL_ARG_WEIGHTS, program.input_as(1, given.w, forward.weights_desc())}};
    if (with_bias) arguments.emplace_back(DNNL_ARG_BIAS, program.input_as(2, bias(stored), bias(computed)));
    program.output_as(0, given.y, wanted.y, [&](const memory& y) {
      arguments.emplace_back(DNNL_ARG_DST, y);
      program.add(forward, arguments);
    });
  });
}

std::unique_ptr<Kernel> convolution_input_grad(const Convolution& geometry, int threads) {
  const int team = team_for_products(geometry.multiply_adds(), threads);
  return planned(geometry.dtype, team, [&](Program& program, memory::data_type stored, memory::data_type computed) {
    const ConvolutionLayouts given(geometry, stored), wanted(geometry, computed);
    const dnnl::convolution_backward_data::primitive_desc backward(
        cpu(), dnnl::algorithm::convolution_direct, wanted.x, wanted.any_w, wanted.y, wanted.strides, wanted.dilation,
        wanted.pad_low, wanted.pad_high, wanted.forward({}, Program::user_scratchpad()), Program::user_scratchpad());
    // Measured: in bfloat16 depthwise gradients by tiles of products take ten times as long as float32 and casts.
    const bool is_depthwise = geometry.groups > 1 && geometry.groups == geometry.x.back();
    if (is_depthwise && computed != memory::data_type::f32 && !names(backward, "jit_dw")) {
      throw dnnl::error(dnnl_unimplemented, "no code for depthwise gradients");
    }
    const memory dy = program.input_as(0, given.y, wanted.y);
    const memory w = program.input_as(1, given.w, backward.weights_desc());
    program.output_as(0, given.x, wanted.x, [&](const memory& dx) {
      program.add(backward, {{DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_WEIGHTS, w}, {DNNL_ARG_DIFF_SRC, dx}});
    });
  });
}

std::unique_ptr<Kernel> convolution_weight_grad(const Convolution& geometry, int threads) {
  const int team = team_for_products(geometry.multiply_adds(), threads);
  return planned(geometry.dtype, team, [&](Program& program, memory::data_type stored, memory::data_type computed) {
    const ConvolutionLayouts given(geometry, stored), wanted(geometry, computed);
    const dnnl::convolution_backward_weights::primitive_desc backward(
        cpu(), dnnl::algorithm::convolution_direct, wanted.x, wanted.any_w, wanted.y, wanted.strides, wanted.dilation,
        wanted.pad_low, wanted.pad_high, wanted.forward({}, Program::user_scratchpad()), Program::user_scratchpad());
    const memory x = program.input_as(0, given.x, wanted.x);
    const memory dy = program.input_as(1, given.y, wanted.y);
    program.output_as(0, given.w, backward.diff_weights_desc(), [&](const memory& dw) {
      program.add(backward, {{DNNL_ARG_SRC, x}, {DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_DIFF_WEIGHTS, dw}});
    });
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
  const std::int64_t count =
      std::accumulate(geometry.batch.begin(), geometry.batch.end(), std::int64_t{1}, std::multiplies<>());
  const int team = team_for_products(count * geometry.m * geometry.k * geometry.n, threads);
  return planned(geometry.dtype, team, [&](Program& program, memory::data_type stored, memory::data_type computed) {
    const auto a = [&](memory::data_type type) {
      return matrix(geometry.batch, geometry.m, geometry.k, geometry.transpose_a, type);
    };
    const auto b = [&](memory::data_type type) {
      return matrix(geometry.b_batch, geometry.k, geometry.n, geometry.transpose_b, type);
    };
    const auto bias = [&](memory::data_type type) {
      const memory::dims batch(geometry.batch.size(), 1);
      return with_bias ? matrix(batch, 1, geometry.n, false, type) : memory::desc();
    };
    const auto y = [&](memory::data_type type) { return matrix(geometry.batch, geometry.m, geometry.n, false, type); };
    const dnnl::matmul::primitive_desc forward(cpu(), a(computed), b(computed), bias(computed), y(computed),
                                               with_activation(activation));
    std::vector<std::pair<int, memory>> arguments{{DNNL_ARG_SRC, program.input_as(0, a(stored), a(computed))},
                                                  {DNNL_ARG_WEIGHTS, program.input_as(1, b(stored), b(computed))}};
    if (with_bias) arguments.emplace_back(DNNL_ARG_BIAS, program.input_as(2, bias(stored), bias(computed)));
    program.output_as(0, y(stored), y(computed), [&](const memory& result) {
      arguments.emplace_back(DNNL_ARG_DST, result);
      program.add(forward, arguments);
    });
  });
}

std::string library_version() {
  const auto* version = dnnl::version();
  return std::to_string(version->major) + "." + std::to_string(version->minor) + "." + std::to_string(version->patch);
}

std::string instruction_set() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::sse41: return "SSE4.1";
    case dnnl::cpu_isa::avx: return "AVX";
    case dnnl::cpu_isa::avx2: return "AVX2";
    case dnnl::cpu_isa::avx2_vnni: return "AVX2 with VNNI";
    case dnnl::cpu_isa::avx2_vnni_2: return "AVX2 with VNNI and BF16";
    case dnnl::cpu_isa::avx512_core: return "AVX-512";
    case dnnl::cpu_isa::avx512_core_vnni: return "AVX-512 with VNNI";
    case dnnl::cpu_isa::avx512_core_bf16: return "AVX-512 with BF16";
    case dnnl::cpu_isa::avx512_core_fp16: return "AVX-512 with FP16";
    case dnnl::cpu_isa::avx512_core_amx: return "AVX-512 and AMX";
    case dnnl::cpu_isa::avx512_core_amx_fp16: return "AVX-512 and AMX with FP16";
    default: return "another than this library knows";
  }
}

}  // namespace bigdl::onednn
