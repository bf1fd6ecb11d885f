#include "lib/wire/bgp/header.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace srpce::wire::bgp {

Writer::Place BeginMessage(Writer& writer, MessageType type) {
  writer.PutText(std::string(kMarkerLength, '\xff'));
  const Writer::Place length = writer.Begin(2);
  writer.U8(static_cast<uint8_t>(type));
  return length;
}

bool EndMessage(Writer& writer, Writer::Place length, size_t max) {
  // The length counts the marker and itself as well.
  return writer.End(length, kMarkerLength + 2) && writer.size() <= max;
}

ProtocolError BadMessageLength(MessageType type, size_t body_size) {
  const size_t length = kHeaderLength + body_size;
  Writer data;
  data.U16(static_cast<uint16_t>(length));
  return {.notification = {.code = ErrorCode::kMessageHeader,
                           .subcode = subcode::kBadMessageLength,
                           .data = std::move(data).text()},
          .text = absl::StrCat(Name(type), ": got a message of ", length, " bytes, which no ",
                               Name(type), " can have")};
}

}  // namespace srpce::wire::bgp
