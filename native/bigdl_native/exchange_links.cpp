#include "exchange_links.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace bigdl::exchange {

Listener::Listener(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error) throw ExchangeError("cannot listen on " + host + ": " + gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);

  socket_ = Descriptor(socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  if (!socket_ || setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) ||
      bind(socket_.get(), found->ai_addr, found->ai_addrlen) || listen(socket_.get(), SOMAXCONN)) {
    throw std::system_error(errno, std::generic_category(), "cannot listen on " + host + ":" + std::to_string(port));
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&bound), &size);
  char service[16];
  getnameinfo(reinterpret_cast<sockaddr*>(&bound), size, nullptr, 0, service, sizeof service, NI_NUMERICSERV);
  port_ = std::stoi(service);
}

StopSignal::StopSignal() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void StopSignal::raise() {
  raised_.store(true);
  eventfd_write(event_.get(), 1);
}

Links::Links(int rank, std::vector<Peer> peers, double timeout, bool encrypted, StopSignal& stop)
    : rank_(rank), peers_(std::move(peers)), timeout_(timeout), encrypted_(encrypted), stop_(stop),
      links_(peers_.size()) {
  for (const Peer& first : peers_) {
    if (std::count(ring_.begin(), ring_.end(), first.rank)) continue;
    ring_.push_back(first.rank);
    for (const Peer& other : peers_) {
      if (other.rank > first.rank && !first.host_id.empty() && other.host_id == first.host_id) {
        ring_.push_back(other.rank);
      }
    }
  }
  place_ = static_cast<int>(std::find(ring_.begin(), ring_.end(), rank) - ring_.begin());
}

bool Links::hung_up(int peer) const {
  pollfd entry{link(peer).fd(), POLLRDHUP, 0};
  return poll(&entry, 1, 0) > 0;
}

void Links::close() {
  for (auto& link : links_) link.close();
}

std::string Links::name(int peer) const {
  return "rank " + std::to_string(peer) + " (" + peers_[peer].host + ":" + std::to_string(peers_[peer].port) + ")";
}

std::string Links::names(const std::vector<int>& peers) const {
  std::string all;
  for (const int peer : peers) all += (all.empty() ? "" : ", ") + name(peer);
  return all;
}

void Links::lost(const std::vector<int>& peers, const std::string& doing) const {
  throw ExchangeError("rank " + std::to_string(rank_) + " lost " + names(peers) + " during " + doing + ": " +
                      (peers.size() == 1 ? "its process ended or closed its connections"
                                         : "one of them ended and the others left after it"));
}

void Links::silent(const std::vector<int>& peers, const std::string& doing) const {
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.3g", timeout_);
  throw ExchangeError("rank " + std::to_string(rank_) + " waited " + seconds + " s for " + names(peers) + " during " +
                      doing + ": it hangs, or itself waits for another rank; raise the timeout if steps take longer");
}

void Links::throw_if_stopped(const std::string& doing) const {
  if (stopped()) throw ExchangeError("rank " + std::to_string(rank_) + " was aborted during " + doing);
}

}  // namespace bigdl::exchange
