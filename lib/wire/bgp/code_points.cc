#include "lib/wire/bgp/code_points.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace srpce::wire::bgp {
namespace {

struct NamedFamily {
  Family family;
  const char* name;
};
constexpr NamedFamily kFamilies[] = {
    {kIpv4Unicast, "ipv4-unicast"},
    {kIpv6Unicast, "ipv6-unicast"},
    {{Afi::kIpv4, Safi::kLabeled}, "ipv4-labeled"},
    {{Afi::kIpv6, Safi::kLabeled}, "ipv6-labeled"},
    {{Afi::kIpv4, Safi::kVpn}, "ipv4-vpn"},
    {{Afi::kIpv6, Safi::kVpn}, "ipv6-vpn"},
    {{Afi::kL2vpn, Safi::kEvpn}, "l2vpn-evpn"},
    {kBgpLs, "bgp-ls"},
    {{Afi::kBgpLs, Safi::kBgpLsVpn}, "bgp-ls-vpn"},
    {kIpv4SrPolicy, "ipv4-sr-policy"},
    {kIpv6SrPolicy, "ipv6-sr-policy"},
};

struct NamedError {
  ErrorCode code;
  uint8_t subcode;
  const char* name;
};
constexpr NamedError kSubcodes[] = {
    {ErrorCode::kMessageHeader, 1, "Connection Not Synchronized"},
    {ErrorCode::kMessageHeader, 2, "Bad Message Length"},
    {ErrorCode::kMessageHeader, 3, "Bad Message Type"},
    {ErrorCode::kOpen, 1, "Unsupported Version Number"},
    {ErrorCode::kOpen, 2, "Bad Peer AS"},
    {ErrorCode::kOpen, 3, "Bad BGP Identifier"},
    {ErrorCode::kOpen, 4, "Unsupported Optional Parameter"},
    {ErrorCode::kOpen, 5, "Authentication Failure (deprecated)"},
    {ErrorCode::kOpen, 6, "Unacceptable Hold Time"},
    {ErrorCode::kOpen, 7, "Unsupported Capability"},
    {ErrorCode::kOpen, 11, "Role Mismatch"},
    {ErrorCode::kUpdate, 1, "Malformed Attribute List"},
    {ErrorCode::kUpdate, 2, "Unrecognized Well-known Attribute"},
    {ErrorCode::kUpdate, 3, "Missing Well-known Attribute"},
    {ErrorCode::kUpdate, 4, "Attribute Flags Error"},
    {ErrorCode::kUpdate, 5, "Attribute Length Error"},
    {ErrorCode::kUpdate, 6, "Invalid ORIGIN Attribute"},
    {ErrorCode::kUpdate, 7, "AS Routing Loop (deprecated)"},
    {ErrorCode::kUpdate, 8, "Invalid NEXT_HOP Attribute"},
    {ErrorCode::kUpdate, 9, "Optional Attribute Error"},
    {ErrorCode::kUpdate, 10, "Invalid Network Field"},
    {ErrorCode::kUpdate, 11, "Malformed AS_PATH"},
    {ErrorCode::kFsm, 1, "Receive Unexpected Message in OpenSent State"},
    {ErrorCode::kFsm, 2, "Receive Unexpected Message in OpenConfirm State"},
    {ErrorCode::kFsm, 3, "Receive Unexpected Message in Established State"},
    {ErrorCode::kCease, 1, "Maximum Number of Prefixes Reached"},
    {ErrorCode::kCease, 2, "Administrative Shutdown"},
    {ErrorCode::kCease, 3, "Peer De-configured"},
    {ErrorCode::kCease, 4, "Administrative Reset"},
    {ErrorCode::kCease, 5, "Connection Rejected"},
    {ErrorCode::kCease, 6, "Other Configuration Change"},
    {ErrorCode::kCease, 7, "Connection Collision Resolution"},
    {ErrorCode::kCease, 8, "Out of Resources"},
    {ErrorCode::kCease, 9, "Hard Reset"},
    {ErrorCode::kCease, 10, "BFD Down"},
    {ErrorCode::kRouteRefresh, 1, "Invalid Message Length"},
};

const char* const kErrorCodes[] = {"",
                                   "Message Header Error",
                                   "OPEN Message Error",
                                   "UPDATE Message Error",
                                   "Hold Timer Expired",
                                   "Finite State Machine Error",
                                   "Cease",
                                   "ROUTE-REFRESH Message Error",
                                   "Send Hold Timer Expired"};

const char* KnownName(AttributeType type) {
  switch (type) {
    case AttributeType::kOrigin:
      return "ORIGIN";
    case AttributeType::kAsPath:
      return "AS_PATH";
    case AttributeType::kNextHop:
      return "NEXT_HOP";
    case AttributeType::kMultiExitDisc:
      return "MULTI_EXIT_DISC";
    case AttributeType::kLocalPref:
      return "LOCAL_PREF";
    case AttributeType::kAtomicAggregate:
      return "ATOMIC_AGGREGATE";
    case AttributeType::kAggregator:
      return "AGGREGATOR";
    case AttributeType::kCommunities:
      return "COMMUNITIES";
    case AttributeType::kOriginatorId:
      return "ORIGINATOR_ID";
    case AttributeType::kClusterList:
      return "CLUSTER_LIST";
    case AttributeType::kMpReachNlri:
      return "MP_REACH_NLRI";
    case AttributeType::kMpUnreachNlri:
      return "MP_UNREACH_NLRI";
    case AttributeType::kExtendedCommunities:
      return "EXTENDED COMMUNITIES";
    case AttributeType::kAs4Path:
      return "AS4_PATH";
    case AttributeType::kAs4Aggregator:
      return "AS4_AGGREGATOR";
    case AttributeType::kPmsiTunnel:
      return "PMSI_TUNNEL";
    case AttributeType::kTunnelEncapsulation:
      return "Tunnel Encapsulation";
    case AttributeType::kIpv6ExtendedCommunities:
      return "IPv6 Address Specific Extended Community";
    case AttributeType::kAigp:
      return "AIGP";
    case AttributeType::kBgpLs:
      return "BGP-LS Attribute";
    case AttributeType::kLargeCommunities:
      return "LARGE_COMMUNITY";
    case AttributeType::kOnlyToCustomer:
      return "Only to Customer";
    case AttributeType::kPrefixSid:
      return "BGP Prefix-SID";
  }
  return nullptr;
}

}  // namespace

