#include "proto/convert/path.h"

#include <string>
#include <utility>

#include "lib/segments/link_load.h"
#include "proto/convert/fields.h"
#include "proto/convert/topology.h"

namespace srpce::convert {
namespace {

// A bound no network reaches; beyond it arithmetic on sums could wrap.
constexpr uint64_t kMaxBound = uint64_t{1} << 53;

v1::SegmentKind KindToProto(segments::SegmentKind kind) {
  switch (kind) {
    case segments::SegmentKind::kNode:
      return v1::SEGMENT_KIND_NODE;
    case segments::SegmentKind::kAdjacency:
      return v1::SEGMENT_KIND_ADJACENCY;
    case segments::SegmentKind::kAnycast:
      return v1::SEGMENT_KIND_ANYCAST;
    case segments::SegmentKind::kBinding:
      return v1::SEGMENT_KIND_BINDING;
  }
  return v1::SEGMENT_KIND_UNSPECIFIED;
}

void WriteSegment(const topology::Ted& ted, const segments::Segment& from, cspf::DataPlane plane,
                  v1::Segment* to) {
  to->set_kind(KindToProto(from.kind));
  to->set_algorithm(from.algorithm);
  if (ted.HasNode(from.node)) to->set_node(ted.node(from.node).id);
  for (const topology::NodeIndex owner : from.anycast) {
    if (ted.HasNode(owner)) to->add_anycast(ted.node(owner).id);
  }
  if (from.link && ted.HasLink(*from.link)) ToProto(ted.link(*from.link).key, to->mutable_link());
  if (plane == cspf::DataPlane::kSrMpls) {
    to->set_label(from.label);
  } else {
    to->set_sid(from.sid.ToString());
  }
}

void WriteHops(const topology::Ted& ted, const std::vector<topology::LinkIndex>& links,
               v1::Path* to) {
  for (const topology::LinkIndex index : links) {
    if (!ted.HasLink(index)) continue;
    const topology::Link& link = ted.link(index);
    v1::Hop* hop = to->add_hops();
    ToProto(link.key, hop->mutable_link());
    if (link.attributes.igp_metric) hop->set_igp_metric(*link.attributes.igp_metric);
    if (link.charged_delay())
      hop->set_delay_us(static_cast<uint64_t>(link.charged_delay()->count()));
  }
}

void WriteShared(const topology::Ted& ted, const cspf::PairShares& from, v1::SharedRisks* to) {
  to->set_first(static_cast<uint32_t>(from.first));
  to->set_second(static_cast<uint32_t>(from.second));
  ToProto(ted, from.shared, to);
}

absl::StatusOr<cspf::SetObjective> FromProto(v1::SetObjective proto) {
  switch (proto) {
    case v1::SET_OBJECTIVE_UNSPECIFIED:
    case v1::SET_OBJECTIVE_SUM:
      return cspf::SetObjective::kSum;
    case v1::SET_OBJECTIVE_MAX:
      return cspf::SetObjective::kMax;
    case v1::SET_OBJECTIVE_LEXICOGRAPHIC:
      return cspf::SetObjective::kLexicographic;
    default:
      return absl::InvalidArgumentError(absl::StrCat("got set objective ", static_cast<int>(proto),
                                                     ", want SUM, MAX or LEXICOGRAPHIC"));
  }
}

}  // namespace

void ToProto(const topology::Ted& ted, const cspf::Path& from, v1::Path* to) {
  to->set_cost(from.cost);
  ToProto(from.metrics, to->mutable_metrics());
  WriteHops(ted, from.links, to);
}

absl::StatusOr<cspf::DisjointTerms> FromProto(const v1::PathSetRequest& proto) {
  FieldReader reader("");
  cspf::DisjointTerms to;
  to.disjointness = reader.Take("disjointness", FromProto(proto.disjointness()));
  to.objective = reader.Take("objective", FromProto(proto.objective()));
  if (proto.has_max_delay_difference_us()) {
    to.max_delay_difference = Microseconds(reader.Narrow<int64_t>(
        "max_delay_difference_us", proto.max_delay_difference_us(), kMaxBound));
  }
  for (const int level : proto.fallbacks()) {
    to.fallbacks.push_back(
        reader.Take("fallbacks", FromProto(static_cast<v1::Disjointness>(level))));
  }
  to.allow_sharing = proto.allow_sharing();
  SRPCE_RETURN_IF_ERROR(reader.status());
  return to;
}

void ToProto(const topology::Ted& ted, const cspf::LevelFailure& from, v1::LevelFailure* to) {
  to->set_level(ToProto(from.level));
  ToProto(ted, from.why, to->mutable_why());
}

void ToProto(const topology::Ted& ted, const cspf::SharedRisks& from, v1::SharedRisks* to) {
  for (const topology::LinkIndex link : from.links) {
    if (ted.HasLink(link)) ToProto(ted.link(link).key, to->add_links());
  }
  for (const topology::NodeIndex node : from.nodes) {
    if (ted.HasNode(node)) to->add_nodes(ted.node(node).id);
  }
  to->mutable_srlgs()->Add(from.srlgs.begin(), from.srlgs.end());
}

void ToProto(const topology::Ted& ted, const segments::RouteSet& from, v1::PathSetResponse* to) {
  for (const segments::SegmentRoute& route : from.routes) ToProto(ted, route, to->add_paths());
  to->set_total_cost(from.set.total_cost);
  if (from.set.achieved) to->set_achieved(ToProto(*from.set.achieved));
  to->set_fully_disjoint(from.set.fully_disjoint);
  for (const cspf::PairShares& pair : from.set.shared) WriteShared(ted, pair, to->add_shared());
  for (const cspf::LevelFailure& failure : from.set.failed) {
    ToProto(ted, failure, to->add_failed());
  }
  to->set_proved_optimal(from.set.proved_optimal);
  if (!from.set.proved_optimal) to->set_lower_bound(from.set.lower_bound);
}

absl::StatusOr<policy::PathIntent> FromProto(const v1::PathConstraints& proto) {
  FieldReader reader("");
  policy::PathIntent to;
  to.objective = reader.Take("objective", FromProto(proto.objective()));
  if (proto.has_max_delay_us())
    to.max_delay =
        Microseconds(reader.Narrow<int64_t>("max_delay_us", proto.max_delay_us(), kMaxBound));
  if (proto.has_max_igp_cost()) to.max_igp_cost = proto.max_igp_cost();
  if (proto.has_max_te_cost()) to.max_te_cost = proto.max_te_cost();
  if (proto.has_max_hops()) to.max_hops = proto.max_hops();
  if (proto.has_max_loss_fraction()) {
    const double loss = proto.max_loss_fraction();
    if (!(loss >= 0 && loss <= 1)) {
      reader.Fail("max_loss_fraction",
                  absl::InvalidArgumentError(absl::StrCat("got ", loss, ", want 0 to 1")));
    }
    to.max_loss = loss;
  }
  if (proto.has_max_delay_variation_us()) {
    to.max_variation = Microseconds(reader.Narrow<int64_t>(
        "max_delay_variation_us", proto.max_delay_variation_us(), kMaxBound));
  }
  if (proto.has_max_sids()) to.max_sids = proto.max_sids();
  to.min_bandwidth = DemandFromBits(proto.bandwidth_bps());
  to.include_any = FromProto(proto.include_any());
  to.include_all = FromProto(proto.include_all());
  to.exclude_any = FromProto(proto.exclude_any());
  to.exclude_nodes = {proto.exclude_nodes().begin(), proto.exclude_nodes().end()};
  for (const v1::LinkKey& key : proto.exclude_links()) to.exclude_links.push_back(FromProto(key));
  to.exclude_srlgs = {proto.exclude_srlgs().begin(), proto.exclude_srlgs().end()};
  to.waypoints = {proto.waypoints().begin(), proto.waypoints().end()};
  to.data_plane = reader.Take("data_plane", FromProto(proto.data_plane()));
  to.flex_algorithm = reader.Narrow<uint8_t>("flex_algorithm", proto.flex_algorithm());
  if (to.flex_algorithm != 0 && to.flex_algorithm < topology::kFirstFlexAlgorithm) {
    reader.Fail("flex_algorithm", absl::InvalidArgumentError(absl::StrCat(
                                      "got ", proto.flex_algorithm(), ", want 0 or 128 to 255")));
  }
  to.compress = !proto.no_compression();
  to.allow_ecmp = proto.allow_ecmp();
  if (proto.max_segment_lists() > 1) to.max_lists = proto.max_segment_lists();
  SRPCE_RETURN_IF_ERROR(reader.status());
  return to;
}

void ToProto(const policy::PathIntent& from, v1::PathConstraints* to) {
  to->set_objective(ToProto(from.objective));
  if (from.max_delay) to->set_max_delay_us(static_cast<uint64_t>(from.max_delay->count()));
  if (from.max_igp_cost) to->set_max_igp_cost(*from.max_igp_cost);
  if (from.max_te_cost) to->set_max_te_cost(*from.max_te_cost);
  if (from.max_hops) to->set_max_hops(*from.max_hops);
  if (from.max_loss) to->set_max_loss_fraction(*from.max_loss);
  if (from.max_variation)
    to->set_max_delay_variation_us(static_cast<uint64_t>(from.max_variation->count()));
  if (from.max_sids) to->set_max_sids(*from.max_sids);
  to->set_bandwidth_bps(from.min_bandwidth.value * kBitsPerByte);
  if (!from.include_any.empty()) ToProto(from.include_any, to->mutable_include_any());
  if (!from.include_all.empty()) ToProto(from.include_all, to->mutable_include_all());
  if (!from.exclude_any.empty()) ToProto(from.exclude_any, to->mutable_exclude_any());
  to->mutable_exclude_nodes()->Assign(from.exclude_nodes.begin(), from.exclude_nodes.end());
  for (const topology::LinkKey& key : from.exclude_links) ToProto(key, to->add_exclude_links());
  to->mutable_exclude_srlgs()->Assign(from.exclude_srlgs.begin(), from.exclude_srlgs.end());
  to->mutable_waypoints()->Assign(from.waypoints.begin(), from.waypoints.end());
  to->set_data_plane(ToProto(from.data_plane));
  to->set_flex_algorithm(from.flex_algorithm);
  to->set_no_compression(!from.compress);
  to->set_allow_ecmp(from.allow_ecmp);
  if (from.may_split()) to->set_max_segment_lists(from.max_lists);
}

absl::StatusOr<cspf::DataPlane> FromProto(v1::DataPlane proto) {
  switch (proto) {
    case v1::DATA_PLANE_UNSPECIFIED:
      return cspf::DataPlane::kEither;
    case v1::DATA_PLANE_SR_MPLS:
      return cspf::DataPlane::kSrMpls;
    case v1::DATA_PLANE_SRV6:
      return cspf::DataPlane::kSrv6;
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("got data plane ", static_cast<int>(proto), ", want SR_MPLS or SRV6"));
  }
}

