// A plan turned into one native call: a flat list of steps over numbered slots.
//
// A slot is an address. External slots (inputs, state, outputs) are bound anew at every run, arena slots are fixed
// offsets into working memory, constant slots point at memory the caller keeps alive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include "kernel.hpp"

namespace bigdl {

class Collective;
class Communicator;

// Thrown out of run() when a callback step returned non-zero; the callback has kept the reason.
struct CallbackFailed : std::exception {
  const char* what() const noexcept override { return "a callback step failed"; }
};

// What the steps of one run share.
struct Frame {
  std::byte* const* slots;
  RunContext context;
  Communicator* communicator;  // nullptr: a world of one
};

class Step {
 public:
  virtual ~Step() = default;
  virtual void run(Frame& frame) = 0;
};

class SumStep;

// Working memory. Executables that never run at the same time can share one; nothing in it outlives a run.
class Arena {
 public:
  Arena() = default;
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Makes room for `bytes`; may move the memory, so not during a run.
  void reserve(std::size_t bytes);
  std::byte* base() const { return base_; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::byte* base_ = nullptr;
  std::size_t bytes_ = 0;
};

class Executable {
 public:
  using Slot = std::uint32_t;
  using Slots = std::vector<Slot>;
  using Callback = int (*)(void* context, void* const* inputs, void* const* outputs);

  struct Scan {
    std::shared_ptr<Executable> body;  // externals: constants, carries, items of xs; then carries, items of ys
    std::size_t constants = 0;
    std::vector<std::size_t> carry_bytes;
    std::vector<std::size_t> x_item_bytes;
    std::vector<std::size_t> y_item_bytes;
    std::int64_t length = 0;
    bool reverse = false;
    Slots inputs;   // constants, carries, xs
    Slots outputs;  // carries, ys
    Slots spare;    // a second buffer for every carry
  };

  // Slots 0 .. externals-1 are the external ones.
  Executable(std::size_t externals, std::shared_ptr<Arena> arena, std::size_t arena_bytes, int threads);
  ~Executable();
  Executable(const Executable&) = delete;
  Executable& operator=(const Executable&) = delete;

  Slot add_arena_slot(std::size_t offset);
  Slot add_constant_slot(void* address);

  void add_kernel(Kernel* kernel, Slots inputs, Slots outputs);  // the caller keeps it alive
  void add_copy(Slot source, Slot target, std::size_t bytes);
  void add_callback(Callback callback, void* context, Slots inputs, Slots outputs);
  // Sums each input over all workers into the output of the same position. `number` counts the sums; one with
  // `wait` is done when the step is, another when the step made by add_wait(number) is.
  void add_sum(const std::vector<Operand>& operands, Slots inputs, Slots outputs, bool wait);
  // The same for tables in which few rows are not zero; inputs are the tables, then for each the numbers of those rows.
  void add_row_sum(const std::vector<Operand>& tables, const std::vector<std::int64_t>& touched, Slots inputs,
                   Slots outputs, bool wait);
  void add_wait(std::size_t number);
  void add_scan(Scan scan);

  // Not re-entrant: the arena belongs to the run. Throws CallbackFailed, or what the collective throws. A collective
  // must outlive the executable, or another one must be passed first.
  void run(void* const* externals, Collective* collective);
  // The body of a loop runs with the communicator of the whole.
  void run_steps(void* const* externals, Communicator* communicator);

  // From now on run() adds the seconds of every step to seconds()[step].
  void profile(bool on) { profile_ = on; }
  const std::vector<double>& seconds() const { return seconds_; }
  // Seconds in which sums were under way, whether or not anybody waited for them.
  double exchange_seconds() const;

 private:
  void append(std::unique_ptr<Step> step);
  void append_sum(std::unique_ptr<SumStep> step);
  void follow_arena();

  std::size_t externals_;
  std::shared_ptr<Arena> arena_;
  std::byte* base_;  // of the arena, when the slots were last computed
  std::vector<std::pair<Slot, std::size_t>> arena_slots_;
  int threads_;
  std::byte* scratch_ = nullptr;
  std::size_t scratch_bytes_ = 0;
  std::vector<std::byte*> slots_;
  std::vector<std::unique_ptr<Step>> steps_;
  std::vector<SumStep*> sums_;
  std::unique_ptr<Communicator> communicator_;
  std::vector<double> seconds_;
  bool profile_ = false;
};

}  // namespace bigdl
