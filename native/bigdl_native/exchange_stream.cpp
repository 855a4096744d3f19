#include "exchange_stream.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace bigdl::exchange {
namespace {

constexpr std::size_t kScratch = 256 << 10;
constexpr int kVectors = 64;

}  // namespace

void Outgoing::append(std::byte* data, std::size_t bytes, bool encode) {
  if (bytes == 0) return;
  const std::size_t wire_bytes = encode ? bytes / 2 : bytes;
  parts_.push_back({data, wire_bytes, encode});
  total_ += wire_bytes;
}

void Outgoing::append(const Spans& spans, std::size_t begin, std::size_t end) {
  spans.each(begin, end, [&](std::byte* data, std::size_t bytes) { append(data, bytes, wire_ == Wire::bf16); });
}

void Outgoing::append_plain(const void* data, std::size_t bytes) {
  append(static_cast<std::byte*>(const_cast<void*>(data)), bytes, false);
}

ssize_t Outgoing::pump(Link& link) {
  const std::size_t limit = std::min(total_, allowed_) - sent_;
  ssize_t n;
  if (parts_[part_].encode) {
    n = pump_encoded(link, parts_[part_], limit);
  } else {
    iovec vectors[kVectors];
    int count = 0;
    std::size_t left = limit, offset = offset_;
    for (std::size_t i = part_; left && i < parts_.size() && !parts_[i].encode; ++i, offset = 0) {
      if (count == kVectors) break;
      const std::size_t bytes = std::min(parts_[i].wire_bytes - offset, left);
      vectors[count++] = {parts_[i].data + offset, bytes};
      left -= bytes;
    }
    n = link.send(vectors, count);
  }
  if (n <= 0) return n;
  sent_ += static_cast<std::size_t>(n);
  offset_ += static_cast<std::size_t>(n);
  while (part_ < parts_.size() && offset_ >= parts_[part_].wire_bytes) offset_ -= parts_[part_++].wire_bytes;
  return n;
}

ssize_t Outgoing::pump_encoded(Link& link, const Part& part, std::size_t limit) {
  // The kernel may stop inside an element: encode from the start of that element again.
  const std::size_t first = offset_ / 2;
  const std::size_t bytes = std::min({part.wire_bytes - offset_, limit, kScratch / 2});
  const std::size_t count = (offset_ + bytes + 1) / 2 - first;
  encoded_.resize(std::max(encoded_.size(), count));
  encode_bf16(encoded_.data(), reinterpret_cast<const float*>(part.data) + first, count);
  const iovec vector{reinterpret_cast<std::byte*>(encoded_.data()) + offset_ % 2, bytes};
  return link.send(&vector, 1);
}

void Incoming::append(std::byte* data, std::size_t bytes, Arrival arrival, bool decode) {
  if (bytes == 0) return;
  const std::size_t wire_bytes = decode ? bytes / 2 : bytes;
  parts_.push_back({data, wire_bytes, arrival, decode});
  total_ += wire_bytes;
}

void Incoming::append(const Spans& spans, std::size_t begin, std::size_t end, Arrival arrival) {
  spans.each(begin, end,
             [&](std::byte* data, std::size_t bytes) { append(data, bytes, arrival, wire_ == Wire::bf16); });
}

void Incoming::append_plain(void* data, std::size_t bytes) {
  append(static_cast<std::byte*>(data), bytes, Arrival::store, false);
}

ssize_t Incoming::pump(Link& link) { return direct(parts_[part_]) ? pump_direct(link) : pump_through_scratch(link); }

void Incoming::advance(std::size_t bytes) {
  applied_ += bytes;
  offset_ += bytes;
  while (part_ < parts_.size() && offset_ >= parts_[part_].wire_bytes) offset_ -= parts_[part_++].wire_bytes;
}

ssize_t Incoming::pump_direct(Link& link) {
  iovec vectors[kVectors];
  int count = 0;
  std::size_t offset = offset_;
  for (std::size_t i = part_; i < parts_.size() && direct(parts_[i]) && count < kVectors; ++i, offset = 0) {
    vectors[count++] = {parts_[i].data + offset, parts_[i].wire_bytes - offset};
  }
  const ssize_t n = link.receive(vectors, count);
  if (n > 0) advance(static_cast<std::size_t>(n));
  return n;
}

ssize_t Incoming::pump_through_scratch(Link& link) {
  scratch_.resize(kScratch);
  std::size_t wanted = 0, offset = offset_;
  for (std::size_t i = part_; i < parts_.size() && !direct(parts_[i]) && wanted < kScratch; ++i, offset = 0) {
    wanted += parts_[i].wire_bytes - offset;
  }
  const iovec vector{scratch_.data() + waiting_, std::min(wanted, kScratch) - waiting_};
  const ssize_t n = link.receive(&vector, 1);
  if (n <= 0) return n;
  const std::size_t have = waiting_ + static_cast<std::size_t>(n);
  std::size_t used = 0;
  while (used < have) {
    const Part& part = parts_[part_];
    const std::size_t bytes = apply(part, scratch_.data() + used, std::min(part.wire_bytes - offset_, have - used));
    if (bytes == 0) break;
    used += bytes;
    advance(bytes);
  }
  waiting_ = have - used;
  std::memmove(scratch_.data(), scratch_.data() + used, waiting_);
  return n;
}