std::string Name(MessageType type) {
  switch (type) {
    case MessageType::kOpen:
      return "OPEN";
    case MessageType::kUpdate:
      return "UPDATE";
    case MessageType::kNotification:
      return "NOTIFICATION";
    case MessageType::kKeepalive:
      return "KEEPALIVE";
    case MessageType::kRouteRefresh:
      return "ROUTE-REFRESH";
  }
  return absl::StrCat("type ", static_cast<int>(type));
}

std::string Name(Family family) {
  for (const NamedFamily& named : kFamilies) {
    if (named.family == family) return named.name;
  }
  return absl::StrCat("afi ", static_cast<int>(family.afi), " safi ",
                      static_cast<int>(family.safi));
}

std::string Name(AttributeType type) {
  const char* name = KnownName(type);
  return name != nullptr ? name : absl::StrCat("attribute ", static_cast<int>(type));
}

std::string ErrorName(ErrorCode code, uint8_t subcode) {
  const size_t number = static_cast<size_t>(code);
  const std::string general = number > 0 && number < std::size(kErrorCodes)
                                  ? kErrorCodes[number]
                                  : absl::StrCat("error ", number);
  if (subcode == subcode::kUnspecific) return general;
  const auto* named = std::find_if(
      std::begin(kSubcodes), std::end(kSubcodes),
      [&](const NamedError& error) { return error.code == code && error.subcode == subcode; });
  return named != std::end(kSubcodes)
             ? absl::StrCat(general, "/", named->name)
             : absl::StrCat(general, "/subcode ", static_cast<int>(subcode));
}

}  // namespace srpce::wire::bgp
