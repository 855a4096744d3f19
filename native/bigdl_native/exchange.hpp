// The gradient exchange: a mesh of ranks that sum, copy and meet. No Python inside.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "collective.hpp"
#include "exchange_links.hpp"
#include "exchange_shared.hpp"
#include "exchange_stream.hpp"

namespace bigdl::exchange {

// Ranks that are all on one host exchange through shared memory; as soon as one is elsewhere all use sockets, in a ring
// that visits the ranks host by host: the network between hosts, which is the limit then, carries each byte once.
//
// Any ExchangeError closes the mesh, which the other ranks notice at once: a new mesh with a new generation is then
// made on the same listener. One thread at a time may call an operation; abort() may come from any thread.
class Mesh : public Collective {
 public:
  // timeout: longest silence of a peer inside an operation, in seconds.
  // encrypted: what goes over sockets; the same on all ranks.
  Mesh(int rank, std::vector<Peer> peers, double timeout, bool shared_memory, Wire wire, bool encrypted);
  ~Mesh() override { close(); }

  // connect_timeout: for all peers together. Throws std::invalid_argument for an empty secret.
  void connect(const Listener& listener, const std::string& secret, std::uint64_t generation, double connect_timeout);

  int rank() const override { return links_.rank(); }
  int world() const override { return links_.world(); }

  void all_reduce(void* const* buffers, const std::int64_t* counts, const DType* dtypes, int n) override;
  void all_reduce_rows(const RowTable* tables, int n) override;
  void broadcast(void* const* buffers, const std::int64_t* bytes, int n, int root);
  std::vector<std::string> all_gather(const std::string& own);
  void barrier();

  void abort() { stop_.raise(); }
  void close();

  std::string transport() const;  // "alone", "shared memory", "sockets" or "encrypted sockets"
  std::uint64_t sent() const { return links_.sent(); }  // bytes, over sockets
  std::string failure() const { return failed_ ? failure_ : ""; }  // why the mesh is closed

 private:
  // One exchange for each dtype, in the order in which they first appear.
  using Groups = std::vector<std::pair<const Arithmetic*, Spans>>;
  static void add(Groups& groups, void* data, std::int64_t count, DType dtype);

  template <class Body>
  void run(Body body);
  void agree_on_memory();
  void gather(const Blocks& blocks, const Operation& operation);
  void sum(const Groups& groups);
  void end(const std::string& why);

  StopSignal stop_;
  Links links_;
  bool shared_memory_;
  Wire wire_;
  std::unique_ptr<SharedMemory> memory_;
  std::mutex busy_;
  bool connected_ = false;
  std::atomic<bool> failed_{false};
  std::string failure_;  // written once, before failed_
};

}  // namespace bigdl::exchange
