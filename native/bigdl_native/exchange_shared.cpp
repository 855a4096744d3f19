#include "exchange_shared.hpp"

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <thread>
#include <vector>

namespace bigdl::exchange {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kChunk = 512 << 10;     // a few of these stay in the cache
constexpr std::size_t kSlots = 32 << 20;      // of all ranks together
constexpr std::size_t kSmall = 32 << 10;      // one phase instead of three
constexpr std::size_t kBlock = 16 << 10;      // of a sum over more than two ranks: stays in the first-level cache
constexpr timespec kNap{0, 10'000'000};       // between looks at the connections while asleep

std::size_t round_up(std::size_t n, std::size_t unit) { return (n + unit - 1) / unit * unit; }

int usable_cores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set)) return static_cast<int>(std::thread::hardware_concurrency());
  return CPU_COUNT(&set);
}

long futex(std::atomic<std::uint32_t>* word, int operation, std::uint32_t value, const timespec* timeout) {
  return syscall(SYS_futex, word, operation, value, timeout, nullptr, 0);
}

}  // namespace

// What one rank tells the others. Epochs count the meetings; a rank's word is on a cache line of its own.
struct alignas(128) SharedMemory::Seat {
  std::atomic<std::uint32_t> epoch;
  std::atomic<std::uint32_t> sleepers;  // that wait for this epoch to change
  Operation announced[2];
};

SharedMemory::SharedMemory(const Links& links, bool create) : links_(links) {
  const auto world = static_cast<std::size_t>(links.world());
  chunk_ = std::clamp(kSlots / (2 * world + 2) / kPage * kPage, 16 * kPage, kChunk);
  bytes_ = round_up(kPage + world * sizeof(Seat), kPage) + (2 * world + 2) * chunk_;
  // With fewer cores than ranks a spinning rank only keeps the one it waits for from running.
  spins_ = usable_cores() >= links.world() ? 2000 : 1;
  if (!create) return;
  file_ = Descriptor(memfd_create("gradient-exchange", MFD_CLOEXEC));
  // Allocated now: a host without memory falls back to sockets instead of dying of SIGBUS in the middle of a step.
  if (file_ && (fchmod(file_.get(), 0600) || posix_fallocate(file_.get(), 0, static_cast<off_t>(bytes_)))) {
    file_.close();
  }
  if (!file_ || !map(file_.get())) return;
  random_bytes(token_.data(), token_.size());
  std::memcpy(base_, token_.data(), token_.size());
}

SharedMemory::~SharedMemory() {
  if (base_) munmap(base_, bytes_);
}

bool SharedMemory::map(int fd) {
  void* at = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  base_ = at == MAP_FAILED ? nullptr : static_cast<std::byte*>(at);
  return base_ != nullptr;
}

std::string SharedMemory::offer() const {
  if (!base_) return "";
  return std::string(token_.data(), token_.size()) + "/proc/" + std::to_string(getpid()) + "/fd/" +
         std::to_string(file_.get());
}

bool SharedMemory::attach(const std::string& offer) {
  if (base_) return true;
  if (offer.size() <= token_.size()) return false;
  const Descriptor file(open(offer.c_str() + token_.size(), O_RDWR | O_CLOEXEC));
  struct stat status {};
  if (!file || fstat(file.get(), &status) || !S_ISREG(status.st_mode) ||
      status.st_size != static_cast<off_t>(bytes_) || !map(file.get())) {
    return false;
  }
  // The same path in another container may be another file.
  return std::memcmp(base_, offer.data(), token_.size()) == 0;
}

SharedMemory::Seat& SharedMemory::seat(int rank) const { return reinterpret_cast<Seat*>(base_ + kPage)[rank]; }

// Slots alternate between two sets: what is written in one phase is read in the next, and written again in the third.
std::byte* SharedMemory::slot(int rank, std::uint32_t epoch) const {
  const std::size_t world = links_.world();
  return base_ + bytes_ - (2 * world + 2) * chunk_ + (epoch % 2 * world + rank) * chunk_;
}

