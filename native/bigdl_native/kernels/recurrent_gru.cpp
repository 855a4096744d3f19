// gru(x, h0, kernel, recurrent, bias, mask; reset_after) -> (hs, gates) and gru_grad(dhs, x, h0, kernel, recurrent,
// mask, hs, gates; reset_after) -> (dx, dh0, dkernel, drecurrent, dbias). Weights are in the order update z, reset r,
// candidate; gates hold z, r, the candidate, and the recurrent part of the candidate: h R + b if reset_after, else
// (r h) R + b. A row whose mask is false keeps its state.
#include <algorithm>

#include "clones.hpp"
#include "recurrent.hpp"
#include "recurrent_widened.hpp"
#include "vector_math.hpp"

namespace bigdl::recurrent {

namespace {

namespace vm = vector_math;

// z and r of one row of one step. On entry gates hold the input's part and `product` the recurrent part; if the reset
// comes before the product, `source` becomes r h.
BIGDL_CLONES void gru_gates(std::int64_t units, const float* bias, const float* product, const float* h, float* gates,
                            float* source) {
  const float* recurrent_bias = bias + 3 * units;
#pragma GCC ivdep
  for (std::int64_t j = 0; j < 2 * units; ++j) {
    gates[j] = vm::sigmoid(gates[j] + product[j] + bias[j] + recurrent_bias[j]);
  }
  if (source == nullptr) return;
#pragma GCC ivdep
  for (std::int64_t j = 0; j < units; ++j) source[j] = gates[units + j] * h[j];
}

// The candidate and the state after the step, in place and in the sequence.
BIGDL_CLONES void gru_state(std::int64_t units, const float* bias, const float* product, bool keep, bool reset_after,
                            float* gates, float* h, float* h_copy) {
  const float *input_bias = bias + 2 * units, *recurrent_bias = bias + 5 * units;
  const float *z = gates, *r = gates + units;
  float *candidate = gates + 2 * units, *part = gates + 3 * units;
#pragma GCC ivdep
  for (std::int64_t j = 0; j < units; ++j) {
    const float recurrent_part = product[j] + recurrent_bias[j];
    const float scale = reset_after ? r[j] : 1.0f;
    part[j] = recurrent_part;
    candidate[j] = vm::tanh(candidate[j] + input_bias[j] + scale * recurrent_part);
  }
  if (keep) {
#pragma GCC ivdep
    for (std::int64_t j = 0; j < units; ++j) h[j] = z[j] * h[j] + (1.0f - z[j]) * candidate[j];
  }
  std::copy_n(h, units, h_copy);
}

// Gradients of one row of one step, in the rows of `Slopes`.
struct Slopes {
  float *gates, *part;  // of z and r; of the candidate's recurrent part
  float *candidate;
};

// What needs no product: all slopes if the reset comes after it, else those of z and the candidate. On return dh is
// what reaches the state before the step past the products.
BIGDL_CLONES void gru_step_back(std::int64_t units, const float* gates, const float* before, const float* dhs,
                                bool keep, bool reset_after, float* dh, const Slopes& slopes) {
  float *dz = slopes.gates, *dr = slopes.gates + units, *d_part = slopes.part, *d_candidate = slopes.candidate;
  if (!keep) {
    std::fill_n(dz, 2 * units, 0.0f);
    std::fill_n(d_part, units, 0.0f);
    std::fill_n(d_candidate, units, 0.0f);
#pragma GCC ivdep
    for (std::int64_t j = 0; j < units; ++j) dh[j] += dhs[j];
    return;
  }
  const float *gz = gates, *gr = gates + units, *gc = gates + 2 * units, *gp = gates + 3 * units;
#pragma GCC ivdep
  for (std::int64_t j = 0; j < units; ++j) {
    const float z = gz[j], r = gr[j], candidate = gc[j];
    const float step = dh[j] + dhs[j];
    const float slope = step * (1.0f - z) * (1.0f - candidate * candidate);
    d_candidate[j] = slope;
    d_part[j] = reset_after ? slope * r : slope;
    dr[j] = slope * gp[j] * r * (1.0f - r);
    dz[j] = step * (before[j] - candidate) * z * (1.0f - z);
    dh[j] = step * z;
  }
}

// The slope of a reset that comes before the product, from the gradient of r h.
BIGDL_CLONES void gru_reset_back(std::int64_t units, const float* gates, const float* before, const float* d_source,
                                 float* dr, float* dh) {
  const float* gr = gates + units;
#pragma GCC ivdep
  for (std::int64_t j = 0; j < units; ++j) {
    const float r = gr[j];
    dr[j] = d_source[j] * before[j] * r * (1.0f - r);
    dh[j] += d_source[j] * r;
  }
}

// The recurrent weights of z and r, and those of the candidate, packed by one thread.
struct Weights {
  std::int64_t units;
  std::size_t gates_bytes, bytes;

