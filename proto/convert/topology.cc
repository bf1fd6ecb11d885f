#include "proto/convert/topology.h"

#include <utility>
#include <vector>

#include "proto/convert/fields.h"
#include "proto/convert/source_report.h"

namespace srpce::convert {
namespace {

using topology::LinkAttributes;
using topology::NodeAttributes;
using topology::PrefixAttributes;

constexpr uint64_t kMaxAlgorithm = 255;

topology::LabelRange ReadRange(const v1::LabelRange& proto) {
  return {proto.first(), proto.size()};
}

topology::PrefixSid ReadPrefixSid(const v1::PrefixSid& proto, FieldReader& reader) {
  return {.algorithm = reader.Narrow<uint8_t>("sids.algorithm", proto.algorithm(), kMaxAlgorithm),
          .value = proto.index(),
          .is_label = proto.is_label(),
          .no_php = proto.no_php(),
          .explicit_null = proto.explicit_null()};
}

topology::AdjacencySid ReadAdjacencySid(const v1::AdjacencySid& proto, FieldReader& reader) {
  return {
      .label = reader.Narrow<uint32_t>("adjacency_sids.label", proto.label(), topology::kMaxLabel),
      .is_index = proto.is_index(),
      .is_local = proto.has_is_local() ? std::optional(proto.is_local()) : std::nullopt,
      .backup = proto.backup(),
      .is_set = proto.is_set(),
      .weight = reader.Narrow<uint8_t>("adjacency_sids.weight", proto.weight())};
}

topology::Srv6Sid ReadSrv6Sid(const v1::Srv6Sid& proto, FieldReader& reader) {
  topology::Srv6Sid sid;
  sid.sid = reader.Take("srv6_sids.sid", Ipv6Address::Parse(proto.sid()));
  sid.behavior = reader.Narrow<uint16_t>("srv6_sids.behavior", proto.behavior());
  sid.algorithm = reader.Narrow<uint8_t>("srv6_sids.algorithm", proto.algorithm(), kMaxAlgorithm);
  sid.backup = proto.backup();
  sid.is_set = proto.is_set();
  if (proto.has_structure()) {
    const v1::Srv6SidStructure& structure = proto.structure();
    sid.structure = topology::Srv6SidStructure{
        .block = reader.Narrow<uint8_t>("srv6_sids.structure.block", structure.block(), 128),
        .node = reader.Narrow<uint8_t>("srv6_sids.structure.node", structure.node(), 128),
        .function =
            reader.Narrow<uint8_t>("srv6_sids.structure.function", structure.function(), 128),
        .argument =
            reader.Narrow<uint8_t>("srv6_sids.structure.argument", structure.argument(), 128)};
  }
  return sid;
}

topology::Srv6Locator ReadLocator(const v1::Srv6Locator& proto, FieldReader& reader) {
  return {
      .prefix = reader.Take("locators.prefix", IpPrefix::Parse(proto.prefix())),
      .algorithm = reader.Narrow<uint8_t>("locators.algorithm", proto.algorithm(), kMaxAlgorithm),
      .metric = proto.metric(),
      .anycast = proto.anycast()};
}

topology::FlexAlgoDefinition ReadDefinition(const v1::FlexAlgoDefinition& proto,
                                            FieldReader& reader) {
  return {.algorithm = reader.Narrow<uint8_t>("flex_algo_definitions.algorithm", proto.algorithm(),
                                              kMaxAlgorithm),
          .metric = reader.Take("flex_algo_definitions.metric", FromProto(proto.metric())),
          .priority = reader.Narrow<uint8_t>("flex_algo_definitions.priority", proto.priority()),
          .exclude_any = FromProto(proto.exclude_any()),
          .include_any = FromProto(proto.include_any()),
          .include_all = FromProto(proto.include_all()),
          .exclude_srlgs = {proto.exclude_srlgs().begin(), proto.exclude_srlgs().end()},
          .unsupported = proto.unsupported()};
}

topology::Msd ReadMsd(const v1::Msd& proto, FieldReader& reader) {
  const auto read = [&reader](const char* field, bool stated,
                              uint32_t value) -> std::optional<uint8_t> {
    return stated ? std::optional(reader.Narrow<uint8_t>(field, value)) : std::nullopt;
  };
  return {
      .base_mpls_imposition = read("msd.base_mpls_imposition", proto.has_base_mpls_imposition(),
                                   proto.base_mpls_imposition()),
      .srh_max_segments_left = read("msd.srh_max_segments_left", proto.has_srh_max_segments_left(),
                                    proto.srh_max_segments_left()),
      .srh_max_end_pop =
          read("msd.srh_max_end_pop", proto.has_srh_max_end_pop(), proto.srh_max_end_pop()),
      .srh_max_h_encaps =
          read("msd.srh_max_h_encaps", proto.has_srh_max_h_encaps(), proto.srh_max_h_encaps()),
      .srh_max_end_d = read("msd.srh_max_end_d", proto.has_srh_max_end_d(), proto.srh_max_end_d())};
}

std::optional<Microseconds> ReadDelay(bool stated, uint32_t microseconds) {
  return stated ? std::optional(Microseconds(microseconds)) : std::nullopt;
}

std::optional<BytesPerSecond> ReadBandwidth(bool stated, uint64_t bits_per_second) {
  return stated ? std::optional(SupplyFromBits(bits_per_second)) : std::nullopt;
}

void WriteSid(const topology::Srv6Sid& from, v1::Srv6Sid* to) {
  to->set_sid(from.sid.ToString());
  to->set_behavior(from.behavior);
  to->set_algorithm(from.algorithm);
  to->set_backup(from.backup);
  to->set_is_set(from.is_set);
  if (from.structure) {
    to->mutable_structure()->set_block(from.structure->block);
    to->mutable_structure()->set_node(from.structure->node);
    to->mutable_structure()->set_function(from.structure->function);
    to->mutable_structure()->set_argument(from.structure->argument);
  }
}

void WriteDefinition(const topology::FlexAlgoDefinition& from, v1::FlexAlgoDefinition* to) {
  to->set_algorithm(from.algorithm);
  to->set_metric(ToProto(from.metric));
  to->set_priority(from.priority);
  ToProto(from.exclude_any, to->mutable_exclude_any());
  ToProto(from.include_any, to->mutable_include_any());
  ToProto(from.include_all, to->mutable_include_all());
  to->mutable_exclude_srlgs()->Add(from.exclude_srlgs.begin(), from.exclude_srlgs.end());
  to->set_unsupported(from.unsupported);
}

void WriteMsd(const topology::Msd& from, v1::Msd* to) {
  if (from.base_mpls_imposition) to->set_base_mpls_imposition(*from.base_mpls_imposition);
  if (from.srh_max_segments_left) to->set_srh_max_segments_left(*from.srh_max_segments_left);
  if (from.srh_max_end_pop) to->set_srh_max_end_pop(*from.srh_max_end_pop);
  if (from.srh_max_h_encaps) to->set_srh_max_h_encaps(*from.srh_max_h_encaps);
  if (from.srh_max_end_d) to->set_srh_max_end_d(*from.srh_max_end_d);
}

void WriteRanges(const std::vector<topology::LabelRange>& from,
                 google::protobuf::RepeatedPtrField<v1::LabelRange>* to) {
  for (const topology::LabelRange& range : from) {
    v1::LabelRange* added = to->Add();
    added->set_first(range.first);
    added->set_size(range.size);
  }
}

uint32_t Count(Microseconds delay) { return static_cast<uint32_t>(delay.count()); }
uint64_t Bits(BytesPerSecond rate) { return rate.value * kBitsPerByte; }

}  // namespace

topology::LinkKey FromProto(const v1::LinkKey& proto) {
  return {proto.local_node(), proto.remote_node(), proto.local_interface(),
          proto.remote_interface()};
}

topology::AdminGroup FromProto(const v1::AdminGroup& proto) {
  return topology::AdminGroup(std::vector<uint32_t>(proto.words().begin(), proto.words().end()));
}

absl::StatusOr<topology::MetricType> FromProto(v1::MetricType proto) {
  switch (proto) {
    case v1::METRIC_TYPE_UNSPECIFIED:
    case v1::METRIC_TYPE_IGP:
      return topology::MetricType::kIgp;
    case v1::METRIC_TYPE_TE:
      return topology::MetricType::kTe;
    case v1::METRIC_TYPE_DELAY:
      return topology::MetricType::kDelay;
    case v1::METRIC_TYPE_HOPS:
      return topology::MetricType::kHops;
    case v1::METRIC_TYPE_LOSS:
      return topology::MetricType::kLoss;
    case v1::METRIC_TYPE_DELAY_VARIATION:
      return topology::MetricType::kVariation;
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("got metric type ", static_cast<int>(proto),
                       ", want IGP, TE, DELAY, HOPS, LOSS or DELAY_VARIATION"));
  }
}

