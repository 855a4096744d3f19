// Matrix products on the processor's bfloat16 tiles (AMX), in float32.
//
// A float32 number is the exact sum of three bfloat16 numbers, each of which rounds what the former ones leave. Of the
// nine products of the parts of two numbers, the six large ones are added in float32; the other three are smaller than
// the rounding of a float32 product. Six passes over the tiles take half of the time of one over vector registers.
//
// Operands are packed first: into panels of 32 rows (of the left one) or columns (of the right one), which hold, for
// every 32 steps along the summed axis, the tiles of the first parts, of the second and of the third.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bigdl::tiles {

// Whether the processor has such tiles, the system lets us use them, and neither BIGDL_KERAS_TILES=0 nor
// BIGDL_KERAS_INSTRUCTION_SET forbids them.
bool available();

// A matrix as stored; `transposed`: its transpose is the operand.
struct Matrix {
  const float* data;
  std::int64_t stride;  // from row to row as stored
  bool transposed = false;

  // The operand without its first rows and columns.
  Matrix from(std::int64_t row, std::int64_t column) const {
    return {data + (transposed ? column * stride + row : row * stride + column), stride, transposed};
  }
};

std::size_t packed_bytes(std::int64_t rows_or_columns, std::int64_t k);

// Packs the left operand [m, k], or the right one [k, n]. False where numbers do not split: they are not finite, or
// next to the largest.
bool pack_left(std::int64_t m, std::int64_t k, const Matrix& a, std::byte* packed);
bool pack_right(std::int64_t k, std::int64_t n, const Matrix& b, std::byte* packed);

// While it lives, this thread's tiles are set up as `multiply` needs them.
class Use {
 public:
  Use();
  ~Use();
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
};

// c[m, n] = a b, or += if `adds`.
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, const std::byte* left, const std::byte* right,
              bool adds, float* c, std::int64_t c_stride);

// c[m, n] = a b of any size, by one thread, block by block through the second-level cache.
class Product {
 public:
  // Called with each block of the result when it is complete: `columns` columns of `rows` rows, the first one being
  // column `at` of the whole.
  struct Finish {
    virtual ~Finish() = default;
    virtual void operator()(float* c, std::int64_t c_stride, std::int64_t rows, std::int64_t columns,
                            std::int64_t at) const = 0;
  };

  Product(std::int64_t m, std::int64_t n, std::int64_t k);

  // Whether packing pays: whether this is faster than products on vector registers.
  static bool pays(std::int64_t m, std::int64_t n, std::int64_t k);

  std::size_t scratch_bytes() const;

  // False where numbers do not split (see pack_left); c then holds nothing of use.
  bool run(const Matrix& a, const Matrix& b, float* c, std::int64_t c_stride, std::byte* scratch,
           const Finish* finish = nullptr) const;

 private:
  std::int64_t m_, n_, k_;
  std::int64_t block_m_, block_n_, block_k_;
};

}  // namespace bigdl::tiles
