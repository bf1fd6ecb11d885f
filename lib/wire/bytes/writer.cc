#include "lib/wire/bytes/writer.h"

#include <bit>

namespace srpce::wire {

void Writer::Number(uint64_t value, size_t size) {
  for (size_t i = size; i > 0; --i) {
    text_.push_back(static_cast<char>(value >> (8 * (i - 1)) & 0xff));
  }
}

void Writer::Float32(float value) { U32(std::bit_cast<uint32_t>(value)); }

Writer::Place Writer::Begin(size_t size) {
  const Place place{.at = text_.size(), .size = size};
  Zeros(size);
  return place;
}

bool Writer::End(Place place, size_t more) {
  const uint64_t length = text_.size() - place.at - place.size + more;
  for (size_t i = 0; i < place.size; ++i) {
    text_[place.at + i] = static_cast<char>(length >> (8 * (place.size - 1 - i)) & 0xff);
  }
  return length >> (8 * place.size) == 0;
}

}  // namespace srpce::wire