v1::DataPlane ToProto(cspf::DataPlane from) {
  switch (from) {
    case cspf::DataPlane::kEither:
      return v1::DATA_PLANE_UNSPECIFIED;
    case cspf::DataPlane::kSrMpls:
      return v1::DATA_PLANE_SR_MPLS;
    case cspf::DataPlane::kSrv6:
      return v1::DATA_PLANE_SRV6;
  }
  return v1::DATA_PLANE_UNSPECIFIED;
}

absl::StatusOr<cspf::Disjointness> FromProto(v1::Disjointness proto) {
  switch (proto) {
    case v1::DISJOINTNESS_UNSPECIFIED:
    case v1::DISJOINTNESS_LINK:
      return cspf::Disjointness::kLink;
    case v1::DISJOINTNESS_NODE:
      return cspf::Disjointness::kNode;
    case v1::DISJOINTNESS_SRLG:
      return cspf::Disjointness::kSrlg;
    case v1::DISJOINTNESS_SRLG_NODE:
      return cspf::Disjointness::kSrlgNode;
    default:
      return absl::InvalidArgumentError(absl::StrCat("got disjointness ", static_cast<int>(proto),
                                                     ", want LINK, NODE, SRLG or SRLG_NODE"));
  }
}

v1::Disjointness ToProto(cspf::Disjointness from) {
  switch (from) {
    case cspf::Disjointness::kLink:
      return v1::DISJOINTNESS_LINK;
    case cspf::Disjointness::kNode:
      return v1::DISJOINTNESS_NODE;
    case cspf::Disjointness::kSrlg:
      return v1::DISJOINTNESS_SRLG;
    case cspf::Disjointness::kSrlgNode:
      return v1::DISJOINTNESS_SRLG_NODE;
  }
  return v1::DISJOINTNESS_UNSPECIFIED;
}

