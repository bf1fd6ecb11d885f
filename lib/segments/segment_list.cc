#include "lib/segments/segment_list.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace srpce::segments {

std::string ToString(const SegmentList& list) {
  if (list.data_plane == DataPlane::kSrMpls) {
    return absl::StrJoin(list.labels, ", ");
  }
  return absl::StrJoin(list.sids, ", ", [](std::string* out, const Ipv6Address& sid) {
    absl::StrAppend(out, sid.ToString());
  });
}

std::optional<uint32_t> HeadendMsd(const Ted& ted, NodeIndex headend, DataPlane data_plane) {
  if (!ted.HasNode(headend)) {
    return std::nullopt;
  }
  const std::optional<topology::Msd>& msd = ted.node(headend).attributes.msd;
  const std::optional<uint8_t> value =
      !msd ? std::nullopt
           : (data_plane == DataPlane::kSrv6 ? msd->srh_max_h_encaps : msd->base_mpls_imposition);
  if (!value) {
    return std::nullopt;
  }
  // Without an SRH one SID still fits, as the destination address (RFC 9352 s4.3).
  return data_plane == DataPlane::kSrv6 ? std::max<uint32_t>(*value, 1) : *value;
}

}  // namespace srpce::segments
