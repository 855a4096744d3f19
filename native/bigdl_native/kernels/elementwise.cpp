// The engine of elementwise.hpp: binds a program to operands and runs it over blocks.
#include "elementwise.hpp"

#include <algorithm>
#include <cstring>

#include "../threads.hpp"
#include "broadcast.hpp"
#include "elementwise_program.hpp"

namespace bigdl::elementwise {

namespace {

constexpr std::int64_t kMaxBlock = 2048;
constexpr std::int64_t kMinBlock = 256;
constexpr std::size_t kBlockBytes = 24 * 1024;  // of all registers of a thread: half of a first-level cache
constexpr std::size_t kLine = 64;

std::size_t round_up(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

// How a register gets its block.
enum class Place : std::uint8_t {
  operand,  // an input, where it lies
  buffer,   // this thread's own memory
  output,   // an output, where it lies
  constant,
};

struct Register {
  DType dtype;    // as kept and computed
  DType storage;  // as declared
  Place place = Place::buffer;
  int index = -1;        // of the input, buffer, output or constant
  bool scalar = false;   // one element stands for the block
  bool filled = false;   // every block of the run is the same: written once
  int last_use = -1;     // last instruction that reads it
};

struct Store {
  int source;  // register
  int output;
  BlockFunction encode;  // null: a copy
};

class FusedElementwise : public Kernel {
 public:
  FusedElementwise(const Program& program, const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                   int threads)
      : program_(program), size_(outputs[0].size()), threads_(threads) {
    for (const auto& input : inputs) broadcasts_.emplace_back(input.shape, outputs[0].shape);
    for (const auto dtype : program.dtypes) registers_.push_back({register_dtype(dtype), dtype});
    find_uses();
    choose_in_place(inputs, outputs);
    choose_block();
    place_inputs();
    place_results();
    place_constants();
    thread_bytes_ = table_bytes() + static_cast<std::size_t>(n_buffers_) * buffer_bytes();
  }

  std::size_t scratch_bytes() const override { return thread_bytes_ * static_cast<std::size_t>(threads_); }
  int in_place(int output) const override { return in_place_[static_cast<std::size_t>(output)]; }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    if (size_ == 0) return;
    const std::int64_t blocks = (size_ + block_ - 1) / block_;
    const auto work = size_ * (2 + static_cast<std::int64_t>(program_.instructions.size()));
    const int team = team_for(work, std::min(context.threads, threads_));
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const int thread = omp_get_thread_num();
      const Share share(blocks, thread, omp_get_num_threads());
      run_blocks(inputs, outputs, context.scratch + thread_bytes_ * static_cast<std::size_t>(thread),
                 share.begin * block_, std::min(share.end * block_, size_));
    }
  }

 private:
  // ---- made once ----------------------------------------------------------------------------------------------------
  void find_uses() {
    std::vector<bool> wants_block(registers_.size(), false);
    for (std::size_t k = 0; k < program_.instructions.size(); ++k) {
      const auto& instruction = program_.instructions[k];
      for (int i = 0; i < instruction.arity; ++i) {
        const auto r = static_cast<std::size_t>(instruction.in[i]);
        registers_[r].last_use = static_cast<int>(k);
        if (!instruction.takes_scalars) wants_block[r] = true;
      }
    }
    for (std::size_t r = 0; r < registers_.size(); ++r) {
      const bool is_input = static_cast<int>(r) < program_.n_inputs;
      const bool single = is_input ? broadcasts_[r].kind() == Broadcast::Kind::scalar
                                   : static_cast<int>(r) < program_.first_result();
      registers_[r].scalar = single && !wants_block[r];
    }
  }

  // An output may be written while the block is still computed only if what shares its memory is read no more.
  bool is_overwritten_late(int input, int result) const {
    const auto& source = registers_[static_cast<std::size_t>(input)];
    return source.storage != source.dtype || source.last_use <= result - program_.first_result();
  }

  void choose_in_place(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs) {
    std::vector<bool> taken(inputs.size(), false);
    const auto may_share = [&](std::size_t input, std::size_t output) {
      return !taken[input] && broadcasts_[input].kind() == Broadcast::Kind::full &&
             size_of(inputs[input].dtype) == size_of(outputs[output].dtype);
    };
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      int choice = -1;
      if (!program_.in_place.empty()) {
        const int wish = program_.in_place[o];
        if (wish >= 0 && may_share(static_cast<std::size_t>(wish), o)) choice = wish;
      } else {
        for (std::size_t i = 0; i < inputs.size() && choice < 0; ++i) {
          if (may_share(i, o) && is_overwritten_late(static_cast<int>(i), program_.results[o])) {
            choice = static_cast<int>(i);
          }
        }
      }
      if (choice >= 0) taken[static_cast<std::size_t>(choice)] = true;
      in_place_.push_back(choice);
    }
  }

