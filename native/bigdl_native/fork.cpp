// A process forked while GNU OpenMP's threads exist believes that they do too, and waits for them for ever. Children
// that inherit this library therefore run every parallel region (ours, MKL's, oneDNN's) on one thread.
#include <omp.h>
#include <pthread.h>

namespace bigdl {

namespace {

[[maybe_unused]] const int registered =
    pthread_atfork(nullptr, nullptr, [] { omp_set_max_active_levels(0); });

}  // namespace

}  // namespace bigdl