// Applies the whole elements among `bytes` and returns their size.
std::size_t Incoming::apply(const Part& part, const std::byte* from, std::size_t bytes) {
  if (!part.decode) {
    const std::size_t n = bytes / arithmetic_->item;
    arithmetic_->add(part.data + offset_, from, n);
    return n * arithmetic_->item;
  }
  const std::size_t n = bytes / 2;
  auto* values = reinterpret_cast<float*>(part.data) + offset_ / 2;
  const auto* wire = reinterpret_cast<const std::uint16_t*>(from);
  switch (part.arrival) {
    case Arrival::store: store_bf16(values, wire, n); break;
    case Arrival::add: add_bf16(values, wire, n); break;
    case Arrival::add_rounded: add_bf16_rounded(values, wire, n); break;
  }
  return n * 2;
}

namespace {

// One wait of a transfer in which nothing could move.
class Waiter {
 public:
  Waiter(const Links& links, const Operation& operation)
      : links_(links), operation_(operation), hung_up_(links.world()) {}

  void moved() { last_move_ = Clock::now(); }

  void wait(const std::vector<Outgoing>& out, const std::vector<Incoming>& in) {
    std::vector<pollfd> waits(links_.world() + 1);
    for (int peer = 0; peer < links_.world(); ++peer) {
      waits[peer] = {hung_up_[peer] ? -1 : links_.link(peer).fd(), POLLRDHUP, 0};
    }
    waits.back() = {links_.stop_fd(), POLLIN, 0};
    std::vector<int> awaited;
    for (const auto& stream : in) {
      if (stream.done()) continue;
      waits[stream.peer()] = {links_.link(stream.peer()).fd(), POLLIN, 0};
      awaited.push_back(stream.peer());
    }
    for (const auto& stream : out) {
      if (!stream.may_send() && !links_.link(stream.peer()).unsent()) continue;
      waits[stream.peer()].fd = links_.link(stream.peer()).fd();
      waits[stream.peer()].events |= POLLOUT;
      if (std::count(awaited.begin(), awaited.end(), stream.peer()) == 0) awaited.push_back(stream.peer());
    }
    const double left = links_.timeout() - Seconds(Clock::now() - last_move_).count();
    if (left < 0) links_.silent(awaited, describe(operation_));
    poll(waits.data(), waits.size(), static_cast<int>(std::min(left, 3600.0) * 1000) + 1);
    links_.throw_if_stopped(describe(operation_));
    for (int peer = 0; peer < links_.world(); ++peer) {
      if (!(waits[peer].revents & (POLLRDHUP | POLLHUP | POLLERR)) || hung_up_[peer]) continue;
      hung_up_[peer] = true;
      if (first_gone_ < 0) first_gone_ = peer;
    }
  }

  // `peer` may only have followed another: blames whoever went first. (A peer that nothing is expected from may go: its
  // part of the last operation is done, or its neighbours will notice and go too.)
  [[noreturn]] void lost(int peer) const {
    std::vector<int> gone;
    for (int other = 0; other < links_.world(); ++other) {
      const bool known = first_gone_ >= 0;
      if (known ? other == first_gone_ : other == peer || (other != links_.rank() && links_.hung_up(other))) {
        gone.push_back(other);
      }
    }
    links_.lost(gone, describe(operation_));
  }

 private:
  const Links& links_;
  const Operation& operation_;
  std::vector<bool> hung_up_;
  int first_gone_ = -1;
  Clock::time_point last_move_ = Clock::now();
};

}  // namespace

void transfer(Links& links, std::vector<Outgoing>& out, std::vector<Incoming>& in, const Operation& operation,
              std::size_t head) {
  Waiter waiter(links, operation);
  const auto settle = [&](ssize_t n, int peer) {
    if (n > 0) return true;
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (n < 0 && errno == EBADMSG) throw ExchangeError("what " + links.name(peer) + " sent was altered on the way");
    waiter.lost(peer);
  };
  const auto receive = [&](Incoming& stream) {
    const bool known = stream.announced();
    const bool moved = settle(stream.pump(links.link(stream.peer())), stream.peer());
    if (!known && stream.announced()) require_same_operation(links, stream.peer(), operation, stream.operation());
    return moved;
  };
  while (true) {
    bool moved = false, done = true;
    for (auto& stream : in) {
      if (!stream.done()) moved |= receive(stream);
      done &= stream.done();
    }
    for (auto& stream : out) {
      if (head != kAllFinal) stream.allow(head + std::max(in.front().applied(), sizeof(Operation)));
      if (stream.may_send()) moved |= settle(stream.pump(links.link(stream.peer())), stream.peer());
      Link& link = links.link(stream.peer());
      if (!stream.may_send() && link.unsent()) moved |= settle(link.flush(), stream.peer());
      done &= stream.done() && !link.unsent();
    }
    if (done) break;
    if (moved) waiter.moved();
    else waiter.wait(out, in);
  }
  for (const auto& stream : out) links.count(stream.sent());
}

}  // namespace bigdl::exchange
