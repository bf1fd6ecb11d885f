// lib/wire/bgpls/prefix_attributes.h -- what is said of a prefix (RFC 9552 s5.3.3; SR RFC 9085
// s2.3, SRv6 locator RFC 9514 s5.1, flexible algorithm RFC 9351 s4).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/wire/bgpls/flex_algo.h"
#include "lib/wire/bgpls/segment_routing.h"
#include "lib/wire/bgpls/srv6.h"

namespace srpce::wire::bgpls {

struct PrefixAttributes {
  static constexpr uint8_t kDown = 0x80;  // Of `igp_flags`: IS-IS up/down.

  std::optional<uint8_t> igp_flags;
  std::vector<uint32_t> route_tags;
  std::vector<uint64_t> extended_route_tags;
  std::optional<uint32_t> metric;
  std::optional<IpAddress> ospf_forwarding_address;
  std::vector<std::string> opaque;
  std::vector<PrefixSid> sids;  // Of every algorithm.
  std::vector<PrefixSidRange> sid_ranges;
  std::vector<Srv6Locator> locators;           // Of every algorithm.
  std::optional<std::string> attribute_flags;  // TLV 1170, as in the IGP.
  std::vector<IpAddress> source_router_ids;    // TLV 1171.
  std::optional<uint32_t> source_ospf_router_id;
  std::vector<FlexAlgoPrefixMetric> flex_algo_metrics;

  bool operator==(const PrefixAttributes&) const = default;
};

// Nothing if the TLV is not a prefix's.
std::optional<absl::Status> DecodePrefixTlv(const Tlv& tlv, PrefixAttributes& prefix);
void Write(const PrefixAttributes& prefix, TlvWriter& out);

}  // namespace srpce::wire::bgpls
