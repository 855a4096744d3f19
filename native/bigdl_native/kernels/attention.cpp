// attention(query[B, T, N, H], key[B, S, N, H], value[B, S, N, V] [, mask] [, random key [, rows]]; scale, masked, rate,
// spreads) -> (out[B, T, N, V], stats[B, N, T, 2]) and attention_grad(g, query, key, value, stats, ...; ...) -> (dquery,
// dkey, dvalue), in float32.
//
// The weights of all queries and keys are never stored: a block of queries at a time has its scores in cache. The
// gradient computes them again from the stats (largest score, sum of powers), and draws again what was dropped.
#include <mkl.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "../kernel.hpp"
#include "../threads.hpp"
#include "clones.hpp"
#include "random.hpp"
#include "vector_math.hpp"

namespace bigdl {

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::int64_t kBlockScores = 32 * 1024;  // of a thread at a time
constexpr std::int64_t kFewestQueries = 16;

// Keeps a weight where its random word is below the threshold.
struct Dropout {
  std::uint32_t threshold;
  float kept;
};

// Scores of one query become its weights. Returns the largest score and the sum of powers.
BIGDL_CLONES void weigh(float* scores, std::int64_t n, const bool* seen, float* stats) {
  if (seen != nullptr) {
    for (std::int64_t i = 0; i < n; ++i) scores[i] = seen[i] ? scores[i] : -kInfinity;
  }
  float largest = -kInfinity, sum = 0;
#pragma omp simd reduction(max : largest)
  for (std::int64_t i = 0; i < n; ++i) largest = scores[i] > largest ? scores[i] : largest;  // std::max stays scalar
  if (seen != nullptr && largest == -kInfinity) largest = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) {
    scores[i] = vector_math::exp(scores[i] - largest);
    sum += scores[i];
  }
  stats[0] = largest;
  stats[1] = seen != nullptr && sum == 0 ? kInfinity : sum;
  const float share = 1 / stats[1];
  for (std::int64_t i = 0; i < n; ++i) scores[i] *= share;
}

// The same weights again.
BIGDL_CLONES void weigh_again(float* scores, std::int64_t n, const bool* seen, const float* stats) {
  const float largest = stats[0], share = 1 / stats[1];
  for (std::int64_t i = 0; i < n; ++i) scores[i] = vector_math::exp(scores[i] - largest) * share;
  if (seen != nullptr) {
    for (std::int64_t i = 0; i < n; ++i) scores[i] = seen[i] ? scores[i] : 0;
  }
}

BIGDL_CLONES void drop(float* weights, std::int64_t n, const std::uint32_t* words, Dropout dropout) {
  for (std::int64_t i = 0; i < n; ++i) weights[i] = (words[i] >> 8) < dropout.threshold ? weights[i] / dropout.kept : 0;
}

// Gradients of dropped weights become those of scores.
BIGDL_CLONES void slopes_of_scores(float* slopes, const float* weights, std::int64_t n) {
  float centre = 0;
#pragma omp simd reduction(+ : centre)
  for (std::int64_t i = 0; i < n; ++i) centre += weights[i] * slopes[i];
  for (std::int64_t i = 0; i < n; ++i) slopes[i] = weights[i] * (slopes[i] - centre);
}

struct Sizes {
  std::int64_t batch, queries, keys, heads, width, value_width;

  Sizes(const Operand& query, const Operand& value)
      : batch(query.shape[0]),
        queries(query.shape[1]),
        keys(value.shape[1]),
        heads(query.shape[2]),
        width(query.shape[3]),
        value_width(value.shape[3]) {}
};

// One head of one row of the batch in [batch, steps, heads, width].
template <class T>
struct Head {
  T* data;
  std::int64_t stride, width;
  Head(T* whole, std::int64_t b, std::int64_t n, std::int64_t steps, std::int64_t heads, std::int64_t width)
      : data(whole + (b * steps * heads + n) * width), stride(heads * width), width(width) {}
  T* row(std::int64_t t) const { return data + t * stride; }
};

// c[m, n] = alpha op(a) op(b) + beta c
void multiply(bool turn_a, bool turn_b, std::int64_t m, std::int64_t n, std::int64_t k, float alpha, const float* a,
              std::int64_t a_stride, const float* b, std::int64_t b_stride, float beta, float* c,
              std::int64_t c_stride) {
  cblas_sgemm(CblasRowMajor, turn_a ? CblasTrans : CblasNoTrans, turn_b ? CblasTrans : CblasNoTrans, m, n, k, alpha, a,
              a_stride, b, b_stride, beta, c, c_stride);
}

