// lib/wire/bgp/update.h -- UPDATE (RFC 4271 s4.3, RFC 4760), and what to do with one that is not as
// it should be (RFC 7606).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/ip.h"
#include "lib/wire/bgp/attributes.h"
#include "lib/wire/bgp/notification.h"
#include "lib/wire/bytes/reader.h"

namespace srpce::wire::bgp {

// One thing wrong that does not end the session by itself.
struct UpdateError {
  Approach approach = Approach::kNone;
  std::optional<Family> family{};  // Which one to disable, with kFamilyDisable.
  // What ends the session where the approach cannot be taken: nothing is left to disable.
  ProtocolError error{};
};

struct Update {
  std::vector<IpPrefix> withdrawn{};  // IPv4 unicast.
  Attributes attributes{};            // Of `nlri` and `mp_reach`.
  std::optional<MpReach> mp_reach{};
  std::optional<MpUnreach> mp_unreach{};
  std::vector<IpPrefix> nlri{};  // IPv4 unicast.

  // In the order found; only decoding fills it. What could be decoded is above all the same.
  std::vector<UpdateError> errors{};

  // True if one of `errors` says so: `nlri` and `mp_reach` are withdrawn, `attributes` of no use.
  bool treat_as_withdraw() const;
  // The most severe approach of `errors` (RFC 7606 s3 (h)).
  Approach approach() const;
};

// `body` is what follows the header. Errors, with the NOTIFICATION to send, are those for which RFC
// 7606 wants a session reset: lengths at odds with the message, NLRI fields that cannot be parsed,
// an MP attribute twice or without its family, an unknown well-known attribute, and any
// treat-as-withdraw that leaves unknown what is to be withdrawn (s5.2). All else is in `errors`.
Decoded<Update> DecodeUpdate(Bytes body, const UpdateContext& context);

// The whole message: MP attributes first (RFC 7606 s5.1), the others by type. To a peer without
// 4-octet AS numbers, AS_TRANS stands for those, and AS4_PATH has them (RFC 6793 s4.2.2).
//
// Errors: INVALID_ARGUMENT    a value fits into no UPDATE.
//         RESOURCE_EXHAUSTED  the message is over `context.max_length`: say it in several.
absl::StatusOr<std::string> Encode(const Update& update, const UpdateContext& context);

// The family whose initial table is complete with this UPDATE (RFC 4724 s2): no reachable NLRI, and
// an empty MP_UNREACH_NLRI or, for IPv4 unicast, nothing at all.
std::optional<Family> EndOfRib(const Update& update);
Update MakeEndOfRib(Family family);

}  // namespace srpce::wire::bgp
