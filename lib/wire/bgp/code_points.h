// lib/wire/bgp/code_points.h -- the numbers of BGP-4 (IANA: "Border Gateway Protocol (BGP)
// Parameters", "Capability Codes", "Address Family Numbers", "SAFI Namespace").
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace srpce::wire::bgp {

inline constexpr uint16_t kPort = 179;
inline constexpr uint8_t kVersion = 4;
inline constexpr uint32_t kAsTrans = 23456;  // RFC 6793 s9: stands for an AS of more than 2 octets.

inline constexpr size_t kMarkerLength = 16;  // RFC 4271 s4.1: all ones.
inline constexpr size_t kHeaderLength = 19;
inline constexpr size_t kMaxLength = 4096;           // RFC 4271 s4.1.
inline constexpr size_t kMaxExtendedLength = 65535;  // RFC 8654 s3.

enum class MessageType : uint8_t {
  kOpen = 1,
  kUpdate = 2,
  kNotification = 3,
  kKeepalive = 4,
  kRouteRefresh = 5,  // RFC 2918.
};
// "OPEN"; "type 9" where there is no such type.
std::string Name(MessageType type);

enum class Afi : uint16_t { kIpv4 = 1, kIpv6 = 2, kL2vpn = 25, kBgpLs = 16388 };

enum class Safi : uint8_t {
  kUnicast = 1,
  kMulticast = 2,
  kLabeled = 4,  // RFC 8277.
  kEvpn = 70,
  kBgpLs = 71,
  kBgpLsVpn = 72,
  kSrPolicy = 73,  // RFC 9830.
  kVpn = 128,
};

// An address family of multiprotocol BGP (RFC 4760).
struct Family {
  Afi afi{};
  Safi safi{};

  constexpr auto operator<=>(const Family&) const = default;
  template <typename H>
  friend H AbslHashValue(H state, Family f) {
    return H::combine(std::move(state), f.afi, f.safi);
  }
};
inline constexpr Family kIpv4Unicast{Afi::kIpv4, Safi::kUnicast};
inline constexpr Family kIpv6Unicast{Afi::kIpv6, Safi::kUnicast};
inline constexpr Family kBgpLs{Afi::kBgpLs, Safi::kBgpLs};
inline constexpr Family kIpv4SrPolicy{Afi::kIpv4, Safi::kSrPolicy};
inline constexpr Family kIpv6SrPolicy{Afi::kIpv6, Safi::kSrPolicy};
// "ipv4-unicast", "bgp-ls", "afi 3 safi 9".
std::string Name(Family family);

enum class OptionalParameterType : uint8_t {
  kCapabilities = 2,      // RFC 5492.
  kExtendedLength = 255,  // RFC 9072.
};

enum class CapabilityCode : uint8_t {
  kMultiprotocol = 1,              // RFC 4760 s8.
  kRouteRefresh = 2,               // RFC 2918 s2.
  kExtendedMessage = 6,            // RFC 8654 s3.
  kGracefulRestart = 64,           // RFC 4724 s3.
  kFourOctetAs = 65,               // RFC 6793 s3.
  kEnhancedRouteRefresh = 70,      // RFC 7313 s3.1.
  kLongLivedGracefulRestart = 71,  // RFC 9494; kept raw.
  kFqdn = 73,                      // draft-walton-bgp-hostname-capability.
};

enum class AttributeType : uint8_t {
  kOrigin = 1,
  kAsPath = 2,
  kNextHop = 3,
  kMultiExitDisc = 4,
  kLocalPref = 5,
  kAtomicAggregate = 6,
  kAggregator = 7,
  kCommunities = 8,               // RFC 1997.
  kOriginatorId = 9,              // RFC 4456.
  kClusterList = 10,              // RFC 4456.
  kMpReachNlri = 14,              // RFC 4760.
  kMpUnreachNlri = 15,            // RFC 4760.
  kExtendedCommunities = 16,      // RFC 4360.
  kAs4Path = 17,                  // RFC 6793.
  kAs4Aggregator = 18,            // RFC 6793.
  kPmsiTunnel = 22,               // RFC 6514.
  kTunnelEncapsulation = 23,      // RFC 9012.
  kIpv6ExtendedCommunities = 25,  // RFC 5701.
  kAigp = 26,                     // RFC 7311.
  kBgpLs = 29,                    // RFC 9552.
  kLargeCommunities = 32,         // RFC 8092.
  kOnlyToCustomer = 35,           // RFC 9234.
  kPrefixSid = 40,                // RFC 8669.
};
// "AS_PATH"; "attribute 99".
std::string Name(AttributeType type);

// Attribute flags (RFC 4271 s4.3).
inline constexpr uint8_t kOptional = 0x80;
inline constexpr uint8_t kTransitive = 0x40;
inline constexpr uint8_t kPartial = 0x20;
inline constexpr uint8_t kExtendedLength = 0x10;

enum class ErrorCode : uint8_t {
  kMessageHeader = 1,
  kOpen = 2,
  kUpdate = 3,
  kHoldTimerExpired = 4,
  kFsm = 5,
  kCease = 6,
  kRouteRefresh = 7,          // RFC 7313.
  kSendHoldTimerExpired = 8,  // RFC 9687.
};

// Subcodes, by error code. 0 is "unspecific" in each.
namespace subcode {
inline constexpr uint8_t kUnspecific = 0;
// Message Header Error (RFC 4271 s6.1).
inline constexpr uint8_t kNotSynchronized = 1;
inline constexpr uint8_t kBadMessageLength = 2;
inline constexpr uint8_t kBadMessageType = 3;
// OPEN Message Error (RFC 4271 s6.2, RFC 5492 s5).
inline constexpr uint8_t kUnsupportedVersion = 1;
inline constexpr uint8_t kBadPeerAs = 2;
inline constexpr uint8_t kBadIdentifier = 3;
inline constexpr uint8_t kUnsupportedParameter = 4;
inline constexpr uint8_t kUnacceptableHoldTime = 6;
inline constexpr uint8_t kUnsupportedCapability = 7;
// UPDATE Message Error (RFC 4271 s6.3).
inline constexpr uint8_t kMalformedAttributeList = 1;
inline constexpr uint8_t kUnrecognizedWellKnown = 2;
inline constexpr uint8_t kMissingWellKnown = 3;
inline constexpr uint8_t kAttributeFlags = 4;
inline constexpr uint8_t kAttributeLength = 5;
inline constexpr uint8_t kInvalidOrigin = 6;
inline constexpr uint8_t kInvalidNextHop = 8;
inline constexpr uint8_t kOptionalAttribute = 9;
inline constexpr uint8_t kInvalidNetwork = 10;
inline constexpr uint8_t kMalformedAsPath = 11;
// Finite State Machine Error (RFC 6608).
inline constexpr uint8_t kUnexpectedInOpenSent = 1;
inline constexpr uint8_t kUnexpectedInOpenConfirm = 2;
inline constexpr uint8_t kUnexpectedInEstablished = 3;
// Cease (RFC 4486, RFC 8538, RFC 9384).
inline constexpr uint8_t kMaximumPrefixes = 1;
inline constexpr uint8_t kAdministrativeShutdown = 2;
inline constexpr uint8_t kPeerDeconfigured = 3;
inline constexpr uint8_t kAdministrativeReset = 4;
inline constexpr uint8_t kConnectionRejected = 5;
inline constexpr uint8_t kOtherConfigurationChange = 6;
inline constexpr uint8_t kCollisionResolution = 7;
inline constexpr uint8_t kOutOfResources = 8;
inline constexpr uint8_t kHardReset = 9;
inline constexpr uint8_t kBfdDown = 10;
// ROUTE-REFRESH Message Error (RFC 7313 s5).
inline constexpr uint8_t kInvalidRefreshLength = 1;
}  // namespace subcode

// "Cease/Administrative Shutdown", as IANA spells them; numbers where there is no name.
std::string ErrorName(ErrorCode code, uint8_t subcode);

}  // namespace srpce::wire::bgp
