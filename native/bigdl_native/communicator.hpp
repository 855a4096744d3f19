// Sums over workers on a thread of their own, so that they travel while kernels compute.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "collective.hpp"

namespace bigdl {

// One exchange; all that it points to must stay until it is done.
using Sum = std::function<void(Collective&)>;

// Every worker must ask for the same sums in the same order; here they are done in the order they were asked for.
class Communicator {
 public:
  using Ticket = std::uint64_t;

  explicit Communicator(Collective& collective);
  ~Communicator();
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  // The sum is done when wait(ticket) returns.
  Ticket start(const Sum& sum);
  // Throws what this or an earlier sum threw: after a failure nothing more is exchanged.
  void wait(Ticket ticket);
  // Done on the calling thread, after all that was started.
  void run(const Sum& sum);
  // Returns when nothing is under way, whether it failed or not.
  void settle() noexcept;

  const Collective* collective() const { return &collective_; }
  // Spent in exchanges so far.
  double seconds() const { return seconds_.load(std::memory_order_relaxed); }

 private:
  void serve();
  void exchange(const Sum& sum);

  Collective& collective_;
  std::mutex mutex_;
  std::condition_variable asked_, done_;
  std::deque<Sum> queue_;
  Ticket started_ = 0, finished_ = 0;
  std::exception_ptr failure_;
  bool closing_ = false;
  std::atomic<double> seconds_{0.0};
  std::thread thread_;  // last: it uses all the others
};

}  // namespace bigdl
