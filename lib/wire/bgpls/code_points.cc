#include "lib/wire/bgpls/code_points.h"

#include <algorithm>
#include <iterator>

namespace srpce::wire::bgpls {
namespace {

struct NamedTlv {
  uint16_t type;
  absl::string_view name;
};

// By type, so that a name is found by halving.
constexpr NamedTlv kNames[] = {
    {kTlvLocalNode, "local node descriptors"},
    {kTlvRemoteNode, "remote node descriptors"},
    {kTlvLinkIds, "link local/remote identifiers"},
    {kTlvIpv4Interface, "IPv4 interface address"},
    {kTlvIpv4Neighbor, "IPv4 neighbor address"},
    {kTlvIpv6Interface, "IPv6 interface address"},
    {kTlvIpv6Neighbor, "IPv6 neighbor address"},
    {kTlvMultiTopology, "multi-topology id"},
    {kTlvOspfRouteType, "OSPF route type"},
    {kTlvIpReachability, "IP reachability"},
    {kTlvNodeMsd, "node MSD"},
    {kTlvLinkMsd, "link MSD"},
    {kTlvAutonomousSystem, "autonomous system"},
    {kTlvBgpLsId, "BGP-LS identifier"},
    {kTlvOspfArea, "OSPF area id"},
    {kTlvIgpRouterId, "IGP router id"},
    {kTlvBgpRouterId, "BGP router id"},
    {kTlvConfederationMember, "BGP confederation member"},
    {kTlvSrv6SidInformation, "SRv6 SID information"},
    {kTlvSrPolicyCandidatePath, "SR policy candidate path descriptor"},
    {kTlvNodeFlags, "node flags"},
    {kTlvOpaqueNode, "opaque node attribute"},
    {kTlvNodeName, "node name"},
    {kTlvIsisArea, "IS-IS area id"},
    {kTlvLocalIpv4RouterId, "IPv4 router id of local node"},
    {kTlvLocalIpv6RouterId, "IPv6 router id of local node"},
    {kTlvRemoteIpv4RouterId, "IPv4 router id of remote node"},
    {kTlvRemoteIpv6RouterId, "IPv6 router id of remote node"},
    {kTlvSbfdDiscriminators, "S-BFD discriminators"},
    {kTlvSrCapabilities, "SR capabilities"},
    {kTlvSrAlgorithms, "SR algorithms"},
    {kTlvSrLocalBlock, "SR local block"},
    {kTlvSrmsPreference, "SRMS preference"},
    {kTlvSrv6Capabilities, "SRv6 capabilities"},
    {kTlvFlexAlgoDefinition, "flexible algorithm definition"},
    {kTlvFlexAlgoExcludeAny, "flexible algorithm exclude any"},
    {kTlvFlexAlgoIncludeAny, "flexible algorithm include any"},
    {kTlvFlexAlgoIncludeAll, "flexible algorithm include all"},
    {kTlvFlexAlgoFlags, "flexible algorithm flags"},
    {kTlvFlexAlgoPrefixMetric, "flexible algorithm prefix metric"},
    {kTlvFlexAlgoExcludeSrlg, "flexible algorithm exclude SRLG"},
    {kTlvFlexAlgoUnsupported, "flexible algorithm unsupported"},
    {kTlvAdminGroup, "administrative group"},
    {kTlvMaxBandwidth, "maximum link bandwidth"},
    {kTlvMaxReservableBandwidth, "maximum reservable bandwidth"},
    {kTlvUnreservedBandwidth, "unreserved bandwidth"},
    {kTlvTeMetric, "TE default metric"},
    {kTlvLinkProtection, "link protection type"},
    {kTlvMplsProtocolMask, "MPLS protocol mask"},
    {kTlvIgpMetric, "IGP metric"},
    {kTlvSrlg, "shared risk link groups"},
    {kTlvOpaqueLink, "opaque link attribute"},
    {kTlvLinkName, "link name"},
    {kTlvAdjacencySid, "adjacency SID"},
    {kTlvLanAdjacencySid, "LAN adjacency SID"},
    {kTlvPeerNodeSid, "peer node SID"},
    {kTlvPeerAdjacencySid, "peer adjacency SID"},
    {kTlvPeerSetSid, "peer set SID"},
    {kTlvSrv6EndX, "SRv6 End.X SID"},
    {kTlvSrv6IsisLanEndX, "IS-IS SRv6 LAN End.X SID"},
    {kTlvSrv6OspfLanEndX, "OSPFv3 SRv6 LAN End.X SID"},
    {kTlvLinkDelay, "unidirectional link delay"},
    {kTlvMinMaxLinkDelay, "min/max unidirectional link delay"},
    {kTlvDelayVariation, "unidirectional delay variation"},
    {kTlvLinkLoss, "unidirectional link loss"},
    {kTlvResidualBandwidth, "unidirectional residual bandwidth"},
    {kTlvAvailableBandwidth, "unidirectional available bandwidth"},
    {kTlvUtilizedBandwidth, "unidirectional utilized bandwidth"},
    {kTlvGracefulLinkShutdown, "graceful link shutdown"},
    {kTlvAsla, "application-specific link attributes"},
    {kTlvIgpFlags, "IGP flags"},
    {kTlvRouteTag, "route tag"},
    {kTlvExtendedRouteTag, "extended route tag"},
    {kTlvPrefixMetric, "prefix metric"},
    {kTlvOspfForwardingAddress, "OSPF forwarding address"},
    {kTlvOpaquePrefix, "opaque prefix attribute"},
    {kTlvPrefixSid, "prefix SID"},
    {kTlvSidRange, "range of prefix SIDs"},
    {kTlvSidLabel, "SID/label"},
    {kTlvSrv6Locator, "SRv6 locator"},
    {kTlvPrefixAttributeFlags, "prefix attribute flags"},
    {kTlvSourceRouterId, "source router id"},
    {kTlvL2BundleMember, "L2 bundle member"},
    {kTlvExtendedAdminGroup, "extended administrative group"},
    {kTlvSourceOspfRouterId, "source OSPF router id"},
    {kTlvSrBindingSid, "SR binding SID"},
    {kTlvSrCandidatePathState, "SR candidate path state"},
    {kTlvSrCandidatePathName, "SR candidate path name"},
    {kTlvSrCandidatePathConstraints, "SR candidate path constraints"},
    {kTlvSrSegmentList, "SR segment list"},
    {kTlvSrSegment, "SR segment"},
    {kTlvSrSegmentListMetric, "SR segment list metric"},
    {kTlvSrAffinityConstraint, "SR affinity constraint"},
    {kTlvSrSrlgConstraint, "SR SRLG constraint"},
    {kTlvSrBandwidthConstraint, "SR bandwidth constraint"},
    {kTlvSrDisjointGroup, "SR disjoint group constraint"},
    {kTlvSrv6BindingSid, "SRv6 binding SID"},
    {kTlvSrPolicyName, "SR policy name"},
    {kTlvSrBidirectionalGroup, "SR bidirectional group constraint"},
    {kTlvSrMetricConstraint, "SR metric constraint"},
    {kTlvSrSegmentListBandwidth, "SR segment list bandwidth"},
    {kTlvSrSegmentListIdentifier, "SR segment list identifier"},
    {kTlvSrv6EndpointBehavior, "SRv6 endpoint behavior"},
    {kTlvSrv6PeerNodeSid, "SRv6 BGP peer node SID"},
    {kTlvSrv6SidStructure, "SRv6 SID structure"},
};

constexpr bool ByType(const NamedTlv& a, const NamedTlv& b) { return a.type < b.type; }
static_assert(std::is_sorted(std::begin(kNames), std::end(kNames), ByType));

}  // namespace

absl::string_view TlvName(uint16_t type) {
  const auto* at =
      std::lower_bound(std::begin(kNames), std::end(kNames), NamedTlv{type, {}}, ByType);
  return at != std::end(kNames) && at->type == type ? at->name : "unknown";
}

absl::string_view NlriTypeName(uint16_t type) {
  switch (static_cast<NlriType>(type)) {
    case NlriType::kNode:
      return "node";
    case NlriType::kLink:
      return "link";
    case NlriType::kIpv4Prefix:
      return "ipv4 prefix";
    case NlriType::kIpv6Prefix:
      return "ipv6 prefix";
    case NlriType::kSrPolicyCandidatePath:
      return "sr policy candidate path";
    case NlriType::kSrv6Sid:
      return "srv6 sid";
  }
  return "unknown";
}

absl::string_view ProtocolName(ProtocolId protocol) {
  switch (protocol) {
    case ProtocolId::kIsisLevel1:
      return "isis-l1";
    case ProtocolId::kIsisLevel2:
      return "isis-l2";
    case ProtocolId::kOspfv2:
      return "ospfv2";
    case ProtocolId::kDirect:
      return "direct";
    case ProtocolId::kStatic:
      return "static";
    case ProtocolId::kOspfv3:
      return "ospfv3";
    case ProtocolId::kBgp:
      return "bgp";
    case ProtocolId::kSegmentRouting:
      return "segment-routing";
  }
  return "unknown";
}

}  // namespace srpce::wire::bgpls
