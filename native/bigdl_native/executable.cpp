#include "executable.hpp"

#include <sys/mman.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "collective.hpp"
#include "communicator.hpp"

namespace bigdl {
namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t huge_page = std::size_t{2} << 20;

// Large arenas ask for huge pages: first touch and TLB misses are a visible share of a step otherwise.
std::byte* allocate(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  const std::size_t alignment = bytes >= huge_page ? huge_page : page;
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, rounded);
  if (memory == nullptr) throw std::bad_alloc();
  if (alignment == huge_page) madvise(memory, rounded, MADV_HUGEPAGE);
  return static_cast<std::byte*>(memory);
}

// The addresses of a step's operands, looked up in the slots of the present run.
class Addresses {
 public:
  explicit Addresses(Executable::Slots slots) : slots_(std::move(slots)), addresses_(slots_.size()) {}

  void* const* in(const Frame& frame) {
    for (std::size_t i = 0; i < slots_.size(); ++i) addresses_[i] = frame.slots[slots_[i]];
    return addresses_.data();
  }

 private:
  Executable::Slots slots_;
  std::vector<void*> addresses_;
};

class KernelStep : public Step {
 public:
  KernelStep(Kernel* kernel, Executable::Slots inputs, Executable::Slots outputs)
      : kernel_(kernel), inputs_(std::move(inputs)), outputs_(std::move(outputs)) {}

  void run(Frame& frame) override { kernel_->run(inputs_.in(frame), outputs_.in(frame), frame.context); }

 private:
  Kernel* kernel_;
  Addresses inputs_, outputs_;
};

class CopyStep : public Step {
 public:
  CopyStep(Executable::Slot source, Executable::Slot target, std::size_t bytes)
      : source_(source), target_(target), bytes_(bytes) {}

  void run(Frame& frame) override {
    if (bytes_ != 0) std::memmove(frame.slots[target_], frame.slots[source_], bytes_);
  }

 private:
  Executable::Slot source_, target_;
  std::size_t bytes_;
};

class CallbackStep : public Step {
 public:
  CallbackStep(Executable::Callback callback, void* context, Executable::Slots inputs, Executable::Slots outputs)
      : callback_(callback), context_(context), inputs_(std::move(inputs)), outputs_(std::move(outputs)) {}

  void run(Frame& frame) override {
    if (callback_(context_, inputs_.in(frame), outputs_.in(frame)) != 0) throw CallbackFailed();
  }

 private:
  Executable::Callback callback_;
  void* context_;
  Addresses inputs_, outputs_;
};

}  // namespace

// The exchange sums in place, so inputs move into the outputs first (the planner lets them share where it can).
class SumStep : public Step {
 public:
  SumStep(const std::vector<Operand>& sums, Executable::Slots inputs, Executable::Slots outputs, bool wait)
      : inputs_(std::move(inputs)), outputs_(std::move(outputs)), wait_(wait) {
    for (const auto& operand : sums) bytes_.push_back(operand.bytes());
  }

  void run(Frame& frame) override {
    void* const* sources = inputs_.in(frame);
    void* const* sums = outputs_.in(frame);
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
      if (sources[i] != sums[i] && bytes_[i] != 0) std::memcpy(sums[i], sources[i], bytes_[i]);
    }
    if (frame.communicator == nullptr) return;
    const Sum sum = exchange(sources, sums);
    if (wait_) {
      frame.communicator->run(sum);
    } else {
      ticket_ = frame.communicator->start(sum);
    }
  }

  void wait(Frame& frame) const {
    if (frame.communicator != nullptr) frame.communicator->wait(ticket_);
  }

 protected:
  // What sums `sums` in place; addresses stay as they are until it is done.
  virtual Sum exchange(void* const* sources, void* const* sums) = 0;

 private:
  Addresses inputs_, outputs_;
  std::vector<std::size_t> bytes_;
  bool wait_;
  Communicator::Ticket ticket_ = 0;
};

namespace {

class WholeSumStep : public SumStep {
 public:
  WholeSumStep(const std::vector<Operand>& operands, Executable::Slots inputs, Executable::Slots outputs, bool wait)
      : SumStep(operands, std::move(inputs), std::move(outputs), wait) {
    for (const auto& operand : operands) {
      counts_.push_back(operand.size());
      dtypes_.push_back(operand.dtype);
    }
  }

