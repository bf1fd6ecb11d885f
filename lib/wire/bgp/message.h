// lib/wire/bgp/message.h -- any BGP message (RFC 4271 s4, RFC 2918).
#pragma once

#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "lib/wire/bgp/framing.h"
#include "lib/wire/bgp/notification.h"
#include "lib/wire/bgp/open.h"
#include "lib/wire/bgp/route_refresh.h"
#include "lib/wire/bgp/update.h"

namespace srpce::wire::bgp {

struct Keepalive {
  bool operator==(const Keepalive&) const = default;
};

using Message = std::variant<Open, Update, Notification, Keepalive, RouteRefresh>;

MessageType TypeOf(const Message& message);

// What `frame` holds. Errors are those of the decoder of its type.
Decoded<Message> Decode(const Frame& frame, const UpdateContext& context);

std::string Encode(const Keepalive& keepalive);
// The whole message. Errors are those of the encoder of its type.
absl::StatusOr<std::string> Encode(const Message& message, const UpdateContext& context);

}  // namespace srpce::wire::bgp
