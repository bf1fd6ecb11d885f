// Bytes as RFCs draw them, and what decoders make of them, for the tests of this folder.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "lib/wire/bgp/message.h"

namespace srpce::wire::bgp {

// A whole message around the body that `hex` spells.
inline std::string HexMessage(int type, absl::string_view hex) {
  const std::string body = FromHex(hex);
  const size_t length = kHeaderLength + body.size();
  std::string message(kMarkerLength, '\xff');
  message.push_back(static_cast<char>(length >> 8));
  message.push_back(static_cast<char>(length & 0xff));
  message.push_back(static_cast<char>(type));
  return message + body;
}

// "3/5 data 400102": what would be sent.
inline std::string Spell(const Notification& n) {
  return absl::StrCat(static_cast<int>(n.code), "/", static_cast<int>(n.subcode),
                      n.data.empty() ? "" : " data ", ToHex(AsBytes(n.data), 64));
}

template <typename T>
std::string SpellError(const Decoded<T>& decoded) {
  return decoded.ok() ? "ok" : Spell(decoded.error().notification);
}

}  // namespace srpce::wire::bgp
