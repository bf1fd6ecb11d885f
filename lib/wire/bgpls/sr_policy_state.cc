#include "lib/wire/bgpls/sr_policy_state.h"

#include "lib/base/status_macros.h"
#include "lib/wire/bgpls/code_points.h"

namespace srpce::wire::bgpls {
namespace {

constexpr int kLabelShift = 12;  // Then traffic class, bottom of stack, TTL: RFC 9857 s5.1.
constexpr uint32_t kMaxLabel = 0xfffff;

bool IsSrv6(const PolicySid& sid) { return std::holds_alternative<Ipv6Address>(sid); }

//   | flags:16 | reserved:16 | SID | specified SID |
absl::StatusOr<SrBindingSid> ParseBindingSid(const Tlv& tlv) {
  Reader reader(tlv.value);
  SrBindingSid binding;
  binding.flags = reader.U16();
  reader.Skip(2);
  const bool srv6 = (binding.flags & SrBindingSid::kSrv6) != 0;
  binding.sid = ReadPolicySid(reader, srv6);
  binding.specified = ReadPolicySid(reader, srv6);
  if (!reader.ok() || !reader.empty()) return LengthError(tlv, srv6 ? "36" : "12");
  return binding;
}

void Write(const SrBindingSid& binding, TlvWriter& out) {
  const bool srv6 = (binding.flags & SrBindingSid::kSrv6) != 0;
  out.Require(IsSrv6(binding.sid) == srv6 && IsSrv6(binding.specified) == srv6);
  out.Add(kTlvSrBindingSid, [&](TlvWriter& w) {
    w.U16(binding.flags);
    w.Zeros(2);
    WritePolicySid(binding.sid, w);
    WritePolicySid(binding.specified, w);
  });
}

//   | flags:16 | reserved:16 | SID:128 | specified SID:128 | sub-TLVs |
absl::StatusOr<Srv6BindingSid> ParseSrv6BindingSid(const Tlv& tlv) {
  Reader reader(tlv.value);
  Srv6BindingSid binding;
  binding.flags = reader.U16();
  reader.Skip(2);
  binding.sid = ReadIpv6(reader);
  binding.specified = ReadIpv6(reader);
  if (!reader.ok()) return LengthError(tlv, "36 or more");
  SRPCE_RETURN_IF_ERROR(ForEachTlv(reader.TakeAll(), [&](const Tlv& sub) {
    const std::optional<absl::Status> status = DecodeSrv6SidTlv(sub, binding.attributes);
    if (status) return *status;
    binding.unknown.push_back(Keep(sub));
    return absl::OkStatus();
  }));
  return binding;
}

void Write(const Srv6BindingSid& binding, TlvWriter& out) {
  out.Add(kTlvSrv6BindingSid, [&](TlvWriter& w) {
    w.U16(binding.flags);
    w.Zeros(2);
    WriteIpv6(binding.sid, w);
    WriteIpv6(binding.specified, w);
    Write(binding.attributes, w);
    w.AddRaw(binding.unknown);
  });
}

//   | priority | reserved | flags:16 | preference:32 |
absl::StatusOr<SrCandidatePathState> ParseState(const Tlv& tlv) {
  if (tlv.value.size() != 8) return LengthError(tlv, "8");
  Reader reader(tlv.value);
  SrCandidatePathState state;
  state.priority = reader.U8();
  reader.Skip(1);
  state.flags = reader.U16();
  state.preference = reader.U32();
  return state;
}

void Write(const SrCandidatePathState& state, TlvWriter& out) {
  out.Add(kTlvSrCandidatePathState, [&](TlvWriter& w) {
    w.U8(state.priority);
    w.U8(0);
    w.U16(state.flags);
    w.U32(state.preference);
  });
}

}  // namespace

PolicySid ReadPolicySid(Reader& reader, bool srv6) {
  if (srv6) return ReadIpv6(reader);
  return reader.U32() >> kLabelShift;
}

void WritePolicySid(const PolicySid& sid, TlvWriter& out) {
  if (IsSrv6(sid)) {
    WriteIpv6(std::get<Ipv6Address>(sid), out);
  } else {
    const uint32_t label = std::get<uint32_t>(sid);
    out.Require(label <= kMaxLabel);
    out.U32(label << kLabelShift);
  }
}

std::optional<absl::Status> DecodeSrPolicyTlv(const Tlv& tlv, SrPolicyState& policy) {
  switch (tlv.type) {
    case kTlvSrBindingSid:
      return Append(ParseBindingSid(tlv), policy.binding_sids);
    case kTlvSrv6BindingSid:
      return Append(ParseSrv6BindingSid(tlv), policy.srv6_binding_sids);
    case kTlvSrCandidatePathState:
      return Once(tlv, ParseState(tlv), policy.state);
    case kTlvSrCandidatePathName:
      return Once(tlv, ParseText(tlv), policy.candidate_path_name);
    case kTlvSrPolicyName:
      return Once(tlv, ParseText(tlv), policy.policy_name);
    case kTlvSrCandidatePathConstraints:
      return Once(tlv, ParseSrConstraints(tlv), policy.constraints);
    case kTlvSrSegmentList:
      return Append(ParseSrSegmentList(tlv), policy.segment_lists);
    default:
      return std::nullopt;
  }
}

void Write(const SrPolicyState& policy, TlvWriter& out) {
  for (const SrBindingSid& binding : policy.binding_sids) Write(binding, out);
  if (policy.state) Write(*policy.state, out);
  out.AddText(kTlvSrCandidatePathName, policy.candidate_path_name);
  if (policy.constraints) Write(*policy.constraints, out);
  for (const SrSegmentList& list : policy.segment_lists) Write(list, out);
  for (const Srv6BindingSid& binding : policy.srv6_binding_sids) Write(binding, out);
  out.AddText(kTlvSrPolicyName, policy.policy_name);
}

}  // namespace srpce::wire::bgpls
