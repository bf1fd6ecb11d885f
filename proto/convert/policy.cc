#include "proto/convert/policy.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "proto/convert/fields.h"
#include "proto/convert/path.h"
#include "proto/convert/topology.h"

namespace srpce::convert {
namespace {

constexpr uint64_t kMaxPriority = 255;

std::vector<Ipv6Address> ReadSids(const google::protobuf::RepeatedPtrField<std::string>& from,
                                  absl::string_view field, FieldReader& reader) {
  std::vector<Ipv6Address> sids;
  for (const std::string& sid : from) sids.push_back(reader.Take(field, Ipv6Address::Parse(sid)));
  return sids;
}

std::vector<uint32_t> ReadLabels(const google::protobuf::RepeatedField<uint32_t>& from,
                                 absl::string_view field, FieldReader& reader) {
  std::vector<uint32_t> labels;
  for (const uint32_t label : from)
    labels.push_back(reader.Narrow<uint32_t>(field, label, topology::kMaxLabel));
  return labels;
}

policy::ExplicitSegmentList ReadExplicitList(const v1::ExplicitSegmentList& proto,
                                             FieldReader& reader) {
  policy::ExplicitSegmentList to;
  to.data_plane = reader.Take("explicit.lists.data_plane", FromProto(proto.data_plane()));
  to.labels = ReadLabels(proto.labels(), "explicit.lists.labels", reader);
  to.sids = ReadSids(proto.sids(), "explicit.lists.sids", reader);
  if (to.data_plane == cspf::DataPlane::kEither) {
    // Only one of the two can be filled in sensibly; Validate refuses both or none.
    to.data_plane = to.sids.empty() ? cspf::DataPlane::kSrMpls : cspf::DataPlane::kSrv6;
  }
  to.weight = proto.weight() == 0 ? 1 : proto.weight();
  return to;
}

policy::ProtocolOrigin ReadOrigin(v1::ProtocolOrigin proto, FieldReader& reader) {
  switch (proto) {
    case v1::PROTOCOL_ORIGIN_UNSPECIFIED:
    case v1::PROTOCOL_ORIGIN_CONFIGURATION:
      return policy::ProtocolOrigin::kConfiguration;
    case v1::PROTOCOL_ORIGIN_PCEP:
      return policy::ProtocolOrigin::kPcep;
    case v1::PROTOCOL_ORIGIN_BGP_SR_POLICY:
      return policy::ProtocolOrigin::kBgpSrPolicy;
    default:
      reader.Fail("origin", absl::InvalidArgumentError(
                                absl::StrCat("got protocol origin ", static_cast<int>(proto))));
      return policy::ProtocolOrigin::kConfiguration;
  }
}

v1::ProtocolOrigin WriteOrigin(policy::ProtocolOrigin origin) {
  switch (origin) {
    case policy::ProtocolOrigin::kPcep:
      return v1::PROTOCOL_ORIGIN_PCEP;
    case policy::ProtocolOrigin::kBgpSrPolicy:
      return v1::PROTOCOL_ORIGIN_BGP_SR_POLICY;
    case policy::ProtocolOrigin::kConfiguration:
      return v1::PROTOCOL_ORIGIN_CONFIGURATION;
  }
  return v1::PROTOCOL_ORIGIN_UNSPECIFIED;
}

policy::CandidatePath ReadCandidate(const v1::CandidatePath& proto, FieldReader& reader) {
  policy::CandidatePath to;
  to.name = proto.name();
  to.preference = proto.preference() == 0 ? policy::kDefaultPreference : proto.preference();
  to.origin = ReadOrigin(proto.origin(), reader);
  to.originator_asn = proto.originator_asn();
  if (!proto.originator_address().empty()) {
    to.originator_address =
        reader.Take("originator_address", IpAddress::Parse(proto.originator_address()));
  }
  to.discriminator = proto.discriminator();
  if (proto.has_explicit_()) {
    std::vector<policy::ExplicitSegmentList> lists;
    for (const auto& list : proto.explicit_().lists())
      lists.push_back(ReadExplicitList(list, reader));
    to.definition = std::move(lists);
    if (proto.explicit_().has_promise())
      to.promise = reader.Take("explicit.promise", FromProto(proto.explicit_().promise()));
  } else if (proto.has_dynamic()) {
    to.definition = reader.Take("dynamic", FromProto(proto.dynamic()));
  } else {
    reader.Fail("definition", absl::InvalidArgumentError("got none, want dynamic or explicit"));
  }
  return to;
}

void WriteCandidate(const policy::CandidatePath& from, v1::CandidatePath* to) {
  to->set_name(from.name);
  to->set_preference(from.preference);
  to->set_origin(WriteOrigin(from.origin));
  to->set_originator_asn(from.originator_asn);
  if (!from.originator_address.is_unspecified())
    to->set_originator_address(from.originator_address.ToString());
  to->set_discriminator(from.discriminator);
  if (const auto* dynamic = std::get_if<policy::PathIntent>(&from.definition)) {
    ToProto(*dynamic, to->mutable_dynamic());
    return;
  }
  for (const auto& list : std::get<std::vector<policy::ExplicitSegmentList>>(from.definition)) {
    v1::ExplicitSegmentList* added = to->mutable_explicit_()->add_lists();
    added->set_data_plane(ToProto(list.data_plane));
    added->mutable_labels()->Assign(list.labels.begin(), list.labels.end());
    for (const Ipv6Address& sid : list.sids) added->add_sids(sid.ToString());
    added->set_weight(list.weight);
  }
  if (from.promise) ToProto(*from.promise, to->mutable_explicit_()->mutable_promise());
}

void WriteMargin(const policy::SlaMargin& from, v1::SlaMargin* to) {
  if (from.delay) to->set_delay_us(from.delay->count());
  if (from.igp_cost) to->set_igp_cost(*from.igp_cost);
  if (from.te_cost) to->set_te_cost(*from.te_cost);
  if (from.hops) to->set_hops(*from.hops);
  if (from.loss) to->set_loss_fraction(*from.loss);
  if (from.variation) to->set_delay_variation_us(from.variation->count());
  if (from.bandwidth_bytes_per_second)
    to->set_bandwidth_bps(*from.bandwidth_bytes_per_second * static_cast<double>(kBitsPerByte));
}

void WriteActive(const topology::Ted& ted, const policy::ActivePath& from, v1::ActivePath* to) {
  to->set_candidate_index(static_cast<uint32_t>(from.candidate));
  for (const policy::WeightedList& weighted : from.lists) {
    v1::SegmentList* list = to->add_segment_lists();
    ToProto(ted, weighted.list, list);
    list->set_weight(weighted.weight);
  }
  for (const topology::LinkKey& key : from.links) ToProto(key, to->add_links());
  for (const std::string& node : from.nodes) to->add_nodes(node);
  ToProto(from.metrics, to->mutable_metrics());
  to->set_cost(from.cost);
  WriteMargin(from.margin, to->mutable_margin());
  to->set_generation(from.generation);
  for (const policy::ListUse& use : from.uses) {
    v1::ListUse* added = to->add_uses();
    added->set_share(use.share);
    added->set_rate_bps(use.rate.value * kBitsPerByte);
    for (const std::string& node : use.nodes) added->add_nodes(node);
    ToProto(use.metrics, added->mutable_metrics());
  }
}

v1::OperState WriteState(policy::OperState state) {
  switch (state) {
    case policy::OperState::kPending:
      return v1::OPER_STATE_PENDING;
    case policy::OperState::kDown:
      return v1::OPER_STATE_DOWN;
    case policy::OperState::kUp:
      return v1::OPER_STATE_UP;
  }
  return v1::OPER_STATE_UNSPECIFIED;
}

v1::PushState WriteState(policy::PushState state) {
  switch (state) {
    case policy::PushState::kNone:
      return v1::PUSH_STATE_NONE;
    case policy::PushState::kWaiting:
      return v1::PUSH_STATE_WAITING;
    case policy::PushState::kSent:
      return v1::PUSH_STATE_SENT;
    case policy::PushState::kInstalled:
      return v1::PUSH_STATE_INSTALLED;
    case policy::PushState::kFailed:
      return v1::PUSH_STATE_FAILED;
  }
  return v1::PUSH_STATE_UNSPECIFIED;
}

void WriteTime(WallTime from, google::protobuf::Timestamp* to) {
  const auto since = from.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  to->set_seconds(seconds.count());
  to->set_nanos(static_cast<int32_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds).count()));
}