std::byte* SharedMemory::result(std::uint32_t epoch) const { return base_ + bytes_ - (1 + epoch % 2) * chunk_; }

void SharedMemory::begin(const Operation& operation) {
  operation_ = operation;
  compared_ = false;
  seat(links_.rank()).announced[epoch_ % 2] = operation;
}

void SharedMemory::meet() {
  Seat& own = seat(links_.rank());
  own.epoch.store(epoch_ + 1);
  if (own.sleepers.load()) futex(&own.epoch, FUTEX_WAKE, INT_MAX, nullptr);
  for (int peer = 0; peer < links_.world(); ++peer) {
    if (peer == links_.rank()) continue;
    wait_for(peer);
    if (!compared_) require_same_operation(links_, peer, operation_, seat(peer).announced[epoch_ % 2]);
  }
  compared_ = true;
  ++epoch_;
}

void SharedMemory::wait_for(int peer) {
  Seat& theirs = seat(peer);
  const auto arrived = [&](int rank) { return static_cast<std::int32_t>(seat(rank).epoch.load() - epoch_) > 0; };
  for (int i = 0; i < spins_; ++i) {
    if (arrived(peer)) return;
    __builtin_ia32_pause();
  }
  const auto start = Clock::now();
  while (true) {
    ++theirs.sleepers;
    const std::uint32_t seen = theirs.epoch.load();
    if (!arrived(peer)) futex(&theirs.epoch, FUTEX_WAIT, seen, &kNap);
    --theirs.sleepers;
    if (arrived(peer)) return;
    links_.throw_if_stopped(describe(operation_));
    std::vector<int> gone;
    for (int other = 0; other < links_.world(); ++other) {
      // Whoever is gone without having arrived never will; asked in this order because it may arrive and then go.
      if (other != links_.rank() && links_.hung_up(other) && !arrived(other)) gone.push_back(other);
    }
    if (!gone.empty()) links_.lost(gone, describe(operation_));
    if (Seconds(Clock::now() - start).count() > links_.timeout()) links_.silent({peer}, describe(operation_));
  }
}

void SharedMemory::all_reduce(const Spans& spans, const Arithmetic& arithmetic, const Operation& operation) {
  begin(operation);
  if (spans.bytes() <= kSmall) all_reduce_small(spans, arithmetic);
  else all_reduce_large(spans, arithmetic);
}

void SharedMemory::all_reduce_small(const Spans& spans, const Arithmetic& arithmetic) {
  const std::uint32_t phase = epoch_;
  std::byte* own = slot(links_.rank(), phase);
  spans.each(0, spans.bytes(), [&](std::byte* data, std::size_t n) { std::memcpy(own, data, n), own += n; });
  meet();
  std::size_t at = 0;
  spans.each(0, spans.bytes(), [&](std::byte* data, std::size_t n) {
    arithmetic.sum(data, slot(0, phase) + at, slot(1, phase) + at, n / arithmetic.item);
    for (int r = 2; r < links_.world(); ++r) arithmetic.add(data, slot(r, phase) + at, n / arithmetic.item);
    at += n;
  });
}

