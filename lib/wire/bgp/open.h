// lib/wire/bgp/open.h -- OPEN (RFC 4271 s4.2, RFC 5492, RFC 6793, RFC 9072).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "lib/wire/bgp/capability.h"
#include "lib/wire/bgp/notification.h"
#include "lib/wire/bytes/reader.h"

namespace srpce::wire::bgp {

struct Open {
  // What the 4-octet AS capability says where there is one, else the 2-octet field.
  uint32_t as_number = 0;
  std::chrono::seconds hold_time{};  // 0 or 3 to 65535.
  uint32_t identifier = 0;           // Host order; not 0 (RFC 6286 s2.1).
  Capabilities capabilities{};

  bool operator==(const Open&) const = default;
};

// `body` is what follows the header. Finds what needs no knowledge of this speaker, with the
// NOTIFICATION of RFC 4271 s6.2: version, AS 0 (RFC 7607), a 2-octet AS at odds with the
// capability, hold times 1 and 2, identifier 0, parameters. Whether AS and identifier are wanted is
// the session's.
Decoded<Open> DecodeOpen(Bytes body);

// The whole message. The AS field is AS_TRANS where the AS has more than 2 octets. All capabilities
// are in one parameter (RFC 5492 s4), which is of extended length where it must be (RFC 9072).
//
// Errors: INVALID_ARGUMENT  a value fits into no OPEN, or no peer would take it; an AS of more than
//                           2 octets without the 4-octet AS capability, or at odds with it.
absl::StatusOr<std::string> Encode(const Open& open);

}  // namespace srpce::wire::bgp
