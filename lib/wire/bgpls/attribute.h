// lib/wire/bgpls/attribute.h -- the BGP-LS attribute, path attribute 29 (RFC 9552 s5.3), whole.
//
// Syntax only: what the values mean, and whether they are a node's or a link's, lib/topology judges
// (RFC 9552 s8.2.2).
#pragma once

#include <string>
#include <vector>

#include "lib/wire/bgpls/link_attributes.h"
#include "lib/wire/bgpls/node_attributes.h"
#include "lib/wire/bgpls/prefix_attributes.h"
#include "lib/wire/bgpls/sr_policy_state.h"
#include "lib/wire/bgpls/srv6.h"
#include "lib/wire/bgpls/tlv.h"

namespace srpce::wire::bgpls {

struct Attribute {
  // TLVs 1028 to 1031, of nodes and of the ends of links. IPv4 before IPv6.
  std::vector<IpAddress> local_router_ids;
  std::vector<IpAddress> remote_router_ids;
  NodeAttributes node;
  LinkAttributes link;
  PrefixAttributes prefix;
  Srv6SidAttributes srv6_sid;
  SrPolicyState sr_policy;
  std::vector<RawTlv> unknown;

  bool operator==(const Attribute&) const = default;
};

struct DecodedAttribute {
  Attribute attribute;
  std::vector<Defect> defects;  // Of TLVs that are not in `attribute`.
  // A TLV ran over the end. What came before it is in `attribute`, but by RFC 9552 s8.2.2 the whole
  // attribute is malformed: "attribute discard".
  bool overrun = false;
};

// Never fails: what is wrong is in `defects`.
DecodedAttribute DecodeAttribute(Bytes bytes);

// Returns the value of the path attribute, TLVs in order of type. decode(encode(x)) is x.
// Errors: INVALID_ARGUMENT  a value does not fit its field.
absl::StatusOr<std::string> EncodeAttribute(const Attribute& attribute);

}  // namespace srpce::wire::bgpls