absl::StatusOr<NodeAttributes> FromProto(const v1::NodeAttributes& proto) {
  FieldReader reader("");
  NodeAttributes to;
  if (proto.has_name()) to.name = proto.name();
  if (proto.has_asn()) to.asn = proto.asn();
  for (const std::string& id : proto.router_ids())
    to.router_ids.push_back(reader.Take("router_ids", IpAddress::Parse(id)));
  for (const v1::LabelRange& range : proto.srgb()) to.srgb.push_back(ReadRange(range));
  for (const v1::LabelRange& range : proto.srlb()) to.srlb.push_back(ReadRange(range));
  for (const uint32_t algorithm : proto.algorithms())
    to.algorithms.push_back(reader.Narrow<uint8_t>("algorithms", algorithm));
  for (const auto& fad : proto.flex_algo_definitions())
    to.flex_algo_definitions.push_back(ReadDefinition(fad, reader));
  for (const v1::Srv6Locator& locator : proto.locators())
    to.locators.push_back(ReadLocator(locator, reader));
  for (const v1::Srv6Sid& sid : proto.srv6_sids()) to.srv6_sids.push_back(ReadSrv6Sid(sid, reader));
  if (proto.has_msd()) to.msd = ReadMsd(proto.msd(), reader);
  if (proto.has_overload()) to.overload = proto.overload();
  if (proto.has_pseudonode()) to.pseudonode = proto.pseudonode();
  for (const uint32_t id : proto.multi_topology_ids())
    to.multi_topology_ids.push_back(reader.Narrow<uint16_t>("multi_topology_ids", id, 4095));
  if (proto.has_position())
    to.position = topology::GeoPosition{proto.position().latitude(), proto.position().longitude()};
  SRPCE_RETURN_IF_ERROR(reader.status());
  return to;
}

