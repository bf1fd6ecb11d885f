#include "lib/wire/bgp/route_refresh.h"

#include "absl/strings/str_cat.h"
#include "lib/wire/bgp/header.h"

namespace srpce::wire::bgp {
namespace {

constexpr size_t kBodyLength = 4;

// RFC 7313 s5: the data is the complete message.
ProtocolError BadMarkerLength(Bytes body) {
  Writer message;
  const Writer::Place length = BeginMessage(message, MessageType::kRouteRefresh);
  message.Put(body);
  EndMessage(message, length, kMaxExtendedLength);
  return {.notification = {.code = ErrorCode::kRouteRefresh,
                           .subcode = subcode::kInvalidRefreshLength,
                           .data = std::move(message).text()},
          .text = absl::StrCat("ROUTE-REFRESH: got ", body.size(), " bytes with subtype ", body[2],
                               ", want ", kBodyLength)};
}

}  // namespace

Decoded<RouteRefresh> DecodeRouteRefresh(Bytes body) {
  RouteRefresh refresh;
  Reader reader(body);
  refresh.family.afi = static_cast<Afi>(reader.U16());
  refresh.subtype = static_cast<RouteRefresh::Subtype>(reader.U8());
  const bool marks = reader.ok() && (refresh.subtype == RouteRefresh::Subtype::kBegin ||
                                     refresh.subtype == RouteRefresh::Subtype::kEnd);
  if (marks && body.size() != kBodyLength) return BadMarkerLength(body);
  refresh.family.safi = static_cast<Safi>(reader.U8());
  if (!reader.ok()) return BadMessageLength(MessageType::kRouteRefresh, body.size());
  return refresh;
}

std::string Encode(const RouteRefresh& refresh) {
  Writer writer;
  const Writer::Place length = BeginMessage(writer, MessageType::kRouteRefresh);
  writer.U16(static_cast<uint16_t>(refresh.family.afi));
  writer.U8(static_cast<uint8_t>(refresh.subtype));
  writer.U8(static_cast<uint8_t>(refresh.family.safi));
  EndMessage(writer, length);
  return std::move(writer).text();
}

}  // namespace srpce::wire::bgp