void ToProto(const cspf::PathMetrics& from, v1::PathMetrics* to) {
  if (from.igp_cost) to->set_igp_cost(*from.igp_cost);
  if (from.te_cost) to->set_te_cost(*from.te_cost);
  if (from.delay) to->set_delay_us(static_cast<uint64_t>(from.delay->count()));
  if (from.variation) to->set_delay_variation_us(static_cast<uint64_t>(from.variation->count()));
  if (from.loss) to->set_loss_fraction(*from.loss);
  to->set_hops(from.hops);
  if (from.bottleneck) to->set_bottleneck_bps(from.bottleneck->value * kBitsPerByte);
}

void ToProto(const topology::Ted& ted, const segments::SegmentList& from, v1::SegmentList* to) {
  to->set_data_plane(ToProto(from.data_plane));
  to->mutable_labels()->Add(from.labels.begin(), from.labels.end());
  for (const Ipv6Address& sid : from.sids) to->add_sids(sid.ToString());
  for (const segments::Segment& segment : from.segments)
    WriteSegment(ted, segment, from.data_plane, to->add_segments());
  to->set_weight(1);
}

void ToProto(const topology::Ted& ted, const segments::SegmentRoute& from, v1::Path* to) {
  ToProto(ted, from.path, to);
  to->set_ecmp(!from.expansion.single_path);
  ToProto(ted, from.list, to->mutable_segment_list());
}