absl::StatusOr<LinkAttributes> FromProto(const v1::LinkAttributes& proto) {
  FieldReader reader("");
  LinkAttributes to;
  if (proto.has_up()) to.up = proto.up();
  if (proto.has_igp_metric()) to.igp_metric = proto.igp_metric();
  if (proto.has_te_metric()) to.te_metric = proto.te_metric();
  to.delay = ReadDelay(proto.has_delay_us(), proto.delay_us());
  to.min_delay = ReadDelay(proto.has_min_delay_us(), proto.min_delay_us());
  to.max_delay = ReadDelay(proto.has_max_delay_us(), proto.max_delay_us());
  to.delay_variation = ReadDelay(proto.has_delay_variation_us(), proto.delay_variation_us());
  if (proto.has_loss_fraction()) to.loss = proto.loss_fraction();
  if (proto.has_delay_anomalous()) to.delay_anomalous = proto.delay_anomalous();
  to.capacity = ReadBandwidth(proto.has_capacity_bps(), proto.capacity_bps());
  to.reservable = ReadBandwidth(proto.has_reservable_bps(), proto.reservable_bps());
  to.available = ReadBandwidth(proto.has_available_bps(), proto.available_bps());
  if (proto.has_admin_group()) to.admin_group = FromProto(proto.admin_group());
  if (proto.has_srlgs())
    to.srlgs = std::vector<uint32_t>(proto.srlgs().srlgs().begin(), proto.srlgs().srlgs().end());
  for (const v1::AdjacencySid& sid : proto.adjacency_sids())
    to.adjacency_sids.push_back(ReadAdjacencySid(sid, reader));
  for (const v1::Srv6Sid& sid : proto.srv6_sids()) to.srv6_sids.push_back(ReadSrv6Sid(sid, reader));
  if (proto.has_local_address())
    to.local_address = reader.Take("local_address", IpAddress::Parse(proto.local_address()));
  if (proto.has_remote_address())
    to.remote_address = reader.Take("remote_address", IpAddress::Parse(proto.remote_address()));
  if (proto.has_msd_base_mpls_imposition()) {
    to.msd_base_mpls_imposition =
        reader.Narrow<uint8_t>("msd_base_mpls_imposition", proto.msd_base_mpls_imposition());
  }
  if (proto.has_multi_topology_id()) {
    to.multi_topology_id =
        reader.Narrow<uint16_t>("multi_topology_id", proto.multi_topology_id(), 4095);
  }
  SRPCE_RETURN_IF_ERROR(reader.status());
  return to;
}

