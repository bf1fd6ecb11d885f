#include "lib/segments/csid.h"

#include <algorithm>
#include <utility>

namespace srpce::segments {
namespace {

constexpr uint32_t kAddressBits = 128;
__extension__ typedef unsigned __int128 Bits128;

Bits128 ToBits(const Ipv6Address& address) {
  Bits128 bits = 0;
  for (const uint8_t byte : address.bytes()) {
    bits = bits << 8 | byte;
  }
  return bits;
}
Ipv6Address FromBits(Bits128 bits) {
  Ipv6Address::Bytes bytes;
  for (size_t i = bytes.size(); i-- > 0; bits >>= 8) {
    bytes[i] = static_cast<uint8_t>(bits);
  }
  return Ipv6Address(bytes);
}
// The low bits after the first `offset`; a shift by 128 is not defined.
Bits128 MaskFrom(uint32_t offset) {
  return offset >= kAddressBits ? Bits128{0} : ~Bits128{0} >> offset;
}
Bits128 ShiftUp(Bits128 bits, uint32_t by) { return by >= kAddressBits ? Bits128{0} : bits << by; }
Bits128 ShiftDown(Bits128 bits, uint32_t by) {
  return by >= kAddressBits ? Bits128{0} : bits >> by;
}

bool Within(uint16_t value, uint16_t first, uint16_t last) {
  return value >= first && value <= last;
}

}  // namespace

SidAction ActionOf(uint16_t behavior) {
  // IANA "SRv6 Endpoint Behaviors": RFC 8986 s10.2, RFC 9800 s11; the flavors PSP, USP, USD change
  // no path.
  if (Within(behavior, 1, 4) || Within(behavior, 28, 31) || Within(behavior, 43, 50)) {
    return SidAction::kEnd;
  }
  if (Within(behavior, 5, 8) || Within(behavior, 32, 35) || Within(behavior, 52, 59)) {
    return SidAction::kEndX;
  }
  if (Within(behavior, 16, 24) || Within(behavior, 60, 69)) {
    return SidAction::kDecap;
  }
  return SidAction::kOther;
}

bool PopsEarly(uint16_t behavior) {
  // In each block the flavors count in binary, PSP the lowest bit; the second blocks have USD, too.
  constexpr std::pair<uint16_t, uint16_t> kBlocks[] = {{1, 4},   {5, 8},   {28, 31},
                                                       {32, 35}, {43, 50}, {52, 59}};
  for (const auto& [first, last] : kBlocks) {
    if (Within(behavior, first, last)) return (behavior - first) % 2 == 1;
  }
  return false;
}

uint32_t CsidLength(const topology::Srv6Sid& sid) {
  if (!sid.structure || sid.structure->block == 0 || sid.structure->node == 0) {
    return 0;
  }
  const uint32_t length = uint32_t{sid.structure->node} + sid.structure->function;
  return sid.structure->block + length <= kAddressBits ? length : 0;
}

bool ShiftsContainer(const topology::Srv6Sid& sid) {
  const SidAction action = ActionOf(sid.behavior);
  return topology::IsNextCsid(sid.behavior) &&
         (action == SidAction::kEnd || action == SidAction::kEndX) && CsidLength(sid) > 0;
}

uint32_t MatchLength(const topology::Srv6Sid& sid) {
  return ShiftsContainer(sid) ? sid.structure->block + CsidLength(sid) : kAddressBits;
}

bool SameLeadingBits(const Ipv6Address& a, const Ipv6Address& b, uint32_t count) {
  return ((ToBits(a) ^ ToBits(b)) & ~MaskFrom(count)) == 0;
}

bool AnyBitFrom(const Ipv6Address& address, uint32_t offset) {
  return (ToBits(address) & MaskFrom(offset)) != 0;
}

Ipv6Address ShiftCsid(const Ipv6Address& address, uint32_t block, uint32_t length) {
  const Bits128 bits = ToBits(address);
  return FromBits((bits & ~MaskFrom(block)) | ShiftDown(ShiftUp(bits, block + length), block));
}

Container::Container(const topology::Srv6Sid& first) : address_(first.sid) {
  // Bits behind the SID itself would read as a CSID that nobody asked for.
  if (ShiftsContainer(first) && !AnyBitFrom(first.sid, MatchLength(first))) {
    block_ = first.structure->block;
    room_ = kAddressBits - MatchLength(first);
  }
}

bool Container::Accepts(const topology::Srv6Sid& next) const {
  const uint32_t length = CsidLength(next);
  return length > 0 && length <= room_ && next.structure->block == block_ &&
         SameLeadingBits(address_, next.sid, block_) && AnyBitFrom(next.sid, block_) &&
         !AnyBitFrom(next.sid, block_ + length);
}

bool Container::SameBlock(const Container& other) const {
  return block_ == other.block_ && SameLeadingBits(address_, other.address_, block_);
}

void Container::Append(const topology::Srv6Sid& next) {
  const uint32_t offset = kAddressBits - room_;
  const Bits128 csid = ToBits(next.sid) & MaskFrom(block_);
  address_ = FromBits(ToBits(address_) | ShiftDown(ShiftUp(csid, block_), offset));
  room_ = ShiftsContainer(next) ? room_ - CsidLength(next) : 0;
}

}  // namespace srpce::segments