 private:
  Sum exchange(void* const*, void* const* sums) override {
    return [this, sums](Collective& collective) {
      collective.all_reduce(sums, counts_.data(), dtypes_.data(), static_cast<int>(counts_.size()));
    };
  }

  std::vector<std::int64_t> counts_;
  std::vector<DType> dtypes_;
};

class RowSumStep : public SumStep {
 public:
  RowSumStep(const std::vector<Operand>& tables, const std::vector<std::int64_t>& touched, Executable::Slots inputs,
             Executable::Slots outputs, bool wait)
      : SumStep(tables, std::move(inputs), std::move(outputs), wait) {
    for (std::size_t i = 0; i < tables.size(); ++i) {
      const std::int64_t rows = tables[i].shape[0];
      tables_.push_back({nullptr, rows, rows ? tables[i].size() / rows : 0, tables[i].dtype, nullptr, touched[i]});
    }
  }

 private:
  Sum exchange(void* const* sources, void* const* sums) override {
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      tables_[i].data = sums[i];
      tables_[i].touched = static_cast<const std::int32_t*>(sources[tables_.size() + i]);
    }
    return [this](Collective& collective) {
      collective.all_reduce_rows(tables_.data(), static_cast<int>(tables_.size()));
    };
  }

  std::vector<RowTable> tables_;
};

}  // namespace

namespace {

// Carries alternate between the output and a spare buffer so that an iteration never writes what it still reads;
// the parity is chosen so that the last iteration writes the output.
class ScanStep : public Step {
 public:
  explicit ScanStep(Executable::Scan scan)
      : scan_(std::move(scan)), externals_(scan_.inputs.size() + scan_.outputs.size()) {}

  void run(Frame& frame) override {
    const std::size_t carries = scan_.carry_bytes.size();
    if (scan_.length == 0) {
      for (std::size_t c = 0; c < carries; ++c) {
        std::memmove(output(frame, c), input(frame, scan_.constants + c), scan_.carry_bytes[c]);
      }
      return;
    }
    for (std::int64_t i = 0; i < scan_.length; ++i) iterate(frame, i);
  }

 private:
  std::byte* input(const Frame& frame, std::size_t i) const { return frame.slots[scan_.inputs[i]]; }
  std::byte* output(const Frame& frame, std::size_t i) const { return frame.slots[scan_.outputs[i]]; }

  std::byte* carry_written_by(const Frame& frame, std::int64_t iteration, std::size_t c) const {
    const bool final_parity = (scan_.length - 1 - iteration) % 2 == 0;
    return final_parity ? output(frame, c) : frame.slots[scan_.spare[c]];
  }

  void iterate(Frame& frame, std::int64_t i) {
    const std::size_t carries = scan_.carry_bytes.size();
    const std::int64_t item = scan_.reverse ? scan_.length - 1 - i : i;
    std::size_t next = 0;
    for (std::size_t k = 0; k < scan_.constants; ++k) externals_[next++] = input(frame, k);
    for (std::size_t c = 0; c < carries; ++c) {
      externals_[next++] = i == 0 ? input(frame, scan_.constants + c) : carry_written_by(frame, i - 1, c);
    }
    for (std::size_t x = 0; x < scan_.x_item_bytes.size(); ++x) {
      externals_[next++] = input(frame, scan_.constants + carries + x) + item * scan_.x_item_bytes[x];
    }
    for (std::size_t c = 0; c < carries; ++c) externals_[next++] = carry_written_by(frame, i, c);
    for (std::size_t y = 0; y < scan_.y_item_bytes.size(); ++y) {
      externals_[next++] = output(frame, carries + y) + item * scan_.y_item_bytes[y];
    }
    scan_.body->run_steps(externals_.data(), frame.communicator);
  }

  Executable::Scan scan_;
  std::vector<void*> externals_;
};

class WaitStep : public Step {
 public:
  explicit WaitStep(const SumStep* sum) : sum_(sum) {}

  void run(Frame& frame) override { sum_->wait(frame); }

 private:
  const SumStep* sum_;
};

}  // namespace

Arena::~Arena() { std::free(base_); }

