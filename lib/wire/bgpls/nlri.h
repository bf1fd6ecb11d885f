// lib/wire/bgpls/nlri.h -- link-state NLRI (RFC 9552 s5.2, AFI 16388 SAFI 71).
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "lib/wire/bgpls/descriptors.h"

namespace srpce::wire::bgpls {

struct NoDescriptor {  // Of a node: the node descriptor is all there is.
  bool operator==(const NoDescriptor&) const = default;
};

struct Nlri {
  NlriType type = NlriType::kNode;
  ProtocolId protocol = ProtocolId::kIsisLevel2;
  uint64_t identifier = 0;  // The routing instance.
  NodeDescriptor local_node;
  // By type: none, link, prefix (both families), candidate path, SRv6 SID.
  std::variant<NoDescriptor, LinkDescriptor, PrefixDescriptor, CandidatePathDescriptor,
               Srv6SidDescriptor>
      descriptor;
  std::vector<RawTlv> unknown;  // Descriptor TLVs not known here. They are part of the name.

  const LinkDescriptor& link() const { return std::get<LinkDescriptor>(descriptor); }
  const PrefixDescriptor& prefix() const { return std::get<PrefixDescriptor>(descriptor); }
  const Srv6SidDescriptor& srv6_sid() const { return std::get<Srv6SidDescriptor>(descriptor); }
  const CandidatePathDescriptor& candidate_path() const {
    return std::get<CandidatePathDescriptor>(descriptor);
  }
  bool operator==(const Nlri&) const = default;
};

// "link isis-l2 0000.0000.0001 > 0000.0000.0002 10.0.0.1 > 10.0.0.2", for people.
std::string ToString(const Nlri& nlri);

// Decodes what follows type and length. Errors: INVALID_ARGUMENT  a TLV runs over the end, has a
// wrong length, comes twice, or one that names the thing is missing. TLVs out of order are taken:
// real senders put TLV 263 last in SRv6 SID NLRI (RFC 9552 s5.1 would have them thrown away).
// REQUIRES a type of NlriType.
absl::StatusOr<Nlri> DecodeNlri(NlriType type, Bytes body);

// Returns type, length and value. TLVs in the order RFC 9552 s5.1 wants, so that equal NLRIs are
// equal bytes. Errors: INVALID_ARGUMENT  a value does not fit its field.
absl::StatusOr<std::string> EncodeNlri(const Nlri& nlri);

// The key of an NLRI is its bytes, type and length included: a withdrawal repeats them, and nothing
// that a speaker told apart is ever joined here.
struct KnownNlri {
  std::string key;
  Nlri nlri;
};
struct UnknownNlri {
  std::string key;
  uint16_t type = 0;
};
struct BadNlri {
  std::string key;
  uint16_t type = 0;
  std::string reason;
};

struct NlriList {
  std::vector<KnownNlri> known;
  std::vector<UnknownNlri> unknown;
  std::vector<BadNlri> bad;
  // An NLRI ran over the end: what came after its start cannot be told apart.
  absl::Status overrun;
};

// Decodes the NLRIs of an MP_REACH_NLRI (what follows next hop and reserved octet) or an
// MP_UNREACH_NLRI (what follows AFI and SAFI). One bad NLRI costs exactly that one.
NlriList DecodeNlris(Bytes bytes);

}  // namespace srpce::wire::bgpls
