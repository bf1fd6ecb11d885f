#include "lib/wire/bgp/notification.h"

#include <algorithm>
#include <cassert>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/wire/bgp/header.h"
#include "lib/wire/bytes/writer.h"

namespace srpce::wire::bgp {
namespace {

constexpr size_t kMaxShutdownText = 255;  // RFC 9003 s2; RFC 8203 had 128.
constexpr size_t kCodeLength = 2;         // Code and subcode.

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xc0) == 0x80; }

// Bytes of the UTF-8 character at the front of `text` (RFC 3629 s4), 0 if there is none: no
// overlong forms, no surrogates, nothing beyond U+10FFFF.
size_t CharacterLength(absl::string_view text) {
  const uint8_t first = static_cast<uint8_t>(text[0]);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  const uint8_t second = static_cast<uint8_t>(text[1]);
  const bool wrong_second = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                            (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
  const bool continued = std::all_of(text.begin() + 1, text.begin() + length, IsContinuation);
  return wrong_second || !continued ? 0 : length;
}

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const size_t length = CharacterLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool CarriesText(const Notification& n) {
  return n.code == ErrorCode::kCease && (n.subcode == subcode::kAdministrativeShutdown ||
                                         n.subcode == subcode::kAdministrativeReset);
}

std::string DescribeOne(const Notification& notification) {
  const std::string name = ErrorName(notification.code, notification.subcode);
  if (const auto said = ShutdownCommunication(notification); said.has_value()) {
    return absl::StrCat(name, ": \"", absl::Utf8SafeCEscape(*said), "\"");
  }
  if (notification.data.empty()) return name;
  return absl::StrCat(name, " (data ", ToHex(AsBytes(notification.data)), ")");
}

}  // namespace

Decoded<Notification> DecodeNotification(Bytes body) {
  if (body.size() < kCodeLength) return BadMessageLength(MessageType::kNotification, body.size());
  Notification notification;
  Reader reader(body);
  notification.code = static_cast<ErrorCode>(reader.U8());
  notification.subcode = reader.U8();
  notification.data = std::string(AsText(reader.TakeAll()));
  return notification;
}

std::string Encode(const Notification& notification) {
  Writer writer;
  const Writer::Place length = BeginMessage(writer, MessageType::kNotification);
  writer.U8(static_cast<uint8_t>(notification.code));
  writer.U8(notification.subcode);
  constexpr size_t kMaxData = kMaxLength - kHeaderLength - kCodeLength;
  writer.PutText(absl::string_view(notification.data).substr(0, kMaxData));
  EndMessage(writer, length);
  return std::move(writer).text();
}

std::string Describe(const Notification& notification) {
  const bool hard_reset =
      notification.code == ErrorCode::kCease && notification.subcode == subcode::kHardReset;
  if (!hard_reset || notification.data.size() < kCodeLength) return DescribeOne(notification);
  // One level: a Hard Reset has no business inside another.
  const auto inner = DecodeNotification(AsBytes(notification.data));
  return absl::StrCat(ErrorName(notification.code, notification.subcode), " (", DescribeOne(*inner),
                      ")");
}

std::optional<std::string> ShutdownCommunication(const Notification& notification) {
  if (!CarriesText(notification)) return std::nullopt;
  Reader reader(AsBytes(notification.data));
  const absl::string_view text = AsText(reader.Take(reader.U8()));
  if (!reader.ok() || text.empty() || !IsUtf8(text)) return std::nullopt;
  return std::string(text);
}

Notification MakeShutdown(uint8_t subcode, absl::string_view text) {
  size_t length = std::min(text.size(), kMaxShutdownText);
  while (length > 0 && length < text.size() && IsContinuation(text[length])) --length;
  Notification notification{.code = ErrorCode::kCease, .subcode = subcode};
  assert(CarriesText(notification));
  if (length > 0) {
    notification.data.push_back(static_cast<char>(length));
    notification.data.append(text.data(), length);
  }
  return notification;
}

Notification MakeHardReset(const Notification& inner) {
  Notification notification{.code = ErrorCode::kCease, .subcode = subcode::kHardReset};
  notification.data.push_back(static_cast<char>(inner.code));
  notification.data.push_back(static_cast<char>(inner.subcode));
  notification.data.append(inner.data);
  return notification;
}

}  // namespace srpce::wire::bgp
