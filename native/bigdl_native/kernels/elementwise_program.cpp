#include "elementwise_program.hpp"

#include <cstdlib>
#include <stdexcept>

namespace bigdl::elementwise {

namespace {

// BIGDL_KERAS_INSTRUCTION_SET=v2 or v3 asks for less than the processor has: machines of several generations then
// give the same bits.
const FunctionSet& choose_functions() {
  const char* asked = std::getenv("BIGDL_KERAS_INSTRUCTION_SET");
  const std::string limit = asked == nullptr ? "v4" : asked;
  if (limit != "v2" && limit != "v3" && limit != "v4") {
    throw std::invalid_argument("BIGDL_KERAS_INSTRUCTION_SET must be v2, v3 or v4, got " + limit);
  }
  if (limit >= "v4" && __builtin_cpu_supports("x86-64-v4")) return functions_v4;
  if (limit >= "v3" && __builtin_cpu_supports("x86-64-v3")) return functions_v3;
  return functions_v2;
}

}  // namespace

const FunctionSet& functions() {
  static const FunctionSet& chosen = choose_functions();
  return chosen;
}

namespace {

struct OpRow {
  const char* name;
  Op op;
  int arity;
};

constexpr OpRow kOps[] = {
#define BIGDL_OP(name, arity) {#name, Op::name, arity},
    BIGDL_ELEMENTWISE_OPS(BIGDL_OP)
#undef BIGDL_OP
};

const OpRow* find_row(const std::string& name) {
  for (const auto& row : kOps) {
    if (name == row.name) return &row;
  }
  return nullptr;
}

void require(bool condition, const std::string& what) {
  if (!condition) throw std::invalid_argument("fused_elementwise: " + what);
}

// Binds one op to its function; false if there is none.
bool append(Program& program, const OpRow& row, const std::int64_t* args, DType result) {
  Instruction instruction = {nullptr, row.arity, {0, 0, 0}, false};
  for (int i = 0; i < row.arity; ++i) {
    require(args[i] >= 0 && args[i] < program.n_registers(),
            std::string(row.name) + " reads register " + std::to_string(args[i]) + " before it is written");
    instruction.in[i] = static_cast<int>(args[i]);
  }
  const DType operand = register_dtype(program.dtypes[static_cast<std::size_t>(instruction.in[row.arity - 1])]);
  for (int i = row.op == Op::select ? 1 : 0; i < row.arity; ++i) {
    require(register_dtype(program.dtypes[static_cast<std::size_t>(instruction.in[i])]) == operand,
            std::string(row.name) + " has operands of different dtypes");
  }
  instruction.function = functions().find(row.op, operand, result);
  instruction.takes_scalars = takes_scalars(row.arity, operand);
  program.instructions.push_back(instruction);
  program.dtypes.push_back(result);
  return instruction.function != nullptr;
}

bool is_supported(DType dtype) {
  return functions().find(Op::stop_gradient, register_dtype(dtype), dtype) != nullptr;
}

}  // namespace

std::unique_ptr<Program> decode(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                const Attrs& attrs) {
  auto program = std::make_unique<Program>();
  program->n_inputs = static_cast<int>(inputs.size());
  for (const auto& input : inputs) program->dtypes.push_back(input.dtype);
  if (attrs.has("scalars")) {
    program->constants = attrs.reals("scalars");
    const auto& dtypes = attrs.texts("scalar_dtypes");
    require(dtypes.size() == program->constants.size(), "one entry of scalar_dtypes for each of scalars");
    for (const auto& name : dtypes) program->dtypes.push_back(dtype_from_name(name));
  }
  for (const DType dtype : program->dtypes) {
    if (!is_supported(dtype)) return nullptr;
  }
  const auto args = attrs.integers("args");
  const std::vector<std::string> none;  // an empty attribute arrives without a type
  const auto& ops = args.empty() ? none : attrs.texts("ops");
  const auto& dtypes = args.empty() ? none : attrs.texts("dtypes");
  require(dtypes.size() == ops.size() && args.size() == 3 * ops.size(), "one dtype and three args for each op");
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const OpRow* row = find_row(ops[i]);
    if (row == nullptr || !append(*program, *row, &args[3 * i], dtype_from_name(dtypes[i]))) return nullptr;
  }
  const auto results = attrs.integers("results");
  require(results.size() == outputs.size(), "one entry of results for each output");
  const int written = program->n_registers();
  for (std::size_t o = 0; o < results.size(); ++o) {
    require(results[o] >= 0 && results[o] < written, "an output names no register");
    require(program->dtypes[static_cast<std::size_t>(results[o])] == outputs[o].dtype,
            "an output's dtype is not its register's");
    int result = static_cast<int>(results[o]);
    if (result < program->first_result()) {  // an op more, so that every output is the result of one
      append(*program, *find_row("stop_gradient"), &results[o], outputs[o].dtype);
      result = program->n_registers() - 1;
    }
    program->results.push_back(result);
  }
  if (attrs.has("in_place")) {
    for (const auto input : attrs.integers("in_place")) {
      require(input >= -1 && input < program->n_inputs, "in_place names no input");
      program->in_place.push_back(static_cast<int>(input));
    }
    require(program->in_place.size() == outputs.size(), "one entry of in_place for each output");
  }
  return program;
}

std::unique_ptr<Program> single(Op op, const std::vector<Operand>& inputs, const Operand& output) {
  const OpRow& row = kOps[static_cast<std::size_t>(op)];
  auto program = std::make_unique<Program>();
  program->n_inputs = row.arity;
  for (const auto& input : inputs) {
    if (!is_supported(input.dtype)) return nullptr;
    program->dtypes.push_back(input.dtype);
  }
  const std::int64_t args[3] = {0, 1, 2};
  if (!append(*program, row, args, output.dtype)) return nullptr;
  program->results = {row.arity};
  return program;
}

}  // namespace bigdl::elementwise
