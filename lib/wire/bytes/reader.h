// lib/wire/bytes/reader.h -- numbers and pieces out of bytes a peer has sent, network byte order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/strings/string_view.h"

namespace srpce::wire {

using Bytes = std::span<const uint8_t>;

// A position in bytes that somebody else keeps. What is read beyond the end is 0, and ok() is false
// from then on: a decoder reads all fields and asks once.
class Reader {
 public:
  explicit Reader(Bytes bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  bool empty() const { return bytes_.empty(); }
  size_t remaining() const { return bytes_.size(); }

  uint8_t U8() { return static_cast<uint8_t>(Number(1)); }
  uint16_t U16() { return static_cast<uint16_t>(Number(2)); }
  uint32_t U24() { return static_cast<uint32_t>(Number(3)); }
  uint32_t U32() { return static_cast<uint32_t>(Number(4)); }
  uint64_t U64() { return Number(8); }
  float Float32();  // IEEE 754.

  // The next `size` bytes; none, and not ok() any more, if there are fewer.
  Bytes Take(size_t size);
  Bytes TakeAll() { return Take(remaining()); }
  void Skip(size_t size) { Take(size); }

 private:
  uint64_t Number(size_t size);

  Bytes bytes_;
  bool ok_ = true;
};

// "0a1b2c", at most `most` bytes of it and then "...": for messages about what was got.
std::string ToHex(Bytes bytes, size_t most = 32);
// The bytes that "0a1b 2c" spells, as a test or a tool writes them down; empty if it is not hex.
std::string FromHex(absl::string_view text);

inline Bytes AsBytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline absl::string_view AsText(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace srpce::wire
