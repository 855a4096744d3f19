// lstm(x, h0, c0, kernel, recurrent, bias, mask) -> (hs, cs, gates) and lstm_grad(dhs, dcs, x, h0, c0, kernel,
// recurrent, mask, hs, cs, gates) -> (dx, dh0, dc0, dkernel, drecurrent, dbias). Gates: input, forget, candidate,
// output. A row whose mask is false keeps its state.
#include <algorithm>

#include "clones.hpp"
#include "recurrent.hpp"
#include "recurrent_widened.hpp"
#include "vector_math.hpp"

namespace bigdl::recurrent {

namespace {

namespace vm = vector_math;

// One row of one step. On entry gates hold the input's part of the pre-activations and z the recurrent part, h the
// state before the step; on return gates are activated, h and its copy in the sequence the state after the step.
BIGDL_CLONES void lstm_step(std::int64_t units, const float* bias, const float* z, const float* c_before, bool keep,
                            float* gates, float* h, float* h_copy, float* c) {
#pragma GCC ivdep
  for (std::int64_t j = 0; j < 4 * units; ++j) gates[j] += z[j] + bias[j];
  float *i = gates, *f = gates + units, *candidate = gates + 2 * units, *o = gates + 3 * units;
#pragma GCC ivdep
  for (std::int64_t j = 0; j < 2 * units; ++j) i[j] = vm::sigmoid(i[j]);  // input and forget gates together
#pragma GCC ivdep
  for (std::int64_t j = 0; j < units; ++j) candidate[j] = vm::tanh(candidate[j]);
#pragma GCC ivdep
  for (std::int64_t j = 0; j < units; ++j) o[j] = vm::sigmoid(o[j]);
  if (keep) {
#pragma GCC ivdep
    for (std::int64_t j = 0; j < units; ++j) {
      const float state = f[j] * c_before[j] + i[j] * candidate[j];
      c[j] = state;
      h[j] = o[j] * vm::tanh(state);
    }
  } else {
    std::copy_n(c_before, units, c);
  }
  std::copy_n(h, units, h_copy);
}

// One row of one step backwards. dh and dc are the gradients of the state after the step on entry; on return dc is
// that of the state before it, and dh what reaches the state before it past the recurrent product.
BIGDL_CLONES void lstm_step_back(std::int64_t units, const float* gates, const float* c_before, const float* c,
                                 const float* dhs, const float* dcs, bool keep, float* dh, float* dc, float* dz) {
  if (!keep) {
    std::fill_n(dz, 4 * units, 0.0f);
#pragma GCC ivdep
    for (std::int64_t j = 0; j < units; ++j) {
      dh[j] += dhs[j];
      dc[j] += dcs[j];
    }
    return;
  }
  const float *gi = gates, *gf = gates + units, *gc = gates + 2 * units, *go = gates + 3 * units;
  float *di = dz, *df = dz + units, *d_candidate = dz + 2 * units, *d_output = dz + 3 * units;
#pragma GCC ivdep
  for (std::int64_t j = 0; j < units; ++j) {
    const float i = gi[j], f = gf[j], candidate = gc[j], o = go[j];
    const float squashed = vm::tanh(c[j]);
    const float dh_step = dh[j] + dhs[j];
    const float dc_step = dc[j] + dcs[j] + dh_step * o * (1.0f - squashed * squashed);
    di[j] = dc_step * candidate * i * (1.0f - i);
    df[j] = dc_step * c_before[j] * f * (1.0f - f);
    d_candidate[j] = dc_step * i * (1.0f - candidate * candidate);
    d_output[j] = dh_step * squashed * o * (1.0f - o);
    dc[j] = dc_step * f;
    dh[j] = 0.0f;
  }
}

class Lstm : public Kernel {
 public:
  Lstm(const Sizes& sizes, int threads)
      : sizes_(sizes),
        threads_(threads),
        packed_bytes_(PackedMatrix::bytes(sizes.batch, 4 * sizes.units, sizes.units)),
        inputs_(sizes.rows(), 4 * sizes.units, sizes.inputs) {}

  std::size_t scratch_bytes() const override {
    return std::max(inputs_.scratch_bytes(threads_),
                    packed_bytes_ * static_cast<std::size_t>(threads_) + float_bytes(sizes_.batch * 5 * sizes_.units));
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const auto in = [&](int i) { return static_cast<const float*>(inputs[i]); };
    const float *x = in(0), *h0 = in(1), *c0 = in(2), *kernel = in(3), *recurrent = in(4), *bias = in(5);
    const auto* mask = static_cast<const bool*>(inputs[6]);
    auto *hs = static_cast<float*>(outputs[0]), *cs = static_cast<float*>(outputs[1]);
    auto* gates = static_cast<float*>(outputs[2]);
    const auto [batch, steps, width, units] = sizes_;
    const std::int64_t gates_width = 4 * units;
    auto* z = reinterpret_cast<float*>(context.scratch + packed_bytes_ * static_cast<std::size_t>(threads_));
    float* h = z + batch * gates_width;
    const int team = team_for(sizes_.rows() * gates_width * (width + units), std::min(context.threads, threads_));
    inputs_.run({x, width}, {kernel, gates_width}, gates, gates_width, team, context.scratch);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const ProductTeam alone(1);
      const int thread = omp_get_thread_num();
      const Share rows(batch, thread, omp_get_num_threads());
      if (rows.begin < rows.end) {
        const PackedMatrix packed(rows.end - rows.begin, gates_width, units, {recurrent, gates_width},
                                  context.scratch + packed_bytes_ * static_cast<std::size_t>(thread));
        std::copy(h0 + rows.begin * units, h0 + rows.end * units, h + rows.begin * units);
        for (std::int64_t t = 0; t < steps; ++t) {
          packed.multiply(h + rows.begin * units, z + rows.begin * gates_width);
          for (std::int64_t n = rows.begin; n < rows.end; ++n) {
            const std::int64_t row = n * steps + t;
            lstm_step(units, bias, z + n * gates_width, t == 0 ? c0 + n * units : cs + (row - 1) * units, mask[row],
                      gates + row * gates_width, h + n * units, hs + row * units, cs + row * units);
          }
        }
      }
    }
  }

