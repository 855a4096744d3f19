#include "matmul_tiles.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <numeric>
#include <utility>

#include "../threads.hpp"
#include "tiles.hpp"

namespace bigdl {

namespace {

struct AddBias final : tiles::Product::Finish {
  AddBias(BiasStep<float> step, const float* bias) : step(step), bias(bias) {}

  void operator()(float* c, std::int64_t c_stride, std::int64_t rows, std::int64_t columns,
                  std::int64_t at) const override {
    step(c, rows, columns, c_stride, bias + at);
  }

  BiasStep<float> step;
  const float* bias;
};

// Each thread takes some products of a stack, or some rows or columns of a single one.
class TileProduct final : public Kernel {
 public:
  TileProduct(const onednn::Product& geometry, std::int64_t count, BiasStep<float> bias_step,
              std::unique_ptr<Kernel> product, int threads)
      : geometry_(geometry), count_(count), bias_step_(bias_step), product_(std::move(product)),
        step_b_(geometry.b_batch == geometry.batch ? geometry.k * geometry.n : 0) {
    team_ = team_for_products(count * geometry.m * geometry.n * geometry.k, threads);
    const std::int64_t m = geometry.m, n = geometry.n;
    const auto bytes_of_part = [&](std::int64_t cut) {
      return tiles::Product(m >= n ? cut : m, m >= n ? n : cut, geometry.k).scratch_bytes();
    };
    const std::int64_t whole = std::max(m, n);
    if (count_ < team_) {
      constexpr std::int64_t kUnit = 32;
      part_ = ((whole + team_ - 1) / team_ + kUnit - 1) / kUnit * kUnit;
      // The last part is smaller, yet may take more: it may be one large block where the others are two small ones.
      thread_bytes_ = std::max(bytes_of_part(std::min(part_, whole)), bytes_of_part((whole - 1) % part_ + 1));
    } else {
      thread_bytes_ = bytes_of_part(whole);
    }
  }

  std::size_t scratch_bytes() const override {
    return std::max(thread_bytes_ * static_cast<std::size_t>(team_), product_->scratch_bytes());
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const int team = std::min(team_, context.threads);
    std::atomic<bool> splits{true};
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const int index = omp_get_thread_num();
      std::byte* scratch = context.scratch + thread_bytes_ * static_cast<std::size_t>(index);
      if (!run_share(inputs, outputs, index, omp_get_num_threads(), scratch)) splits = false;
    }
    if (!splits) product_->run(inputs, outputs, context);
  }

 private:
  bool run_share(const void* const* inputs, void* const* outputs, int index, int threads, std::byte* scratch) const {
    const std::int64_t m = geometry_.m, n = geometry_.n;
    if (part_ == 0) {
      const Share share(count_, index, threads);
      for (std::int64_t i = share.begin; i < share.end; ++i) {
        if (!run_part(inputs, outputs, {i, 0, m, 0, n}, scratch)) return false;
      }
      return true;
    }
    // Parts were cut for the planned team; a smaller one takes several each.
    for (std::int64_t i = 0; i < count_; ++i) {
      for (std::int64_t at = index * part_; at < std::max(m, n); at += threads * part_) {
        const Part part = m >= n ? Part{i, at, std::min(part_, m - at), 0, n} : Part{i, 0, m, at, std::min(part_, n - at)};
        if (!run_part(inputs, outputs, part, scratch)) return false;
      }
    }
    return true;
  }

  // Some rows and columns of the result of product `i`.
  struct Part {
    std::int64_t i, row, rows, column, columns;
  };

  bool run_part(const void* const* inputs, void* const* outputs, const Part& part, std::byte* scratch) const {
    const auto [m, k, n] = std::array{geometry_.m, geometry_.k, geometry_.n};
    const bool turned_a = geometry_.transpose_a, turned_b = geometry_.transpose_b;
    const auto *a = static_cast<const float*>(inputs[0]) + part.i * m * k;
    const auto* b = static_cast<const float*>(inputs[1]) + part.i * step_b_;
    auto* y = static_cast<float*>(outputs[0]) + (part.i * m + part.row) * n + part.column;
    const auto left = tiles::Matrix{a, turned_a ? m : k, turned_a}.from(part.row, 0);
    const auto right = tiles::Matrix{b, turned_b ? k : n, turned_b}.from(0, part.column);
    const tiles::Product product(part.rows, part.columns, k);
    if (bias_step_ == nullptr) return product.run(left, right, y, n, scratch);
    const AddBias add_bias(bias_step_, static_cast<const float*>(inputs[2]) + part.column);
    return product.run(left, right, y, n, scratch, &add_bias);
  }

  onednn::Product geometry_;
  std::int64_t count_;
  BiasStep<float> bias_step_;
  std::unique_ptr<Kernel> product_;
  int team_;
  std::int64_t part_ = 0;  // rows or columns that a thread takes at a time; 0: whole products
  std::int64_t step_b_;    // 0: one matrix b for all
  std::size_t thread_bytes_;
};

}  // namespace

std::unique_ptr<Kernel> on_tiles(const onednn::Product& geometry, BiasStep<float> bias_step,
                                 std::unique_ptr<Kernel> product, int threads) {
  if (!tiles::available() || !tiles::Product::pays(geometry.m, geometry.n, geometry.k)) return product;
  const std::int64_t count =
      std::accumulate(geometry.batch.begin(), geometry.batch.end(), std::int64_t{1}, std::multiplies<>());
  return std::make_unique<TileProduct>(geometry, count, bias_step, std::move(product), threads);
}

}  // namespace bigdl