  Weights(const Sizes& sizes, bool transposed) : units(sizes.units) {
    const std::int64_t wide = 2 * units;
    gates_bytes = transposed ? PackedMatrix::bytes(sizes.batch, units, wide)
                             : PackedMatrix::bytes(sizes.batch, wide, units);
    bytes = gates_bytes + PackedMatrix::bytes(sizes.batch, units, units);
  }

  PackedMatrix gates(std::int64_t rows, const float* recurrent, bool transposed, std::byte* memory) const {
    const std::int64_t wide = 2 * units;
    return {rows, transposed ? units : wide, transposed ? wide : units, {recurrent, 3 * units, transposed}, memory};
  }
  PackedMatrix candidate(std::int64_t rows, const float* recurrent, bool transposed, std::byte* memory) const {
    return {rows, units, units, {recurrent + 2 * units, 3 * units, transposed}, memory + gates_bytes};
  }
};

class Gru : public Kernel {
 public:
  Gru(const Sizes& sizes, bool reset_after, int threads)
      : sizes_(sizes), reset_after_(reset_after), threads_(threads), weights_(sizes, false), inputs_(sizes.rows(), 3 * sizes.units, sizes.inputs) {}

  std::size_t scratch_bytes() const override {
    return std::max(inputs_.scratch_bytes(threads_), weights_.bytes * static_cast<std::size_t>(threads_) +
                                                         float_bytes(sizes_.batch * 5 * sizes_.units));
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const auto in = [&](int i) { return static_cast<const float*>(inputs[i]); };
    const float *x = in(0), *h0 = in(1), *kernel = in(2), *recurrent = in(3), *bias = in(4);
    const auto* mask = static_cast<const bool*>(inputs[5]);
    auto *hs = static_cast<float*>(outputs[0]), *gates = static_cast<float*>(outputs[1]);
    const auto [batch, steps, width, units] = sizes_;
    const std::size_t packed_bytes = weights_.bytes * static_cast<std::size_t>(threads_);
    auto* gates_product = reinterpret_cast<float*>(context.scratch + packed_bytes);
    float* part_product = gates_product + batch * 2 * units;
    float* source = part_product + batch * units;
    float* h = source + batch * units;
    const int team = team_for(sizes_.rows() * 3 * units * (width + units), std::min(context.threads, threads_));
    inputs_.run({x, width}, {kernel, 3 * units}, gates, 4 * units, team, context.scratch);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const ProductTeam alone(1);
      const int thread = omp_get_thread_num();
      const Share rows(batch, thread, omp_get_num_threads());
      if (rows.begin < rows.end) {
        std::byte* memory = context.scratch + weights_.bytes * static_cast<std::size_t>(thread);
        const auto of_gates = weights_.gates(rows.end - rows.begin, recurrent, false, memory);
        const auto of_candidate = weights_.candidate(rows.end - rows.begin, recurrent, false, memory);
        const std::int64_t first = rows.begin * units;
        std::copy(h0 + first, h0 + rows.end * units, h + first);
        for (std::int64_t t = 0; t < steps; ++t) {
          of_gates.multiply(h + first, gates_product + 2 * first);
          if (reset_after_) of_candidate.multiply(h + first, part_product + first);
          for (std::int64_t n = rows.begin; n < rows.end; ++n) {
            gru_gates(units, bias, gates_product + n * 2 * units, h + n * units, gates + (n * steps + t) * 4 * units,
                      reset_after_ ? nullptr : source + n * units);
          }
          if (!reset_after_) of_candidate.multiply(source + first, part_product + first);
          for (std::int64_t n = rows.begin; n < rows.end; ++n) {
            const std::int64_t row = n * steps + t;
            gru_state(units, bias, part_product + n * units, mask[row], reset_after_, gates + row * 4 * units,
                      h + n * units, hs + row * units);
          }
        }
      }
    }
  }

