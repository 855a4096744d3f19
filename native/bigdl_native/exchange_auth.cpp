#include "exchange_auth.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

namespace bigdl::exchange {
namespace {

constexpr std::uint32_t kRound[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

constexpr std::size_t kBlock = 64;

std::uint32_t rotate(std::uint32_t x, int n) { return (x >> n) | (x << (32 - n)); }

void compress(std::uint32_t* state, const std::uint8_t* block) {
  std::uint32_t w[64];
  for (int i = 0; i < 16; ++i) {
    w[i] = std::uint32_t(block[4 * i]) << 24 | std::uint32_t(block[4 * i + 1]) << 16 |
           std::uint32_t(block[4 * i + 2]) << 8 | std::uint32_t(block[4 * i + 3]);
  }
  for (int i = 16; i < 64; ++i) {
    const std::uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3);
    const std::uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  std::uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  std::uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < 64; ++i) {
    const std::uint32_t big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const std::uint32_t t1 = h + big1 + ((e & f) ^ (~e & g)) + kRound[i] + w[i];
    const std::uint32_t big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const std::uint32_t t2 = big0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  const std::uint32_t add[8] = {a, b, c, d, e, f, g, h};
  for (int i = 0; i < 8; ++i) state[i] += add[i];
}

void append(std::vector<std::uint8_t>& to, const void* data, std::size_t size) {
  const auto* bytes = static_cast<const std::uint8_t*>(data);
  to.insert(to.end(), bytes, bytes + size);
}

}  // namespace

Digest sha256(const void* data, std::size_t size) {
  std::uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                            0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  const auto* bytes = static_cast<const std::uint8_t*>(data);
  std::size_t left = size;
  for (; left >= kBlock; left -= kBlock, bytes += kBlock) compress(state, bytes);

  std::uint8_t tail[2 * kBlock] = {};
  if (left) std::memcpy(tail, bytes, left);
  tail[left] = 0x80;
  const std::size_t tail_size = left + 9 <= kBlock ? kBlock : 2 * kBlock;
  const std::uint64_t bits = std::uint64_t(size) * 8;
  for (int i = 0; i < 8; ++i) tail[tail_size - 1 - i] = std::uint8_t(bits >> (8 * i));
  for (std::size_t at = 0; at < tail_size; at += kBlock) compress(state, tail + at);

  Digest digest;
  for (int i = 0; i < 32; ++i) digest[i] = std::uint8_t(state[i / 4] >> (24 - 8 * (i % 4)));
  return digest;
}

Digest hmac_sha256(const std::string& key, const void* data, std::size_t size) {
  std::uint8_t pad[kBlock] = {};
  if (key.size() > kBlock) {
    const Digest short_key = sha256(key.data(), key.size());
    std::memcpy(pad, short_key.data(), short_key.size());
  } else {
    std::memcpy(pad, key.data(), key.size());
  }
  for (auto& b : pad) b ^= 0x36;
  std::vector<std::uint8_t> message;
  append(message, pad, kBlock);
  append(message, data, size);
  const Digest inner = sha256(message.data(), message.size());
  for (auto& b : pad) b ^= 0x36 ^ 0x5c;
  message.clear();
  append(message, pad, kBlock);
  append(message, inner.data(), inner.size());
  return sha256(message.data(), message.size());
}

bool equal_bytes(const std::uint8_t* a, const std::uint8_t* b, std::size_t size) {
  volatile std::uint8_t difference = 0;
  for (std::size_t i = 0; i < size; ++i) difference = difference | (a[i] ^ b[i]);
  return difference == 0;
}

void random_bytes(void* data, std::size_t size) {
  auto* at = static_cast<std::uint8_t*>(data);
  while (size) {
    const ssize_t n = getrandom(at, size, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw std::system_error(errno, std::generic_category(), "getrandom");
    at += n;
    size -= static_cast<std::size_t>(n);
  }
}

Hello make_hello(std::uint64_t generation, int from, int to, int world, bool encrypted) {
  Hello hello{};
  std::memcpy(hello.magic, "BDLKXCH1", sizeof hello.magic);
  hello.generation = generation;
  hello.from = static_cast<std::uint32_t>(from);
  hello.to = static_cast<std::uint32_t>(to);
  hello.world = static_cast<std::uint32_t>(world);
  hello.encrypted = encrypted;
  random_bytes(hello.nonce, sizeof hello.nonce);
  return hello;
}

bool same_purpose(const Hello& a, const Hello& b) { return std::memcmp(&a, &b, offsetof(Hello, nonce)) == 0; }

Digest handshake_mac(const std::string& secret, const char* role, const Hello& hello, const std::uint8_t* nonce) {
  std::vector<std::uint8_t> message;
  append(message, role, std::strlen(role) + 1);
  append(message, &hello, sizeof hello);
  append(message, nonce, 32);
  return hmac_sha256(secret, message.data(), message.size());
}

}  // namespace bigdl::exchange