policy::Protection ReadProtection(const v1::Protection& proto, FieldReader& reader) {
  policy::Protection to;
  to.disjointness = reader.Take("protection.disjointness", FromProto(proto.disjointness()));
  for (const int level : proto.fallbacks()) {
    to.fallbacks.push_back(
        reader.Take("protection.fallbacks", FromProto(static_cast<v1::Disjointness>(level))));
  }
  to.allow_sharing = proto.allow_sharing();
  if (proto.has_constraints())
    to.constraints = reader.Take("protection.constraints", FromProto(proto.constraints()));
  return to;
}

void WriteProtection(const policy::Protection& from, v1::Protection* to) {
  to->set_disjointness(ToProto(from.disjointness));
  for (const cspf::Disjointness level : from.fallbacks) to->add_fallbacks(ToProto(level));
  to->set_allow_sharing(from.allow_sharing);
  if (from.constraints) ToProto(*from.constraints, to->mutable_constraints());
}

v1::ProtectionState WriteState(policy::ProtectionState state) {
  switch (state) {
    case policy::ProtectionState::kPending:
      return v1::PROTECTION_STATE_PENDING;
    case policy::ProtectionState::kUnprotected:
      return v1::PROTECTION_STATE_UNPROTECTED;
    case policy::ProtectionState::kProtected:
      return v1::PROTECTION_STATE_PROTECTED;
  }
  return v1::PROTECTION_STATE_UNSPECIFIED;
}

