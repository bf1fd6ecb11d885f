#include "lib/wire/bgpls/nlri.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace srpce::wire::bgpls {
namespace {

constexpr size_t kHeader = 4;  // Type and length.
constexpr uint16_t kMultiTopologyMask = 0x0fff;

bool IsKnown(uint16_t type) {
  return type >= static_cast<uint16_t>(NlriType::kNode) &&
         type <= static_cast<uint16_t>(NlriType::kSrv6Sid);
}

// Collects the TLVs of one NLRI. Those without which it names nothing are in optionals.
struct Decoder {
  Nlri nlri;
  std::optional<NodeDescriptor> local;
  std::optional<NodeDescriptor> remote;
  std::optional<IpPrefix> prefix;
  std::optional<Ipv6Address> sid;
  std::optional<CandidatePathDescriptor> path;

  // OK and kept as unknown if the type is not of the NLRI.
  absl::Status Take(const Tlv& tlv);
  absl::Status Finish();

 private:
  absl::Status TakeOther(const Tlv& tlv);
  absl::Status TakeLinkTlv(const Tlv& tlv, LinkDescriptor& link);
  absl::Status TakePrefixTlv(const Tlv& tlv, PrefixDescriptor& descriptor);
  absl::Status TakeSidTlv(const Tlv& tlv, Srv6SidDescriptor& descriptor);
  absl::Status TakePathTlv(const Tlv& tlv);
};

absl::Status Decoder::Take(const Tlv& tlv) {
  if (tlv.type == kTlvLocalNode) return Once(tlv, ParseNodeDescriptor(tlv, nlri.protocol), local);
  if (auto* link = std::get_if<LinkDescriptor>(&nlri.descriptor)) return TakeLinkTlv(tlv, *link);
  if (auto* at = std::get_if<PrefixDescriptor>(&nlri.descriptor)) return TakePrefixTlv(tlv, *at);
  if (auto* at = std::get_if<Srv6SidDescriptor>(&nlri.descriptor)) return TakeSidTlv(tlv, *at);
  if (std::holds_alternative<CandidatePathDescriptor>(nlri.descriptor)) return TakePathTlv(tlv);
  return TakeOther(tlv);
}

absl::Status Decoder::TakeOther(const Tlv& tlv) {
  nlri.unknown.push_back(Keep(tlv));
  return absl::OkStatus();
}

absl::Status Decoder::TakeLinkTlv(const Tlv& tlv, LinkDescriptor& link) {
  switch (tlv.type) {
    case kTlvRemoteNode:
      return Once(tlv, ParseNodeDescriptor(tlv, nlri.protocol), remote);
    case kTlvLinkIds:
      return Once(tlv, ParseLinkIds(tlv), link.ids);
    case kTlvIpv4Interface:
      return Append(ParseIpv4(tlv), link.local_addresses);
    case kTlvIpv4Neighbor:
      return Append(ParseIpv4(tlv), link.remote_addresses);
    case kTlvIpv6Interface:
      return Append(ParseIpv6(tlv), link.local_addresses);
    case kTlvIpv6Neighbor:
      return Append(ParseIpv6(tlv), link.remote_addresses);
    case kTlvMultiTopology:
      return AppendU16s(tlv, kMultiTopologyMask, link.multi_topologies);
    default:
      return TakeOther(tlv);
  }
}

absl::Status Decoder::TakePrefixTlv(const Tlv& tlv, PrefixDescriptor& descriptor) {
  switch (tlv.type) {
    case kTlvMultiTopology:
      return AppendU16s(tlv, kMultiTopologyMask, descriptor.multi_topologies);
    case kTlvOspfRouteType:
      return Once(tlv, ParseU8(tlv), descriptor.ospf_route_type);
    case kTlvIpReachability:
      return Once(
          tlv,
          ParseIpReachability(tlv, nlri.type == NlriType::kIpv4Prefix ? IpAddress::Family::kV4
                                                                      : IpAddress::Family::kV6),
          prefix);
    default:
      return TakeOther(tlv);
  }
}

absl::Status Decoder::TakeSidTlv(const Tlv& tlv, Srv6SidDescriptor& descriptor) {
  switch (tlv.type) {
    case kTlvMultiTopology:
      return AppendU16s(tlv, kMultiTopologyMask, descriptor.multi_topologies);
    case kTlvSrv6SidInformation: {
      SRPCE_ASSIGN_OR_RETURN(const IpAddress address, ParseIpv6(tlv));
      return Once<Ipv6Address>(tlv, address.v6(), sid);
    }
    default:
      return TakeOther(tlv);
  }
}

absl::Status Decoder::TakePathTlv(const Tlv& tlv) {
  if (tlv.type == kTlvSrPolicyCandidatePath) return Once(tlv, ParseCandidatePath(tlv), path);
  return TakeOther(tlv);
}

absl::Status Missing(uint16_t type) {
  return absl::InvalidArgumentError(absl::StrCat("TLV ", type, " ", TlvName(type), " is missing"));
}

absl::Status Decoder::Finish() {
  if (!local) return Missing(kTlvLocalNode);
  nlri.local_node = *std::move(local);
  if (auto* link = std::get_if<LinkDescriptor>(&nlri.descriptor)) {
    if (!remote) return Missing(kTlvRemoteNode);
    link->remote_node = *std::move(remote);
  } else if (auto* descriptor = std::get_if<PrefixDescriptor>(&nlri.descriptor)) {
    if (!prefix) return Missing(kTlvIpReachability);
    descriptor->prefix = *prefix;
  } else if (auto* srv6 = std::get_if<Srv6SidDescriptor>(&nlri.descriptor)) {
    if (!sid) return Missing(kTlvSrv6SidInformation);
    srv6->sid = *sid;
  } else if (auto* candidate = std::get_if<CandidatePathDescriptor>(&nlri.descriptor)) {
    if (!path) return Missing(kTlvSrPolicyCandidatePath);
    *candidate = *path;
  }
  return absl::OkStatus();
}

void SetDescriptor(Nlri& nlri) {
  switch (nlri.type) {
    case NlriType::kNode:
      break;
    case NlriType::kLink:
      nlri.descriptor.emplace<LinkDescriptor>();
      break;
    case NlriType::kIpv4Prefix:
    case NlriType::kIpv6Prefix:
      nlri.descriptor.emplace<PrefixDescriptor>();
      break;
    case NlriType::kSrPolicyCandidatePath:
      nlri.descriptor.emplace<CandidatePathDescriptor>();
      break;
    case NlriType::kSrv6Sid:
      nlri.descriptor.emplace<Srv6SidDescriptor>();
      break;
  }
}

struct DescriptorWriter {
  const Nlri& nlri;
  TlvWriter& out;