absl::StatusOr<PrefixAttributes> FromProto(const v1::PrefixAttributes& proto) {
  FieldReader reader("");
  PrefixAttributes to;
  if (proto.has_metric()) to.metric = proto.metric();
  for (const v1::PrefixSid& sid : proto.sids()) to.sids.push_back(ReadPrefixSid(sid, reader));
  if (proto.has_node_sid()) to.node_sid = proto.node_sid();
  if (proto.has_anycast()) to.anycast = proto.anycast();
  SRPCE_RETURN_IF_ERROR(reader.status());
  return to;
}

absl::StatusOr<plugin::Statement> FromProto(const v1::TopologyUpdate& update) {
  switch (update.update_case()) {
    case v1::TopologyUpdate::kSyncBegin:
      return plugin::SyncBegin{};
    case v1::TopologyUpdate::kSyncEnd:
      return plugin::SyncEnd{};
    case v1::TopologyUpdate::kNode: {
      auto attributes = FromProto(update.node().attributes());
      if (!attributes.ok())
        return At(absl::StrCat("node ", update.node().id()), attributes.status());
      return plugin::NodeStatement{update.node().id(), *std::move(attributes), update.patch(),
                                   update.stale()};
    }
    case v1::TopologyUpdate::kLink: {
      topology::LinkKey key = FromProto(update.link().key());
      auto attributes = FromProto(update.link().attributes());
      if (!attributes.ok()) return At(absl::StrCat("link ", key.ToString()), attributes.status());
      return plugin::LinkStatement{std::move(key), *std::move(attributes), update.patch(),
                                   update.stale()};
    }
    case v1::TopologyUpdate::kPrefix: {
      const std::string where = absl::StrCat("prefix ", update.prefix().key().prefix(), " of ",
                                             update.prefix().key().node());
      auto prefix = IpPrefix::Parse(update.prefix().key().prefix());
      if (!prefix.ok()) return At(where, prefix.status());
      auto attributes = FromProto(update.prefix().attributes());
      if (!attributes.ok()) return At(where, attributes.status());
      return plugin::PrefixStatement{update.prefix().key().node(), *prefix, *std::move(attributes),
                                     update.patch(), update.stale()};
    }
    case v1::TopologyUpdate::kRemoveNode:
      return plugin::NodeRemoval{update.remove_node()};
    case v1::TopologyUpdate::kRemoveLink:
      return plugin::LinkRemoval{FromProto(update.remove_link())};
    case v1::TopologyUpdate::kRemovePrefix: {
      auto prefix = IpPrefix::Parse(update.remove_prefix().prefix());
      if (!prefix.ok()) return At("remove_prefix", prefix.status());
      return plugin::PrefixRemoval{update.remove_prefix().node(), *prefix};
    }
    case v1::TopologyUpdate::kReport: {
      auto report = FromProto(update.report());
      if (!report.ok()) return At("report", report.status());
      return *std::move(report);
    }
    default:
      return absl::InvalidArgumentError(absl::StrCat(
          "update ", update.sequence(), ": got no statement, want sync_begin, node, link, ..."));
  }
}

void ToProto(const topology::LinkKey& from, v1::LinkKey* to) {
  to->set_local_node(from.local_node);
  to->set_remote_node(from.remote_node);
  if (!from.local_interface.empty()) to->set_local_interface(from.local_interface);
  if (!from.remote_interface.empty()) to->set_remote_interface(from.remote_interface);
}

void ToProto(const topology::AdminGroup& from, v1::AdminGroup* to) {
  to->mutable_words()->Assign(from.words().begin(), from.words().end());
}