 private:
  Sizes sizes_;
  bool reset_after_;
  int threads_;
  Weights weights_;
  LargeProduct inputs_;
};

class GruGrad : public Kernel {
 public:
  GruGrad(const Sizes& sizes, bool reset_after, int threads)
      : sizes_(sizes), reset_after_(reset_after), threads_(threads),
        weights_(sizes, true),
        dx_(sizes.rows(), sizes.inputs, 3 * sizes.units),
        dkernel_(sizes.inputs, 3 * sizes.units, sizes.rows()),
        of_gates_(sizes.units, 2 * sizes.units, sizes.rows()),
        of_candidate_(sizes.units, sizes.units, sizes.rows()) {
    products_bytes_ = std::max({weights_.bytes * static_cast<std::size_t>(threads), dx_.scratch_bytes(threads),
                                dkernel_.scratch_bytes(threads), of_gates_.scratch_bytes(threads),
                                of_candidate_.scratch_bytes(threads)});
  }

  std::size_t scratch_bytes() const override {
    const std::int64_t floats = sizes_.rows() * 5 * sizes_.units + sizes_.batch * 4 * sizes_.units + 3 * sizes_.units;
    return products_bytes_ + float_bytes(floats);
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const auto in = [&](int i) { return static_cast<const float*>(inputs[i]); };
    const auto out = [&](int i) { return static_cast<float*>(outputs[i]); };
    const float *dhs = in(0), *x = in(1), *h0 = in(2), *kernel = in(3), *recurrent = in(4);
    const auto* mask = static_cast<const bool*>(inputs[5]);
    const float *hs = in(6), *gates = in(7);
    float *dx = out(0), *dh = out(1), *dkernel = out(2), *drecurrent = out(3), *dbias = out(4);
    const auto [batch, steps, width, units] = sizes_;
    const std::int64_t wide = 4 * units;
    // Of all steps: slopes of z, r, the candidate and its recurrent part side by side.
    auto* slopes = reinterpret_cast<float*>(context.scratch + products_bytes_);
    float* before = slopes + sizes_.rows() * wide;
    float* gates_step = before + sizes_.rows() * units;  // of one step, dense
    float* part_step = gates_step + batch * 2 * units;
    float* d_source = part_step + batch * units;
    float* partial = d_source + batch * units;
    const int team = team_for(sizes_.rows() * 3 * units * (width + units), std::min(context.threads, threads_));
    states_before(sizes_, h0, hs, before, team);
    std::fill_n(dh, batch * units, 0.0f);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const ProductTeam alone(1);
      const int thread = omp_get_thread_num();
      const Share rows(batch, thread, omp_get_num_threads());
      if (rows.begin < rows.end) {
        std::byte* memory = context.scratch + weights_.bytes * static_cast<std::size_t>(thread);
        const auto of_gates = weights_.gates(rows.end - rows.begin, recurrent, true, memory);
        const auto of_candidate = weights_.candidate(rows.end - rows.begin, recurrent, true, memory);
        const std::int64_t first = rows.begin * units;
        for (std::int64_t t = steps - 1; t >= 0; --t) {
          for (std::int64_t n = rows.begin; n < rows.end; ++n) {
            const std::int64_t row = n * steps + t;
            gru_step_back(units, gates + row * wide, before + row * units, dhs + row * units, mask[row], reset_after_,
                          dh + n * units,
                          {gates_step + n * 2 * units, part_step + n * units, slopes + row * wide + 2 * units});
          }
          if (reset_after_) {
            of_candidate.multiply(part_step + first, dh + first, true);
          } else {
            of_candidate.multiply(part_step + first, d_source + first);
            for (std::int64_t n = rows.begin; n < rows.end; ++n) {
              const std::int64_t row = n * steps + t;
              gru_reset_back(units, gates + row * wide, before + row * units, d_source + n * units,
                             gates_step + n * 2 * units + units, dh + n * units);
            }
          }
          of_gates.multiply(gates_step + 2 * first, dh + first, true);
          for (std::int64_t n = rows.begin; n < rows.end; ++n) {
            float* row = slopes + (n * steps + t) * wide;
            std::copy_n(gates_step + n * 2 * units, 2 * units, row);
            std::copy_n(part_step + n * units, units, row + 3 * units);
          }
        }
      }
    }
    std::byte* scratch = context.scratch;
    const Matrix of_all = {slopes, wide}, of_part = {slopes + 3 * units, wide}, states = {before, units, true};
    dx_.run(of_all, {kernel, 3 * units, true}, dx, width, team, scratch);
    dkernel_.run({x, width, true}, of_all, dkernel, 3 * units, team, scratch);
    of_gates_.run(states, of_all, drecurrent, 3 * units, team, scratch);
    if (!reset_after_) reset(gates, before);
    of_candidate_.run(states, of_part, drecurrent + 2 * units, 3 * units, team, scratch);
    sum_rows(sizes_, slopes, wide, 3 * units, partial, dbias);
    std::copy_n(dbias, 2 * units, dbias + 3 * units);
    sum_rows(sizes_, of_part.data, wide, units, partial, dbias + 5 * units);
  }

