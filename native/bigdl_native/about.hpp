// What this library consists of, and which of its code this processor runs.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace bigdl {

// Names with values, as texts for people.
std::vector<std::pair<std::string, std::string>> about();

}  // namespace bigdl
