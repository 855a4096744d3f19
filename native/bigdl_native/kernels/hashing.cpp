// fingerprint(bytes u8[total], offsets i64[n + 1]; salt) -> u64[n], fingerprint_integers(x i64; salt) -> u64: 64-bit
// hashes of byte strings, and of integers written in decimal.
//
// Without salt FarmHash's Fingerprint64 (G. Pike, github.com/google/farmhash), with a salt of two words SipHash-2-4
// (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012). Both are defined on little-endian words.
#include <charconv>
#include <cstring>
#include <utility>

#include "../kernel.hpp"
#include "../threads.hpp"

namespace bigdl {

namespace {

using Word = std::uint64_t;

template <class T>
T load(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline Word word_at(const char* from) { return load<Word>(from); }
inline Word right(Word x, int bits) { return x >> bits | x << (64 - bits); }
inline Word left(Word x, int bits) { return right(x, 64 - bits); }
inline Word folded(Word x) { return x ^ x >> 47; }

class FarmHash {
 public:
  // Not inlined: with the digits of an integer the compiler would warn of the branches for longer strings.
  [[gnu::noinline]] Word operator()(const char* s, std::size_t n) const {
    if (n <= 16) return to_16(s, n);
    if (n <= 32) return to_32(s, n);
    if (n <= 64) return to_64(s, n);
    return beyond(s, n);
  }

 private:
  static constexpr Word k0 = 0xc3a5c85c97cb3127, k1 = 0xb492b66fbe98f273, k2 = 0x9ae16a3b2f90404f;

  static Word joined(Word u, Word v, Word factor) {
    const Word a = folded((u ^ v) * factor);
    return folded((v ^ a) * factor) * factor;
  }

  static Word to_16(const char* s, std::size_t n) {
    const Word factor = k2 + 2 * n;
    if (n >= 8) {
      const Word a = word_at(s) + k2, b = word_at(s + n - 8);
      return joined(right(b, 37) * factor + a, (right(a, 25) + b) * factor, factor);
    }
    if (n >= 4) return joined(n + (Word{load<std::uint32_t>(s)} << 3), load<std::uint32_t>(s + n - 4), factor);
    if (n == 0) return k2;
    const auto at = [s](std::size_t i) { return Word{static_cast<unsigned char>(s[i])}; };
    return folded((at(0) + (at(n / 2) << 8)) * k2 ^ (n + (at(n - 1) << 2)) * k0) * k2;
  }

  static Word to_32(const char* s, std::size_t n) {
    const Word factor = k2 + 2 * n;
    const Word a = word_at(s) * k1, b = word_at(s + 8);
    const Word c = word_at(s + n - 8) * factor, d = word_at(s + n - 16) * k2;
    return joined(right(a + b, 43) + right(c, 30) + d, a + right(b + k2, 18) + c, factor);
  }

  static Word to_64(const char* s, std::size_t n) {
    const Word factor = k2 + 2 * n;
    const Word a = word_at(s) * k2, b = word_at(s + 8);
    const Word c = word_at(s + n - 8) * factor, d = word_at(s + n - 16) * k2;
    const Word y = right(a + b, 43) + right(c, 30) + d;
    const Word z = joined(y, a + right(b + k2, 18) + c, factor);
    const Word e = word_at(s + 16) * factor, f = word_at(s + 24);
    const Word g = (y + word_at(s + n - 32)) * factor, h = (z + word_at(s + n - 24)) * factor;
    return joined(right(e + f, 43) + right(g, 30) + h, e + right(f + a, 18) + g, factor);
  }

  struct Pair {
    Word first, second;
  };

  // 32 bytes mixed into two words.
  static Pair mixed(const char* s, Word a, Word b) {
    const Word start = a + word_at(s), middle = start + word_at(s + 8) + word_at(s + 16), last = word_at(s + 24);
    b = right(b + start + last, 21) + right(middle, 44);
    return {middle + last, b + start};
  }

  struct State {
    Word x, y, z;
    Pair v, w;

    // Take in 64 bytes; `weight` is 1 but for the last block.
    void take(const char* s, Word factor, Word weight) {
      x = right(x + y + v.first + word_at(s + 8), 37) * factor ^ w.second * weight;
      y = right(y + v.second + word_at(s + 48), 42) * factor + v.first * weight + word_at(s + 40);
      z = right(z + w.first, 33) * factor;
      v = mixed(s, v.second * factor, x + w.first);
      w = mixed(s + 32, z + w.second, y + word_at(s + 16));
      std::swap(z, x);
    }
  };

  static Word beyond(const char* s, std::size_t n) {
    constexpr Word seed = 81;
    State state{seed * k2 + word_at(s), seed * k1 + 113, 0, {0, 0}, {0, 0}};
    state.z = folded(state.y * k2 + 113) * k2;
    const std::size_t rest = (n - 1) % 64;
    for (const char* block = s; block != s + (n - 1 - rest); block += 64) state.take(block, k1, 1);
    const Word factor = k1 + ((state.z & 0xff) << 1);
    state.w.first += rest;
    state.v.first += state.w.first;
    state.w.first += state.v.first;
    state.take(s + n - 64, factor, 9);
    const auto& [x, y, z, v, w] = state;
    return joined(joined(v.first, w.first, factor) + folded(y) * k0 + z, joined(v.second, w.second, factor) + x,
                  factor);
  }
};

class SipHash {
 public:
  explicit SipHash(const std::vector<std::int64_t>& salt)
      : low_(static_cast<Word>(salt[0])), high_(static_cast<Word>(salt[1])) {}

  Word operator()(const char* s, std::size_t n) const {
    Word v[4] = {low_ ^ 0x736f6d6570736575, high_ ^ 0x646f72616e646f6d, low_ ^ 0x6c7967656e657261,
                 high_ ^ 0x7465646279746573};
    std::size_t done = 0;
    for (; done + 8 <= n; done += 8) absorb(v, word_at(s + done));
    Word last = Word{n} << 56;
    for (std::size_t i = done; i < n; ++i) last |= Word{static_cast<unsigned char>(s[i])} << 8 * (i - done);
    absorb(v, last);
    v[2] ^= 0xff;
    for (int round = 0; round < 4; ++round) mix(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
  }

 private:
  static void absorb(Word (&v)[4], Word message) {
    v[3] ^= message;
    mix(v);
    mix(v);
    v[0] ^= message;
  }

  static void mix(Word (&v)[4]) {
    v[0] += v[1], v[2] += v[3];
    v[1] = left(v[1], 13) ^ v[0], v[3] = left(v[3], 16) ^ v[2];
    v[0] = left(v[0], 32);
    v[2] += v[1], v[0] += v[3];
    v[1] = left(v[1], 17) ^ v[2], v[3] = left(v[3], 21) ^ v[0];
    v[2] = left(v[2], 32);
  }

  Word low_, high_;
};

template <class Hash>
class Fingerprint : public Kernel {
 public:
  Fingerprint(Hash hash, const Operand& offsets) : hash_(hash), count_(offsets.shape[0] - 1) {}

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const char* bytes = static_cast<const char*>(inputs[0]);
    const auto* offsets = static_cast<const std::int64_t*>(inputs[1]);
    auto* result = static_cast<Word*>(outputs[0]);
#pragma omp parallel for num_threads(team_for(8 * count_, context.threads))
    for (std::int64_t i = 0; i < count_; ++i)
      result[i] = hash_(bytes + offsets[i], static_cast<std::size_t>(offsets[i + 1] - offsets[i]));
  }

 private:
  Hash hash_;
  std::int64_t count_;
};

template <class Hash>
class FingerprintIntegers : public Kernel {
 public:
  FingerprintIntegers(Hash hash, const Operand& x) : hash_(hash), count_(x.size()) {}

  void run(const void* const* inputs, void* const* outputs, RunContext& context) override {
    const auto* x = static_cast<const std::int64_t*>(inputs[0]);
    auto* result = static_cast<Word*>(outputs[0]);
#pragma omp parallel for num_threads(team_for(8 * count_, context.threads))
    for (std::int64_t i = 0; i < count_; ++i) {
      char digits[20];  // as many as the longest, -2^63, has
      const char* end = std::to_chars(digits, digits + sizeof digits, x[i]).ptr;
      result[i] = hash_(digits, static_cast<std::size_t>(end - digits));
    }
  }

 private:
  Hash hash_;
  std::int64_t count_;
};

template <template <class> class Kind>
std::unique_ptr<Kernel> make(const std::vector<Operand>& inputs, const std::vector<Operand>&, const Attrs& attrs, int) {
  const Operand& sizes = inputs.back();
  if (sizes.dtype != DType::i64) return nullptr;
  if (attrs.has("salt")) return std::make_unique<Kind<SipHash>>(SipHash(attrs.integers("salt")), sizes);
  return std::make_unique<Kind<FarmHash>>(FarmHash(), sizes);
}

BIGDL_KERNEL("fingerprint", make<Fingerprint>);
BIGDL_KERNEL("fingerprint_integers", make<FingerprintIntegers>);

}  // namespace

}  // namespace bigdl