void Arena::reserve(std::size_t bytes) {
  if (bytes <= bytes_) return;
  std::free(base_);
  base_ = nullptr;
  bytes_ = 0;
  base_ = allocate(bytes);
  bytes_ = bytes;
}

Executable::Executable(std::size_t externals, std::shared_ptr<Arena> arena, std::size_t arena_bytes, int threads)
    : externals_(externals), arena_(std::move(arena)), threads_(threads), slots_(externals, nullptr) {
  arena_->reserve(arena_bytes);
  base_ = arena_->base();
}

Executable::~Executable() { std::free(scratch_); }

Executable::Slot Executable::add_arena_slot(std::size_t offset) {
  slots_.push_back(base_ + offset);
  arena_slots_.emplace_back(static_cast<Slot>(slots_.size() - 1), offset);
  return arena_slots_.back().first;
}

// The arena moves when a later executable needs a larger one.
void Executable::follow_arena() {
  if (base_ == arena_->base()) return;
  base_ = arena_->base();
  for (const auto& [slot, offset] : arena_slots_) slots_[slot] = base_ + offset;
}

Executable::Slot Executable::add_constant_slot(void* address) {
  slots_.push_back(static_cast<std::byte*>(address));
  return static_cast<Slot>(slots_.size() - 1);
}

void Executable::append(std::unique_ptr<Step> step) {
  steps_.push_back(std::move(step));
  seconds_.push_back(0.0);
}

void Executable::add_kernel(Kernel* kernel, Slots inputs, Slots outputs) {
  const std::size_t bytes = kernel->scratch_bytes();
  if (bytes > scratch_bytes_) {
    std::free(scratch_);
    scratch_ = nullptr;
    scratch_ = allocate(bytes);
    scratch_bytes_ = bytes;
  }
  append(std::make_unique<KernelStep>(kernel, std::move(inputs), std::move(outputs)));
}

void Executable::add_copy(Slot source, Slot target, std::size_t bytes) {
  append(std::make_unique<CopyStep>(source, target, bytes));
}

void Executable::add_callback(Callback callback, void* context, Slots inputs, Slots outputs) {
  append(std::make_unique<CallbackStep>(callback, context, std::move(inputs), std::move(outputs)));
}

void Executable::add_sum(const std::vector<Operand>& operands, Slots inputs, Slots outputs, bool wait) {
  append_sum(std::make_unique<WholeSumStep>(operands, std::move(inputs), std::move(outputs), wait));
}

void Executable::add_row_sum(const std::vector<Operand>& tables, const std::vector<std::int64_t>& touched,
                             Slots inputs, Slots outputs, bool wait) {
  append_sum(std::make_unique<RowSumStep>(tables, touched, std::move(inputs), std::move(outputs), wait));
}

void Executable::append_sum(std::unique_ptr<SumStep> step) {
  sums_.push_back(step.get());
  append(std::move(step));
}

void Executable::add_wait(std::size_t number) { append(std::make_unique<WaitStep>(sums_.at(number))); }

void Executable::add_scan(Scan scan) { append(std::make_unique<ScanStep>(std::move(scan))); }

void Executable::run(void* const* externals, Collective* collective) {
  if (communicator_ && communicator_->collective() != collective) communicator_.reset();
  if (collective != nullptr && !communicator_) communicator_ = std::make_unique<Communicator>(*collective);
  try {
    run_steps(externals, communicator_.get());
  } catch (...) {
    // Nobody may write into buffers that are no longer ours.
    if (communicator_) communicator_->settle();
    throw;
  }
}

double Executable::exchange_seconds() const { return communicator_ ? communicator_->seconds() : 0.0; }

void Executable::run_steps(void* const* externals, Communicator* communicator) {
  follow_arena();
  for (std::size_t i = 0; i < externals_; ++i) slots_[i] = static_cast<std::byte*>(externals[i]);
  Frame frame{slots_.data(), RunContext{threads_, scratch_}, communicator};
  if (!profile_) {
    for (auto& step : steps_) step->run(frame);
    return;
  }
  auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    steps_[i]->run(frame);
    const auto end = std::chrono::steady_clock::now();
    seconds_[i] += std::chrono::duration<double>(end - start).count();
    start = end;
  }
}

}  // namespace bigdl
