#include "lib/wire/bgp/framing.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "lib/wire/bgp/header.h"

namespace srpce::wire::bgp {
namespace {

ProtocolError NotSynchronized(Bytes marker) {
  return {.notification = {.code = ErrorCode::kMessageHeader, .subcode = subcode::kNotSynchronized},
          .text = absl::StrCat("header: got marker ", ToHex(marker), ", want all ones")};
}

ProtocolError BadLength(size_t length, size_t min, size_t max, const std::string& of) {
  Writer data;
  data.U16(static_cast<uint16_t>(length));
  const std::string want = min == max ? absl::StrCat(min) : absl::StrCat(min, " to ", max);
  return {.notification = {.code = ErrorCode::kMessageHeader,
                           .subcode = subcode::kBadMessageLength,
                           .data = std::move(data).text()},
          .text = absl::StrCat(of, ": got length ", length, ", want ", want)};
}

ProtocolError BadType(MessageType type) {
  return {.notification = {.code = ErrorCode::kMessageHeader,
                           .subcode = subcode::kBadMessageType,
                           .data = std::string(1, static_cast<char>(type))},
          .text = absl::StrCat("header: got ", Name(type), ", want 1 to 5")};
}

struct Limits {
  size_t min;
  size_t max;
};

// The lengths a type can have at all (RFC 4271 s6.1); nothing for a type that there is not. What a
// ROUTE-REFRESH must have depends on its subtype (RFC 7313 s5).
std::optional<Limits> LimitsOf(MessageType type, size_t max) {
  switch (type) {
    case MessageType::kOpen:
      return Limits{29, std::min(max, kMaxLength)};
    case MessageType::kUpdate:
      return Limits{23, max};
    case MessageType::kNotification:
      return Limits{21, max};
    case MessageType::kKeepalive:
      return Limits{kHeaderLength, kHeaderLength};
    case MessageType::kRouteRefresh:
      return Limits{kHeaderLength, max};
  }
  return std::nullopt;
}

}  // namespace

Decoded<std::optional<Frame>> FirstFrame(Bytes stream, size_t max_length) {
  if (stream.size() < kHeaderLength) return std::optional<Frame>();
  Reader reader(stream);
  const Bytes marker = reader.Take(kMarkerLength);
  const size_t length = reader.U16();
  const MessageType type = static_cast<MessageType>(reader.U8());
  if (!std::all_of(marker.begin(), marker.end(), [](uint8_t byte) { return byte == 0xff; })) {
    return NotSynchronized(marker);
  }
  if (length < kHeaderLength || length > max_length) {
    return BadLength(length, kHeaderLength, max_length, "header");
  }
  const std::optional<Limits> limits = LimitsOf(type, max_length);
  if (!limits.has_value()) return BadType(type);
  if (length < limits->min || length > limits->max) {
    return BadLength(length, limits->min, limits->max, Name(type));
  }
  if (stream.size() < length) return std::optional<Frame>();
  return std::optional<Frame>(Frame{.type = type, .body = reader.Take(length - kHeaderLength)});
}

std::span<uint8_t> FrameBuffer::Space(size_t size) {
  if (bytes_.size() - end_ < size) {
    // Less than one message is pending, so that what moves is little beside what comes.
    if (pending() > 0) std::memmove(bytes_.data(), bytes_.data() + begin_, pending());
    end_ -= begin_;
    begin_ = 0;
    if (bytes_.size() - end_ < size) bytes_.resize(end_ + size);
  }
  return std::span<uint8_t>(bytes_).subspan(end_);
}

void FrameBuffer::Append(Bytes bytes) {
  if (bytes.empty()) return;
  std::memcpy(Space(bytes.size()).data(), bytes.data(), bytes.size());
  Commit(bytes.size());
}

Decoded<std::optional<Frame>> FrameBuffer::Next(size_t max_length) {
  auto frame = FirstFrame(Bytes(bytes_).subspan(begin_, pending()), max_length);
  if (frame.ok() && frame->has_value()) begin_ += (*frame)->size();
  return frame;
}

}  // namespace srpce::wire::bgp
