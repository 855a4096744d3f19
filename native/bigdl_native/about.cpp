#include "about.hpp"

#include <mkl.h>

#include "kernels/elementwise.hpp"
#include "kernels/tiles.hpp"
#include "onednn.hpp"

namespace bigdl {

namespace {

std::string own_instruction_set() {
  const auto* chosen = &elementwise::functions();
  if (chosen == &elementwise::functions_v4) return "x86-64-v4 (AVX-512)";
  return chosen == &elementwise::functions_v3 ? "x86-64-v3 (AVX2)" : "x86-64-v2 (SSE4.2)";
}

std::string mkl_version() {
  char text[256];
  mkl_get_version_string(text, sizeof text);
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> about() {
  return {
      {"oneDNN", onednn::library_version()},
      {"MKL", mkl_version()},
      {"compiler", __VERSION__},
      {"instruction set", own_instruction_set()},
      {"oneDNN's instruction set", onednn::instruction_set()},
      {"tiles (AMX)", tiles::available() ? "used" : "not used"},
  };
}

}  // namespace bigdl
