#include "exchange_cipher.hpp"

#include <algorithm>
#include <cstring>

#define EVERY_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))

namespace bigdl::exchange {
namespace {

using Words = std::uint32_t __attribute__((vector_size(64)));  // the same word of 16 blocks
constexpr int kBlocks = 16;
constexpr std::size_t kBlock = 64;
constexpr std::size_t kBatch = kBlocks * kBlock;

struct State {
  std::uint32_t words[16];
};

State initial_state(const Digest& key, const std::uint8_t* nonce, std::uint32_t counter) {
  State state{{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}};
  std::memcpy(state.words + 4, key.data(), key.size());
  state.words[12] = counter;
  std::memcpy(state.words + 13, nonce, kNonce);
  return state;
}

template <int kBits>
[[gnu::always_inline]] inline void rotate(Words& x) {
  x = x << kBits | x >> (32 - kBits);
}

[[gnu::always_inline]] inline void quarter_round(Words& a, Words& b, Words& c, Words& d) {
  a += b, d ^= a, rotate<16>(d);
  c += d, b ^= c, rotate<12>(b);
  a += b, d ^= a, rotate<8>(d);
  c += d, b ^= c, rotate<7>(b);
}

// The next 1024 bytes of the key stream, and the state moved on.
EVERY_CPU void key_stream(State& state, std::uint8_t* stream) {
  Words first[16], x[16];
  for (int i = 0; i < 16; ++i) first[i] = Words{} + state.words[i];
  for (int block = 0; block < kBlocks; ++block) first[12][block] += static_cast<std::uint32_t>(block);
  for (int i = 0; i < 16; ++i) x[i] = first[i];
  for (int i = 0; i < 10; ++i) {
    quarter_round(x[0], x[4], x[8], x[12]);
    quarter_round(x[1], x[5], x[9], x[13]);
    quarter_round(x[2], x[6], x[10], x[14]);
    quarter_round(x[3], x[7], x[11], x[15]);
    quarter_round(x[0], x[5], x[10], x[15]);
    quarter_round(x[1], x[6], x[11], x[12]);
    quarter_round(x[2], x[7], x[8], x[13]);
    quarter_round(x[3], x[4], x[9], x[14]);
  }
  std::uint32_t words[16][kBlocks];
  for (int i = 0; i < 16; ++i) {
    x[i] += first[i];
    std::memcpy(words[i], &x[i], sizeof words[i]);
  }
  for (int block = 0; block < kBlocks; ++block) {
    std::uint32_t in_order[16];
    for (int i = 0; i < 16; ++i) in_order[i] = words[i][block];
    std::memcpy(stream + kBlock * block, in_order, kBlock);
  }
  state.words[12] += kBlocks;
}

// Sums modulo 2^130 - 5 in limbs of 44, 44 and 42 bits.
class Poly1305 {
 public:
  explicit Poly1305(const std::uint8_t* key) {
    const std::uint64_t low = load(key), high = load(key + 8);
    r_[0] = low & 0xffc0fffffff;
    r_[1] = (low >> 44 | high << 20) & 0xfffffc0ffff;
    r_[2] = high >> 24 & 0x00ffffffc0f;
    pad_[0] = load(key + 16);
    pad_[1] = load(key + 24);
  }

  // Zeros fill the last block, as the construction of RFC 8439 wants.
  void update(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    for (; size >= 16; bytes += 16, size -= 16) block(load(bytes), load(bytes + 8));
    if (size == 0) return;
    std::uint8_t last[16] = {};
    std::memcpy(last, bytes, size);
    block(load(last), load(last + 8));
  }

  void block(std::uint64_t low, std::uint64_t high) {
    const std::uint64_t h0 = h_[0] + (low & kMask44);
    const std::uint64_t h1 = h_[1] + ((low >> 44 | high << 20) & kMask44);
    const std::uint64_t h2 = h_[2] + (high >> 24 | std::uint64_t{1} << 40);
    const std::uint64_t s1 = r_[1] * 20, s2 = r_[2] * 20;  // what overflows 2^130 comes back five times, two bits up
    const Wide d0 = Wide(h0) * r_[0] + Wide(h1) * s2 + Wide(h2) * s1;
    const Wide d1 = Wide(h0) * r_[1] + Wide(h1) * r_[0] + Wide(h2) * s2 + static_cast<std::uint64_t>(d0 >> 44);
    const Wide d2 =
        Wide(h0) * r_[2] + Wide(h1) * r_[1] + Wide(h2) * r_[0] + static_cast<std::uint64_t>(d1 >> 44);
    const std::uint64_t low_limb =
        (static_cast<std::uint64_t>(d0) & kMask44) + static_cast<std::uint64_t>(d2 >> 42) * 5;
    h_[0] = low_limb & kMask44;
    h_[1] = (static_cast<std::uint64_t>(d1) & kMask44) + (low_limb >> 44);
    h_[2] = static_cast<std::uint64_t>(d2) & kMask42;
  }

