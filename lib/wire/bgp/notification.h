// lib/wire/bgp/notification.h -- NOTIFICATION (RFC 4271 s4.5), what it says to people (RFC 9003,
// RFC 8538), and what a decoder answers with where a message is wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/string_view.h"
#include "lib/wire/bgp/code_points.h"
#include "lib/wire/bytes/reader.h"

namespace srpce::wire::bgp {

struct Notification {
  ErrorCode code{};
  uint8_t subcode = 0;
  std::string data{};  // Bytes; what they are depends on code and subcode.

  bool operator==(const Notification&) const = default;
};

// What a peer did wrong: what to tell the peer, and what to tell the operator.
struct ProtocolError {
  Notification notification{};
  std::string text{};  // "UPDATE: attribute ORIGIN: got length 2, want 1".
};

// A message, or why it is none.
template <typename T>
class Decoded {
 public:
  Decoded(T value) : result_(std::move(value)) {}              // NOLINT: as absl::StatusOr.
  Decoded(ProtocolError error) : result_(std::move(error)) {}  // NOLINT

  bool ok() const { return result_.index() == 0; }
  // REQUIRES ok().
  T& operator*() { return std::get<0>(result_); }
  const T& operator*() const { return std::get<0>(result_); }
  T* operator->() { return &std::get<0>(result_); }
  const T* operator->() const { return &std::get<0>(result_); }
  // REQUIRES !ok().
  const ProtocolError& error() const { return std::get<1>(result_); }

 private:
  std::variant<T, ProtocolError> result_;
};

// `body` is what follows the header. A NOTIFICATION too short to have a code and a subcode is no
// business of the peer's (RFC 4271 s6.4): the error's notification must not be sent.
Decoded<Notification> DecodeNotification(Bytes body);
// The whole message. Data that is too long for a message is cut off.
std::string Encode(const Notification& notification);

// "Cease/Administrative Shutdown: \"maintenance\"", "UPDATE Message Error/Attribute Flags Error
// (data c0010100)". What a Hard Reset wraps is shown (RFC 8538 s3.1).
std::string Describe(const Notification& notification);

// The operator's text in Cease/Administrative Shutdown or Reset (RFC 9003 s2), if there is one and
// it is valid UTF-8. Control characters are for the reader to escape.
std::optional<std::string> ShutdownCommunication(const Notification& notification);
// Cease with `subcode` and `text`, cut to what fits whole characters into 255 bytes; an empty text
// is left away. REQUIRES subcode to be Administrative Shutdown or Administrative Reset.
Notification MakeShutdown(uint8_t subcode, absl::string_view text);

// Cease/Hard Reset around `inner`: the peer is not to keep routes (RFC 8538 s3.1).
Notification MakeHardReset(const Notification& inner);

}  // namespace srpce::wire::bgp
