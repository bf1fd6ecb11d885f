#include "lib/wire/bgpls/srv6.h"

#include "lib/base/status_macros.h"
#include "lib/wire/bgpls/code_points.h"

namespace srpce::wire::bgpls {
namespace {

size_t NeighborSize(uint16_t type) { return type == kTlvSrv6IsisLanEndX ? 6 : 4; }

//   | behavior:16 | flags | algorithm | weight | reserved | neighbor: 0, 4 or 6 octets | SID:128 |
//   | sub-TLVs |
absl::Status ReadEndX(const Tlv& tlv, size_t neighbor_size, std::string& neighbor,
                      Srv6EndX& end_x) {
  Reader reader(tlv.value);
  end_x.behavior = reader.U16();
  end_x.flags = reader.U8();
  end_x.algorithm = reader.U8();
  end_x.weight = reader.U8();
  reader.Skip(1);
  neighbor = ToText(reader.Take(neighbor_size));
  end_x.sid = ReadIpv6(reader);
  if (!reader.ok()) {
    return LengthError(tlv, neighbor_size == 0 ? "22 or more" : "26 (OSPF), 28 (IS-IS) or more");
  }
  return ForEachTlv(reader.TakeAll(), [&](const Tlv& sub) {
    if (sub.type == kTlvSrv6SidStructure) {
      return Once(sub, ParseSrv6SidStructure(sub), end_x.structure);
    }
    end_x.unknown.push_back(Keep(sub));
    return absl::OkStatus();
  });
}

void WriteEndX(uint16_t type, absl::string_view neighbor, const Srv6EndX& end_x, TlvWriter& out) {
  out.Add(type, [&](TlvWriter& w) {
    w.U16(end_x.behavior);
    w.U8(end_x.flags);
    w.U8(end_x.algorithm);
    w.U8(end_x.weight);
    w.U8(0);
    w.PutText(neighbor);
    WriteIpv6(end_x.sid, w);
    if (end_x.structure) Write(*end_x.structure, w);
    w.AddRaw(end_x.unknown);
  });
}

//   | flags | weight | reserved:16 | peer AS:32 | peer BGP identifier:32 |
absl::StatusOr<Srv6PeerNodeSid> ParseSrv6PeerNodeSid(const Tlv& tlv) {
  if (tlv.value.size() != 12) return LengthError(tlv, "12");
  Reader reader(tlv.value);
  Srv6PeerNodeSid sid;
  sid.flags = reader.U8();
  sid.weight = reader.U8();
  reader.Skip(2);
  sid.peer_as = reader.U32();
  sid.peer_bgp_id = ReadIpv4(reader);
  return sid;
}

void Write(const Srv6PeerNodeSid& sid, TlvWriter& out) {
  out.Add(kTlvSrv6PeerNodeSid, [&](TlvWriter& w) {
    w.U8(sid.flags);
    w.U8(sid.weight);
    w.Zeros(2);
    w.U32(sid.peer_as);
    w.Require(sid.peer_bgp_id.is_v4());
    WriteIp(sid.peer_bgp_id, w);
  });
}

}  // namespace

//   | flags:16 | reserved:16 |
absl::StatusOr<uint16_t> ParseSrv6Capabilities(const Tlv& tlv) {
  if (tlv.value.size() != 4) return LengthError(tlv, "4");
  return Reader(tlv.value).U16();
}

void WriteSrv6Capabilities(uint16_t flags, TlvWriter& out) {
  out.Add(kTlvSrv6Capabilities, [&](TlvWriter& w) {
    w.U16(flags);
    w.Zeros(2);
  });
}

absl::StatusOr<Srv6EndX> ParseSrv6EndX(const Tlv& tlv) {
  Srv6EndX end_x;
  std::string none;
  SRPCE_RETURN_IF_ERROR(ReadEndX(tlv, 0, none, end_x));
  return end_x;
}

absl::StatusOr<Srv6LanEndX> ParseSrv6LanEndX(const Tlv& tlv) {
  Srv6LanEndX lan;
  SRPCE_RETURN_IF_ERROR(ReadEndX(tlv, NeighborSize(tlv.type), lan.neighbor, lan.end_x));
  return lan;
}

void Write(const Srv6EndX& end_x, TlvWriter& out) { WriteEndX(kTlvSrv6EndX, "", end_x, out); }

void Write(const Srv6LanEndX& lan, TlvWriter& out) {
  const uint16_t type = lan.neighbor.size() == 6 ? kTlvSrv6IsisLanEndX : kTlvSrv6OspfLanEndX;
  out.Require(lan.neighbor.size() == NeighborSize(type));
  WriteEndX(type, lan.neighbor, lan.end_x, out);
}

//   | flags | algorithm | reserved:16 | metric:32 | sub-TLVs |
absl::StatusOr<Srv6Locator> ParseSrv6Locator(const Tlv& tlv) {
  Reader reader(tlv.value);
  Srv6Locator locator;
  locator.flags = reader.U8();
  locator.algorithm = reader.U8();
  reader.Skip(2);
  locator.metric = reader.U32();
  if (!reader.ok()) return LengthError(tlv, "8 or more");
  SRPCE_RETURN_IF_ERROR(ForEachTlv(reader.TakeAll(), [&](const Tlv& sub) {
    locator.unknown.push_back(Keep(sub));
    return absl::OkStatus();
  }));
  return locator;
}

void Write(const Srv6Locator& locator, TlvWriter& out) {
  out.Add(kTlvSrv6Locator, [&](TlvWriter& w) {
    w.U8(locator.flags);
    w.U8(locator.algorithm);
    w.Zeros(2);
    w.U32(locator.metric);
    w.AddRaw(locator.unknown);
  });
}

//   | behavior:16 | flags | algorithm |
absl::StatusOr<Srv6EndpointBehavior> ParseSrv6EndpointBehavior(const Tlv& tlv) {
  if (tlv.value.size() != 4) return LengthError(tlv, "4");
  Reader reader(tlv.value);
  Srv6EndpointBehavior behavior;
  behavior.behavior = reader.U16();
  behavior.flags = reader.U8();
  behavior.algorithm = reader.U8();
  return behavior;
}

void Write(const Srv6EndpointBehavior& behavior, TlvWriter& out) {
  out.Add(kTlvSrv6EndpointBehavior, [&](TlvWriter& w) {
    w.U16(behavior.behavior);
    w.U8(behavior.flags);
    w.U8(behavior.algorithm);
  });
}

//   | locator block | locator node | function | argument |
absl::StatusOr<Srv6SidStructure> ParseSrv6SidStructure(const Tlv& tlv) {
  if (tlv.value.size() != 4) return LengthError(tlv, "4");
  Reader reader(tlv.value);
  Srv6SidStructure structure;
  structure.locator_block = reader.U8();
  structure.locator_node = reader.U8();
  structure.function = reader.U8();
  structure.argument = reader.U8();
  return structure;
}

void Write(const Srv6SidStructure& structure, TlvWriter& out) {
  out.Add(kTlvSrv6SidStructure, [&](TlvWriter& w) {
    w.U8(structure.locator_block);
    w.U8(structure.locator_node);
    w.U8(structure.function);
    w.U8(structure.argument);
  });
}

std::optional<absl::Status> DecodeSrv6SidTlv(const Tlv& tlv, Srv6SidAttributes& sid) {
  switch (tlv.type) {
    case kTlvSrv6EndpointBehavior:
      return Once(tlv, ParseSrv6EndpointBehavior(tlv), sid.behavior);
    case kTlvSrv6PeerNodeSid:
      return Once(tlv, ParseSrv6PeerNodeSid(tlv), sid.peer_node);
    case kTlvSrv6SidStructure:
      return Once(tlv, ParseSrv6SidStructure(tlv), sid.structure);
    default:
      return std::nullopt;
  }
}

void Write(const Srv6SidAttributes& sid, TlvWriter& out) {
  if (sid.behavior) Write(*sid.behavior, out);
  if (sid.peer_node) Write(*sid.peer_node, out);
  if (sid.structure) Write(*sid.structure, out);
}

}  // namespace srpce::wire::bgpls
