// The contract between the graph runtime and every native kernel.
//
// A kernel is made once for concrete shapes (slow work is allowed: choosing code, packing plans, creating oneDNN
// primitives) and run many times (no allocation, no exceptions, no Python).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace bigdl {

enum class DType : std::uint8_t { f32, f64, f16, bf16, i8, i16, i32, i64, u8, u16, u32, u64, boolean };

std::size_t size_of(DType dtype);
DType dtype_from_name(const std::string& numpy_name);  // throws std::invalid_argument

// A dense C-contiguous operand.
struct Operand {
  DType dtype;
  std::vector<std::int64_t> shape;

  std::int64_t size() const {
    std::int64_t n = 1;
    for (auto d : shape) n *= d;
    return n;
  }
  std::size_t bytes() const { return static_cast<std::size_t>(size()) * size_of(dtype); }
  std::size_t rank() const { return shape.size(); }
};

// Attributes of a primitive. Nested tuples arrive flattened; booleans as integers.
class Attrs {
 public:
  using Value = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>,
                             std::vector<std::string>>;

  void set(const std::string& name, Value value) { values_[name] = std::move(value); }
  bool has(const std::string& name) const { return values_.count(name) != 0; }
  std::int64_t integer(const std::string& name) const { return std::get<std::int64_t>(values_.at(name)); }
  double real(const std::string& name) const {
    const auto& v = values_.at(name);
    if (const auto* i = std::get_if<std::int64_t>(&v)) return static_cast<double>(*i);
    return std::get<double>(v);
  }
  const std::string& text(const std::string& name) const { return std::get<std::string>(values_.at(name)); }
  std::vector<std::int64_t> integers(const std::string& name) const {
    return std::get<std::vector<std::int64_t>>(values_.at(name));
  }
  const std::vector<double>& reals(const std::string& name) const {
    return std::get<std::vector<double>>(values_.at(name));
  }
  const std::vector<std::string>& texts(const std::string& name) const {
    return std::get<std::vector<std::string>>(values_.at(name));
  }

 private:
  std::map<std::string, Value> values_;
};

// What a kernel may use while it runs.
struct RunContext {
  int threads = 1;          // size of the OpenMP team a kernel may use; small kernels use one
  std::byte* scratch = nullptr;  // at least Kernel::scratch_bytes(), 64-byte aligned
};

class Kernel {
 public:
  virtual ~Kernel() = default;
  virtual void run(const void* const* inputs, void* const* outputs, RunContext& context) = 0;
  virtual std::size_t scratch_bytes() const { return 0; }
  // Index of the input whose buffer output `output` may share (same size, element-wise access), or -1.
  virtual int in_place(int output) const { (void)output; return -1; }
};

// Returns nullptr when the dtypes or shapes are not supported: the caller then runs the NumPy truth.
using Factory = std::unique_ptr<Kernel> (*)(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                            const Attrs& attrs, int threads);

class KernelRegistry {
 public:
  static KernelRegistry& instance();
  void add(const std::string& name, Factory factory) { factories_[name] = factory; }
  Factory find(const std::string& name) const;
  std::vector<std::string> names() const;

 private:
  std::map<std::string, Factory> factories_;
};

struct KernelRegistration {
  KernelRegistration(const char* name, Factory factory) { KernelRegistry::instance().add(name, factory); }
};

}  // namespace bigdl

#define BIGDL_KERNEL_JOIN2(a, b) a##b
#define BIGDL_KERNEL_JOIN(a, b) BIGDL_KERNEL_JOIN2(a, b)
#define BIGDL_KERNEL(name, factory) \
  static const ::bigdl::KernelRegistration BIGDL_KERNEL_JOIN(registration_, __COUNTER__)(name, factory)
