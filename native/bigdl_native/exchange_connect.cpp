// Setting up the mesh. Every pair of ranks shares one connection, dialled by the higher rank:
//
//   dialler                                  acceptor
//   Hello {generation, ranks, nonce}   ->
//                                      <-    nonce
//   HMAC(secret, "dial", both)         ->
//                                      <-    HMAC(secret, "accept", both)
//
// The acceptor proves itself last, so that a stranger gets nothing but random bytes. Messages have fixed sizes:
// nothing that a stranger sends decides how much is read or allocated. Keys of an encrypted connection
// come from the same secret and nonces.
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <list>
#include <memory>

#include "exchange_links.hpp"

#ifndef TCP_RTO_MAX_MS
#define TCP_RTO_MAX_MS 44
#endif

namespace bigdl::exchange {
namespace {

constexpr Seconds kDialLimit{3.0};      // one attempt: an address that swallows packets is tried again
constexpr Seconds kRedial{0.05};        // pause after a refusal
constexpr Seconds kKernelPatience{60.0};  // beyond ours: a busy machine may wake this rank late
constexpr int kResendPause = 4000;        // ms, the longest: a cut of the network ends this much later for us
constexpr Seconds kStrangerLimit{5.0};  // an accepted connection proves itself within this time
constexpr std::size_t kDigest = sizeof(Digest);

enum class Stage { dialling, wait_hello, wait_nonce, wait_dial_mac, wait_accept_mac };

struct Conversation {
  Descriptor socket;
  Stage stage;
  int peer;  // -1 until an accepted connection has said who it is
  Clock::time_point deadline;
  Hello hello{};
  std::uint8_t nonce[kDigest] = {};  // of the acceptor
  std::uint8_t received[sizeof(Hello)] = {};
  std::size_t have = 0;

  std::size_t need() const { return stage == Stage::wait_hello ? sizeof(Hello) : kDigest; }
};

Clock::time_point after(Seconds pause) { return Clock::now() + std::chrono::duration_cast<Clock::duration>(pause); }

// These messages fit any socket buffer: a short send means a broken connection.
bool send_all(int fd, const void* data, std::size_t size) {
  return send(fd, data, size, MSG_NOSIGNAL) == static_cast<ssize_t>(size);
}

class Setup {
 public:
  Setup(Links& links, const std::string& secret, std::uint64_t generation)
      : links_(links), secret_(secret), generation_(generation), redial_(links.world()),
        trouble_(links.world()) {}

  void run(const Listener& listener, double timeout);

 private:
  void dial_missing();
  Descriptor dial(int peer);
  void accept_waiting(int listener);
  bool advance(Conversation& talk);  // false: drop the connection
  bool answer(Conversation& talk);
  void give_up(Conversation& talk, const std::string& why);
  std::string missing() const;
  bool dialling(int peer) const;

