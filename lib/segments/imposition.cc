#include "lib/segments/imposition.h"

#include <algorithm>

namespace srpce::segments {
namespace {

constexpr uint32_t kAddressBits = 128;

uint32_t CommonPrefixLength(const Ipv6Address& a, const Ipv6Address& b) {
  uint32_t length = 0;
  while (length < kAddressBits && a.Bits(length, 1) == b.Bits(length, 1)) ++length;
  return length;
}

bool IsZeroFrom(const Ipv6Address& address, uint32_t offset) {
  for (uint32_t bit = offset; bit < kAddressBits; ++bit) {
    if (address.Bits(bit, 1) != 0) return false;
  }
  return true;
}

// Returns the SIDs `headend` can impose on packets over any of `links`.
std::optional<uint32_t> MsdOver(const Ted& ted, NodeIndex headend, DataPlane data_plane,
                                const std::vector<LinkIndex>& links) {
  const std::optional<uint32_t> of_node = HeadendMsd(ted, headend, data_plane);
  if (data_plane != DataPlane::kSrMpls) return of_node;
  std::optional<uint32_t> least;
  bool any = false;
  for (const LinkIndex index : links) {
    const topology::Link& link = ted.link(index);
    if (link.local != headend) continue;
    any = true;
    std::optional<uint32_t> here = of_node;
    if (link.attributes.msd_base_mpls_imposition) here = *link.attributes.msd_base_mpls_imposition;
    if (here) least = std::min(least.value_or(*here), *here);
  }
  return any ? least : of_node;
}

}  // namespace

std::optional<Ipv6Address> DecapsulationSid(const topology::Node& endpoint) {
  for (const auto behavior : {topology::Srv6Behavior::kEndDt6, topology::Srv6Behavior::kEndDt46}) {
    for (const topology::Srv6Sid& sid : endpoint.attributes.srv6_sids) {
      if (sid.behavior == static_cast<uint16_t>(behavior)) return sid.sid;
    }
  }
  return std::nullopt;
}

std::vector<Ipv6Address> ImposedSids(const std::vector<Ipv6Address>& sids,
                                     const std::optional<Ipv6Address>& decapsulation) {
  std::vector<Ipv6Address> imposed = sids;
  if (!decapsulation) return imposed;
  if (!imposed.empty() &&
      IsZeroFrom(imposed.back(), CommonPrefixLength(imposed.back(), *decapsulation))) {
    imposed.pop_back();
  }
  imposed.push_back(*decapsulation);
  return imposed;
}

Imposition Impose(const Ted& ted, NodeIndex headend, NodeIndex endpoint, const SegmentList& list,
                  const std::vector<LinkIndex>& links, std::optional<uint32_t> max_sids) {
  Imposition imposition;
  size_t depth = list.depth();
  if (list.data_plane == DataPlane::kSrv6 && depth > 0) {
    depth = ImposedSids(list.sids, DecapsulationSid(ted.node(endpoint))).size();
  }
  imposition.depth = static_cast<uint32_t>(depth);
  imposition.limit = MsdOver(ted, headend, list.data_plane, links);
  if (max_sids) imposition.limit = std::min(imposition.limit.value_or(*max_sids), *max_sids);
  return imposition;
}

}  // namespace srpce::segments
