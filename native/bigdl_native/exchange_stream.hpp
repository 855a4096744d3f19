// Bytes between ranks over sockets: sending and receiving at the same time, each as fast as its peer allows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "exchange_links.hpp"
#include "exchange_operation.hpp"
#include "exchange_spans.hpp"

namespace bigdl::exchange {

enum class Wire { plain, bf16 };  // bf16: float32 values travel as bfloat16

// What happens to arriving elements.
enum class Arrival { store, add, add_rounded };

// Bytes for one peer, sent in order after the announcement of the operation.
class Outgoing {
 public:
  Outgoing(int peer, const Operation& operation, Wire wire = Wire::plain) : peer_(peer), wire_(wire) {
    append_plain(&operation, sizeof operation);
  }

  void append(const Spans& spans, std::size_t begin, std::size_t end);
  void append_plain(const void* data, std::size_t bytes);  // never encoded; lives as long as the stream

  int peer() const { return peer_; }
  bool done() const { return sent_ == total_; }
  bool may_send() const { return sent_ < std::min(total_, allowed_); }
  // Bytes beyond this many (as they travel) are not final yet: they depend on what arrives.
  void allow(std::size_t wire_bytes) { allowed_ = wire_bytes; }
  std::size_t sent() const { return sent_; }

  ssize_t pump(Link& link);  // like send(2): bytes moved, or -1 and errno

 private:
  struct Part {
    std::byte* data;
    std::size_t wire_bytes;
    bool encode;
  };
  void append(std::byte* data, std::size_t bytes, bool encode);
  ssize_t pump_encoded(Link& link, const Part& part, std::size_t limit);

  int peer_;
  Wire wire_;
  std::vector<Part> parts_;
  std::size_t part_ = 0, offset_ = 0;  // of the next byte
  std::size_t sent_ = 0, total_ = 0, allowed_ = SIZE_MAX;
  std::vector<std::uint16_t> encoded_;
};

// Bytes of one peer, stored or added in order, after its announcement.
class Incoming {
 public:
  explicit Incoming(int peer, Wire wire = Wire::plain, const Arithmetic* arithmetic = nullptr)
      : peer_(peer), wire_(wire), arithmetic_(arithmetic), announced_(std::make_unique<Operation>()) {
    append_plain(announced_.get(), sizeof(Operation));
  }

  void append(const Spans& spans, std::size_t begin, std::size_t end, Arrival arrival);
  void append_plain(void* data, std::size_t bytes);

  int peer() const { return peer_; }
  bool done() const { return applied_ == total_; }
  std::size_t applied() const { return applied_; }  // bytes as they travel
  bool announced() const { return applied_ >= sizeof(Operation); }
  const Operation& operation() const { return *announced_; }

  ssize_t pump(Link& link);  // like recv(2)

 private:
  struct Part {
    std::byte* data;
    std::size_t wire_bytes;
    Arrival arrival;
    bool decode;
  };
  void append(std::byte* data, std::size_t bytes, Arrival arrival, bool decode);
  bool direct(const Part& part) const { return part.arrival == Arrival::store && !part.decode; }
  ssize_t pump_direct(Link& link);
  ssize_t pump_through_scratch(Link& link);
  std::size_t apply(const Part& part, const std::byte* from, std::size_t bytes);
  void advance(std::size_t bytes);

  int peer_;
  Wire wire_;
  const Arithmetic* arithmetic_;
  std::vector<Part> parts_;
  std::size_t part_ = 0, offset_ = 0;
  std::size_t applied_ = 0, total_ = 0;
  std::vector<std::byte> scratch_;
  std::unique_ptr<Operation> announced_;
  std::size_t waiting_ = 0;  // bytes of an element that has not arrived whole
};

// Runs all streams to their end, and compares the announcements with `operation`. When `head` is not kAllFinal, the
// only outgoing stream depends on the only incoming one: its first `head` bytes (after the announcement) are final at
// once, and one more for each that was applied.
constexpr std::size_t kAllFinal = SIZE_MAX;
void transfer(Links& links, std::vector<Outgoing>& out, std::vector<Incoming>& in, const Operation& operation,
              std::size_t head = kAllFinal);

}  // namespace bigdl::exchange
