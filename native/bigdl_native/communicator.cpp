#include "communicator.hpp"

#include <pthread.h>

#include <chrono>

namespace bigdl {

Communicator::Communicator(Collective& collective) : collective_(collective), thread_([this] { serve(); }) {
  pthread_setname_np(thread_.native_handle(), "bigdl-exchange");  // for tools that tell threads apart
}

Communicator::~Communicator() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
  }
  asked_.notify_one();
  thread_.join();
}

Communicator::Ticket Communicator::start(const Sum& sum) {
  std::lock_guard<std::mutex> lock(mutex_);
  queue_.push_back(sum);
  asked_.notify_one();
  return ++started_;
}

void Communicator::wait(Ticket ticket) {
  std::unique_lock<std::mutex> lock(mutex_);
  done_.wait(lock, [&] { return finished_ >= ticket; });
  if (failure_) std::rethrow_exception(failure_);
}

void Communicator::run(const Sum& sum) {
  Ticket last;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    last = started_;
  }
  wait(last);
  exchange(sum);
}

void Communicator::settle() noexcept {
  std::unique_lock<std::mutex> lock(mutex_);
  done_.wait(lock, [&] { return finished_ == started_; });
}

void Communicator::exchange(const Sum& sum) {
  const auto start = std::chrono::steady_clock::now();
  sum(collective_);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  // Exchanges follow each other, on whichever thread: nobody else adds meanwhile.
  seconds_.store(seconds() + taken.count(), std::memory_order_relaxed);
}

void Communicator::serve() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    asked_.wait(lock, [&] { return closing_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const Sum sum = queue_.front();
    queue_.pop_front();
    if (!failure_) {
      lock.unlock();
      std::exception_ptr failure;
      try {
        exchange(sum);
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      failure_ = failure;
    }
    ++finished_;
    done_.notify_all();
  }
}

}  // namespace bigdl