void ToProto(const topology::Ted& ted, const segments::WeightedRoutes& from, BytesPerSecond demand,
             v1::PathSplit* to) {
  uint64_t all = 0;
  for (const segments::WeightedRoute& list : from.lists) all += list.weight;
  for (const segments::WeightedRoute& list : from.lists) {
    v1::SplitPath* added = to->add_paths();
    ToProto(ted, list.route, added->mutable_path());
    added->mutable_path()->mutable_segment_list()->set_weight(list.weight);
    added->set_share(static_cast<double>(list.weight) / static_cast<double>(all));
    added->set_rate_bps(segments::RateOf(list.weight, all, demand).value * kBitsPerByte);
  }
  to->set_cost(from.cost);
  to->set_proved_optimal(from.proved_optimal);
  to->set_lower_bound(from.lower_bound);
}

void ToProto(const topology::Ted& ted, const cspf::NoPath& from, v1::NoPath* to) {
  to->set_reason(cspf::ReasonName(from.reason));
  to->set_message(from.message);
  // Inside bandwidth is bytes per second, as routing protocols have it; the API speaks of bits.
  const double scale =
      from.reason == cspf::Reason::kBandwidth ? static_cast<double>(kBitsPerByte) : 1;
  if (from.wanted) to->set_wanted(*from.wanted * scale);
  if (from.best_achievable) to->set_best_achievable(*from.best_achievable * scale);
  for (const topology::LinkIndex link : from.blocking_links) {
    if (ted.HasLink(link)) ToProto(ted.link(link).key, to->add_blocking_links());
  }
  to->mutable_shared_srlgs()->Add(from.shared_srlgs.begin(), from.shared_srlgs.end());
  if (from.best_found) ToProto(ted, *from.best_found, to->mutable_best_found());
  for (const cspf::Path& path : from.best_found_set) {
    ToProto(ted, path, to->add_best_found_set());
  }
  if (from.lower_bound) to->set_lower_bound(*from.lower_bound);
}

}  // namespace srpce::convert
