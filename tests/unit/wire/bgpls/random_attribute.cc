#include "tests/unit/wire/bgpls/random_structs.h"

namespace srpce::wire::bgpls {
namespace {

Sid RandomSid(Draw& d) {
  const bool is_label = d.Coin();
  return {.is_label = is_label, .value = is_label ? d.U24() & 0xfffff : d.U32()};
}

LabelBlock RandomBlock(Draw& d) {
  LabelBlock block;
  block.flags = d.U8();
  block.ranges = d.Some([&] { return LabelRange{.size = d.U24(), .first = RandomSid(d)}; });
  return block;
}

PrefixSid RandomPrefixSid(Draw& d) {
  return {.flags = d.U8(), .algorithm = d.U8(), .sid = RandomSid(d)};
}

AdjacencySid RandomAdjacencySid(Draw& d) {
  return {.flags = d.U8(), .weight = d.U8(), .sid = RandomSid(d)};
}

LanAdjacencySid RandomLanSid(Draw& d) {
  return {
      .flags = d.U8(), .weight = d.U8(), .neighbor = d.Text(d.Coin() ? 4 : 6), .sid = RandomSid(d)};
}

Srv6SidStructure RandomStructure(Draw& d) {
  return {.locator_block = d.U8(), .locator_node = d.U8(), .function = d.U8(), .argument = d.U8()};
}

Srv6EndX RandomEndX(Draw& d) {
  Srv6EndX end_x;
  end_x.behavior = d.U16();
  end_x.flags = d.U8();
  end_x.algorithm = d.U8();
  end_x.weight = d.U8();
  end_x.sid = d.V6();
  end_x.structure = d.Maybe([&] { return RandomStructure(d); });
  end_x.unknown = d.Unknown();
  return end_x;
}

Srv6SidAttributes RandomSidAttributes(Draw& d) {
  Srv6SidAttributes sid;
  sid.behavior = d.Maybe([&] {
    return Srv6EndpointBehavior{.behavior = d.U16(), .flags = d.U8(), .algorithm = d.U8()};
  });
  sid.peer_node = d.Maybe([&] {
    return Srv6PeerNodeSid{
        .flags = d.U8(), .weight = d.U8(), .peer_as = d.U32(), .peer_bgp_id = d.V4()};
  });
  sid.structure = d.Maybe([&] { return RandomStructure(d); });
  return sid;
}

FlexAlgoDefinition RandomDefinition(Draw& d) {
  FlexAlgoDefinition definition;
  definition.algorithm = d.U8();
  definition.metric_type = d.U8();
  definition.calculation_type = d.U8();
  definition.priority = d.U8();
  const auto word = [&] { return d.U32(); };
  definition.exclude_any = d.Some(word);
  definition.include_any = d.Some(word);
  definition.include_all = d.Some(word);
  definition.exclude_srlgs = d.Some(word);
  definition.flags = d.Maybe([&] { return d.Text(1 + d.Below(3)); });
  definition.unsupported =
      d.Some([&] { return FlexAlgoUnsupported{.protocol = d.U8(), .sub_tlv_types = d.Text(2)}; });
  definition.unknown = d.Unknown();
  return definition;
}

Microseconds RandomDelay(Draw& d) { return Microseconds(d.U24()); }

Performance RandomPerformance(Draw& d) {
  Performance performance;
  performance.delay =
      d.Maybe([&] { return LinkDelay{.anomalous = d.Coin(), .delay = RandomDelay(d)}; });
  performance.min_max_delay = d.Maybe([&] {
    return MinMaxLinkDelay{.anomalous = d.Coin(), .min = RandomDelay(d), .max = RandomDelay(d)};
  });
  performance.delay_variation = d.Maybe([&] { return RandomDelay(d); });
  performance.loss = d.Maybe([&] { return LinkLoss{.anomalous = d.Coin(), .units = d.U24()}; });
  const auto bandwidth = [&] { return d.Bandwidth(); };
  performance.residual_bandwidth = d.Maybe(bandwidth);
  performance.available_bandwidth = d.Maybe(bandwidth);
  performance.utilized_bandwidth = d.Maybe(bandwidth);
  return performance;
}

TeAttributes RandomTe(Draw& d) {
  TeAttributes te;
  const auto word = [&] { return d.U32(); };
  const auto bandwidth = [&] { return d.Bandwidth(); };
  te.admin_group = d.Maybe(word);
  te.extended_admin_group = d.Some(word);
  te.max_bandwidth = d.Maybe(bandwidth);
  te.max_reservable_bandwidth = d.Maybe(bandwidth);
  te.unreserved_bandwidth = d.Maybe([&] {
    std::array<BytesPerSecondFloat, 8> by_priority{};
    for (float& one : by_priority) one = d.Bandwidth();
    return by_priority;
  });
  te.te_metric = d.Maybe(word);
  te.srlgs = d.Some(word);
  te.performance = RandomPerformance(d);
  return te;
}

LinkSids RandomLinkSids(Draw& d) {
  LinkSids sids;
  const auto adjacency = [&] { return RandomAdjacencySid(d); };
  sids.adjacency = d.Some(adjacency);
  sids.lan_adjacency = d.Some([&] { return RandomLanSid(d); });
  sids.peer_node = d.Some(adjacency);
  sids.peer_adjacency = d.Some(adjacency);
  sids.peer_set = d.Some(adjacency);
  sids.end_x = d.Some([&] { return RandomEndX(d); });
  // One kind only: they have types of their own, and go by type.
  const size_t neighbor = d.Coin() ? 4 : 6;
  sids.lan_end_x =
      d.Some([&] { return Srv6LanEndX{.neighbor = d.Text(neighbor), .end_x = RandomEndX(d)}; });
  return sids;
}

Asla RandomAsla(Draw& d) {
  Asla asla;
  asla.standard_mask = d.Text(4 * d.Below(3));
  asla.user_mask = d.Text(4 * d.Below(3));
  asla.te = RandomTe(d);
  asla.unknown = d.Unknown();
  return asla;
}

LinkAttributes RandomLink(Draw& d) {
  LinkAttributes link;
  link.te = RandomTe(d);
  link.sids = RandomLinkSids(d);
  link.igp_metric = d.Maybe([&] { return d.U24(); });
  link.protection = d.Maybe([&] { return d.U16(); });
  link.mpls_protocol_mask = d.Maybe([&] { return d.U8(); });
  link.opaque = d.Some([&] { return d.Text(d.Below(4)); });
  link.name = d.Maybe([&] { return d.Text(d.Below(9)); });
  link.msds = d.Some([&] { return Msd{.type = d.U8(), .value = d.U8()}; });
  link.asla = d.Some([&] { return RandomAsla(d); });
  link.bundle_members = d.Some([&] {
    return L2BundleMember{.descriptor = d.U32(),
                          .te = RandomTe(d),
                          .sids = RandomLinkSids(d),
                          .unknown = d.Unknown()};
  });
  return link;
}

NodeAttributes RandomNode(Draw& d) {
  NodeAttributes node;
  node.multi_topologies = d.Some([&] { return static_cast<uint16_t>(d.U16() & 0xfff); });
  node.msds = d.Some([&] { return Msd{.type = d.U8(), .value = d.U8()}; });
  node.flags = d.Maybe([&] { return d.U8(); });
  node.opaque = d.Some([&] { return d.Text(d.Below(4)); });
  node.name = d.Maybe([&] { return d.Text(d.Below(9)); });
  node.isis_areas = d.Some([&] { return d.Text(1 + d.Below(13)); });
  node.sr_capabilities = d.Maybe([&] { return RandomBlock(d); });
  node.sr_algorithms = d.Some([&] { return d.U8(); });
  node.sr_local_block = d.Maybe([&] { return RandomBlock(d); });
  node.srms_preference = d.Maybe([&] { return d.U8(); });
  node.srv6_capabilities = d.Maybe([&] { return d.U16(); });
  node.flex_algos = d.Some([&] { return RandomDefinition(d); });
  return node;
}

PrefixAttributes RandomPrefix(Draw& d) {
  PrefixAttributes prefix;
  prefix.igp_flags = d.Maybe([&] { return d.U8(); });
  prefix.route_tags = d.Some([&] { return d.U32(); });
  prefix.extended_route_tags = d.Some([&] { return d.U64(); });
  prefix.metric = d.Maybe([&] { return d.U32(); });
  prefix.ospf_forwarding_address = d.Maybe([&] { return d.Ip(); });
  prefix.opaque = d.Some([&] { return d.Text(d.Below(4)); });
  prefix.sids = d.Some([&] { return RandomPrefixSid(d); });
  prefix.sid_ranges = d.Some([&] {
    return PrefixSidRange{.flags = d.U8(),
                          .size = d.U16(),
                          .sids = d.Some([&] { return RandomPrefixSid(d); }),
                          .unknown = d.Unknown()};
  });
  prefix.locators = d.Some([&] {
    return Srv6Locator{
        .flags = d.U8(), .algorithm = d.U8(), .metric = d.U32(), .unknown = d.Unknown()};
  });
  prefix.attribute_flags = d.Maybe([&] { return d.Text(1 + d.Below(2)); });
  prefix.source_router_ids = d.Some([&] { return d.Ip(); });
  prefix.source_ospf_router_id = d.Maybe([&] { return d.U32(); });
  prefix.flex_algo_metrics = d.Some([&] {
    return FlexAlgoPrefixMetric{.algorithm = d.U8(), .flags = d.U8(), .metric = d.U32()};
  });
  return prefix;
}

PolicySid RandomPolicySid(Draw& d, bool srv6) {
  if (srv6) return d.V6();
  return d.U24() & 0xfffff;
}

SrConstraints RandomConstraints(Draw& d) {
  SrConstraints constraints;
  const auto word = [&] { return d.U32(); };
  constraints.flags = d.U16();
  constraints.multi_topology = d.U16();
  constraints.algorithm = d.U8();
  constraints.affinity = d.Maybe([&] {
    return SrAffinityConstraint{
        .exclude_any = d.Some(word), .include_any = d.Some(word), .include_all = d.Some(word)};
  });
  constraints.srlgs = d.Some(word);
  constraints.bandwidth = d.Maybe([&] { return d.Bandwidth(); });
  constraints.disjoint = d.Maybe([&] {
    return SrDisjointGroup{
        .request_flags = d.U8(), .status_flags = d.U8(), .group = d.Text(4 + d.Below(9))};
  });
  constraints.bidirectional = d.Maybe(
      [&] { return SrBidirectionalGroup{.flags = d.U16(), .group = d.Text(4 + d.Below(9))}; });
  constraints.metrics = d.Some([&] {
    return SrMetric{.type = d.U8(), .flags = d.U8(), .margin = d.U32(), .bound = d.U32()};
  });
  constraints.unknown = d.Unknown();
  return constraints;
}

// What each type has besides its SID: RFC 9857 s5.7.1, told here once more for the test's sake.
SrSegment RandomSegment(Draw& d) {
  SrSegment segment;
  segment.type = static_cast<uint8_t>(1 + d.Below(11));
  const char type = static_cast<char>('A' + segment.type - 1);
  const auto is = [type](absl::string_view types) { return types.find(type) != types.npos; };
  segment.flags = d.U16();
  segment.sid = RandomPolicySid(d, is("BIJK"));
  const auto address = [&] { return is("CEF") ? d.V4() : IpAddress::V6(d.V6()); };
  if (is("ABCDI")) segment.algorithm = d.U8();
  if (!is("AB")) segment.local_address = address();
  if (is("EGJ")) segment.local_interface = d.U32();
  if (is("FGHJK")) segment.remote_address = address();
  if (is("GJ")) segment.remote_interface = d.U32();
  segment.attributes = RandomSidAttributes(d);
  segment.unknown = d.Unknown();
  return segment;
}

SrPolicyState RandomPolicy(Draw& d) {
  SrPolicyState policy;
  policy.binding_sids = d.Some([&] {
    const bool srv6 = d.Coin();
    return SrBindingSid{.flags = static_cast<uint16_t>((d.U16() & 0x7fff) | (srv6 ? 0x8000 : 0)),
                        .sid = RandomPolicySid(d, srv6),
                        .specified = RandomPolicySid(d, srv6)};
  });
  policy.srv6_binding_sids = d.Some([&] {
    return Srv6BindingSid{.flags = d.U16(),
                          .sid = d.V6(),
                          .specified = d.V6(),
                          .attributes = RandomSidAttributes(d),
                          .unknown = d.Unknown()};
  });
  policy.state = d.Maybe([&] {
    return SrCandidatePathState{.priority = d.U8(), .flags = d.U16(), .preference = d.U32()};
  });
  policy.candidate_path_name = d.Maybe([&] { return d.Text(d.Below(9)); });
  policy.policy_name = d.Maybe([&] { return d.Text(d.Below(9)); });
  policy.constraints = d.Maybe([&] { return RandomConstraints(d); });
  policy.segment_lists = d.Some([&] {
    SrSegmentList list;
    list.flags = d.U16();
    list.multi_topology = d.U16();
    list.algorithm = d.U8();
    list.weight = d.U32();
    list.segments = d.Some([&] { return RandomSegment(d); }, 5);
    list.metrics = d.Some([&] {
      return SrMetric{
          .type = d.U8(), .flags = d.U8(), .margin = d.U32(), .bound = d.U32(), .value = d.U32()};
    });
    list.bandwidth = d.Maybe([&] { return d.Bandwidth(); });
    list.identifier = d.Maybe([&] { return d.U32(); });
    list.unknown = d.Unknown();
    return list;
  });
  return policy;
}

}  // namespace

Attribute RandomAttribute(Draw& draw) {
  Attribute attribute;
  attribute.local_router_ids = draw.Ips();
  attribute.remote_router_ids = draw.Ips();
  attribute.node = RandomNode(draw);
  attribute.link = RandomLink(draw);
  attribute.prefix = RandomPrefix(draw);
  attribute.srv6_sid = RandomSidAttributes(draw);
  attribute.sr_policy = RandomPolicy(draw);
  attribute.unknown = draw.Unknown();
  return attribute;
}

}  // namespace srpce::wire::bgpls