// Each rank sums one part of every chunk. Three stages run side by side, one meeting a phase: ranks copy chunk p into
// their slots, sum chunk p-1 into the result, and copy chunk p-2 from the result.
void SharedMemory::all_reduce_large(const Spans& spans, const Arithmetic& arithmetic) {
  const int world = links_.world(), rank = links_.rank();
  const std::size_t total = spans.bytes(), item = arithmetic.item;
  const std::size_t chunks = (total + chunk_ - 1) / chunk_;
  const auto chunk_bytes = [&](std::size_t chunk) { return std::min(chunk_, total - chunk * chunk_); };
  const auto part_start = [&](std::size_t bytes, int part) {
    return std::min(bytes, round_up((bytes + world - 1) / world, 64) * part);
  };
  const std::uint32_t first = epoch_;
  static_assert(kBlock % 64 == 0);

  for (std::size_t phase = 0; phase < chunks + 2; ++phase) {
    const auto now = static_cast<std::uint32_t>(first + phase);
    if (phase < chunks) {
      const std::size_t base = phase * chunk_, bytes = chunk_bytes(phase);
      std::byte* own = slot(rank, now);
      const auto copy_in = [&](std::size_t begin, std::size_t end) {
        std::byte* to = own + begin;
        spans.each(base + begin, base + end,
                   [&](std::byte* data, std::size_t n) { std::memcpy(to, data, n), to += n; });
      };
      copy_in(0, part_start(bytes, rank));  // its own part is read where it is
      copy_in(part_start(bytes, rank + 1), bytes);
    }
    if (phase >= 1 && phase - 1 < chunks) {
      const std::size_t base = (phase - 1) * chunk_, bytes = chunk_bytes(phase - 1);
      const std::uint32_t written = now - 1;
      std::size_t at = part_start(bytes, rank);
      spans.each(base + at, base + part_start(bytes, rank + 1), [&](std::byte* data, std::size_t size) {
        for (std::size_t done = 0; done < size;) {
          const std::size_t n = std::min(kBlock, size - done);
          const auto operand = [&](int r) { return r == rank ? data + done : slot(r, written) + at; };
          std::byte* sum = result(now) + at;
          arithmetic.sum(sum, operand(0), operand(1), n / item);
          for (int r = 2; r < world; ++r) arithmetic.add(sum, operand(r), n / item);
          std::memcpy(data + done, sum, n);
          done += n, at += n;
        }
      });
    }
    if (phase >= 2) {
      const std::size_t base = (phase - 2) * chunk_, bytes = chunk_bytes(phase - 2);
      const auto copy_out = [&](std::size_t begin, std::size_t end) {
        const std::byte* from = result(now - 1) + begin;
        spans.each(base + begin, base + end,
                   [&](std::byte* data, std::size_t n) { std::memcpy(data, from, n), from += n; });
      };
      copy_out(0, part_start(bytes, rank));
      copy_out(part_start(bytes, rank + 1), bytes);
    }
    if (phase + 1 < chunks + 2) meet();
  }
}

void SharedMemory::broadcast(const Spans& spans, int root, const Operation& operation) {
  begin(operation);
  std::size_t at = 0;
  do {
    const std::size_t end = std::min(at + chunk_, spans.bytes());
    std::byte* shared = slot(root, epoch_);
    const auto copy = [&](bool in) {
      spans.each(at, end, [&](std::byte* data, std::size_t n) {
        std::memcpy(in ? shared : data, in ? data : shared, n);
        shared += n;
      });
    };
    if (links_.rank() == root) copy(true);
    meet();
    if (links_.rank() != root) copy(false);
    at = end;
  } while (at < spans.bytes());
}

void SharedMemory::gather(const Blocks& blocks, const Operation& operation) {
  begin(operation);
  std::size_t largest = 0;
  for (const Piece& block : blocks) largest = std::max(largest, block.bytes);
  for (std::size_t at = 0; at == 0 || at < largest; at += chunk_) {
    const std::uint32_t phase = epoch_;
    const auto part = [&](int rank) { return std::min(blocks[rank].bytes - std::min(at, blocks[rank].bytes), chunk_); };
    const int own = links_.rank();
    if (part(own)) std::memcpy(slot(own, phase), blocks[own].data + at, part(own));
    meet();
    for (int r = 0; r < links_.world(); ++r) {
      if (r != own && part(r)) std::memcpy(blocks[r].data + at, slot(r, phase), part(r));
    }
  }
}

}  // namespace bigdl::exchange