  void operator()(const NoDescriptor&) const { out.Require(nlri.type == NlriType::kNode); }
  void operator()(const LinkDescriptor& link) const {
    out.Require(nlri.type == NlriType::kLink);
    Write(kTlvRemoteNode, link.remote_node, out);
    if (link.ids) Write(*link.ids, out);
    out.AddIps(kTlvIpv4Interface, kTlvIpv6Interface, link.local_addresses);
    out.AddIps(kTlvIpv4Neighbor, kTlvIpv6Neighbor, link.remote_addresses);
    out.AddU16s(kTlvMultiTopology, link.multi_topologies);
  }
  void operator()(const PrefixDescriptor& prefix) const {
    const bool v4 = prefix.prefix.address().is_v4();
    out.Require(nlri.type == (v4 ? NlriType::kIpv4Prefix : NlriType::kIpv6Prefix));
    out.AddU16s(kTlvMultiTopology, prefix.multi_topologies);
    out.AddU8(kTlvOspfRouteType, prefix.ospf_route_type);
    Write(prefix.prefix, out);
  }
  void operator()(const CandidatePathDescriptor& path) const {
    out.Require(nlri.type == NlriType::kSrPolicyCandidatePath);
    Write(path, out);
  }
  void operator()(const Srv6SidDescriptor& sid) const {
    out.Require(nlri.type == NlriType::kSrv6Sid);
    out.AddU16s(kTlvMultiTopology, sid.multi_topologies);
    out.Add(kTlvSrv6SidInformation, [&](TlvWriter& w) { WriteIpv6(sid.sid, w); });
  }
};

}  // namespace

//   | protocol-id | identifier:64 | TLVs |
absl::StatusOr<Nlri> DecodeNlri(NlriType type, Bytes body) {
  Reader reader(body);
  Decoder decoder;
  decoder.nlri.type = type;
  decoder.nlri.protocol = static_cast<ProtocolId>(reader.U8());
  decoder.nlri.identifier = reader.U64();
  if (!reader.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("protocol and identifier: got ", body.size(), " bytes, want 9"));
  }
  SetDescriptor(decoder.nlri);
  SRPCE_RETURN_IF_ERROR(
      ForEachTlv(reader.TakeAll(), [&](const Tlv& tlv) { return decoder.Take(tlv); }));
  SRPCE_RETURN_IF_ERROR(decoder.Finish());
  return std::move(decoder.nlri);
}

absl::StatusOr<std::string> EncodeNlri(const Nlri& nlri) {
  TlvWriter tlvs;
  Write(kTlvLocalNode, nlri.local_node, tlvs);
  std::visit(DescriptorWriter{nlri, tlvs}, nlri.descriptor);
  tlvs.AddRaw(nlri.unknown);
  TlvWriter out;
  out.Require(tlvs.fits());
  out.Add(static_cast<uint16_t>(nlri.type), [&](TlvWriter& w) {
    w.U8(static_cast<uint8_t>(nlri.protocol));
    w.U64(nlri.identifier);
    if (tlvs.fits()) w.PutText(InTypeOrder(tlvs.bytes()));
  });
  if (!out.fits()) {
    return absl::InvalidArgumentError(
        absl::StrCat("BGP-LS NLRI: a value does not fit its field: ", ToString(nlri)));
  }
  return std::move(out).text();
}

NlriList DecodeNlris(Bytes bytes) {
  NlriList list;
  TlvWalk walk(bytes);  // An NLRI begins as a TLV does: type and length.
  Bytes rest = bytes;
  for (Tlv tlv; walk.Next(tlv);) {
    const size_t size = kHeader + tlv.value.size();
    std::string key = ToText(rest.first(size));
    rest = rest.subspan(size);
    if (!IsKnown(tlv.type)) {
      list.unknown.push_back({std::move(key), tlv.type});
      continue;
    }
    absl::StatusOr<Nlri> nlri = DecodeNlri(static_cast<NlriType>(tlv.type), tlv.value);
    if (nlri.ok()) {
      list.known.push_back({std::move(key), *std::move(nlri)});
    } else {
      list.bad.push_back({std::move(key), tlv.type, std::string(nlri.status().message())});
    }
  }
  if (!walk.overrun().ok()) {
    list.overrun = absl::InvalidArgumentError(absl::StrCat(
        "NLRI at byte ", bytes.size() - rest.size(), " of ", bytes.size(), " runs over the end"));
  }
  return list;
}

}  // namespace srpce::wire::bgpls
