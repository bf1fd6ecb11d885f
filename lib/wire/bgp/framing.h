// lib/wire/bgp/framing.h -- from the bytes of a TCP connection to whole messages (RFC 4271 s4.1,
// s6.1; RFC 8654 for messages of more than 4096 bytes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/wire/bgp/code_points.h"
#include "lib/wire/bgp/notification.h"
#include "lib/wire/bytes/reader.h"

namespace srpce::wire::bgp {

struct Frame {
  MessageType type{};
  Bytes body{};  // What follows the header.

  size_t size() const { return kHeaderLength + body.size(); }
};

// Returns the message at the front of `stream`, or nothing while there is only a part of it. An
// error is known as soon as the header is there. `max_length` is kMaxLength, or kMaxExtendedLength
// once both sides have announced extended messages; OPEN and KEEPALIVE do not grow (RFC 8654 s4).
Decoded<std::optional<Frame>> FirstFrame(Bytes stream, size_t max_length);

// What has come and was not consumed yet. Reading is into Space(), so that bytes are copied once.
class FrameBuffer {
 public:
  // Room for at least `size` bytes, valid until the next call; Commit(n): the first n are filled.
  std::span<uint8_t> Space(size_t size);
  void Commit(size_t count) { end_ += count; }
  void Append(Bytes bytes);

  // Takes the next message out. Its body is valid until Space() or Append(). After an error nothing
  // more comes: the connection is to be closed.
  Decoded<std::optional<Frame>> Next(size_t max_length);

  // Bytes of a message that is not whole yet.
  size_t pending() const { return end_ - begin_; }

 private:
  std::vector<uint8_t> bytes_;
  size_t begin_ = 0;  // Of what is not consumed.
  size_t end_ = 0;    // Of what is filled.
};

}  // namespace srpce::wire::bgp
