#include "exchange_rows.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace bigdl::exchange {
namespace {

constexpr std::size_t kAlign = 8;  // of everything in a block: the largest element

std::size_t aligned(std::size_t bytes) { return (bytes + kAlign - 1) / kAlign * kAlign; }

std::size_t index_bytes(std::uint64_t count) { return aligned(count * sizeof(std::int32_t)); }

// Through one bit a row: they come out in order without a sort.
std::vector<std::int32_t> distinct(const RowTable& table) {
  std::vector<std::uint64_t> seen((static_cast<std::size_t>(table.rows) + 63) / 64);
  std::size_t n = 0;
  for (std::int64_t i = 0; i < table.n_touched; ++i) {
    const std::int64_t index = table.touched[i] < 0 ? table.touched[i] + table.rows : table.touched[i];
    // As in gather: what is beyond either end is moved to it.
    const auto row = static_cast<std::size_t>(std::clamp<std::int64_t>(index, 0, table.rows - 1));
    const std::uint64_t bit = std::uint64_t{1} << row % 64;
    n += (seen[row / 64] & bit) == 0;
    seen[row / 64] |= bit;
  }
  std::vector<std::int32_t> rows;
  rows.reserve(n);
  for (std::size_t word = 0; word < seen.size(); ++word) {
    for (std::uint64_t bits = seen[word]; bits; bits &= bits - 1) {
      rows.push_back(static_cast<std::int32_t>(word * 64 + static_cast<std::size_t>(__builtin_ctzll(bits))));
    }
  }
  return rows;
}

}  // namespace

RowSum::RowSum(const RowTable* tables, int n, int rank, int world, Wire wire) : rank_(rank), world_(world) {
  for (int i = 0; i < n; ++i) {
    const bool half = wire == Wire::bf16 && tables[i].dtype == DType::f32;
    parts_.push_back({&tables[i], &arithmetic_of(tables[i].dtype), distinct(tables[i]), half});
  }
  counts_.resize(parts_.size() * static_cast<std::size_t>(world_));
  for (std::size_t i = 0; i < parts_.size(); ++i) counts_[rank_ * parts_.size() + i] = parts_[i].touched.size();
}

std::size_t RowSum::table_bytes() const {
  std::size_t bytes = 0;
  for (const Part& part : parts_) {
    bytes += static_cast<std::size_t>(part.table->rows * part.table->width) * part.arithmetic->item;
  }
  return bytes;
}

std::size_t RowSum::row_bytes(const Part& part) const {
  return static_cast<std::size_t>(part.table->width) * (part.half ? sizeof(std::uint16_t) : part.arithmetic->item);
}

std::size_t RowSum::block_bytes(const Part& part, std::uint64_t count) const {
  return index_bytes(count) + aligned(count * row_bytes(part));
}

Blocks RowSum::counts() {
  Blocks blocks;
  const std::size_t n = parts_.size();
  for (int r = 0; r < world_; ++r) {
    blocks.push_back({reinterpret_cast<std::byte*>(counts_.data() + r * n), n * sizeof counts_[0]});
  }
  return blocks;
}

// A ring carries a table twice (to be summed, and as the sum), and the rows of every rank once.
bool RowSum::by_rows(std::size_t i) const {
  const Part& part = parts_[i];
  std::size_t bytes = 0;
  for (int r = 0; r < world_; ++r) bytes += block_bytes(part, count(r, i));
  return bytes < 2 * static_cast<std::size_t>(part.table->rows) * row_bytes(part);
}

Blocks RowSum::rows() {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    for (int r = 0; r < world_; ++r) {
      if (count(r, i) > static_cast<std::uint64_t>(parts_[i].table->rows)) {
        throw ExchangeError("rank " + std::to_string(r) + " announced " + std::to_string(count(r, i)) +
                            " rows of a table that has " + std::to_string(parts_[i].table->rows));
      }
    }
    if (by_rows(i)) by_rows_.push_back(i);
    else whole_.push_back(parts_[i].table);
  }
  std::vector<std::size_t> starts{0};
  for (int r = 0; r < world_; ++r) {
    std::size_t bytes = 0;
    for (const std::size_t i : by_rows_) bytes += block_bytes(parts_[i], count(r, i));
    starts.push_back(starts.back() + bytes);
  }
  storage_.resize(starts.back());
  for (int r = 0; r < world_; ++r) blocks_.push_back({storage_.data() + starts[r], starts[r + 1] - starts[r]});
  std::byte* at = blocks_[rank_].data;
  for (const std::size_t i : by_rows_) {
    pack(parts_[i], at);
    at += block_bytes(parts_[i], parts_[i].touched.size());
  }
  return blocks_;
}

void RowSum::pack(const Part& part, std::byte* block) const {
  const std::size_t width = static_cast<std::size_t>(part.table->width);
  const std::size_t stride = width * part.arithmetic->item;
  const auto* data = static_cast<const std::byte*>(part.table->data);
  if (!part.touched.empty()) {
    std::memcpy(block, part.touched.data(), part.touched.size() * sizeof part.touched[0]);
  }
  std::byte* to = block + index_bytes(part.touched.size());
  for (const std::int32_t row : part.touched) {
    const std::byte* from = data + static_cast<std::size_t>(row) * stride;
    if (part.half) {
      encode_bf16(reinterpret_cast<std::uint16_t*>(to), reinterpret_cast<const float*>(from), width);
    } else {
      std::memcpy(to, from, stride);
    }
    to += row_bytes(part);
  }
}

void RowSum::add_up() {
  // What this rank has sent is added like what the others have: all add the same bits in the same order.
  for (const std::size_t i : by_rows_) {
    const Part& part = parts_[i];
    const std::size_t stride = static_cast<std::size_t>(part.table->width) * part.arithmetic->item;
    auto* data = static_cast<std::byte*>(part.table->data);
    for (const std::int32_t row : part.touched) std::memset(data + static_cast<std::size_t>(row) * stride, 0, stride);
  }
  for (int r = 0; r < world_; ++r) {
    const std::byte* at = blocks_[r].data;
    for (const std::size_t i : by_rows_) {
      add(parts_[i], count(r, i), at);
      at += block_bytes(parts_[i], count(r, i));
    }
  }
}

void RowSum::add(const Part& part, std::uint64_t count, const std::byte* block) {
  const std::size_t width = static_cast<std::size_t>(part.table->width);
  const std::size_t stride = width * part.arithmetic->item;
  auto* data = static_cast<std::byte*>(part.table->data);
  const auto* touched = reinterpret_cast<const std::int32_t*>(block);
  const std::byte* from = block + index_bytes(count);
  for (std::uint64_t k = 0; k < count; ++k, from += row_bytes(part)) {
    if (touched[k] < 0 || touched[k] >= part.table->rows) {
      throw ExchangeError("a rank sent row " + std::to_string(touched[k]) + " of a table that has " +
                          std::to_string(part.table->rows));
    }
    std::byte* to = data + static_cast<std::size_t>(touched[k]) * stride;
    if (part.half) {
      add_bf16(reinterpret_cast<float*>(to), reinterpret_cast<const std::uint16_t*>(from), width);
    } else {
      part.arithmetic->add(to, from, width);
    }
  }
}

}  // namespace bigdl::exchange
