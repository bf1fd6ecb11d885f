// lib/wire/bgpls/code_points.h -- numbers of BGP-LS: protocols, NLRI types, TLVs (IANA "BGP-LS
// Parameters"; the RFC of each group stands beside it).
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace srpce::wire::bgpls {

inline constexpr uint16_t kAfi = 16388;
inline constexpr uint8_t kSafi = 71;
inline constexpr uint8_t kPathAttribute = 29;

// RFC 9552 s5.2, table 2; 9 of RFC 9857 s4. A number not named here is kept as it came.
enum class ProtocolId : uint8_t {
  kIsisLevel1 = 1,
  kIsisLevel2 = 2,
  kOspfv2 = 3,
  kDirect = 4,
  kStatic = 5,
  kOspfv3 = 6,
  kBgp = 7,
  kSegmentRouting = 9,
};

// RFC 9552 s5.2, table 1; 5 of RFC 9857 s4, 6 of RFC 9514 s6.
enum class NlriType : uint16_t {
  kNode = 1,
  kLink = 2,
  kIpv4Prefix = 3,
  kIpv6Prefix = 4,
  kSrPolicyCandidatePath = 5,
  kSrv6Sid = 6,
};

enum TlvType : uint16_t {
  // Descriptors, RFC 9552 s5.2; 516, 517 of RFC 9086 s4; 518 of RFC 9514 s6.1; 554 of RFC 9857
  // s4.1.
  kTlvLocalNode = 256,
  kTlvRemoteNode = 257,
  kTlvLinkIds = 258,
  kTlvIpv4Interface = 259,
  kTlvIpv4Neighbor = 260,
  kTlvIpv6Interface = 261,
  kTlvIpv6Neighbor = 262,
  kTlvMultiTopology = 263,
  kTlvOspfRouteType = 264,
  kTlvIpReachability = 265,
  kTlvAutonomousSystem = 512,
  kTlvBgpLsId = 513,
  kTlvOspfArea = 514,
  kTlvIgpRouterId = 515,
  kTlvBgpRouterId = 516,
  kTlvConfederationMember = 517,
  kTlvSrv6SidInformation = 518,
  kTlvSrPolicyCandidatePath = 554,

  // MSD, RFC 8814.
  kTlvNodeMsd = 266,
  kTlvLinkMsd = 267,

  // Node, RFC 9552 s5.3.1; segment routing RFC 9085 s2.1, RFC 9514 s3.1; S-BFD RFC 9247.
  kTlvNodeFlags = 1024,
  kTlvOpaqueNode = 1025,
  kTlvNodeName = 1026,
  kTlvIsisArea = 1027,
  kTlvLocalIpv4RouterId = 1028,
  kTlvLocalIpv6RouterId = 1029,
  kTlvRemoteIpv4RouterId = 1030,
  kTlvRemoteIpv6RouterId = 1031,
  kTlvSbfdDiscriminators = 1032,
  kTlvSrCapabilities = 1034,
  kTlvSrAlgorithms = 1035,
  kTlvSrLocalBlock = 1036,
  kTlvSrmsPreference = 1037,
  kTlvSrv6Capabilities = 1038,

  // Flexible algorithm, RFC 9351.
  kTlvFlexAlgoDefinition = 1039,
  kTlvFlexAlgoExcludeAny = 1040,
  kTlvFlexAlgoIncludeAny = 1041,
  kTlvFlexAlgoIncludeAll = 1042,
  kTlvFlexAlgoFlags = 1043,
  kTlvFlexAlgoPrefixMetric = 1044,
  kTlvFlexAlgoExcludeSrlg = 1045,
  kTlvFlexAlgoUnsupported = 1046,

  // Link, RFC 9552 s5.3.2.
  kTlvAdminGroup = 1088,
  kTlvMaxBandwidth = 1089,
  kTlvMaxReservableBandwidth = 1090,
  kTlvUnreservedBandwidth = 1091,
  kTlvTeMetric = 1092,
  kTlvLinkProtection = 1093,
  kTlvMplsProtocolMask = 1094,
  kTlvIgpMetric = 1095,
  kTlvSrlg = 1096,
  kTlvOpaqueLink = 1097,
  kTlvLinkName = 1098,

  // SIDs of a link: RFC 9085 s2.2, RFC 9086 s5, RFC 9514 s4.
  kTlvAdjacencySid = 1099,
  kTlvLanAdjacencySid = 1100,
  kTlvPeerNodeSid = 1101,
  kTlvPeerAdjacencySid = 1102,
  kTlvPeerSetSid = 1103,
  kTlvSrv6EndX = 1106,
  kTlvSrv6IsisLanEndX = 1107,
  kTlvSrv6OspfLanEndX = 1108,

  // Performance, RFC 8571.
  kTlvLinkDelay = 1114,
  kTlvMinMaxLinkDelay = 1115,
  kTlvDelayVariation = 1116,
  kTlvLinkLoss = 1117,
  kTlvResidualBandwidth = 1118,
  kTlvAvailableBandwidth = 1119,
  kTlvUtilizedBandwidth = 1120,

  kTlvGracefulLinkShutdown = 1121,  // RFC 8379.
  kTlvAsla = 1122,                  // RFC 9294.

  // Prefix, RFC 9552 s5.3.3; RFC 9085 s2.3; RFC 9514 s5.
  kTlvIgpFlags = 1152,
  kTlvRouteTag = 1153,
  kTlvExtendedRouteTag = 1154,
  kTlvPrefixMetric = 1155,
  kTlvOspfForwardingAddress = 1156,
  kTlvOpaquePrefix = 1157,
  kTlvPrefixSid = 1158,
  kTlvSidRange = 1159,
  kTlvSidLabel = 1161,
  kTlvSrv6Locator = 1162,
  kTlvPrefixAttributeFlags = 1170,
  kTlvSourceRouterId = 1171,
  kTlvL2BundleMember = 1172,      // A link's: RFC 9085 s2.2.3.
  kTlvExtendedAdminGroup = 1173,  // A link's: RFC 9104.
  kTlvSourceOspfRouterId = 1174,

  // SR policy state, RFC 9857 s5.
  kTlvSrBindingSid = 1201,
  kTlvSrCandidatePathState = 1202,
  kTlvSrCandidatePathName = 1203,
  kTlvSrCandidatePathConstraints = 1204,
  kTlvSrSegmentList = 1205,
  kTlvSrSegment = 1206,
  kTlvSrSegmentListMetric = 1207,
  kTlvSrAffinityConstraint = 1208,
  kTlvSrSrlgConstraint = 1209,
  kTlvSrBandwidthConstraint = 1210,
  kTlvSrDisjointGroup = 1211,
  kTlvSrv6BindingSid = 1212,
  kTlvSrPolicyName = 1213,
  kTlvSrBidirectionalGroup = 1214,
  kTlvSrMetricConstraint = 1215,
  kTlvSrSegmentListBandwidth = 1216,
  kTlvSrSegmentListIdentifier = 1217,

  // SRv6 SIDs, RFC 9514 s7, s8.
  kTlvSrv6EndpointBehavior = 1250,
  kTlvSrv6PeerNodeSid = 1251,
  kTlvSrv6SidStructure = 1252,
};

// "link delay"; "unknown" for what is not in the table above.
absl::string_view TlvName(uint16_t type);
absl::string_view NlriTypeName(uint16_t type);  // "node", "link", "ipv4 prefix" ...
// "isis-l1", "isis-l2", "ospfv2" ...
absl::string_view ProtocolName(ProtocolId protocol);

}  // namespace srpce::wire::bgpls
