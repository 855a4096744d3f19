#include "exchange.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "exchange_rows.hpp"
#include "exchange_sockets.hpp"

namespace bigdl::exchange {
namespace {

// Time for every rank to see who failed first, before this one hangs up too.
constexpr std::chrono::milliseconds kFarewell{20};

const Arithmetic kNothing = arithmetic_of(DType::f32);

std::vector<Peer> checked(std::vector<Peer> peers, int rank, double timeout) {
  std::sort(peers.begin(), peers.end(), [](const Peer& a, const Peer& b) { return a.rank < b.rank; });
  for (std::size_t i = 0; i < peers.size(); ++i) {
    if (peers[i].rank != static_cast<int>(i)) throw std::invalid_argument("peers must have the ranks 0, 1, 2, ...");
  }
  if (rank < 0 || rank >= static_cast<int>(peers.size())) {
    throw std::invalid_argument("rank " + std::to_string(rank) + " is not among the " + std::to_string(peers.size()) +
                                " peers");
  }
  if (!(timeout > 0)) throw std::invalid_argument("timeout must be positive seconds");
  return peers;
}

}  // namespace

Mesh::Mesh(int rank, std::vector<Peer> peers, double timeout, bool shared_memory, Wire wire, bool encrypted)
    : links_(rank, checked(std::move(peers), rank, timeout), timeout, encrypted, stop_),
      shared_memory_(shared_memory),
      wire_(wire) {}

// Every operation: one at a time, on a mesh that has not failed, and any failure ends the mesh.
template <class Body>
void Mesh::run(Body body) {
  const std::lock_guard<std::mutex> lock(busy_);
  if (stop_.raised()) end("abort() was called");
  if (failed_) throw ExchangeError("the mesh of rank " + std::to_string(rank()) + " is closed: " + failure_);
  try {
    body();
  } catch (const std::exception& error) {
    std::this_thread::sleep_for(kFarewell);
    end(error.what());
    throw;
  }
}

void Mesh::end(const std::string& why) {
  memory_.reset();
  links_.close();
  if (failed_) return;
  failure_ = why;
  failed_ = true;
}

void Mesh::close() {
  stop_.raise();
  const std::lock_guard<std::mutex> lock(busy_);
  end("close() was called");
}

void Mesh::connect(const Listener& listener, const std::string& secret, std::uint64_t generation,
                   double connect_timeout) {
  if (secret.empty()) throw std::invalid_argument("the secret of the job is empty");
  run([&] {
    if (connected_) throw ExchangeError("connect() was called twice");
    links_.connect(listener, secret, generation, connect_timeout);
    connected_ = true;
    if (world() > 1) agree_on_memory();
  });
}

// Also the proof for every rank that all others have finished connecting.
void Mesh::agree_on_memory() {
  const auto& peers = links_.peers();
  const bool wanted = shared_memory_ && !peers[0].host_id.empty() &&
                      std::all_of(peers.begin(), peers.end(), [&](auto& p) { return p.host_id == peers[0].host_id; });
  if (wanted) memory_ = std::make_unique<SharedMemory>(links_, rank() == 0);
  const auto offers = all_gather_over_sockets(links_, !wanted ? "" : rank() == 0 ? memory_->offer() : "wanted");
  const bool possible = std::none_of(offers.begin(), offers.end(), [](auto& offer) { return offer.empty(); });
  const bool attached = possible && memory_->attach(offers[0]);
  const auto answers = all_gather_over_sockets(links_, attached ? "yes" : "no");
  if (std::count(answers.begin(), answers.end(), "yes") == world()) memory_->forget_file();
  else memory_.reset();
}

std::string Mesh::transport() const {
  if (world() == 1) return "alone";
  if (memory_) return "shared memory";
  return links_.encrypted() ? "encrypted sockets" : "sockets";
}

void Mesh::add(Groups& groups, void* data, std::int64_t count, DType dtype) {
  const Arithmetic* arithmetic = &arithmetic_of(dtype);
  auto group = std::find_if(groups.begin(), groups.end(), [&](auto& g) { return g.first == arithmetic; });
  if (group == groups.end()) group = groups.insert(groups.end(), {arithmetic, Spans()});
  group->second.add(data, static_cast<std::size_t>(count) * arithmetic->item);
}

void Mesh::sum(const Groups& groups) {
  for (const auto& [arithmetic, spans] : groups) {
    const Operation operation{Kind::all_reduce, static_cast<std::uint32_t>(arithmetic->dtype), spans.bytes(), 0,
                              static_cast<std::uint32_t>(wire_)};
    if (memory_) memory_->all_reduce(spans, *arithmetic, operation);
    else all_reduce_over_sockets(links_, spans, *arithmetic, wire_, operation);
  }
}

void Mesh::gather(const Blocks& blocks, const Operation& operation) {
  if (memory_) memory_->gather(blocks, operation);
  else gather_over_sockets(links_, blocks, operation);
}

void Mesh::all_reduce(void* const* buffers, const std::int64_t* counts, const DType* dtypes, int n) {
  Groups groups;
  for (int i = 0; i < n; ++i) add(groups, buffers[i], counts[i], dtypes[i]);
  run([&] {
    if (world() > 1) sum(groups);
  });
}

void Mesh::all_reduce_rows(const RowTable* tables, int n) {
  run([&] {
    if (world() == 1) return;
    // As in all_reduce, memory that is shared needs no rounding.
    RowSum rows(tables, n, rank(), world(), memory_ ? Wire::plain : wire_);
    Operation operation{Kind::touched_rows, 0, rows.table_bytes(), static_cast<std::uint32_t>(n),
                        static_cast<std::uint32_t>(wire_)};
    gather(rows.counts(), operation);
    const Blocks blocks = rows.rows();
    operation.kind = Kind::rows;
    operation.bytes = 0;
    for (const Piece& block : blocks) operation.bytes += block.bytes;
    if (operation.bytes > 0) gather(blocks, operation);
    rows.add_up();
    Groups groups;
    for (const RowTable* table : rows.whole()) add(groups, table->data, table->rows * table->width, table->dtype);
    sum(groups);
  });
}

void Mesh::broadcast(void* const* buffers, const std::int64_t* bytes, int n, int root) {
  if (root < 0 || root >= world()) throw std::invalid_argument("broadcast: no rank " + std::to_string(root));
  Spans spans;
  for (int i = 0; i < n; ++i) spans.add(buffers[i], static_cast<std::size_t>(bytes[i]));
  run([&] {
    if (world() == 1) return;
    const Operation operation{Kind::broadcast, 0, spans.bytes(), static_cast<std::uint32_t>(root), 0};
    if (memory_) memory_->broadcast(spans, root, operation);
    else broadcast_over_sockets(links_, spans, root, operation);
  });
}

std::vector<std::string> Mesh::all_gather(const std::string& own) {
  if (own.size() > kLongestString) {
    throw std::invalid_argument("all_gather is for small strings: got " + std::to_string(own.size()) + " bytes");
  }
  std::vector<std::string> all{own};
  run([&] {
    if (world() > 1) all = all_gather_over_sockets(links_, own);
  });
  return all;
}

void Mesh::barrier() {
  run([&] {
    if (world() == 1) return;
    const Operation operation{Kind::barrier, 0, 0, 0, 0};
    if (memory_) memory_->all_reduce(Spans(), kNothing, operation);
    else all_reduce_over_sockets(links_, Spans(), kNothing, Wire::plain, operation);
  });
}

}  // namespace bigdl::exchange
