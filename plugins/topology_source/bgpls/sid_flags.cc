// plugins/topology_source/bgpls/sid_flags.cc
#include "plugins/topology_source/bgpls/sid_flags.h"

#include <algorithm>

namespace srpce::bgpls_source {

using wire::bgpls::ProtocolId;

namespace {

// Prefix SIDs: RFC 8667 s2.1.1.1; RFC 8665 s5 and RFC 8666 s6 have theirs at the same places, but
// no R and N.
constexpr uint8_t kReadvertised = 0x80;
constexpr uint8_t kNodeSid = 0x40;
constexpr uint8_t kNoPhpIsis = 0x20;
constexpr uint8_t kNoPhpOspf = 0x40;
constexpr uint8_t kExplicitNull = 0x10;
// Prefix attribute flags of IS-IS: RFC 7794 s2.1, A of RFC 9352 s7.1.
constexpr uint8_t kExternal = 0x80;
constexpr uint8_t kLeaked = 0x40;
constexpr uint8_t kNodeIsis = 0x20;
constexpr uint8_t kAnycastIsis = 0x08;
// Of OSPFv2: RFC 7684 s2.1. Of OSPFv3: RFC 5340 sA.4.1.1, RFC 8362, AC of RFC 9513 s6.
constexpr uint8_t kNodeOspfv2 = 0x40;
constexpr uint8_t kNodeOspfv3 = 0x20;
constexpr uint8_t kAnycastOspfv3 = 0x80;
// Locators: D of IS-IS (RFC 9352 s7.1), AC of OSPFv3 (RFC 9513 s7.1).
constexpr uint8_t kLocatorDown = 0x80;
constexpr uint8_t kLocatorAnycastOspfv3 = 0x80;
constexpr uint8_t kIntraArea = 1;  // RFC 9552 s5.2.3, table 7.

bool IsIsis(ProtocolId protocol) {
  return protocol == ProtocolId::kIsisLevel1 || protocol == ProtocolId::kIsisLevel2;
}

// Where the flags of adjacency SIDs are: RFC 8667 s2.2.1; RFC 8665 s6.1 and RFC 8666 s7.1; BGP peer
// SIDs RFC 9086 s5.
struct AdjacencyFlags {
  uint8_t backup, local, set;
};
AdjacencyFlags AdjacencyFlagsOf(ProtocolId protocol) {
  if (IsIsis(protocol)) {
    return {.backup = 0x40, .local = 0x10, .set = 0x08};
  }
  if (protocol == ProtocolId::kBgp) {
    return {.backup = 0x20, .local = 0x40, .set = 0};
  }
  return {.backup = 0x80, .local = 0x20, .set = 0x10};
}

// The first octet of TLV 1170.
std::optional<uint8_t> AttributeFlags(const wire::bgpls::PrefixAttributes& prefix) {
  if (!prefix.attribute_flags || prefix.attribute_flags->empty()) {
    return std::nullopt;
  }
  return static_cast<uint8_t>(prefix.attribute_flags->front());
}

}  // namespace

topology::PrefixSid PrefixSidOf(ProtocolId protocol, const wire::bgpls::PrefixSid& sid) {
  return {.algorithm = sid.algorithm,
          .value = sid.sid.value,
          .is_label = sid.sid.is_label,
          .no_php = (sid.flags & (IsIsis(protocol) ? kNoPhpIsis : kNoPhpOspf)) != 0,
          .explicit_null = (sid.flags & kExplicitNull) != 0};
}

topology::AdjacencySid AdjacencySidOf(ProtocolId protocol, const wire::bgpls::AdjacencySid& sid) {
  const AdjacencyFlags flags = AdjacencyFlagsOf(protocol);
  topology::AdjacencySid result{.label = sid.sid.value,
                                .is_index = !sid.sid.is_label,
                                .backup = (sid.flags & flags.backup) != 0,
                                .is_set = (sid.flags & flags.set) != 0,
                                .weight = sid.weight};
  if (result.is_index) {
    result.is_local = (sid.flags & flags.local) != 0;
  }
  return result;
}

bool IsForIpv6(ProtocolId protocol, const wire::bgpls::AdjacencySid& sid) {
  return protocol == ProtocolId::kOspfv3 || (IsIsis(protocol) && (sid.flags & 0x80) != 0);
}

topology::Srv6Sid Srv6SidOf(const wire::bgpls::Srv6EndX& end_x) {
  // RFC 9352 s8.1 and RFC 9513 s9.1 have the same bits.
  topology::Srv6Sid sid{.sid = end_x.sid,
                        .behavior = end_x.behavior,
                        .algorithm = end_x.algorithm,
                        .backup = (end_x.flags & 0x80) != 0,
                        .is_set = (end_x.flags & 0x40) != 0,
                        .structure = std::nullopt};
  if (end_x.structure) {
    sid.structure = topology::Srv6SidStructure{.block = end_x.structure->locator_block,
                                               .node = end_x.structure->locator_node,
                                               .function = end_x.structure->function,
                                               .argument = end_x.structure->argument};
  }
  return sid;
}

bool IsOwn(ProtocolId protocol, std::optional<uint8_t> ospf_route_type,
           const wire::bgpls::PrefixAttributes& prefix) {
  if (!IsIsis(protocol)) {
    return !ospf_route_type || *ospf_route_type == kIntraArea;
  }
  const uint8_t flags = AttributeFlags(prefix).value_or(0);
  if ((flags & (kExternal | kLeaked)) != 0 ||
      (prefix.igp_flags.value_or(0) & wire::bgpls::PrefixAttributes::kDown) != 0) {
    return false;
  }
  return std::none_of(prefix.sids.begin(), prefix.sids.end(),
                      [](const auto& sid) { return (sid.flags & kReadvertised) != 0; }) &&
         std::none_of(prefix.locators.begin(), prefix.locators.end(),
                      [](const auto& locator) { return (locator.flags & kLocatorDown) != 0; });
}

std::optional<bool> IsNodePrefix(ProtocolId protocol, const wire::bgpls::PrefixAttributes& prefix) {
  if (const std::optional<uint8_t> flags = AttributeFlags(prefix)) {
    const uint8_t bit = IsIsis(protocol)                  ? kNodeIsis
                        : protocol == ProtocolId::kOspfv3 ? kNodeOspfv3
                                                          : kNodeOspfv2;
    return (*flags & bit) != 0;
  }
  if (!IsIsis(protocol) || prefix.sids.empty()) {
    return std::nullopt;
  }
  return std::any_of(prefix.sids.begin(), prefix.sids.end(),
                     [](const auto& sid) { return (sid.flags & kNodeSid) != 0; });
}

std::optional<bool> IsAnycast(ProtocolId protocol, const wire::bgpls::PrefixAttributes& prefix) {
  if (protocol == ProtocolId::kOspfv3) {
    const bool locator =
        std::any_of(prefix.locators.begin(), prefix.locators.end(),
                    [](const auto& l) { return (l.flags & kLocatorAnycastOspfv3) != 0; });
    const std::optional<uint8_t> flags = AttributeFlags(prefix);
    if (!flags && prefix.locators.empty()) {
      return std::nullopt;
    }
    return locator || (flags.value_or(0) & kAnycastOspfv3) != 0;
  }
  const std::optional<uint8_t> flags = AttributeFlags(prefix);
  if (!IsIsis(protocol) || !flags) {
    return std::nullopt;
  }
  return (*flags & kAnycastIsis) != 0;
}

}  // namespace srpce::bgpls_source
