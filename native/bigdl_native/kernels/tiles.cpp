#include "tiles.hpp"

#include <cpuid.h>
// gcc 12 warns of the undefined operands that its own header passes on purpose.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#define BIGDL_TILES __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))
#define BIGDL_TILES_INLINE BIGDL_TILES inline __attribute__((always_inline))

namespace bigdl::tiles {

namespace {

constexpr std::int64_t kSide = 16;          // rows of a tile
constexpr std::int64_t kDepth = 32;         // bfloat16 numbers of a row
constexpr std::int64_t kPanel = 2 * kSide;  // rows or columns of a panel
constexpr std::int64_t kParts = 3;
constexpr std::int64_t kTileBytes = 1024;
constexpr std::int64_t kRowBytes = 64;
constexpr std::int64_t kPartBytes = 2 * kTileBytes;
constexpr std::int64_t kStepBytes = kParts * kPartBytes;

std::int64_t steps_of(std::int64_t k) { return (k + kDepth - 1) / kDepth; }

bool has_tiles() {
  unsigned a, b, c, d;
  if (!__builtin_cpu_supports("x86-64-v4") || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
  const bool tiles = (d >> 22 & 1) && (d >> 24 & 1);
  if (!tiles || !__get_cpuid_count(7, 1, &a, &b, &c, &d) || !(a >> 5 & 1)) return false;
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

bool allowed() {
  const char* tiles = std::getenv("BIGDL_KERAS_TILES");
  const char* set = std::getenv("BIGDL_KERAS_INSTRUCTION_SET");
  return (tiles == nullptr || std::string_view(tiles) != "0") && (set == nullptr || std::string_view(set) == "v4");
}

struct alignas(64) TileShapes {
  std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

// ---- packing --------------------------------------------------------------------------------------------------------

BIGDL_TILES_INLINE __mmask16 first(std::int64_t count) {
  return static_cast<__mmask16>(count >= 16 ? 0xffff : count <= 0 ? 0 : (1u << count) - 1);
}

// The nearest bfloat16 number, as a float32 one; of two the larger.
BIGDL_TILES_INLINE __m512 nearest(__m512 x) {
  const __m512i rounded = _mm512_add_epi32(_mm512_castps_si512(x), _mm512_set1_epi32(0x8000));
  return _mm512_castsi512_ps(_mm512_and_si512(rounded, _mm512_set1_epi32(static_cast<int>(0xffff0000))));
}

// Numbers of `low` and `high` side by side, as bfloat16; the lower halves of `low` do not count.
BIGDL_TILES_INLINE __m512i paired(__m512 low, __m512 high) {
  constexpr int kLowOrMaskedHigh = 0xf8;  // a | (b & c)
  return _mm512_ternarylogic_epi32(_mm512_srli_epi32(_mm512_castps_si512(low), 16), _mm512_castps_si512(high),
                                   _mm512_set1_epi32(static_cast<int>(0xffff0000)), kLowOrMaskedHigh);
}

// Writes the parts of 32 numbers to line `r` of the tiles of a side. `odd` collects numbers that are no sum of parts.
BIGDL_TILES_INLINE void split(__m512 low, __m512 high, std::byte* tiles, std::int64_t r, __mmask16& odd) {
  auto* line = tiles + r * kRowBytes;
#pragma GCC unroll 2
  for (std::int64_t p = 0; p < kParts - 1; ++p) {
    const __m512 near_low = nearest(low), near_high = nearest(high);
    _mm512_store_si512(line + p * kPartBytes, paired(near_low, near_high));
    low = _mm512_sub_ps(low, near_low);
    high = _mm512_sub_ps(high, near_high);
  }
  _mm512_store_si512(line + (kParts - 1) * kPartBytes, paired(low, high));
  const __m512 any = _mm512_add_ps(low, high);
  odd = _kor_mask16(odd, _mm512_cmp_ps_mask(any, any, _CMP_UNORD_Q));
}

// Numbers k and k + 16 of a step share a pair, on both sides of a product: so pairs are made without shuffles.

// Swaps rows and columns of a tile, taken as 16 x 16 pairs.
BIGDL_TILES_INLINE void transpose(std::byte* tile) {
  __m512i t[kSide];
#pragma GCC unroll 16
  for (int i = 0; i < 16; ++i) t[i] = _mm512_load_si512(tile + i * kRowBytes);
  __m512i u[kSide];
#pragma GCC unroll 8
  for (int i = 0; i < 16; i += 2) {
    u[i] = _mm512_unpacklo_epi32(t[i], t[i + 1]);
    u[i + 1] = _mm512_unpackhi_epi32(t[i], t[i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 16; i += 4) {
    t[i] = _mm512_unpacklo_epi64(u[i], u[i + 2]);
    t[i + 1] = _mm512_unpackhi_epi64(u[i], u[i + 2]);
    t[i + 2] = _mm512_unpacklo_epi64(u[i + 1], u[i + 3]);
    t[i + 3] = _mm512_unpackhi_epi64(u[i + 1], u[i + 3]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    u[i] = _mm512_shuffle_i32x4(t[i], t[i + 4], 0x88);
    u[i + 4] = _mm512_shuffle_i32x4(t[i], t[i + 4], 0xdd);
    u[i + 8] = _mm512_shuffle_i32x4(t[i + 8], t[i + 12], 0x88);
    u[i + 12] = _mm512_shuffle_i32x4(t[i + 8], t[i + 12], 0xdd);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    t[i] = _mm512_shuffle_i32x4(u[i], u[i + 8], 0x88);
    t[i + 8] = _mm512_shuffle_i32x4(u[i], u[i + 8], 0xdd);
    t[i + 4] = _mm512_shuffle_i32x4(u[i + 4], u[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_i32x4(u[i + 4], u[i + 12], 0xdd);
  }
#pragma GCC unroll 16
  for (int i = 0; i < 16; ++i) _mm512_store_si512(tile + i * kRowBytes, t[i]);
}

// Where the tiles of a line's side begin.
std::byte* side_of(std::byte* packed, std::int64_t line, std::int64_t k) {
  return packed + line / kPanel * steps_of(k) * kStepBytes + line % kPanel / kSide * kTileBytes;
}

// Splits lines that lie along the summed axis.
BIGDL_TILES bool split_along(std::int64_t lines, std::int64_t k, const float* from, std::int64_t stride,
                             std::byte* packed) {
  __mmask16 odd = 0;
  for (std::int64_t line = 0; line < (lines + kSide - 1) / kSide * kSide; ++line, from += stride) {
    std::byte* tiles = side_of(packed, line, k);
    const std::int64_t depth = line < lines ? k : 0;
    std::int64_t at = 0;
    for (; at + kDepth <= depth; at += kDepth, tiles += kStepBytes) {
      split(_mm512_loadu_ps(from + at), _mm512_loadu_ps(from + at + kSide), tiles, line % kSide, odd);
    }
    for (; at < k; at += kDepth, tiles += kStepBytes) {
      const __m512 low = _mm512_maskz_loadu_ps(first(depth - at), from + at);
      split(low, _mm512_maskz_loadu_ps(first(depth - at - kSide), from + at + kSide), tiles, line % kSide, odd);
    }
  }
  return odd == 0;
}

// Splits lines that lie across it: number k of all lines is in row k.
BIGDL_TILES bool split_across(std::int64_t lines, std::int64_t k, const float* from, std::int64_t stride,
                              std::byte* packed) {
  __mmask16 odd = 0;
  for (std::int64_t at = 0; at < k; at += kDepth, packed += kStepBytes) {
    for (std::int64_t r = 0; r < kSide; ++r) {
      const float *row = from + (at + r) * stride, *other = row + kSide * stride;
      const bool has_row = at + r < k, has_other = at + r + kSide < k;
      for (std::int64_t line = 0; line < lines; line += kSide) {
        const __mmask16 mask = first(lines - line);
        const __m512 low = _mm512_maskz_loadu_ps(has_row ? mask : 0, row + line);
        const __m512 high = _mm512_maskz_loadu_ps(has_other ? mask : 0, other + line);
        split(low, high, side_of(packed, line, k), r, odd);
      }
    }
  }
  return odd == 0;
}

// Lines of the left operand become rows of tiles, those of the right one columns.
BIGDL_TILES void transpose_tiles(std::int64_t lines, std::int64_t k, std::byte* packed) {
  for (std::int64_t line = 0; line < lines; line += kSide) {
    std::byte* tiles = side_of(packed, line, k);
    for (std::int64_t tile = 0; tile < steps_of(k) * kParts; ++tile) transpose(tiles + tile * kPartBytes);
  }
}

// ---- products -------------------------------------------------------------------------------------------------------

template <int rows>
BIGDL_TILES_INLINE void load_left(const std::byte* part) {
  _tile_loadd(4, part, kRowBytes);
  if constexpr (rows == 2) _tile_loadd(5, part + kTileBytes, kRowBytes);
}

template <int columns>
BIGDL_TILES_INLINE void load_right(const std::byte* part) {
  _tile_loadd(6, part, kRowBytes);
  if constexpr (columns == 2) _tile_loadd(7, part + kTileBytes, kRowBytes);
}

template <int rows, int columns>
BIGDL_TILES_INLINE void add_products() {
  _tile_dpbf16ps(0, 4, 6);
  if constexpr (columns == 2) _tile_dpbf16ps(1, 4, 7);
  if constexpr (rows == 2) _tile_dpbf16ps(2, 5, 6);
  if constexpr (rows == 2 && columns == 2) _tile_dpbf16ps(3, 5, 7);
}

// A block of `rows` x `columns` tiles of the result.
template <int rows, int columns>
BIGDL_TILES void multiply_block(std::int64_t steps, const std::byte* left, const std::byte* right, bool adds, float* c,
                                std::int64_t c_stride) {
  const std::int64_t stride = c_stride * static_cast<std::int64_t>(sizeof(float));
  float* below = c + kSide * c_stride;
  if (adds) {
    _tile_loadd(0, c, stride);
    if constexpr (columns == 2) _tile_loadd(1, c + kSide, stride);
    if constexpr (rows == 2) _tile_loadd(2, below, stride);
    if constexpr (rows == 2 && columns == 2) _tile_loadd(3, below + kSide, stride);
  } else {
    _tile_zero(0);
    if constexpr (columns == 2) _tile_zero(1);
    if constexpr (rows == 2) _tile_zero(2);
    if constexpr (rows == 2 && columns == 2) _tile_zero(3);
  }
  for (std::int64_t step = 0; step < steps; ++step, left += kStepBytes, right += kStepBytes) {
    load_left<rows>(left);
    load_right<columns>(right + 2 * kPartBytes);
    add_products<rows, columns>();
    load_right<columns>(right + kPartBytes);
    add_products<rows, columns>();
    load_left<rows>(left + kPartBytes);
    add_products<rows, columns>();
    load_right<columns>(right);
    add_products<rows, columns>();
    load_left<rows>(left + 2 * kPartBytes);
    add_products<rows, columns>();
    load_left<rows>(left);
    add_products<rows, columns>();
  }
  _tile_stored(0, c, stride);
  if constexpr (columns == 2) _tile_stored(1, c + kSide, stride);
  if constexpr (rows == 2) _tile_stored(2, below, stride);
  if constexpr (rows == 2 && columns == 2) _tile_stored(3, below + kSide, stride);
}

BIGDL_TILES void set_up() {
  static constexpr TileShapes kShapes;
  _tile_loadconfig(&kShapes);
}

BIGDL_TILES void release() { _tile_release(); }

using Block = void (*)(std::int64_t, const std::byte*, const std::byte*, bool, float*, std::int64_t);

constexpr Block kBlocks[2][2] = {{multiply_block<1, 1>, multiply_block<1, 2>},
                                 {multiply_block<2, 1>, multiply_block<2, 2>}};

void copy(const float* from, std::int64_t from_stride, std::int64_t rows, std::int64_t columns, float* to,
          std::int64_t to_stride) {
  for (std::int64_t r = 0; r < rows; ++r) std::copy_n(from + r * from_stride, columns, to + r * to_stride);
}

}  // namespace

bool available() {
  static const bool usable = allowed() && has_tiles();
  return usable;
}

std::size_t packed_bytes(std::int64_t rows_or_columns, std::int64_t k) {
  return static_cast<std::size_t>((rows_or_columns + kPanel - 1) / kPanel * steps_of(k) * kStepBytes);
}

bool pack_left(std::int64_t m, std::int64_t k, const Matrix& a, std::byte* packed) {
  if (!a.transposed) return split_along(m, k, a.data, a.stride, packed);
  const bool splits = split_across(m, k, a.data, a.stride, packed);
  transpose_tiles(m, k, packed);
  return splits;
}

bool pack_right(std::int64_t k, std::int64_t n, const Matrix& b, std::byte* packed) {
  if (!b.transposed) return split_across(n, k, b.data, b.stride, packed);
  const bool splits = split_along(n, k, b.data, b.stride, packed);
  transpose_tiles(n, k, packed);
  return splits;
}

Use::Use() { set_up(); }
Use::~Use() { release(); }

void multiply(std::int64_t m, std::int64_t n, std::int64_t k, const std::byte* left, const std::byte* right, bool adds,
              float* c, std::int64_t c_stride) {
  const std::int64_t steps = steps_of(k);
  for (std::int64_t i = 0; i < m; i += kPanel, left += steps * kStepBytes) {
    const std::int64_t rows = std::min(kPanel, m - i);
    const std::byte* panel = right;
    for (std::int64_t j = 0; j < n; j += kPanel, panel += steps * kStepBytes) {
      const std::int64_t columns = std::min(kPanel, n - j);
      const Block block = kBlocks[rows > kSide][columns > kSide];
      float* target = c + i * c_stride + j;
      if (rows % kSide == 0 && columns % kSide == 0) {
        block(steps, left, panel, adds, target, c_stride);
      } else {
        float edge[kPanel * kPanel];
        if (adds) copy(target, c_stride, rows, columns, edge, kPanel);
        block(steps, left, panel, adds, edge, kPanel);
        copy(edge, kPanel, rows, columns, target, c_stride);
      }
    }
  }
}

namespace {

// Blocks of both operands fill two thirds of a second-level cache. They are packed whole, not panel by panel: rows are
// then read in long runs, and tiles are not loaded before what was just written has reached the cache.
constexpr std::int64_t kBlockRows = 256, kBlockColumns = 512, kBlockDepth = 128;

// The size of equal blocks, whole multiples of `unit`, of at most `most`.
std::int64_t equal_blocks(std::int64_t size, std::int64_t most, std::int64_t unit) {
  const std::int64_t blocks = (size + most - 1) / most;
  return ((size + blocks - 1) / blocks + unit - 1) / unit * unit;
}

}  // namespace

Product::Product(std::int64_t m, std::int64_t n, std::int64_t k)
    : m_(m),
      n_(n),
      k_(k),
      block_m_(equal_blocks(m, kBlockRows, kPanel)),
      block_n_(equal_blocks(n, kBlockColumns, kPanel)),
      block_k_(equal_blocks(k, kBlockDepth, kDepth)) {}

// Measured: splitting and packing a number costs as much as tiles save in some 48 multiplications.
bool Product::pays(std::int64_t m, std::int64_t n, std::int64_t k) {
  return k >= kDepth && m * n >= 48 * (m + n);
}

std::size_t Product::scratch_bytes() const {
  return packed_bytes(block_n_, block_k_) + packed_bytes(block_m_, block_k_);
}

bool Product::run(const Matrix& a, const Matrix& b, float* c, std::int64_t c_stride, std::byte* scratch,
                  const Finish* finish) const {
  const Use use;
  std::byte* right = scratch;
  std::byte* left = scratch + packed_bytes(block_n_, block_k_);
  for (std::int64_t j = 0; j < n_; j += block_n_) {
    const std::int64_t columns = std::min(block_n_, n_ - j);
    for (std::int64_t at = 0; at < k_; at += block_k_) {
      const std::int64_t depth = std::min(block_k_, k_ - at);
      if (!pack_right(depth, columns, b.from(at, j), right)) return false;
      for (std::int64_t i = 0; i < m_; i += block_m_) {
        const std::int64_t rows = std::min(block_m_, m_ - i);
        if (!pack_left(rows, depth, a.from(i, at), left)) return false;
        float* block = c + i * c_stride + j;
        multiply(rows, columns, depth, left, right, at > 0, block, c_stride);
        if (finish != nullptr && at + depth == k_) (*finish)(block, c_stride, rows, columns, j);
      }
    }
  }
  return true;
}

}  // namespace bigdl::tiles
