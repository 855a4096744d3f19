// The stream of random words of a key.
#pragma once

#include <cstdint>

namespace bigdl {

// Words [position, position + n) of Philox4x32-10: word c is number c % 4 of the generator at counter c / 4.
void fill_words(std::uint64_t position, std::int64_t n, const std::uint32_t* key, std::uint32_t* y);

}  // namespace bigdl
