// A sum of tables of which each rank has touched few rows: the rows travel where that takes fewer bytes.
//
// Ranks first tell each other how many rows they have touched, so that all make the same choice for each table. Then
// every rank gives its rows to all others, and all add them up in the order of ranks.
#pragma once

#include <cstdint>
#include <vector>

#include "collective.hpp"
#include "exchange_spans.hpp"
#include "exchange_stream.hpp"

namespace bigdl::exchange {

class RowSum {
 public:
  RowSum(const RowTable* tables, int n, int rank, int world, Wire wire);

  // How many rows of each table every rank has touched.
  Blocks counts();
  // Once the counts are there: the rows of the tables that travel by rows.
  Blocks rows();
  // Once the rows are there. Throws ExchangeError when one of them is not of its table.
  void add_up();
  // The tables that travel whole.
  const std::vector<const RowTable*>& whole() const { return whole_; }

  std::size_t table_bytes() const;

 private:
  struct Part {  // of a table, as it travels
    const RowTable* table;
    const Arithmetic* arithmetic;
    std::vector<std::int32_t> touched;  // by this rank, ascending
    bool half;                          // float32 as bfloat16
  };

  std::uint64_t count(int rank, std::size_t part) const { return counts_[rank * parts_.size() + part]; }
  std::size_t row_bytes(const Part& part) const;
  std::size_t block_bytes(const Part& part, std::uint64_t count) const;
  bool by_rows(std::size_t part) const;
  void pack(const Part& part, std::byte* block) const;
  void add(const Part& part, std::uint64_t count, const std::byte* block);

  int rank_, world_;
  std::vector<Part> parts_;
  std::vector<std::uint64_t> counts_;
  std::vector<std::size_t> by_rows_;  // numbers of parts
  std::vector<const RowTable*> whole_;
  std::vector<std::byte> storage_;
  Blocks blocks_;
};

}  // namespace bigdl::exchange
