#include "exchange_sockets.hpp"

#include <cstring>

namespace bigdl::exchange {
namespace {

constexpr std::size_t kDirect = 16 << 10;       // up to here latency counts: every rank sends to every other
constexpr std::size_t kDirectTotal = 64 << 10;  // and no rank receives more than this at once

// Every rank sends everything to every other, and each adds in the order of ranks.
void direct_all_reduce(Links& links, const Spans& spans, const Arithmetic& arithmetic,
                       const Operation& operation) {
  const std::size_t bytes = spans.bytes();
  const int world = links.world();
  std::vector<std::vector<std::byte>> parts(world, std::vector<std::byte>(bytes));
  std::vector<Outgoing> out;
  std::vector<Incoming> in;
  for (int i = 1; i < world; ++i) {
    const int peer = (links.rank() + i) % world;
    out.emplace_back(peer, operation).append(spans, 0, bytes);
    in.emplace_back(peer).append_plain(parts[peer].data(), bytes);
  }
  transfer(links, out, in, operation);
  std::byte* own = parts[links.rank()].data();
  spans.each(0, bytes, [&](std::byte* data, std::size_t n) { std::memcpy(own, data, n), own += n; });
  std::size_t at = 0;
  spans.each(0, bytes, [&](std::byte* data, std::size_t n) {
    arithmetic.sum(data, parts[0].data() + at, parts[1].data() + at, n / arithmetic.item);
    for (int r = 2; r < world; ++r) arithmetic.add(data, parts[r].data() + at, n / arithmetic.item);
    at += n;
  });
}

// Segment s travels once around the ring from place s and is summed on its way (reduce-scatter), then once more and is
// copied (all-gather). What a rank sends is, after its first segment, what it has received: so both are one stream
// each, and bytes leave as soon as they are final.
void ring_all_reduce(Links& links, const Spans& spans, const Arithmetic& arithmetic, Wire wire,
                     const Operation& operation) {
  const int world = links.world(), place = links.place();
  const std::size_t items = spans.bytes() / arithmetic.item;
  const auto start = [&](int segment) { return items * segment / world * arithmetic.item; };
  const auto wrap = [&](int segment) { return (segment % world + world) % world; };

  std::vector<Outgoing> out;
  std::vector<Incoming> in;
  out.emplace_back(links.rank_at(place + 1), operation, wire);
  in.emplace_back(links.rank_at(place - 1), wire, &arithmetic);
  const int steps = 2 * (world - 1);
  for (int step = 0; step < steps; ++step) {
    const int sent = wrap(place - step), received = wrap(place - step - 1);
    // The last sum of a segment is what all ranks read: it is rounded as it travels.
    const Arrival arrival = step < world - 2    ? Arrival::add
                            : step == world - 2 ? Arrival::add_rounded
                                                : Arrival::store;
    out.front().append(spans, start(sent), start(sent + 1));
    in.front().append(spans, start(received), start(received + 1), arrival);
  }
  const std::size_t head = start(place + 1) - start(place);
  transfer(links, out, in, operation, wire == Wire::bf16 ? head / 2 : head);
}

}  // namespace

void all_reduce_over_sockets(Links& links, const Spans& spans, const Arithmetic& arithmetic, Wire wire,
                             const Operation& operation) {
  const std::size_t bytes = spans.bytes();
  if (bytes <= kDirect && bytes * (links.world() - 1) <= kDirectTotal) {
    direct_all_reduce(links, spans, arithmetic, operation);
  } else {
    ring_all_reduce(links, spans, arithmetic, arithmetic.dtype == DType::f32 ? wire : Wire::plain, operation);
  }
}

// A chain from the root: every rank passes on what has arrived.
void broadcast_over_sockets(Links& links, const Spans& spans, int root, const Operation& operation) {
  const int next = links.rank_at(links.place() + 1), previous = links.rank_at(links.place() - 1);
  std::vector<Outgoing> out;
  std::vector<Incoming> in;
  if (next != root) out.emplace_back(next, operation).append(spans, 0, spans.bytes());
  if (links.rank() != root) in.emplace_back(previous).append(spans, 0, spans.bytes(), Arrival::store);
  transfer(links, out, in, operation, links.rank() == root ? kAllFinal : 0);
}

// Small blocks go to every rank directly; large ones around the ring, where each rank passes on what arrives.
void gather_over_sockets(Links& links, const Blocks& blocks, const Operation& operation) {
  const int world = links.world(), place = links.place();
  std::size_t total = 0, largest = 0;
  for (const Piece& block : blocks) total += block.bytes, largest = std::max(largest, block.bytes);
  std::vector<Outgoing> out;
  std::vector<Incoming> in;
  if (largest <= kDirect && total <= kDirectTotal) {
    const Piece& own = blocks[links.rank()];
    for (int i = 1; i < world; ++i) {
      const int peer = (links.rank() + i) % world;
      out.emplace_back(peer, operation).append_plain(own.data, own.bytes);
      in.emplace_back(peer).append_plain(blocks[peer].data, blocks[peer].bytes);
    }
    transfer(links, out, in, operation);
    return;
  }
  out.emplace_back(links.rank_at(place + 1), operation);
  in.emplace_back(links.rank_at(place - 1));
  for (int step = 0; step < world - 1; ++step) {
    const Piece& sent = blocks[links.rank_at(place - step)];
    const Piece& received = blocks[links.rank_at(place - step - 1)];
    out.front().append_plain(sent.data, sent.bytes);
    in.front().append_plain(received.data, received.bytes);
  }
  transfer(links, out, in, operation, blocks[links.rank()].bytes);
}

std::vector<std::string> all_gather_over_sockets(Links& links, const std::string& own) {
  const Operation operation{Kind::all_gather, 0, 0, 0, 0};
  std::vector<std::uint64_t> sizes(links.world());
  std::vector<std::string> all(links.world());
  sizes[links.rank()] = own.size();
  all[links.rank()] = own;
  Blocks blocks;
  for (auto& size : sizes) blocks.push_back({reinterpret_cast<std::byte*>(&size), sizeof size});
  gather_over_sockets(links, blocks, operation);
  blocks.clear();
  for (int r = 0; r < links.world(); ++r) {
    if (sizes[r] > kLongestString) {
      throw ExchangeError(links.name(r) + " announced a string of " + std::to_string(sizes[r]) + " bytes");
    }
    all[r].resize(sizes[r]);
    blocks.push_back({reinterpret_cast<std::byte*>(all[r].data()), all[r].size()});
  }
  gather_over_sockets(links, blocks, operation);
  return all;
}

}  // namespace bigdl::exchange