void WriteProtection(const topology::Ted& ted, const policy::ProtectionStatus& from,
                     v1::ProtectionStatus* to) {
  to->set_state(WriteState(from.state));
  if (from.achieved) to->set_achieved(ToProto(*from.achieved));
  if (!from.shared.empty()) ToProto(ted, from.shared, to->mutable_shared());
  if (from.backup) WriteActive(ted, *from.backup, to->mutable_backup());
  to->set_joint(from.joint);
  for (const cspf::LevelFailure& failure : from.failed) ToProto(ted, failure, to->add_failed());
  to->set_reason(from.reason);
  WriteTime(from.since, to->mutable_since());
  to->set_switches(from.switches);
}

// An absent SID travels as empty text.
std::optional<Ipv6Address> ReadOptionalSid(const std::string& text, absl::string_view field,
                                           FieldReader& reader) {
  return text.empty() ? std::nullopt : std::optional(reader.Take(field, Ipv6Address::Parse(text)));
}

}  // namespace

policy::PolicyKey FromProto(const v1::PolicyKey& proto) {
  return {proto.headend(), proto.color(), proto.endpoint()};
}

void ToProto(const policy::PolicyKey& from, v1::PolicyKey* to) {
  to->set_headend(from.headend);
  to->set_color(from.color);
  to->set_endpoint(from.endpoint);
}

absl::StatusOr<policy::PolicyIntent> FromProto(const v1::Policy& proto) {
  policy::PolicyIntent to;
  to.key = FromProto(proto.key());
  FieldReader reader(absl::StrCat("policy ", policy::ToString(to.key)));
  to.name = proto.name();
  if (proto.has_priority())
    to.priority = reader.Narrow<uint8_t>("priority", proto.priority(), kMaxPriority);
  if (proto.has_binding_label())
    to.binding_label =
        reader.Narrow<uint32_t>("binding_label", proto.binding_label(), topology::kMaxLabel);
  to.binding_sid = ReadOptionalSid(proto.binding_sid(), "binding_sid", reader);
  for (const std::string& prefix : proto.steered_prefixes()) {
    to.steered_prefixes.push_back(reader.Take("steered_prefixes", IpPrefix::Parse(prefix)));
  }
  for (const v1::CandidatePath& candidate : proto.candidate_paths()) {
    FieldReader candidate_reader(absl::StrCat(
        "policy ", policy::ToString(to.key), ": candidate_paths[", to.candidate_paths.size(), "]"));
    to.candidate_paths.push_back(ReadCandidate(candidate, candidate_reader));
    SRPCE_RETURN_IF_ERROR(candidate_reader.status());
  }
  if (proto.has_disjoint()) {
    to.disjoint = policy::DisjointMembership{
        proto.disjoint().group(),
        reader.Take("disjoint.disjointness", FromProto(proto.disjoint().disjointness()))};
  }
  if (proto.has_protection()) to.protection = ReadProtection(proto.protection(), reader);
  SRPCE_RETURN_IF_ERROR(reader.status());
  return to;
}

