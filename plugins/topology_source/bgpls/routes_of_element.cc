// plugins/topology_source/bgpls/routes_of_element.cc
#include "plugins/topology_source/bgpls/routes_of_element.h"

#include <algorithm>
#include <variant>

namespace srpce::bgpls_source {

using wire::bgpls::ProtocolId;

namespace {

int ProtocolRank(ProtocolId protocol) {
  switch (protocol) {
    case ProtocolId::kIsisLevel2:
      return 0;
    case ProtocolId::kIsisLevel1:
      return 1;
    case ProtocolId::kOspfv2:
      return 2;
    case ProtocolId::kOspfv3:
      return 3;
    case ProtocolId::kDirect:
      return 4;
    case ProtocolId::kStatic:
      return 5;
    default:
      return 6;
  }
}

uint16_t LowestTopology(const wire::bgpls::Nlri& nlri) {
  const auto lowest = [](const std::vector<uint16_t>& ids) -> uint16_t {
    return ids.empty() ? 0 : *std::min_element(ids.begin(), ids.end());
  };
  return std::visit(
      [&](const auto& descriptor) -> uint16_t {
        if constexpr (requires { descriptor.multi_topologies; }) {
          return lowest(descriptor.multi_topologies);
        } else {
          return 0;
        }
      },
      nlri.descriptor);
}

}  // namespace

std::pair<int, uint16_t> Rank(const Member& member) {
  return {ProtocolRank(member.nlri->protocol), LowestTopology(*member.nlri)};
}

bool AllStale(const std::vector<Member>& members) {
  return std::all_of(members.begin(), members.end(),
                     [](const Member& member) { return member.stale; });
}

}  // namespace srpce::bgpls_source