  // As many elements as keep the registers in the cache; whole periods of the longest bias that fits.
  void choose_block() {
    for (const auto& r : registers_) item_bytes_ = std::max(item_bytes_, size_of(r.dtype));
    const auto live = static_cast<std::int64_t>(std::min<std::size_t>(registers_.size(), 8));
    block_ = std::clamp(static_cast<std::int64_t>(kBlockBytes / item_bytes_) / live, kMinBlock, kMaxBlock);
    std::int64_t longest = 1;
    for (const auto& broadcast : broadcasts_) {
      if (broadcast.kind() == Broadcast::Kind::periodic && broadcast.period() <= block_) {
        longest = std::max(longest, broadcast.period());
      }
    }
    block_ = std::max<std::int64_t>(1, std::min(block_ / longest * longest, size_));
  }

  void place_inputs() {
    for (int i = 0; i < program_.n_inputs; ++i) {
      auto& r = registers_[static_cast<std::size_t>(i)];
      const auto& broadcast = broadcasts_[static_cast<std::size_t>(i)];
      const bool converts = r.storage != r.dtype;
      const bool lies_ready = broadcast.kind() == Broadcast::Kind::full || r.scalar;
      if (lies_ready && !converts) {
        r.place = Place::operand;
        r.index = i;
        continue;
      }
      if (converts && broadcast.kind() != Broadcast::Kind::full && raw_buffer_ < 0) raw_buffer_ = n_buffers_++;
      r.index = n_buffers_++;
      r.filled = broadcast.kind() == Broadcast::Kind::scalar ||
                 (broadcast.kind() == Broadcast::Kind::periodic && block_ % broadcast.period() == 0);
    }
  }

  // A result goes straight to its first output where it can, else to a buffer that is free by then.
  void place_results() {
    const int first = program_.first_result();
    for (std::size_t o = 0; o < program_.results.size(); ++o) {
      const int result = program_.results[o];
      auto& r = registers_[static_cast<std::size_t>(result)];
      const bool converts = r.storage != r.dtype;
      const bool claims =
          r.index < 0 && !converts && (in_place_[o] < 0 || is_overwritten_late(in_place_[o], result));
      if (claims) {
        r.place = Place::output;
        r.index = static_cast<int>(o);
      } else {
        r.last_use = static_cast<int>(program_.instructions.size());
        stores_.push_back({result, static_cast<int>(o), converts ? functions().encode(r.storage) : nullptr});
      }
    }
    std::vector<int> busy_until;  // of each buffer from the first on: last instruction that reads it
    const int base = n_buffers_;
    for (std::size_t k = 0; k < program_.instructions.size(); ++k) {
      auto& r = registers_[static_cast<std::size_t>(first) + k];
      if (r.place == Place::output) continue;
      const auto free = std::find_if(busy_until.begin(), busy_until.end(),
                                     [&](int last) { return last < static_cast<int>(k); });
      r.index = base + static_cast<int>(free - busy_until.begin());
      if (free == busy_until.end()) {
        busy_until.push_back(r.last_use);
      } else {
        *free = r.last_use;
      }
    }
    n_buffers_ = base + static_cast<int>(busy_until.size());
  }

  void place_constants() {
    constants_.resize(program_.constants.size() * buffer_bytes() + kLine);
    const auto address = reinterpret_cast<std::uintptr_t>(constants_.data());
    constants_base_ = constants_.data() + (round_up(address, kLine) - address);
    for (std::size_t c = 0; c < program_.constants.size(); ++c) {
      auto& r = registers_[static_cast<std::size_t>(program_.n_inputs) + c];
      r.place = Place::constant;
      r.index = static_cast<int>(c);
      std::byte item[sizeof(double)];
      const Source source = {&program_.constants[c], false};
      functions().find(Op::cast, DType::f64, r.storage)(item, &source, 1);
      fill_items(constants_base_ + c * buffer_bytes(), item, size_of(r.dtype), r.scalar ? 1 : block_);
    }
  }

  std::size_t table_bytes() const { return round_up(registers_.size() * sizeof(Source), kLine); }
  // An odd number of lines apart, so that buffers do not compete for the same sets of the cache.
  std::size_t buffer_bytes() const {
    return round_up(static_cast<std::size_t>(block_) * item_bytes_, 2 * kLine) + kLine;
  }

