// random_bits(key uint32[2] [, rows int32[N]]; shape) -> uint32: Philox4x32-10 (Salmon et al., "Parallel random
// numbers: as easy as 1, 2, 3", 2011).
//
// Element j of row r is word c % 4 of the generator at counter c / 4, where c = r * row size + j and r counts the
// first axis or is given by `rows`.
#include "random.hpp"

#include <algorithm>

#include "../kernel.hpp"
#include "../threads.hpp"
#include "clones.hpp"

namespace bigdl {

namespace {

constexpr int kRounds = 10;

// The 4 * lanes words of counters first, first + 1, ...: `lanes` counters run side by side.
template <int lanes>
BIGDL_CLONES void philox(std::uint64_t first, const std::uint32_t* key, std::uint32_t* words) {
  std::uint32_t c0[lanes], c1[lanes], c2[lanes], c3[lanes];
#pragma omp simd
  for (int i = 0; i < lanes; ++i) {
    const std::uint64_t counter = first + static_cast<std::uint64_t>(i);
    c0[i] = static_cast<std::uint32_t>(counter);
    c1[i] = static_cast<std::uint32_t>(counter >> 32);
    c2[i] = c3[i] = 0;
  }
  std::uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < kRounds; ++round) {
#pragma omp simd
    for (int i = 0; i < lanes; ++i) {
      const std::uint64_t a = std::uint64_t{0xD2511F53u} * c0[i], b = std::uint64_t{0xCD9E8D57u} * c2[i];
      c0[i] = static_cast<std::uint32_t>(b >> 32) ^ c1[i] ^ k0;
      c2[i] = static_cast<std::uint32_t>(a >> 32) ^ c3[i] ^ k1;
      c1[i] = static_cast<std::uint32_t>(b);
      c3[i] = static_cast<std::uint32_t>(a);
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
#pragma omp simd
  for (int i = 0; i < lanes; ++i) {
    words[4 * i] = c0[i];
    words[4 * i + 1] = c1[i];
    words[4 * i + 2] = c2[i];
    words[4 * i + 3] = c3[i];
  }
}

}  // namespace

void fill_words(std::uint64_t position, std::int64_t n, const std::uint32_t* key, std::uint32_t* y) {
  constexpr int wide = 64, narrow = 8;
  std::uint32_t words[4 * wide];
  auto skip = static_cast<std::int64_t>(position % 4);  // only the first block may begin inside a counter
  for (std::uint64_t counter = position / 4; n > 0;) {
    const bool is_short = skip + n <= 4 * narrow;
    const int lanes = is_short ? narrow : wide;
    const std::int64_t take = std::min(n, 4 * lanes - skip);
    const bool is_whole = take == 4 * lanes;
    std::uint32_t* target = is_whole ? y : words;
    (is_short ? philox<narrow> : philox<wide>)(counter, key, target);
    if (!is_whole) std::copy_n(words + skip, take, y);
    counter += static_cast<std::uint64_t>(lanes);
    y += take;
    n -= take;
    skip = 0;
  }
}

namespace {

class RandomBits : public Kernel {
 public:
  RandomBits(const Operand& y, bool has_rows) : count_(y.rank() == 0 ? 1 : y.shape[0]), has_rows_(has_rows) {
    for (std::size_t i = 1; i < y.rank(); ++i) row_size_ *= y.shape[i];
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const auto* key = static_cast<const std::uint32_t*>(inputs[0]);
    auto* y = static_cast<std::uint32_t*>(outputs[0]);
    const std::int64_t size = count_ * row_size_;
    const int team = team_for(4 * size, context.threads);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      if (has_rows_) {
        const auto* rows = static_cast<const std::int32_t*>(inputs[1]);
        const Share share(count_, omp_get_thread_num(), omp_get_num_threads());
        for (std::int64_t r = share.begin; r < share.end; ++r) {
          const auto position = static_cast<std::uint64_t>(rows[r]) * static_cast<std::uint64_t>(row_size_);
          fill_words(position, row_size_, key, y + r * row_size_);
        }
      } else {
        const Share share(size, omp_get_thread_num(), omp_get_num_threads());
        fill_words(static_cast<std::uint64_t>(share.begin), share.end - share.begin, key, y + share.begin);
      }
    }
  }

 private:
  std::int64_t count_;
  std::int64_t row_size_ = 1;
  bool has_rows_;
};

std::unique_ptr<Kernel> make_random_bits(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                         const Attrs&, int) {
  if (inputs.size() == 2 && inputs[1].dtype != DType::i32) return nullptr;
  return std::make_unique<RandomBits>(outputs[0], inputs.size() == 2);
}

BIGDL_KERNEL("random_bits", make_random_bits);

}  // namespace

}  // namespace bigdl