// What both directions share: sizes, mask and dropout, and blocks of queries.
class Blocks : public Kernel {
 public:
  Blocks(const Sizes& sizes, const std::vector<Operand>& inputs, std::size_t extras, const Attrs& attrs, int threads)
      : sizes_(sizes),
        scale_(static_cast<float>(attrs.real("scale"))),
        spreads_(attrs.integer("spreads") != 0),
        masked_(attrs.integer("masked") != 0),
        drops_(attrs.real("rate") > 0),
        has_rows_(inputs.size() > extras + masked_ + 1),
        extras_(extras) {
    const auto kept = static_cast<float>(1 - attrs.real("rate"));
    dropout_ = {static_cast<std::uint32_t>(std::ceil(kept * 16777216.0f)), kept};
    if (masked_) {
      const auto& shape = inputs[extras].shape;
      std::int64_t step = sizes.keys;
      for (std::size_t axis = 3; axis-- > 0; step *= shape[axis]) mask_steps_[axis] = shape[axis] == 1 ? 0 : step;
    }
    block_ = std::min(sizes.queries, std::max(kFewestQueries, kBlockScores / sizes.keys));
    const std::int64_t products = sizes.batch * sizes.heads * sizes.queries * sizes.keys * (sizes.width + 16);
    team_ = static_cast<int>(
        std::min<std::int64_t>(team_for_products(products, threads), sizes.batch * sizes.heads));
  }

  std::size_t scratch_bytes() const override { return thread_bytes() * static_cast<std::size_t>(team_); }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const int team = std::min(team_, context.threads);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const int former = mkl_set_num_threads_local(1);
      const int index = omp_get_thread_num();
      const Share share(sizes_.batch * sizes_.heads, index, omp_get_num_threads());
      std::byte* scratch = context.scratch + thread_bytes() * static_cast<std::size_t>(index);
      for (std::int64_t job = share.begin; job < share.end; ++job) {
        run_head(inputs, outputs, job / sizes_.heads, job % sizes_.heads, scratch);
      }
      mkl_set_num_threads_local(former);
    }
  }

 protected:
  virtual void run_head(const void* const* inputs, void* const* outputs, std::int64_t b, std::int64_t n,
                        std::byte* scratch) const = 0;

  // Weights, their gradients, random words.
  std::size_t thread_bytes() const { return 3 * part_bytes(); }
  std::size_t part_bytes() const { return (static_cast<std::size_t>(block_ * sizes_.keys) * 4 + 63) / 64 * 64; }

  const bool* seen_by(const void* const* inputs, std::int64_t b, std::int64_t n, std::int64_t t) const {
    if (!masked_) return nullptr;
    return static_cast<const bool*>(inputs[extras_]) + b * mask_steps_[0] + n * mask_steps_[1] + t * mask_steps_[2];
  }

  // The scores of `rows` queries, from query `t` on, with all keys.
  void score(const Head<const float>& query, const Head<const float>& key, std::int64_t t, std::int64_t rows,
             float* scores) const {
    multiply(false, true, rows, sizes_.keys, sizes_.width, scale_, query.row(t), query.stride, key.data, key.stride, 0,
             scores, sizes_.keys);
  }

  // The random words of `queries` queries, for all keys.
  void draw(const void* const* inputs, std::int64_t b, std::int64_t n, std::int64_t t, std::int64_t queries,
            std::uint32_t* words) const {
    const std::size_t first = extras_ + masked_;
    const auto* key = static_cast<const std::uint32_t*>(inputs[first]);
    const std::int64_t row = has_rows_ ? static_cast<const std::int32_t*>(inputs[first + 1])[b] : b;
    const std::int64_t position = ((row * sizes_.heads + n) * sizes_.queries + t) * sizes_.keys;
    fill_words(static_cast<std::uint64_t>(position), queries * sizes_.keys, key, words);
  }

  // What a query that sees no key weighs.
  void fill_unseeing(float* weights) const {
    std::fill_n(weights, sizes_.keys, spreads_ ? 1 / static_cast<float>(sizes_.keys) : 0);
  }

  Sizes sizes_;
  float scale_;
  bool spreads_, masked_, drops_, has_rows_;
  std::size_t extras_;                 // the first input after the value or the stats
  std::int64_t mask_steps_[3] = {};    // 0: the same for all
  Dropout dropout_{};
  std::int64_t block_;                 // queries whose weights are computed together
  int team_;
};

class Attention final : public Blocks {
 public:
  using Blocks::Blocks;

