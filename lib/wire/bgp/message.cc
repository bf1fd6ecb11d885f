#include "lib/wire/bgp/message.h"

#include <utility>

#include "lib/wire/bgp/header.h"

namespace srpce::wire::bgp {
namespace {

template <typename T>
Decoded<Message> AsMessage(Decoded<T> decoded) {
  if (!decoded.ok()) return decoded.error();
  return Message(std::move(*decoded));
}

struct Encoder {
  const UpdateContext& context;

  absl::StatusOr<std::string> operator()(const Update& update) const {
    return Encode(update, context);
  }
  template <typename T>
  absl::StatusOr<std::string> operator()(const T& message) const {
    return Encode(message);
  }
};

}  // namespace

MessageType TypeOf(const Message& message) {
  constexpr MessageType kTypes[] = {MessageType::kOpen, MessageType::kUpdate,
                                    MessageType::kNotification, MessageType::kKeepalive,
                                    MessageType::kRouteRefresh};
  static_assert(std::variant_size_v<Message> == std::size(kTypes));
  return kTypes[message.index()];
}

Decoded<Message> Decode(const Frame& frame, const UpdateContext& context) {
  switch (frame.type) {
    case MessageType::kOpen:
      return AsMessage(DecodeOpen(frame.body));
    case MessageType::kUpdate:
      return AsMessage(DecodeUpdate(frame.body, context));
    case MessageType::kNotification:
      return AsMessage(DecodeNotification(frame.body));
    case MessageType::kRouteRefresh:
      return AsMessage(DecodeRouteRefresh(frame.body));
    case MessageType::kKeepalive:
      break;
  }
  return Message(Keepalive());
}

std::string Encode(const Keepalive&) {
  Writer writer;
  EndMessage(writer, BeginMessage(writer, MessageType::kKeepalive));
  return std::move(writer).text();
}

absl::StatusOr<std::string> Encode(const Message& message, const UpdateContext& context) {
  return std::visit(Encoder{context}, message);
}

}  // namespace srpce::wire::bgp
