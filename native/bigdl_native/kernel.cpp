#include "kernel.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace bigdl {

namespace {

struct DTypeRow {
  const char* name;
  std::size_t size;
};

// In the order of DType.
constexpr std::array<DTypeRow, 13> kDTypes{{{"float32", 4},
                                            {"float64", 8},
                                            {"float16", 2},
                                            {"bfloat16", 2},
                                            {"int8", 1},
                                            {"int16", 2},
                                            {"int32", 4},
                                            {"int64", 8},
                                            {"uint8", 1},
                                            {"uint16", 2},
                                            {"uint32", 4},
                                            {"uint64", 8},
                                            {"bool", 1}}};

}  // namespace

std::size_t size_of(DType dtype) { return kDTypes[static_cast<std::size_t>(dtype)].size; }

DType dtype_from_name(const std::string& numpy_name) {
  for (std::size_t i = 0; i < kDTypes.size(); ++i) {
    if (numpy_name == kDTypes[i].name) return static_cast<DType>(i);
  }
  throw std::invalid_argument("no native kernel knows dtype " + numpy_name);
}

KernelRegistry& KernelRegistry::instance() {
  static KernelRegistry registry;
  return registry;
}

Factory KernelRegistry::find(const std::string& name) const {
  const auto found = factories_.find(name);
  return found == factories_.end() ? nullptr : found->second;
}

std::vector<std::string> KernelRegistry::names() const {
  std::vector<std::string> names;
  names.reserve(factories_.size());
  for (const auto& [name, factory] : factories_) names.push_back(name);
  return names;
}

}  // namespace bigdl
