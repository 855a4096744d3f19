#include <algorithm>
#include <cstring>

#include "../threads.hpp"
#include "broadcast.hpp"
#include "clones.hpp"
#include "movement.hpp"

namespace bigdl {

namespace {

constexpr std::int64_t kTileRows = 8, kTileColumns = 16;
constexpr std::int64_t kBlockRows = 64;
constexpr std::int64_t kChunkBytes = 1 << 18;

template <class T>
void copy_strided(const T* from, T* to, std::int64_t n, std::int64_t from_stride, std::int64_t to_stride) {
  for (std::int64_t i = 0; i < n; ++i) to[i * to_stride] = from[i * from_stride];
}

// to[r * to_stride + c] = from[c * from_stride + r] in bands of few rows: the target is written in few long runs. Its
// lines are asked for ahead, since the processor foresees reads but not writes.
template <class T>
BIGDL_CLONES void transpose_block(const T* from, T* to, std::int64_t rows, std::int64_t columns,
                                  std::int64_t from_stride, std::int64_t to_stride) {
  constexpr std::int64_t ahead = 4 * kTileColumns;
  const std::int64_t whole = columns / kTileColumns * kTileColumns;
  for (std::int64_t band = 0; band < rows; band += kTileRows) {
    const std::int64_t end = std::min(rows, band + kTileRows);
    for (std::int64_t column = 0; column < whole; column += kTileColumns) {
      for (std::int64_t r = band; r < end; ++r) {
        const T* source = from + column * from_stride + r;
        T* target = to + r * to_stride + column;
        __builtin_prefetch(target + ahead, 1);
#pragma omp simd
        for (std::int64_t c = 0; c < kTileColumns; ++c) target[c] = source[c * from_stride];
      }
    }
    for (std::int64_t r = band; r < end; ++r) {
      for (std::int64_t c = whole; c < columns; ++c) to[r * to_stride + c] = from[c * from_stride + r];
    }
  }
}

template <class Function>
void with_item_type(std::size_t item_bytes, const Function& function) {
  switch (item_bytes) {
    case 1: return function(std::uint8_t{});
    case 2: return function(std::uint16_t{});
    case 4: return function(std::uint32_t{});
    default: return function(std::uint64_t{});
  }
}

}  // namespace

std::vector<std::int64_t> dense_strides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

void copy_bytes(const void* from, void* to, std::size_t bytes, int threads) {
  StridedCopy({{static_cast<std::int64_t>(bytes), 1, 1}}, 1)
      .run(static_cast<const std::byte*>(from), static_cast<std::byte*>(to), threads);
}

StridedCopy::StridedCopy(std::vector<Axis> axes, std::size_t item_bytes) : item_(item_bytes) {
  std::vector<Axis> merged;
  for (const auto& axis : axes) {
    if (axis.size == 1) continue;
    if (!merged.empty() && merged.back().from == axis.from * axis.size && merged.back().to == axis.to * axis.size) {
      merged.back() = {merged.back().size * axis.size, axis.from, axis.to};
    } else {
      merged.push_back(axis);
    }
  }
  if (merged.empty()) merged.push_back({1, 1, 1});
  split_ = merged.back();
  merged.pop_back();
  const auto dense = std::find_if(merged.begin(), merged.end(), [](const Axis& axis) { return axis.from == 1; });
  if (split_.from == 1 && split_.to == 1) {
    mode_ = Mode::run;
    chunk_ = std::max<std::int64_t>(1, kChunkBytes / static_cast<std::int64_t>(item_));
  } else if (split_.to == 1 && split_.from != 0 && dense != merged.end()) {
    mode_ = Mode::tile;
    inner_ = split_;
    split_ = *dense;
    merged.erase(dense);
    chunk_ = kBlockRows;
  } else {
    mode_ = Mode::strided;
    chunk_ = kChunkBytes;
  }
  outer_ = std::move(merged);
  chunks_ = (split_.size + chunk_ - 1) / chunk_;
  jobs_ = chunks_ * std::min<std::int64_t>(1, inner_.size);
  for (const auto& axis : outer_) jobs_ *= axis.size;
}

void StridedCopy::run(const std::byte* from, std::byte* to, int threads) const {
  const std::int64_t work = jobs_ * std::min(chunk_, split_.size) * inner_.size;
  const int team = static_cast<int>(std::min<std::int64_t>(team_for(work, threads), jobs_));
#pragma omp parallel num_threads(team) if (team > 1)
  {
    const Share share(jobs_, omp_get_thread_num(), omp_get_num_threads());
    if (share.begin < share.end) run_jobs(from, to, share.begin, share.end);
  }
}

void StridedCopy::run_jobs(const std::byte* from, std::byte* to, std::int64_t begin, std::int64_t end) const {
  constexpr std::size_t kMaxRank = 64;
  std::int64_t index[kMaxRank];
  std::int64_t chunk = begin % chunks_;
  std::int64_t rest = begin / chunks_;
  const auto item = static_cast<std::int64_t>(item_);
  for (std::size_t i = outer_.size(); i-- > 0;) {
    index[i] = rest % outer_[i].size;
    rest /= outer_[i].size;
    from += index[i] * outer_[i].from * item;
    to += index[i] * outer_[i].to * item;
  }
  for (std::int64_t job = begin; job < end; ++job) {
    copy(from, to, chunk * chunk_, std::min(split_.size, (chunk + 1) * chunk_));
    if (++chunk < chunks_) continue;
    chunk = 0;
    for (std::size_t i = outer_.size(); i-- > 0;) {
      from += outer_[i].from * item;
      to += outer_[i].to * item;
      if (++index[i] < outer_[i].size) break;
      from -= outer_[i].size * outer_[i].from * item;
      to -= outer_[i].size * outer_[i].to * item;
      index[i] = 0;
    }
  }
}

void StridedCopy::copy(const std::byte* from, std::byte* to, std::int64_t begin, std::int64_t end) const {
  const auto item = static_cast<std::int64_t>(item_);
  from += begin * split_.from * item;
  to += begin * split_.to * item;
  const std::int64_t n = end - begin;
  if (mode_ == Mode::run) {
    std::memcpy(to, from, static_cast<std::size_t>(n * item));
    return;
  }
  if (mode_ == Mode::strided && split_.from == 0 && split_.to == 1) {
    fill_items(to, from, item_, n);
    return;
  }
  with_item_type(item_, [&](auto type) {
    using T = decltype(type);
    const T* source = reinterpret_cast<const T*>(from);
    T* target = reinterpret_cast<T*>(to);
    if (mode_ == Mode::tile) {
      transpose_block(source, target, n, inner_.size, inner_.from, split_.to);
    } else {
      copy_strided(source, target, n, split_.from, split_.to);
    }
  });
}

}  // namespace bigdl
