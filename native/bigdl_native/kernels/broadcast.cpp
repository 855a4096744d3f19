#include "broadcast.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace bigdl {

namespace {

constexpr std::size_t kMaxRank = 32;

template <class T>
void fill_as(std::byte* to, const std::byte* item, std::int64_t n) {
  T value;
  std::memcpy(&value, item, sizeof value);
  std::fill_n(reinterpret_cast<T*>(to), n, value);
}

}  // namespace

void fill_items(std::byte* to, const std::byte* item, std::size_t item_bytes, std::int64_t n) {
  switch (item_bytes) {
    case 1: return fill_as<std::uint8_t>(to, item, n);
    case 2: return fill_as<std::uint16_t>(to, item, n);
    case 4: return fill_as<std::uint32_t>(to, item, n);
    default: return fill_as<std::uint64_t>(to, item, n);
  }
}

Broadcast::Broadcast(const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& iteration) : period_(1) {
  if (shape.size() > iteration.size()) throw std::invalid_argument("an operand has more axes than its result");
  for (std::size_t i = 0; i < iteration.size(); ++i) {
    const std::int64_t size = iteration[iteration.size() - 1 - i];
    const std::int64_t own = i < shape.size() ? shape[shape.size() - 1 - i] : 1;
    if (own != size && own != 1) throw std::invalid_argument("an operand does not broadcast to its result");
    if (size == 1) continue;
    const std::int64_t stride = own == 1 ? 0 : period_;
    period_ *= std::max<std::int64_t>(own, 1);  // a stride of 0 means repetition, never emptiness
    if (!axes_.empty() && (axes_.back().stride == 0) == (stride == 0)) {
      axes_.back().size *= size;
    } else {
      axes_.push_back({size, stride});
    }
  }
  if (axes_.size() > kMaxRank) throw std::invalid_argument("more than 32 alternating axes");
  if (axes_.empty()) axes_.push_back({1, 1});
  const bool dense = axes_[0].stride != 0;
  kind_ = axes_.size() == 1 ? (dense ? Kind::full : Kind::scalar)
                            : (axes_.size() == 2 && dense ? Kind::periodic : Kind::strided);
}

void Broadcast::read(const std::byte* operand, std::size_t item_bytes, std::int64_t start, std::int64_t n,
                     std::byte* to) const {
  std::int64_t index[kMaxRank];
  std::int64_t offset = 0;
  std::int64_t rest = start;
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    index[axis] = rest % axes_[axis].size;
    rest /= axes_[axis].size;
    offset += index[axis] * axes_[axis].stride;
  }
  while (n > 0) {
    const std::int64_t run = std::min(n, axes_[0].size - index[0]);
    const std::byte* from = operand + static_cast<std::size_t>(offset) * item_bytes;
    if (axes_[0].stride == 0) {
      fill_items(to, from, item_bytes, run);
    } else {
      std::memcpy(to, from, static_cast<std::size_t>(run) * item_bytes);
    }
    to += static_cast<std::size_t>(run) * item_bytes;
    n -= run;
    offset -= index[0] * axes_[0].stride;
    index[0] = 0;
    for (std::size_t axis = 1; axis < axes_.size(); ++axis) {
      offset += axes_[axis].stride;
      if (++index[axis] < axes_[axis].size) break;
      offset -= axes_[axis].size * axes_[axis].stride;
      index[axis] = 0;
    }
  }
}

}  // namespace bigdl