 private:
  Sizes sizes_;
  int threads_;
  std::size_t packed_bytes_;
  LargeProduct inputs_;
};

class LstmGrad : public Kernel {
 public:
  LstmGrad(const Sizes& sizes, int threads)
      : sizes_(sizes),
        threads_(threads),
        packed_bytes_(PackedMatrix::bytes(sizes.batch, sizes.units, 4 * sizes.units)),
        dx_(sizes.rows(), sizes.inputs, 4 * sizes.units),
        dkernel_(sizes.inputs, 4 * sizes.units, sizes.rows()),
        drecurrent_(sizes.units, 4 * sizes.units, sizes.rows()) {
    products_bytes_ = std::max({packed_bytes_ * static_cast<std::size_t>(threads), dx_.scratch_bytes(threads),
                                dkernel_.scratch_bytes(threads), drecurrent_.scratch_bytes(threads)});
  }

  std::size_t scratch_bytes() const override {
    return products_bytes_ + float_bytes(sizes_.rows() * 5 * sizes_.units + (sizes_.batch + 1) * 4 * sizes_.units);
  }

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const auto in = [&](int i) { return static_cast<const float*>(inputs[i]); };
    const auto out = [&](int i) { return static_cast<float*>(outputs[i]); };
    const float *dhs = in(0), *dcs = in(1), *x = in(2), *h0 = in(3), *c0 = in(4), *kernel = in(5), *recurrent = in(6);
    const auto* mask = static_cast<const bool*>(inputs[7]);
    const float *hs = in(8), *cs = in(9), *gates = in(10);
    float *dx = out(0), *dh = out(1), *dc = out(2), *dkernel = out(3), *drecurrent = out(4), *dbias = out(5);
    const auto [batch, steps, width, units] = sizes_;
    const std::int64_t gates_width = 4 * units;
    auto* dz = reinterpret_cast<float*>(context.scratch + products_bytes_);
    float* before = dz + sizes_.rows() * gates_width;
    float* dz_step = before + sizes_.rows() * units;
    float* partial = dz_step + batch * gates_width;
    const int team = team_for(sizes_.rows() * gates_width * (width + units), std::min(context.threads, threads_));
    std::fill_n(dh, batch * units, 0.0f);
    std::fill_n(dc, batch * units, 0.0f);
#pragma omp parallel num_threads(team) if (team > 1)
    {
      const ProductTeam alone(1);
      const int thread = omp_get_thread_num();
      const Share rows(batch, thread, omp_get_num_threads());
      if (rows.begin < rows.end) {
        const PackedMatrix packed(rows.end - rows.begin, units, gates_width, {recurrent, gates_width, true},
                                  context.scratch + packed_bytes_ * static_cast<std::size_t>(thread));
        for (std::int64_t t = steps - 1; t >= 0; --t) {
          for (std::int64_t n = rows.begin; n < rows.end; ++n) {
            const std::int64_t row = n * steps + t;
            lstm_step_back(units, gates + row * gates_width, t == 0 ? c0 + n * units : cs + (row - 1) * units,
                           cs + row * units, dhs + row * units, dcs + row * units, mask[row], dh + n * units,
                           dc + n * units, dz_step + n * gates_width);
            std::copy_n(dz_step + n * gates_width, gates_width, dz + row * gates_width);
          }
          packed.multiply(dz_step + rows.begin * gates_width, dh + rows.begin * units, true);
        }
      }
    }
    states_before(sizes_, h0, hs, before, team);
    dx_.run({dz, gates_width}, {kernel, gates_width, true}, dx, width, team, context.scratch);
    dkernel_.run({x, width, true}, {dz, gates_width}, dkernel, gates_width, team, context.scratch);
    drecurrent_.run({before, units, true}, {dz, gates_width}, drecurrent, gates_width, team, context.scratch);
    sum_rows(sizes_, dz, gates_width, gates_width, partial, dbias);
  }

 private:
  Sizes sizes_;
  int threads_;
  std::size_t packed_bytes_, products_bytes_;
  LargeProduct dx_, dkernel_, drecurrent_;
};

std::unique_ptr<Kernel> make_lstm(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                  const Attrs& attrs, int threads) {
  if (is_half(inputs[0].dtype)) return make_widened(make_lstm, inputs, outputs, attrs, threads);
  if (!supported(inputs, 6)) return nullptr;
  return std::make_unique<Lstm>(Sizes(inputs[0], inputs[1]), threads);
}

std::unique_ptr<Kernel> make_lstm_grad(const std::vector<Operand>& inputs, const std::vector<Operand>& outputs,
                                       const Attrs& attrs, int threads) {
  if (is_half(inputs[0].dtype)) return make_widened(make_lstm_grad, inputs, outputs, attrs, threads);
  if (!supported(inputs, 7)) return nullptr;
  return std::make_unique<LstmGrad>(Sizes(inputs[2], inputs[3]), threads);
}

BIGDL_KERNEL("lstm", make_lstm);
BIGDL_KERNEL("lstm_grad", make_lstm_grad);

}  // namespace

}  // namespace bigdl::recurrent
