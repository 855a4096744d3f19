// An operand seen as outer x n rows of `inner` elements, of which indices name some.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "../kernel.hpp"
#include "indices.hpp"

namespace bigdl {

struct Rows {
  std::int64_t outer = 1, n = 1, inner = 1;
  std::int64_t count = 1;           // of rows that the indices name, for each outer entry
  std::vector<std::int64_t> sizes;  // of the axes that an index has a number for

  // Indices along one axis.
  static Rows along(const Operand& x, const Operand& indices, std::size_t axis) {
    Rows rows;
    for (std::size_t i = 0; i < axis; ++i) rows.outer *= x.shape[i];
    for (std::size_t i = axis + 1; i < x.rank(); ++i) rows.inner *= x.shape[i];
    rows.n = x.shape[axis];
    rows.count = indices.size();
    rows.sizes = {rows.n};
    return rows;
  }

  // Index vectors into the first axes: indices[..., k] with k axes.
  static Rows at_vectors(const Operand& x, const Operand& indices) {
    Rows rows;
    const auto depth = static_cast<std::size_t>(indices.shape.back());
    for (std::size_t i = 0; i + 1 < indices.rank(); ++i) rows.count *= indices.shape[i];
    for (std::size_t i = 0; i < depth; ++i) rows.n *= x.shape[i];
    for (std::size_t i = depth; i < x.rank(); ++i) rows.inner *= x.shape[i];
    rows.sizes.assign(x.shape.begin(), x.shape.begin() + static_cast<std::ptrdiff_t>(depth));
    return rows;
  }

  // The row that entry `i` of the indices names. Negative numbers count from the end; those beyond either end,
  // which callers exclude, are moved to it: nothing is read or written outside the operand.
  template <class Index> std::int64_t row(const Index* indices, std::int64_t i) const {
    std::int64_t result = 0;
    const Index* vector = indices + i * static_cast<std::int64_t>(sizes.size());
    for (std::size_t k = 0; k < sizes.size(); ++k) {
      const auto index = static_cast<std::int64_t>(vector[k]);
      const std::int64_t counted = index < 0 ? index + sizes[k] : index;
      result = result * sizes[k] + std::clamp<std::int64_t>(counted, 0, sizes[k] - 1);
    }
    return result;
  }
};

}  // namespace bigdl
