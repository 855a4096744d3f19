// Proof that both ends of a connection hold the secret of the job: SHA-256 (FIPS 180-4) and HMAC (RFC 2104).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace bigdl::exchange {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(const void* data, std::size_t size);
Digest hmac_sha256(const std::string& key, const void* data, std::size_t size);

// Takes the same time wherever the first difference is, so a stranger learns nothing from the refusal.
bool equal_bytes(const std::uint8_t* a, const std::uint8_t* b, std::size_t size);

// Fills from the kernel's generator; throws std::system_error when there is none.
void random_bytes(void* data, std::size_t size);

// The first message of a connection, from the rank that dials. Both MACs cover it, so neither can be replayed for
// another generation, direction or pair of ranks.
struct Hello {
  char magic[8];
  std::uint64_t generation;
  std::uint32_t from, to, world, encrypted;
  std::uint8_t nonce[32];
};
static_assert(sizeof(Hello) == 64);

Hello make_hello(std::uint64_t generation, int from, int to, int world, bool encrypted);
bool same_purpose(const Hello& a, const Hello& b);  // everything but the nonce

// A digest for one use between the two: the proof of the side that dials ("dial") or accepts ("accept"), different so
// that no answer can be reflected, or the key of what that side sends ("dial key", "accept key").
Digest handshake_mac(const std::string& secret, const char* role, const Hello& hello, const std::uint8_t* nonce);

}  // namespace bigdl::exchange