  void finish(std::uint8_t* tag) {
    for (int pass = 0; pass < 2; ++pass) {
      h_[2] += h_[1] >> 44, h_[1] &= kMask44;
      h_[0] += (h_[2] >> 42) * 5, h_[2] &= kMask42;
      h_[1] += h_[0] >> 44, h_[0] &= kMask44;
    }
    h_[2] += h_[1] >> 44, h_[1] &= kMask44;
    // h - p, kept when it is not negative; without a branch, so that the time tells nothing.
    std::uint64_t g0 = h_[0] + 5;
    std::uint64_t g1 = h_[1] + (g0 >> 44);
    const std::uint64_t g2 = h_[2] + (g1 >> 44) - (std::uint64_t{1} << 42);
    const std::uint64_t keep = (g2 >> 63) - 1;
    g0 &= kMask44, g1 &= kMask44;
    h_[0] = (h_[0] & ~keep) | (g0 & keep);
    h_[1] = (h_[1] & ~keep) | (g1 & keep);
    h_[2] = (h_[2] & ~keep) | (g2 & keep);

    const Wide low = Wide(h_[0] | h_[1] << 44) + pad_[0];
    const std::uint64_t high = (h_[1] >> 20 | h_[2] << 24) + pad_[1] + static_cast<std::uint64_t>(low >> 64);
    const std::uint64_t words[2] = {static_cast<std::uint64_t>(low), high};
    std::memcpy(tag, words, kTag);
  }

 private:
  using Wide = unsigned __int128;
  static constexpr std::uint64_t kMask44 = (std::uint64_t{1} << 44) - 1, kMask42 = (std::uint64_t{1} << 42) - 1;

  static std::uint64_t load(const std::uint8_t* bytes) {
    std::uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    return word;
  }

  std::uint64_t r_[3], pad_[2], h_[3] = {};
};

// The first block of the key stream is the key of the tag; the text begins with the second.
struct Stream {
  Stream(const Digest& key, const std::uint8_t* nonce) : state(initial_state(key, nonce, 0)) {
    key_stream(state, bytes);
  }

  void apply(std::uint8_t* text, std::size_t size) {
    std::size_t at = kBlock;
    while (size) {
      const std::size_t n = std::min(size, kBatch - at);
      for (std::size_t i = 0; i < n; ++i) text[i] ^= bytes[at + i];
      text += n, size -= n, at = 0;
      if (size) key_stream(state, bytes);
    }
  }

  State state;
  std::uint8_t bytes[kBatch];
};

void make_tag(const std::uint8_t* key, const void* associated, std::size_t associated_size, const std::uint8_t* text,
              std::size_t size, std::uint8_t* tag) {
  Poly1305 sum(key);
  sum.update(associated, associated_size);
  sum.update(text, size);
  sum.block(associated_size, size);
  sum.finish(tag);
}

}  // namespace

void seal(const Digest& key, const std::uint8_t* nonce, const void* associated, std::size_t associated_size,
          std::uint8_t* text, std::size_t size, std::uint8_t* tag) {
  Stream stream(key, nonce);
  std::uint8_t tag_key[32];
  std::memcpy(tag_key, stream.bytes, sizeof tag_key);
  stream.apply(text, size);
  make_tag(tag_key, associated, associated_size, text, size, tag);
}

bool open_sealed(const Digest& key, const std::uint8_t* nonce, const void* associated, std::size_t associated_size,
                 std::uint8_t* text, std::size_t size, const std::uint8_t* tag) {
  Stream stream(key, nonce);
  std::uint8_t expected[kTag];
  make_tag(stream.bytes, associated, associated_size, text, size, expected);
  if (!equal_bytes(expected, tag, kTag)) return false;
  stream.apply(text, size);
  return true;
}

}  // namespace bigdl::exchange
