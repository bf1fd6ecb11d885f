#include "lib/wire/bgpls/node_attributes.h"

#include "lib/wire/bgpls/code_points.h"
#include "lib/wire/bgpls/srv6.h"

namespace srpce::wire::bgpls {
namespace {

constexpr uint16_t kMultiTopologyMask = 0x0fff;  // 4 bits are reserved, RFC 9552 s5.2.2.1.

}  // namespace

//   | { type | value } ... |
absl::Status AppendMsds(const Tlv& tlv, std::vector<Msd>& msds) {
  if (tlv.value.size() % 2 != 0) return LengthError(tlv, "a multiple of 2");
  for (Reader reader(tlv.value); !reader.empty();) {
    const uint8_t type = reader.U8();
    msds.push_back({.type = type, .value = reader.U8()});
  }
  return absl::OkStatus();
}

void WriteMsds(uint16_t type, const std::vector<Msd>& msds, TlvWriter& out) {
  if (msds.empty()) return;
  out.Add(type, [&](TlvWriter& w) {
    for (const Msd& msd : msds) {
      w.U8(msd.type);
      w.U8(msd.value);
    }
  });
}

std::optional<absl::Status> DecodeNodeTlv(const Tlv& tlv, NodeAttributes& node) {
  switch (tlv.type) {
    case kTlvMultiTopology:
      return AppendU16s(tlv, kMultiTopologyMask, node.multi_topologies);
    case kTlvNodeMsd:
      return AppendMsds(tlv, node.msds);
    case kTlvNodeFlags:
      return Once(tlv, ParseU8(tlv), node.flags);
    case kTlvOpaqueNode:
      return Append(ParseText(tlv), node.opaque);
    case kTlvNodeName:
      return Once(tlv, ParseText(tlv), node.name);
    case kTlvIsisArea:
      return Append(ParseText(tlv), node.isis_areas);
    case kTlvSrCapabilities:
      return Once(tlv, ParseLabelBlock(tlv), node.sr_capabilities);
    case kTlvSrAlgorithms:
      return AppendU8s(tlv, node.sr_algorithms);
    case kTlvSrLocalBlock:
      return Once(tlv, ParseLabelBlock(tlv), node.sr_local_block);
    case kTlvSrmsPreference:
      return Once(tlv, ParseU8(tlv), node.srms_preference);
    case kTlvSrv6Capabilities:
      return Once(tlv, ParseSrv6Capabilities(tlv), node.srv6_capabilities);
    case kTlvFlexAlgoDefinition:
      return Append(ParseFlexAlgoDefinition(tlv), node.flex_algos);
    default:
      return std::nullopt;
  }
}

void Write(const NodeAttributes& node, TlvWriter& out) {
  out.AddU16s(kTlvMultiTopology, node.multi_topologies);
  WriteMsds(kTlvNodeMsd, node.msds, out);
  out.AddU8(kTlvNodeFlags, node.flags);
  out.AddTexts(kTlvOpaqueNode, node.opaque);
  out.AddText(kTlvNodeName, node.name);
  out.AddTexts(kTlvIsisArea, node.isis_areas);
  if (node.sr_capabilities) Write(kTlvSrCapabilities, *node.sr_capabilities, out);
  out.AddU8s(kTlvSrAlgorithms, node.sr_algorithms);
  if (node.sr_local_block) Write(kTlvSrLocalBlock, *node.sr_local_block, out);
  out.AddU8(kTlvSrmsPreference, node.srms_preference);
  if (node.srv6_capabilities) WriteSrv6Capabilities(*node.srv6_capabilities, out);
  for (const FlexAlgoDefinition& definition : node.flex_algos) Write(definition, out);
}

}  // namespace srpce::wire::bgpls
