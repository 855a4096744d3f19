// ChaCha20-Poly1305 (RFC 8439): encryption that notices any change on the way, and needs no special instructions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "exchange_auth.hpp"

namespace bigdl::exchange {

constexpr std::size_t kNonce = 12, kTag = 16;

// Encrypts `text` in place and writes the tag of `associated` and the text. A nonce is used once with a key.
void seal(const Digest& key, const std::uint8_t* nonce, const void* associated, std::size_t associated_size,
          std::uint8_t* text, std::size_t size, std::uint8_t* tag);

// Decrypts `text` in place; false, with the text as it was, when the tag does not fit.
bool open_sealed(const Digest& key, const std::uint8_t* nonce, const void* associated, std::size_t associated_size,
                 std::uint8_t* text, std::size_t size, const std::uint8_t* tag);

}  // namespace bigdl::exchange
