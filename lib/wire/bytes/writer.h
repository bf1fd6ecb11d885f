// lib/wire/bytes/writer.h -- numbers and pieces into bytes for a peer, network byte order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "lib/wire/bytes/reader.h"

namespace srpce::wire {

class Writer {
 public:
  void U8(uint8_t value) { Number(value, 1); }
  void U16(uint16_t value) { Number(value, 2); }
  void U24(uint32_t value) { Number(value, 3); }
  void U32(uint32_t value) { Number(value, 4); }
  void U64(uint64_t value) { Number(value, 8); }
  void Float32(float value);
  void Put(Bytes bytes) { text_.append(AsText(bytes).data(), bytes.size()); }
  void PutText(absl::string_view text) { text_.append(text.data(), text.size()); }
  void Zeros(size_t count) { text_.append(count, '\0'); }

  // A length that is known later: Begin() leaves `size` bytes for it (1, 2 or 4), and End(), given
  // what Begin() returned, fills in how many bytes came since, and `more`, which is what the length
  // counts besides. Returns false, with the length cut off, where it does not fit.
  struct Place {
    size_t at = 0;
    size_t size = 0;
  };
  Place Begin(size_t size);
  bool End(Place place, size_t more = 0);

  size_t size() const { return text_.size(); }
  Bytes bytes() const { return AsBytes(text_); }
  const std::string& text() const& { return text_; }
  std::string text() && { return std::move(text_); }

 private:
  void Number(uint64_t value, size_t size);

  std::string text_;
};

}  // namespace srpce::wire