  Links& links_;
  const std::string& secret_;
  std::uint64_t generation_;
  std::list<Conversation> talks_;
  std::vector<Clock::time_point> redial_;
  std::vector<std::string> trouble_;  // with each lower rank, the latest
  int strangers_ = 0;
};

void Setup::run(const Listener& listener, double timeout) {
  const auto deadline = after(Seconds{timeout});
  const std::string doing = "connecting generation " + std::to_string(generation_);
  while (true) {
    const std::string absent = missing();
    if (absent.empty()) return;
    links_.throw_if_stopped(doing);
    if (Clock::now() > deadline) {
      throw ExchangeError("rank " + std::to_string(links_.rank()) + " could not connect generation " +
                          std::to_string(generation_) + " in time: " + absent +
                          (strangers_ ? "; turned away " + std::to_string(strangers_) +
                                            " connection(s) without the job's secret, ranks or generation"
                                      : ""));
    }
    dial_missing();

    std::vector<pollfd> waits{{links_.stop_fd(), POLLIN, 0}, {listener.fd(), POLLIN, 0}};
    for (int peer = 0; peer < links_.world(); ++peer) waits.push_back({links_.link(peer).fd(), POLLRDHUP, 0});
    const std::size_t first_talk = waits.size();
    for (const auto& talk : talks_) {
      waits.push_back({talk.socket.get(), short(talk.stage == Stage::dialling ? POLLOUT : POLLIN), 0});
    }
    poll(waits.data(), waits.size(), 20);

    for (int peer = 0; peer < links_.world(); ++peer) {
      if (waits[2 + peer].revents) links_.lost({peer}, doing);
    }
    auto talk = talks_.begin();
    for (std::size_t i = first_talk; i < waits.size(); ++i) {
      const bool late = Clock::now() > talk->deadline;
      if (late) give_up(*talk, "no answer");
      const bool keep = !late && (!waits[i].revents || advance(*talk));
      talk = keep ? std::next(talk) : talks_.erase(talk);
    }
    if (waits[1].revents) accept_waiting(listener.fd());
  }
}

bool Setup::dialling(int peer) const {
  return std::any_of(talks_.begin(), talks_.end(),
                     [peer](const auto& t) { return t.peer == peer && t.stage != Stage::wait_dial_mac; });
}

void Setup::dial_missing() {
  for (int peer = 0; peer < links_.rank(); ++peer) {
    if (links_.link(peer) || Clock::now() < redial_[peer] || dialling(peer)) continue;
    redial_[peer] = after(kRedial);
    Descriptor socket = dial(peer);
    if (socket) talks_.push_back({std::move(socket), Stage::dialling, peer, after(kDialLimit)});
  }
}

Descriptor Setup::dial(int peer) {
  const Peer& target = links_.peers()[peer];
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &found);
  if (error) {
    trouble_[peer] = gai_strerror(error);
    return Descriptor();
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
  Descriptor socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket || (connect(socket.get(), found->ai_addr, found->ai_addrlen) && errno != EINPROGRESS)) {
    trouble_[peer] = std::strerror(errno);
    return Descriptor();
  }
  return socket;
}

void Setup::accept_waiting(int listener) {
  // Strangers can hold this many half-open connections; the oldest goes first, and a peer that goes with it redials.
  const std::size_t limit = 64 + 2 * static_cast<std::size_t>(links_.world());
  while (true) {
    const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    talks_.push_back({Descriptor(fd), Stage::wait_hello, -1, after(kStrangerLimit)});
    if (talks_.size() > limit) {
      const auto oldest = std::find_if(talks_.begin(), talks_.end(), [](const auto& t) { return t.peer < 0; });
      talks_.erase(oldest == talks_.end() ? std::prev(talks_.end()) : oldest);
      ++strangers_;
    }
  }
}

void Setup::give_up(Conversation& talk, const std::string& why) {
  const bool accepted = talk.stage == Stage::wait_hello || talk.stage == Stage::wait_dial_mac;
  if (accepted) {
    ++strangers_;
  } else {
    trouble_[talk.peer] = why;
    redial_[talk.peer] = after(kRedial);
  }
}

bool Setup::advance(Conversation& talk) {
  const int fd = talk.socket.get();
  if (talk.stage == Stage::dialling) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    talk.hello = make_hello(generation_, links_.rank(), talk.peer, links_.world(), links_.encrypted());
    if (error || !send_all(fd, &talk.hello, sizeof talk.hello)) {
      give_up(talk, std::strerror(error ? error : ECONNRESET));
      return false;
    }
    talk.stage = Stage::wait_nonce;
    talk.deadline = Clock::time_point::max();  // the peer may still be busy; the limit is that of the whole set-up
    return true;
  }
  const ssize_t n = recv(fd, talk.received + talk.have, talk.need() - talk.have, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (n <= 0) {
    give_up(talk, talk.stage == Stage::wait_nonce ? "it is not in this generation"
                                                  : "it refused this rank's proof: the secrets differ");
    return false;
  }
  talk.have += static_cast<std::size_t>(n);
  if (talk.have < talk.need()) return true;
  talk.have = 0;
  if (answer(talk)) return bool(talk.socket);
  give_up(talk, "it did not prove that it holds the secret");
  return false;
}

bool Setup::answer(Conversation& talk) {
  const int fd = talk.socket.get();
  switch (talk.stage) {
    case Stage::wait_hello: {
      std::memcpy(&talk.hello, talk.received, sizeof talk.hello);
      const auto from = static_cast<std::int64_t>(talk.hello.from);
      if (from <= links_.rank() || from >= links_.world()) return false;
      talk.peer = static_cast<int>(from);
      const Hello expected =
          make_hello(generation_, talk.peer, links_.rank(), links_.world(), links_.encrypted());
      if (!same_purpose(talk.hello, expected)) return false;
      random_bytes(talk.nonce, kDigest);
      talk.stage = Stage::wait_dial_mac;
      return send_all(fd, talk.nonce, kDigest);
    }
    case Stage::wait_nonce: {
      std::memcpy(talk.nonce, talk.received, kDigest);
      const Digest proof = handshake_mac(secret_, "dial", talk.hello, talk.nonce);
      talk.stage = Stage::wait_accept_mac;
      return send_all(fd, proof.data(), kDigest);
    }
    case Stage::wait_dial_mac: {
      const Digest expected = handshake_mac(secret_, "dial", talk.hello, talk.nonce);
      const Digest proof = handshake_mac(secret_, "accept", talk.hello, talk.nonce);
      if (!equal_bytes(expected.data(), talk.received, kDigest) || !send_all(fd, proof.data(), kDigest)) return false;
      break;
    }
    case Stage::wait_accept_mac: {
      const Digest expected = handshake_mac(secret_, "accept", talk.hello, talk.nonce);
      if (!equal_bytes(expected.data(), talk.received, kDigest)) return false;
      break;
    }
    case Stage::dialling:
      return false;
  }
  const int on = 1;
  // Later than our own deadline, which knows who is silent: the kernel only knows that a connection is dead.
  const unsigned limit = static_cast<unsigned>((links_.timeout() + kKernelPatience.count()) * 1000);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
  // Before Linux 6.15, which refuses this, the pauses double up to two minutes.
  setsockopt(fd, IPPROTO_TCP, TCP_RTO_MAX_MS, &kResendPause, sizeof kResendPause);
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  if (links_.encrypted()) {
    const Digest dialler = handshake_mac(secret_, "dial key", talk.hello, talk.nonce);
    const Digest acceptor = handshake_mac(secret_, "accept key", talk.hello, talk.nonce);
    const bool dialled = talk.stage == Stage::wait_accept_mac;
    links_.link(talk.peer) =
        Link(std::move(talk.socket), dialled ? dialler : acceptor, dialled ? acceptor : dialler);
  } else {
    links_.link(talk.peer) = Link(std::move(talk.socket));
  }
  return true;
}

std::string Setup::missing() const {
  std::string names;
  for (int peer = 0; peer < links_.world(); ++peer) {
    if (peer == links_.rank() || links_.link(peer)) continue;
    names += (names.empty() ? "" : ", ") + links_.name(peer);
    if (peer > links_.rank()) names += " has not dialled in";
    else names += trouble_[peer].empty() ? " does not answer" : " refuses: " + trouble_[peer];
  }
  return names;
}

}  // namespace

void Links::connect(const Listener& listener, const std::string& secret, std::uint64_t generation, double timeout) {
  Setup(*this, secret, generation).run(listener, timeout);
}

}  // namespace bigdl::exchange
