// What a rank believes it takes part in. Ranks tell each other, because ranks that differ (a bug in the caller) would
// silently mix up numbers or wait for each other.
#pragma once

#include <cstdint>
#include <string>

#include "exchange_links.hpp"

namespace bigdl::exchange {

enum class Kind : std::uint32_t { all_reduce = 1, broadcast, all_gather, barrier, touched_rows, rows };

struct Operation {
  Kind kind;
  std::uint32_t dtype;  // of all_reduce
  std::uint64_t bytes;
  std::uint32_t root;  // of broadcast; of the others how many tables
  std::uint32_t wire;
};

std::string describe(const Operation& operation);  // "all_reduce of 400 bytes"

// Throws ExchangeError when `theirs`, announced by `peer`, is not `mine`.
void require_same_operation(const Links& links, int peer, const Operation& mine, const Operation& theirs);

}  // namespace bigdl::exchange