v1::MetricType ToProto(topology::MetricType from) {
  switch (from) {
    case topology::MetricType::kIgp:
      return v1::METRIC_TYPE_IGP;
    case topology::MetricType::kTe:
      return v1::METRIC_TYPE_TE;
    case topology::MetricType::kDelay:
      return v1::METRIC_TYPE_DELAY;
    case topology::MetricType::kHops:
      return v1::METRIC_TYPE_HOPS;
    case topology::MetricType::kLoss:
      return v1::METRIC_TYPE_LOSS;
    case topology::MetricType::kVariation:
      return v1::METRIC_TYPE_DELAY_VARIATION;
  }
  return v1::METRIC_TYPE_UNSPECIFIED;
}

void ToProto(const NodeAttributes& from, v1::NodeAttributes* to) {
  if (from.name) to->set_name(*from.name);
  if (from.asn) to->set_asn(*from.asn);
  for (const IpAddress& id : from.router_ids) to->add_router_ids(id.ToString());
  WriteRanges(from.srgb, to->mutable_srgb());
  WriteRanges(from.srlb, to->mutable_srlb());
  to->mutable_algorithms()->Add(from.algorithms.begin(), from.algorithms.end());
  for (const auto& fad : from.flex_algo_definitions)
    WriteDefinition(fad, to->add_flex_algo_definitions());
  for (const topology::Srv6Locator& locator : from.locators) {
    v1::Srv6Locator* added = to->add_locators();
    added->set_prefix(locator.prefix.ToString());
    added->set_algorithm(locator.algorithm);
    added->set_metric(locator.metric);
    added->set_anycast(locator.anycast);
  }
  for (const topology::Srv6Sid& sid : from.srv6_sids) WriteSid(sid, to->add_srv6_sids());
  if (from.msd) WriteMsd(*from.msd, to->mutable_msd());
  if (from.overload) to->set_overload(*from.overload);
  if (from.pseudonode) to->set_pseudonode(*from.pseudonode);
  to->mutable_multi_topology_ids()->Add(from.multi_topology_ids.begin(),
                                        from.multi_topology_ids.end());
  if (from.position) {
    to->mutable_position()->set_latitude(from.position->latitude);
    to->mutable_position()->set_longitude(from.position->longitude);
  }
}

void ToProto(const LinkAttributes& from, v1::LinkAttributes* to) {
  if (from.up) to->set_up(*from.up);
  if (from.igp_metric) to->set_igp_metric(*from.igp_metric);
  if (from.te_metric) to->set_te_metric(*from.te_metric);
  if (from.delay) to->set_delay_us(Count(*from.delay));
  if (from.min_delay) to->set_min_delay_us(Count(*from.min_delay));
  if (from.max_delay) to->set_max_delay_us(Count(*from.max_delay));
  if (from.delay_variation) to->set_delay_variation_us(Count(*from.delay_variation));
  if (from.loss) to->set_loss_fraction(*from.loss);
  if (from.delay_anomalous) to->set_delay_anomalous(*from.delay_anomalous);
  if (from.capacity) to->set_capacity_bps(Bits(*from.capacity));
  if (from.reservable) to->set_reservable_bps(Bits(*from.reservable));
  if (from.available) to->set_available_bps(Bits(*from.available));
  if (from.admin_group) ToProto(*from.admin_group, to->mutable_admin_group());
  if (from.srlgs)
    to->mutable_srlgs()->mutable_srlgs()->Assign(from.srlgs->begin(), from.srlgs->end());
  for (const topology::AdjacencySid& sid : from.adjacency_sids) {
    v1::AdjacencySid* added = to->add_adjacency_sids();
    added->set_label(sid.label);
    added->set_is_index(sid.is_index);
    if (sid.is_local) added->set_is_local(*sid.is_local);
    added->set_backup(sid.backup);
    added->set_is_set(sid.is_set);
    added->set_weight(sid.weight);
  }
  for (const topology::Srv6Sid& sid : from.srv6_sids) WriteSid(sid, to->add_srv6_sids());
  if (from.local_address) to->set_local_address(from.local_address->ToString());
  if (from.remote_address) to->set_remote_address(from.remote_address->ToString());
  if (from.msd_base_mpls_imposition)
    to->set_msd_base_mpls_imposition(*from.msd_base_mpls_imposition);
  if (from.multi_topology_id) to->set_multi_topology_id(*from.multi_topology_id);
}

