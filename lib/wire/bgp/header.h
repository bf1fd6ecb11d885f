// lib/wire/bgp/header.h -- the header all messages have (RFC 4271 s4.1), and its errors (s6.1).
#pragma once

#include <cstddef>

#include "lib/wire/bgp/code_points.h"
#include "lib/wire/bgp/notification.h"
#include "lib/wire/bytes/writer.h"

namespace srpce::wire::bgp {

// Writes a header; EndMessage() fills in its length, and returns false where that is over `max`.
Writer::Place BeginMessage(Writer& writer, MessageType type);
bool EndMessage(Writer& writer, Writer::Place length, size_t max = kMaxLength);

// Message Header Error/Bad Message Length, whose data is the length got.
ProtocolError BadMessageLength(MessageType type, size_t body_size);

}  // namespace srpce::wire::bgp