void ToProto(const policy::PolicyIntent& from, v1::Policy* to) {
  ToProto(from.key, to->mutable_key());
  to->set_name(from.name);
  to->set_priority(from.priority);
  if (from.binding_label) to->set_binding_label(*from.binding_label);
  if (from.binding_sid) to->set_binding_sid(from.binding_sid->ToString());
  for (const IpPrefix& prefix : from.steered_prefixes) to->add_steered_prefixes(prefix.ToString());
  for (const policy::CandidatePath& candidate : from.candidate_paths)
    WriteCandidate(candidate, to->add_candidate_paths());
  if (from.disjoint) {
    to->mutable_disjoint()->set_group(from.disjoint->group);
    to->mutable_disjoint()->set_disjointness(ToProto(from.disjoint->disjointness));
  }
  if (from.protection) WriteProtection(*from.protection, to->mutable_protection());
}

void ToProto(const topology::Ted& ted, const policy::PolicyStatus& from, v1::PolicyStatus* to) {
  ToProto(from.intent, to->mutable_policy());
  to->set_revision(from.revision);
  to->set_oper_state(WriteState(from.oper_state));
  to->set_push_state(WriteState(from.push_state));
  to->set_push_error(from.push_error);
  if (from.active) WriteActive(ted, *from.active, to->mutable_active());
  for (const policy::CandidateStatus& candidate : from.candidates) {
    v1::CandidateStatus* added = to->add_candidates();
    added->set_valid(candidate.valid);
    if (candidate.failure) ToProto(ted, *candidate.failure, added->mutable_no_path());
    added->set_error(candidate.error);
  }
  to->set_sla_violated(from.sla_violated);
  to->set_last_change_reason(from.last_change_reason);
  WriteTime(from.last_change, to->mutable_last_change());
  to->set_changes(from.changes);
  if (from.last_event_to_push) {
    to->set_last_event_to_push_us(
        std::chrono::duration<double, std::micro>(*from.last_event_to_push).count());
  }
  if (from.protection) WriteProtection(ted, *from.protection, to->mutable_protection());
}

absl::StatusOr<plugin::PolicyConfig> FromProto(const v1::InstallPolicy& proto) {
  plugin::PolicyConfig to;
  to.key = FromProto(proto.key());
  FieldReader reader(absl::StrCat("policy ", policy::ToString(to.key)));
  to.name = proto.name();
  to.preference = proto.preference();
  if (!proto.endpoint_address().empty())
    to.endpoint_address =
        reader.Take("endpoint_address", IpAddress::Parse(proto.endpoint_address()));
  if (proto.has_binding_label())
    to.binding_label =
        reader.Narrow<uint32_t>("binding_label", proto.binding_label(), topology::kMaxLabel);
  to.binding_sid = ReadOptionalSid(proto.binding_sid(), "binding_sid", reader);
  for (const std::string& prefix : proto.steered_prefixes()) {
    to.steered_prefixes.push_back(reader.Take("steered_prefixes", IpPrefix::Parse(prefix)));
  }
  for (const v1::SegmentList& list : proto.lists()) {
    policy::WeightedList weighted;
    weighted.list.data_plane = reader.Take("lists.data_plane", FromProto(list.data_plane()));
    weighted.list.labels = ReadLabels(list.labels(), "lists.labels", reader);
    weighted.list.sids = ReadSids(list.sids(), "lists.sids", reader);
    weighted.weight = list.weight();
    to.lists.push_back(std::move(weighted));
  }
  to.decapsulation_sid = ReadOptionalSid(proto.decapsulation_sid(), "decapsulation_sid", reader);
  SRPCE_RETURN_IF_ERROR(reader.status());
  return to;
}

void ToProto(const plugin::PolicyConfig& from, v1::InstallPolicy* to) {
  ToProto(from.key, to->mutable_key());
  to->set_name(from.name);
  to->set_preference(from.preference);
  if (from.endpoint_address) to->set_endpoint_address(from.endpoint_address->ToString());
  if (from.binding_label) to->set_binding_label(*from.binding_label);
  if (from.binding_sid) to->set_binding_sid(from.binding_sid->ToString());
  for (const IpPrefix& prefix : from.steered_prefixes) to->add_steered_prefixes(prefix.ToString());
  for (const policy::WeightedList& weighted : from.lists) {
    v1::SegmentList* list = to->add_lists();
    list->set_data_plane(ToProto(weighted.list.data_plane));
    list->mutable_labels()->Assign(weighted.list.labels.begin(), weighted.list.labels.end());
    for (const Ipv6Address& sid : weighted.list.sids) list->add_sids(sid.ToString());
    list->set_weight(weighted.weight);
  }
  if (from.decapsulation_sid) to->set_decapsulation_sid(from.decapsulation_sid->ToString());
  to->set_fingerprint(from.Fingerprint());
}

}  // namespace srpce::convert