void ToProto(const PrefixAttributes& from, v1::PrefixAttributes* to) {
  if (from.metric) to->set_metric(*from.metric);
  for (const topology::PrefixSid& sid : from.sids) {
    v1::PrefixSid* added = to->add_sids();
    added->set_algorithm(sid.algorithm);
    added->set_index(sid.value);
    added->set_is_label(sid.is_label);
    added->set_no_php(sid.no_php);
    added->set_explicit_null(sid.explicit_null);
  }
  if (from.node_sid) to->set_node_sid(*from.node_sid);
  if (from.anycast) to->set_anycast(*from.anycast);
}

namespace {

// One overload a kind of statement, for std::visit.
struct StatementWriter {
  v1::TopologyUpdate* to;

  void operator()(const plugin::SyncBegin&) const { to->mutable_sync_begin(); }
  void operator()(const plugin::SyncEnd&) const { to->mutable_sync_end(); }
  void operator()(const plugin::NodeStatement& from) const {
    to->mutable_node()->set_id(from.id);
    ToProto(from.attributes, to->mutable_node()->mutable_attributes());
    to->set_patch(from.patch);
    to->set_stale(from.stale);
  }
  void operator()(const plugin::LinkStatement& from) const {
    ToProto(from.key, to->mutable_link()->mutable_key());
    ToProto(from.attributes, to->mutable_link()->mutable_attributes());
    to->set_patch(from.patch);
    to->set_stale(from.stale);
  }
  void operator()(const plugin::PrefixStatement& from) const {
    to->mutable_prefix()->mutable_key()->set_node(from.node_id);
    to->mutable_prefix()->mutable_key()->set_prefix(from.prefix.ToString());
    ToProto(from.attributes, to->mutable_prefix()->mutable_attributes());
    to->set_patch(from.patch);
    to->set_stale(from.stale);
  }
  void operator()(const plugin::NodeRemoval& from) const { to->set_remove_node(from.id); }
  void operator()(const plugin::LinkRemoval& from) const {
    ToProto(from.key, to->mutable_remove_link());
  }
  void operator()(const plugin::PrefixRemoval& from) const {
    to->mutable_remove_prefix()->set_node(from.node_id);
    to->mutable_remove_prefix()->set_prefix(from.prefix.ToString());
  }
  void operator()(const plugin::SourceReport& from) const { ToProto(from, to->mutable_report()); }
};

std::string UnusableReason(const topology::Ted& ted, const topology::Link& link) {
  if (link.usable) return "";
  if (!link.attributes.up.value_or(true)) return "down";
  if (!ted.node(link.local).known)
    return absl::StrCat("node ", link.key.local_node, " is not announced");
  if (!ted.node(link.remote).known)
    return absl::StrCat("node ", link.key.remote_node, " is not announced");
  if (!link.reverse) return "the reverse direction is not announced (two-way check)";
  if (!ted.link(*link.reverse).attributes.up.value_or(true)) return "the reverse direction is down";
  return "only overlays speak of it, or of the reverse direction";
}

}  // namespace

void ToProto(const plugin::Statement& from, v1::TopologyUpdate* to) {
  std::visit(StatementWriter{to}, from);
}

void ToProto(const topology::Node& from, v1::TopologyNode* to) {
  to->set_id(from.id);
  ToProto(from.attributes, to->mutable_attributes());
  for (const topology::Prefix& prefix : from.prefixes) {
    v1::Prefix* added = to->add_prefixes();
    added->mutable_key()->set_node(from.id);
    added->mutable_key()->set_prefix(prefix.prefix.ToString());
    ToProto(prefix.attributes, added->mutable_attributes());
  }
  to->set_known(from.known);
  to->set_stale(from.stale);
}

void ToProto(const topology::Ted& ted, const topology::Link& from, v1::TopologyLink* to) {
  ToProto(from.key, to->mutable_key());
  ToProto(from.attributes, to->mutable_attributes());
  to->set_usable(from.usable);
  to->set_stale(from.stale);
  to->set_unusable_reason(UnusableReason(ted, from));
}

}  // namespace srpce::convert