 private:
  // Makes the states before each step what the candidate's product read: r h.
  void reset(const float* gates, float* before) const {
    const std::int64_t units = sizes_.units;
    for (std::int64_t row = 0; row < sizes_.rows(); ++row) {
      const float* r = gates + row * 4 * units + units;
      for (std::int64_t j = 0; j < units; ++j) before[row * units + j] *= r[j];
    }
  }

  Sizes sizes_;
  bool reset_after_;
  int threads_;
  Weights weights_;
  LargeProduct dx_, dkernel_, of_gates_, of_candidate_;
  std::size_t products_bytes_;
};

std::unique_ptr<Kernel> make_gru(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                 const Attrs& attrs, int threads) {
  if (is_half(inputs[0].dtype)) return make_widened(make_gru, inputs, outputs, attrs, threads);
  if (!supported(inputs, 5)) return nullptr;
  return std::make_unique<Gru>(Sizes(inputs[0], inputs[1]), attrs.integer("reset_after") != 0, threads);
}

std::unique_ptr<Kernel> make_gru_grad(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                      const Attrs& attrs, int threads) {
  if (is_half(inputs[0].dtype)) return make_widened(make_gru_grad, inputs, outputs, attrs, threads);
  if (!supported(inputs, 5)) return nullptr;
  return std::make_unique<GruGrad>(Sizes(inputs[1], inputs[2]), attrs.integer("reset_after") != 0, threads);
}

BIGDL_KERNEL("gru", make_gru);
BIGDL_KERNEL("gru_grad", make_gru_grad);

}  // namespace

}  // namespace bigdl::recurrent