  // ---- run ----------------------------------------------------------------------------------------------------------
  void run_blocks(const void* const* inputs, void* const* outputs, std::byte* scratch, std::int64_t begin,
                  std::int64_t end) const {
    auto* table = reinterpret_cast<Source*>(scratch);
    std::byte* buffers = scratch + table_bytes();
    const auto buffer = [&](int index) { return buffers + static_cast<std::size_t>(index) * buffer_bytes(); };
    for (std::size_t r = 0; r < registers_.size(); ++r) {
      const auto& reg = registers_[r];
      table[r].scalar = reg.scalar;
      switch (reg.place) {
        case Place::operand: table[r].data = inputs[reg.index]; break;
        case Place::output: table[r].data = outputs[reg.index]; break;
        case Place::buffer: table[r].data = buffer(reg.index); break;
        case Place::constant:
          table[r].data = constants_base_ + static_cast<std::size_t>(reg.index) * buffer_bytes();
          break;
      }
      if (reg.filled) table[r].data = load(r, inputs[r], 0, reg.scalar ? 1 : block_, buffer);
    }
    for (std::int64_t start = begin; start < end; start += block_) {
      const std::int64_t n = std::min(block_, end - start);
      for (std::size_t r = 0; r < registers_.size(); ++r) {
        const auto& reg = registers_[r];
        const auto offset = static_cast<std::size_t>(start) * size_of(reg.dtype);
        if (reg.place == Place::operand && !reg.scalar) {
          table[r].data = static_cast<const std::byte*>(inputs[reg.index]) + offset;
        } else if (reg.place == Place::output) {
          table[r].data = static_cast<const std::byte*>(outputs[reg.index]) + offset;
        } else if (static_cast<int>(r) < program_.n_inputs && !reg.filled && !reg.scalar) {
          table[r].data = load(r, inputs[r], start, n, buffer);
        }
      }
      std::size_t result = static_cast<std::size_t>(program_.first_result());
      for (const auto& instruction : program_.instructions) {
        Source sources[3];
        for (int i = 0; i < instruction.arity; ++i) sources[i] = table[instruction.in[i]];
        instruction.function(const_cast<void*>(table[result++].data), sources, n);
      }
      for (const auto& store : stores_) write(store, table, outputs[store.output], start, n);
    }
  }

  // The block [start, start + n) of an input that does not lie ready.
  template <class Buffer>
  const void* load(std::size_t r, const void* input, std::int64_t start, std::int64_t n, const Buffer& buffer) const {
    const auto& reg = registers_[r];
    const auto& broadcast = broadcasts_[r];
    const auto* base = static_cast<const std::byte*>(input);
    const std::size_t bytes = size_of(reg.storage);
    const bool converts = reg.storage != reg.dtype;
    const std::byte* ready = nullptr;
    if (broadcast.kind() == Broadcast::Kind::full) {
      ready = base + static_cast<std::size_t>(start) * bytes;
    } else if (broadcast.kind() == Broadcast::Kind::periodic && start % broadcast.period() + n <= broadcast.period()) {
      ready = base + static_cast<std::size_t>(start % broadcast.period()) * bytes;
    }
    if (ready != nullptr && !converts) return ready;
    std::byte* const target = buffer(reg.index);
    if (ready == nullptr) {
      std::byte* const raw = converts ? buffer(raw_buffer_) : target;
      broadcast.read(base, bytes, start, n, raw);
      ready = raw;
    }
    if (converts) {
      const Source source = {ready, false};
      functions().decode(reg.storage)(target, &source, n);
    }
    return target;
  }

  void write(const Store& store, const Source* table, void* output, std::int64_t start, std::int64_t n) const {
    const auto& reg = registers_[static_cast<std::size_t>(store.source)];
    const std::size_t bytes = size_of(reg.storage);
    auto* target = static_cast<std::byte*>(output) + static_cast<std::size_t>(start) * bytes;
    if (store.encode != nullptr) {
      store.encode(target, &table[store.source], n);
    } else {
      std::memmove(target, table[store.source].data, static_cast<std::size_t>(n) * bytes);
    }
  }

  Program program_;
  std::int64_t size_;
  int threads_;
  std::int64_t block_ = 1;
  std::size_t item_bytes_ = 1;
  std::vector<Broadcast> broadcasts_;
  std::vector<Register> registers_;
  std::vector<int> in_place_;
  std::vector<Store> stores_;
  int n_buffers_ = 0;
  int raw_buffer_ = -1;
  std::vector<std::byte> constants_;
  std::byte* constants_base_ = nullptr;
  std::size_t thread_bytes_ = 0;
};

std::unique_ptr<Kernel> make_fused(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                   const Attrs& attrs, int threads) {
  const auto program = decode(inputs, outputs, attrs);
  if (program == nullptr) return nullptr;
  return std::make_unique<FusedElementwise>(*program, inputs, outputs, threads);
}

template <Op op>
std::unique_ptr<Kernel> make_single(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                    const Attrs&, int threads) {
  const auto program = single(op, inputs, outputs[0]);
  if (program == nullptr) return nullptr;
  return std::make_unique<FusedElementwise>(*program, inputs, outputs, threads);
}

BIGDL_KERNEL("fused_elementwise", make_fused);
#define BIGDL_OP(name, arity) BIGDL_KERNEL(#name, make_single<Op::name>);
BIGDL_ELEMENTWISE_OPS(BIGDL_OP)
#undef BIGDL_OP

}  // namespace

}  // namespace bigdl::elementwise
