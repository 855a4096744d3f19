// The exchange between ranks of one host through memory that they share.
//
// The memory is a memfd that peers open through /proc: it has no name in /dev/shm, so nothing is left behind however a
// process ends, and containers with a tiny /dev/shm can use it too.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "exchange_links.hpp"
#include "exchange_operation.hpp"
#include "exchange_spans.hpp"

namespace bigdl::exchange {

class SharedMemory {
 public:
  SharedMemory(const Links& links, bool create);  // the creator's offer() goes to the others, who attach()
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  std::string offer() const;                // empty when no memory could be had
  bool attach(const std::string& offer);    // false: another host or container, or no permission
  void forget_file() { file_.close(); }     // after all have attached

  void all_reduce(const Spans& spans, const Arithmetic& arithmetic, const Operation& operation);
  void broadcast(const Spans& spans, int root, const Operation& operation);
  void gather(const Blocks& blocks, const Operation& operation);

 private:
  struct Seat;

  bool map(int fd);
  Seat& seat(int rank) const;
  std::byte* slot(int rank, std::uint32_t epoch) const;
  std::byte* result(std::uint32_t epoch) const;

  void begin(const Operation& operation);
  void meet();  // every rank ends its phase before any starts the next
  void wait_for(int peer);
  void all_reduce_small(const Spans& spans, const Arithmetic& arithmetic);
  void all_reduce_large(const Spans& spans, const Arithmetic& arithmetic);

  const Links& links_;
  std::size_t chunk_, bytes_;
  int spins_;
  std::array<char, 32> token_{};
  Descriptor file_;
  std::byte* base_ = nullptr;
  std::uint32_t epoch_ = 0;
  Operation operation_{};
  bool compared_ = false;  // at the first meeting of an operation
};

}  // namespace bigdl::exchange
