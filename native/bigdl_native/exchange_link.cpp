#include "exchange_link.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "exchange_cipher.hpp"

namespace bigdl::exchange {
namespace {

// A record: its length, then as many encrypted bytes, then the tag of both.
constexpr std::size_t kHead = sizeof(std::uint32_t);
constexpr std::size_t kLongest = 64 << 10;
constexpr std::size_t kRecord = kHead + kLongest + kTag;

void write_nonce(std::uint64_t number, std::uint8_t* nonce) {
  std::memset(nonce, 0, kNonce);
  std::memcpy(nonce, &number, sizeof number);
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = other.fd_;
    other.fd_ = -1;
  }
  return *this;
}

void Descriptor::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Link::Link(Descriptor socket, const Digest& sending, const Digest& receiving)
    : socket_(std::move(socket)), sealing_(std::make_unique<Sealing>()) {
  sealing_->sending = sending;
  sealing_->receiving = receiving;
  sealing_->out.resize(kRecord);
  sealing_->in.resize(4 * kRecord);
}

ssize_t Link::send(const iovec* pieces, int count) {
  if (!sealing_) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces);
    message.msg_iovlen = static_cast<std::size_t>(count);
    return sendmsg(fd(), &message, MSG_NOSIGNAL);
  }
  Sealing& s = *sealing_;
  if (unsent()) {
    if (flush() < 0) return -1;
    if (unsent()) return errno = EAGAIN, -1;
  }
  std::uint8_t* text = s.out.data() + kHead;
  std::size_t size = 0;
  for (int i = 0; i < count && size < kLongest; ++i) {
    const std::size_t n = std::min(pieces[i].iov_len, kLongest - size);
    std::memcpy(text + size, pieces[i].iov_base, n);
    size += n;
  }
  const auto length = static_cast<std::uint32_t>(size);
  std::memcpy(s.out.data(), &length, kHead);
  std::uint8_t nonce[kNonce];
  write_nonce(s.sent++, nonce);
  seal(s.sending, nonce, s.out.data(), kHead, text, size, text + size);
  s.out_at = 0;
  s.out_end = kHead + size + kTag;
  // The bytes are taken, even when the socket takes none of them now.
  if (flush() < 0 && errno != EAGAIN && errno != EINTR) return -1;
  return static_cast<ssize_t>(size);
}

ssize_t Link::flush() {
  Sealing& s = *sealing_;
  const ssize_t n = ::send(fd(), s.out.data() + s.out_at, s.out_end - s.out_at, MSG_NOSIGNAL);
  if (n > 0) s.out_at += static_cast<std::size_t>(n);
  return n;
}

ssize_t Link::receive(const iovec* pieces, int count) {
  if (!sealing_) return readv(fd(), pieces, count);
  Sealing& s = *sealing_;
  if (s.plain_at == s.plain_end) {
    const ssize_t n = receive_record();
    if (n <= 0) return n;
  }
  std::size_t copied = 0;
  for (int i = 0; i < count && s.plain_at < s.plain_end; ++i) {
    const std::size_t n = std::min(pieces[i].iov_len, s.plain_end - s.plain_at);
    std::memcpy(pieces[i].iov_base, s.in.data() + s.plain_at, n);
    s.plain_at += n;
    copied += n;
  }
  return static_cast<ssize_t>(copied);
}

// Makes the next record plain; what it returns is like recv(2).
ssize_t Link::receive_record() {
  Sealing& s = *sealing_;
  while (true) {
    std::uint8_t* record = s.in.data() + s.in_at;
    const std::size_t have = s.in_end - s.in_at;
    if (have >= kHead) {
      std::uint32_t length;
      std::memcpy(&length, record, kHead);
      if (length == 0 || length > kLongest) return errno = EBADMSG, -1;
      if (have >= kHead + length + kTag) {
        std::uint8_t nonce[kNonce];
        write_nonce(s.received++, nonce);
        std::uint8_t* text = record + kHead;
        if (!open_sealed(s.receiving, nonce, record, kHead, text, length, text + length)) return errno = EBADMSG, -1;
        s.plain_at = s.in_at + kHead;
        s.plain_end = s.plain_at + length;
        s.in_at += kHead + length + kTag;
        return static_cast<ssize_t>(length);
      }
    }
    std::memmove(s.in.data(), record, have);
    s.in_at = 0;
    s.in_end = have;
    const ssize_t n = recv(fd(), s.in.data() + have, s.in.size() - have, 0);
    if (n <= 0) return n;
    s.in_end += static_cast<std::size_t>(n);
  }
}

}  // namespace bigdl::exchange
