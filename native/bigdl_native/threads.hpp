// Teams of exactly the size the caller gave, whatever the rest of the process asked of OpenMP.
#pragma once

#include <omp.h>

#include <cstdint>

namespace bigdl {

// Sets this thread's default team size and puts the former one back. For libraries that read it (oneDNN).
class ScopedTeam {
 public:
  explicit ScopedTeam(int threads) : former_(omp_get_max_threads()) {
    if (threads != former_) omp_set_num_threads(threads);
  }
  ~ScopedTeam() { omp_set_num_threads(former_); }
  ScopedTeam(const ScopedTeam&) = delete;
  ScopedTeam& operator=(const ScopedTeam&) = delete;

 private:
  int former_;
};

// Waking a team costs some microseconds, and far more on a busy host; `work` (elements passed over) has to be worth
// that.
inline int team_for(std::int64_t work, int threads) {
  constexpr std::int64_t kWorthATeam = 200'000;
  return work < kWorthATeam ? 1 : threads;
}

// The same for convolutions and matrix products, which do many operations on an element in the time it takes to load.
inline int team_for_products(std::int64_t multiply_adds, int threads) { return team_for(multiply_adds / 8, threads); }

// The part [begin, end) of 0 .. count-1 that thread `index` of `threads` does.
struct Share {
  std::int64_t begin, end;
  Share(std::int64_t count, int index, int threads)
      : begin(count * index / threads), end(count * (index + 1) / threads) {}
};

}  // namespace bigdl