 private:
  void run_head(const void* const* inputs, void* const* outputs, std::int64_t b, std::int64_t n,
                std::byte* scratch) const override {
    const auto [batch, queries, keys, heads, width, value_width] = sizes_;
    const auto in = [&](int i) { return static_cast<const float*>(inputs[i]); };
    const Head query(in(0), b, n, queries, heads, width), key(in(1), b, n, keys, heads, width);
    const Head value(in(2), b, n, keys, heads, value_width);
    const Head out(static_cast<float*>(outputs[0]), b, n, queries, heads, value_width);
    float* stats = static_cast<float*>(outputs[1]) + (b * heads + n) * queries * 2;
    auto* weights = reinterpret_cast<float*>(scratch);
    auto* words = reinterpret_cast<std::uint32_t*>(scratch + part_bytes());
    for (std::int64_t t = 0; t < queries; t += block_) {
      const std::int64_t rows = std::min(block_, queries - t);
      score(query, key, t, rows, weights);
      if (drops_) draw(inputs, b, n, t, rows, words);
      for (std::int64_t r = 0; r < rows; ++r) {
        float *line = weights + r * keys, *stat = stats + (t + r) * 2;
        weigh(line, keys, seen_by(inputs, b, n, t + r), stat);
        if (stat[1] == kInfinity) fill_unseeing(line);
        if (drops_) drop(line, keys, words + r * keys, dropout_);
      }
      multiply(false, false, rows, value_width, keys, 1, weights, keys, value.data, value.stride, 0, out.row(t),
               out.stride);
    }
  }
};

class AttentionGrad final : public Blocks {
 public:
  using Blocks::Blocks;

 private:
  void run_head(const void* const* inputs, void* const* outputs, std::int64_t b, std::int64_t n,
                std::byte* scratch) const override {
    const auto [batch, queries, keys, heads, width, value_width] = sizes_;
    const auto in = [&](int i) { return static_cast<const float*>(inputs[i]); };
    const auto made = [&](int i) { return static_cast<float*>(outputs[i]); };
    const Head g(in(0), b, n, queries, heads, value_width);
    const Head query(in(1), b, n, queries, heads, width), key(in(2), b, n, keys, heads, width);
    const Head value(in(3), b, n, keys, heads, value_width);
    const float* stats = in(4) + (b * heads + n) * queries * 2;
    const Head d_query(made(0), b, n, queries, heads, width), d_key(made(1), b, n, keys, heads, width);
    const Head d_value(made(2), b, n, keys, heads, value_width);
    auto* weights = reinterpret_cast<float*>(scratch);
    auto* slopes = reinterpret_cast<float*>(scratch + part_bytes());
    auto* words = reinterpret_cast<std::uint32_t*>(scratch + 2 * part_bytes());
    for (std::int64_t t = 0; t < queries; t += block_) {
      const std::int64_t rows = std::min(block_, queries - t);
      const float beta = t == 0 ? 0 : 1;
      score(query, key, t, rows, weights);
      multiply(false, true, rows, keys, value_width, 1, g.row(t), g.stride, value.data, value.stride, 0, slopes, keys);
      if (drops_) draw(inputs, b, n, t, rows, words);
      for (std::int64_t r = 0; r < rows; ++r) {
        float *line = weights + r * keys, *slope = slopes + r * keys;
        const float* stat = stats + (t + r) * 2;
        if (stat[1] == kInfinity) {  // the query sees no key: its scores do not matter
          fill_unseeing(line);
          std::fill_n(slope, keys, 0.0f);
        } else {
          weigh_again(line, keys, seen_by(inputs, b, n, t + r), stat);
          if (drops_) drop(slope, keys, words + r * keys, dropout_);
          slopes_of_scores(slope, line, keys);
        }
        if (drops_) drop(line, keys, words + r * keys, dropout_);
      }
      multiply(true, false, keys, value_width, rows, 1, weights, keys, g.row(t), g.stride, beta, d_value.data,
               d_value.stride);
      multiply(false, false, rows, width, keys, scale_, slopes, keys, key.data, key.stride, 0, d_query.row(t),
               d_query.stride);
      multiply(true, false, keys, width, rows, scale_, slopes, keys, query.row(t), query.stride, beta, d_key.data,
               d_key.stride);
    }
  }
};

bool supported(const std::vector<Operand>& inputs, std::size_t floats) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].size() == 0 || (i < floats && inputs[i].dtype != DType::f32)) return false;
  }
  return true;
}

std::unique_ptr<Kernel> make_attention(const std::vector<Operand>& inputs, const std::vector<Operand>&,
                                       const Attrs& attrs, int threads) {
  constexpr std::size_t kExtras = 3;
  if (!supported(inputs, kExtras)) return nullptr;
  return std::make_unique<Attention>(Sizes(inputs[0], inputs[2]), inputs, kExtras, attrs, threads);
}

std::unique_ptr<Kernel> make_attention_grad(const std::vector<Operand>& inputs, const std::vector<Operand>&,
                                            const Attrs& attrs, int threads) {
  constexpr std::size_t kExtras = 5;
  if (!supported(inputs, kExtras)) return nullptr;
  return std::make_unique<AttentionGrad>(Sizes(inputs[1], inputs[3]), inputs, kExtras, attrs, threads);
}

BIGDL_KERNEL("attention", make_attention);
BIGDL_KERNEL("attention_grad", make_attention_grad);

}  // namespace

}  // namespace bigdl
