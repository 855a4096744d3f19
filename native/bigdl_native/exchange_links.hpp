// The authenticated connections of one rank with all others, and what is known about who still lives.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "exchange_link.hpp"

namespace bigdl::exchange {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// A peer is lost, silent or does something else than this rank. The mesh is closed afterwards.
class ExchangeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Peer {
  int rank;
  std::string host;
  int port;
  std::string host_id;  // equal for ranks that may share memory
};

// Where the peers of a rank dial in. It outlives meshes: the next generation is made on the same port.
class Listener {
 public:
  Listener(const std::string& host, int port);  // port 0: any free one; throws std::system_error
  int port() const { return port_; }
  int fd() const { return socket_.get(); }

 private:
  Descriptor socket_;
  int port_ = 0;
};

// Wakes the thread that waits inside an exchange. The only part of a mesh that another thread may touch.
class StopSignal {
 public:
  StopSignal();
  void raise();
  bool raised() const { return raised_.load(); }
  int fd() const { return event_.get(); }

 private:
  Descriptor event_;
  std::atomic<bool> raised_{false};
};

class Links {
 public:
  Links(int rank, std::vector<Peer> peers, double timeout, bool encrypted, StopSignal& stop);

  int rank() const { return rank_; }
  int world() const { return static_cast<int>(peers_.size()); }
  double timeout() const { return timeout_; }
  const std::vector<Peer>& peers() const { return peers_; }
  // The ranks in the order in which a ring visits them: host by host, so that each host sends to one other host and
  // hears from one, however the ranks are spread. `place` may be any integer: it wraps around.
  int rank_at(int place) const { return ring_[(place % world() + world()) % world()]; }
  int place() const { return place_; }
  bool encrypted() const { return encrypted_; }
  Link& link(int peer) { return links_[peer]; }
  const Link& link(int peer) const { return links_[peer]; }
  bool stopped() const { return stop_.raised(); }
  int stop_fd() const { return stop_.fd(); }

  // Dials the lower ranks and accepts the higher ones until all are there. Strangers are turned away.
  void connect(const Listener& listener, const std::string& secret, std::uint64_t generation, double timeout);

  // Bytes that went to other ranks, before they were encrypted.
  void count(std::size_t bytes) { sent_ += bytes; }
  std::uint64_t sent() const { return sent_; }

  bool hung_up(int peer) const;  // the peer closed or died; bytes that it sent before may still wait
  void close();

  std::string name(int peer) const;  // "rank 2 (host:port)"
  std::string names(const std::vector<int>& peers) const;
  // Several when it cannot be told who went first and who followed.
  [[noreturn]] void lost(const std::vector<int>& peers, const std::string& doing) const;
  [[noreturn]] void silent(const std::vector<int>& peers, const std::string& doing) const;
  void throw_if_stopped(const std::string& doing) const;

 private:
  int rank_;
  std::vector<Peer> peers_;
  double timeout_;
  bool encrypted_;
  StopSignal& stop_;
  std::vector<int> ring_;
  int place_;  // of this rank in the ring
  std::vector<Link> links_;
  std::atomic<std::uint64_t> sent_{0};
};

}  // namespace bigdl::exchange
