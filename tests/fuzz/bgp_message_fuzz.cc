// tests/fuzz/bgp_message_fuzz.cc -- whatever bytes a BGP peer sends, they are messages or errors;
// what was read can be written and read again.
//
// Input: one byte of what was agreed on, then the stream.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "lib/wire/bgp/message.h"

namespace {

using srpce::wire::Bytes;
using namespace srpce::wire::bgp;  // NOLINT: all of it.

// What is kept raw is written in the order of types.
void Sort(Update& update) { std::ranges::sort(update.attributes.others, {}, &RawAttribute::type); }

bool Same(Update a, Update b) {
  Sort(a);
  Sort(b);
  return a.withdrawn == b.withdrawn && a.attributes == b.attributes && a.mp_reach == b.mp_reach &&
         a.mp_unreach == b.mp_unreach && a.nlri == b.nlri;
}
template <typename T>
bool Same(const T& a, const T& b) {
  return a == b;
}

void CheckGoesThereAndBack(const Message& message, const UpdateContext& context) {
  const auto written = Encode(message, context);
  if (!written.ok()) abort();
  const auto frame = FirstFrame(srpce::wire::AsBytes(*written), context.max_length);
  if (!frame.ok() || !frame->has_value() || (*frame)->size() != written->size()) abort();
  const auto again = Decode(**frame, context);
  if (!again.ok() || again->index() != message.index()) abort();
  const bool same = std::visit(
      [&](const auto& first) {
        return Same(first, std::get<std::decay_t<decltype(first)>>(*again));
      },
      message);
  if (!same) abort();
}

void CheckMessage(const Frame& frame, const UpdateContext& context) {
  const auto message = Decode(frame, context);
  if (!message.ok()) {
    if (Describe(message.error().notification).empty() || message.error().text.empty()) abort();
    if (Encode(message.error().notification).size() > kMaxLength) abort();
    return;
  }
  if (const auto* update = std::get_if<Update>(&*message); update != nullptr) {
    if (update->approach() == Approach::kSessionReset) abort();
    if (EndOfRib(*update).has_value() && !update->nlri.empty()) abort();
  }
  if (const auto* notification = std::get_if<Notification>(&*message); notification != nullptr) {
    if (Describe(*notification).empty()) abort();
    if (notification->data.size() > kMaxLength - kHeaderLength - 2) return;  // Is cut off.
  }
  CheckGoesThereAndBack(*message, context);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  UpdateContext context;
  context.four_octet_as = (data[0] & 1) == 0;
  context.external = (data[0] & 2) != 0;
  context.max_length = (data[0] & 4) != 0 ? kMaxExtendedLength : kMaxLength;
  const size_t piece = 1 + static_cast<size_t>(data[0] >> 3) * 64;
  FrameBuffer buffer;
  for (size_t at = 1; at < size; at += piece) {
    buffer.Append(Bytes(data + at, std::min(piece, size - at)));
    for (;;) {
      const auto frame = buffer.Next(context.max_length);
      if (!frame.ok()) return 0;
      if (!frame->has_value()) break;
      CheckMessage(**frame, context);
    }
  }
  return 0;
}
