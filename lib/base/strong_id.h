// lib/base/strong_id.h -- dense indexes that cannot be mixed up: StrongId<NodeTag> is not
// StrongId<LinkTag>.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <utility>

namespace srpce {

template <typename Tag>
class StrongId {
 public:
  constexpr StrongId() = default;
  constexpr explicit StrongId(uint32_t value) : value_(value) {}

  constexpr uint32_t value() const { return value_; }
  constexpr auto operator<=>(const StrongId&) const = default;

  template <typename H>
  friend H AbslHashValue(H state, StrongId id) {
    return H::combine(std::move(state), id.value_);
  }

 private:
  uint32_t value_ = 0;
};

}  // namespace srpce

template <typename Tag>
struct std::hash<srpce::StrongId<Tag>> {
  size_t operator()(srpce::StrongId<Tag> id) const { return std::hash<uint32_t>()(id.value()); }
};
