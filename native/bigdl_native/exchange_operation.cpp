#include "exchange_operation.hpp"

namespace bigdl::exchange {

std::string describe(const Operation& operation) {
  const std::string bytes = " of " + std::to_string(operation.bytes) + " bytes";
  switch (operation.kind) {
    case Kind::all_reduce:
      return "all_reduce" + bytes + " (dtype " + std::to_string(operation.dtype) + ", wire " +
             std::to_string(operation.wire) + ")";
    case Kind::broadcast: return "broadcast" + bytes + " from rank " + std::to_string(operation.root);
    case Kind::all_gather: return "all_gather";
    case Kind::barrier: return "barrier";
    case Kind::touched_rows: return "all_reduce_rows of " + std::to_string(operation.root) + " table(s)" + bytes;
    case Kind::rows: return "all_reduce_rows with" + bytes + " of rows";
  }
  return "an unknown operation";
}

void require_same_operation(const Links& links, int peer, const Operation& mine, const Operation& theirs) {
  if (mine.kind == theirs.kind && mine.dtype == theirs.dtype && mine.bytes == theirs.bytes &&
      mine.root == theirs.root && mine.wire == theirs.wire) {
    return;
  }
  throw ExchangeError("rank " + std::to_string(links.rank()) + " calls " + describe(mine) + " while " +
                      links.name(peer) + " calls " + describe(theirs) +
                      ": all ranks must make the same calls in the same order");
}

}  // namespace bigdl::exchange
