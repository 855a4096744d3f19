// One connection with a peer, plain or encrypted.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "exchange_auth.hpp"

namespace bigdl::exchange {

// A file descriptor with one owner.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { close(); }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void close();

 private:
  int fd_;
};

class Link {
 public:
  Link() = default;
  explicit Link(Descriptor socket) : socket_(std::move(socket)) {}
  // What each side sends is sealed with a key of its own, which no other connection ever has.
  Link(Descriptor socket, const Digest& sending, const Digest& receiving);

  int fd() const { return socket_.get(); }
  explicit operator bool() const { return bool(socket_); }
  void close() { socket_.close(); }

  // Like sendmsg(2) and readv(2) on a non-blocking socket; EBADMSG: what came was altered on the way.
  ssize_t send(const iovec* pieces, int count);
  ssize_t receive(const iovec* pieces, int count);

  // Encrypted bytes that send() has taken and the socket has not yet.
  bool unsent() const { return sealing_ && sealing_->out_at < sealing_->out_end; }
  ssize_t flush();

 private:
  struct Sealing {
    Digest sending, receiving;
    std::uint64_t sent = 0, received = 0;  // records: the nonces
    std::vector<std::uint8_t> out, in;
    std::size_t out_at = 0, out_end = 0;
    std::size_t in_at = 0, in_end = 0;        // bytes from the socket that were not yet opened
    std::size_t plain_at = 0, plain_end = 0;  // opened bytes that were not yet received
  };

  ssize_t receive_record();

  Descriptor socket_;
  std::unique_ptr<Sealing> sealing_;
};

}  // namespace bigdl::exchange
