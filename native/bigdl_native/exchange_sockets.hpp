// The collective operations over sockets.
#pragma once

#include <string>
#include <vector>

#include "exchange_stream.hpp"

namespace bigdl::exchange {

void all_reduce_over_sockets(Links& links, const Spans& spans, const Arithmetic& arithmetic, Wire wire,
                             const Operation& operation);
void broadcast_over_sockets(Links& links, const Spans& spans, int root, const Operation& operation);

void gather_over_sockets(Links& links, const Blocks& blocks, const Operation& operation);

constexpr std::size_t kLongestString = 256 << 20;
std::vector<std::string> all_gather_over_sockets(Links& links, const std::string& own);

}  // namespace bigdl::exchange
