#include "lib/wire/bytes/reader.h"

#include <algorithm>
#include <bit>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace srpce::wire {

uint64_t Reader::Number(size_t size) {
  uint64_t number = 0;
  for (const uint8_t byte : Take(size)) {
    number = number << 8 | byte;
  }
  return number;
}

float Reader::Float32() { return std::bit_cast<float>(U32()); }

Bytes Reader::Take(size_t size) {
  if (size > bytes_.size()) {
    ok_ = false;
    bytes_ = {};
    return {};
  }
  const Bytes taken = bytes_.first(size);
  bytes_ = bytes_.subspan(size);
  return taken;
}

std::string ToHex(Bytes bytes, size_t most) {
  const std::string hex = absl::BytesToHexString(AsText(bytes.first(std::min(most, bytes.size()))));
  return bytes.size() > most ? absl::StrCat(hex, "...") : hex;
}

std::string FromHex(absl::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (absl::ascii_isspace(static_cast<unsigned char>(c))) continue;
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return {};
    digits.push_back(c);
  }
  return digits.size() % 2 == 0 ? absl::HexStringToBytes(digits) : std::string();
}

}  // namespace srpce::wire
