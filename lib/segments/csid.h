// lib/segments/csid.h -- SRv6 endpoint behaviors and the bits of NEXT-CSID containers (RFC 8986 s4,
// RFC 9800 s4.1 and s6).
//
//   | locator block | node 1 | node 2 | node 3, function | 0 ... 0 |     a container = a
//   destination
//
// The router that owns the first CSID removes its own bits, moves the rest up, fills with zeros,
// and goes on with the result. Nothing left: the next entry of the SRH.
#pragma once

#include <cstdint>

#include "lib/base/ip.h"
#include "lib/topology/sids.h"

namespace srpce::segments {

// What a SID does to where a packet goes.
enum class SidAction : uint8_t { kEnd, kEndX, kDecap, kOther };
SidAction ActionOf(uint16_t behavior);

// True if the behavior removes the SRH when it makes the last SID the active one (PSP, RFC 8986
// s4.16.1).
bool PopsEarly(uint16_t behavior);

// True if `sid` removes itself from a container: a NEXT-CSID behavior whose structure is known.
bool ShiftsContainer(const topology::Srv6Sid& sid);

// Bits `sid` takes in a container, block not counted; 0 if its structure is unknown or makes no
// sense.
uint32_t CsidLength(const topology::Srv6Sid& sid);
// The same bits as a number of leading bits of the whole SID that identify it: all 128 if it does
// not shift.
uint32_t MatchLength(const topology::Srv6Sid& sid);

bool SameLeadingBits(const Ipv6Address& a, const Ipv6Address& b, uint32_t count);
// True if any bit from `offset` on is set.
bool AnyBitFrom(const Ipv6Address& address, uint32_t offset);
// Returns `address` with `length` bits removed after the first `block`, the rest moved up.
Ipv6Address ShiftCsid(const Ipv6Address& address, uint32_t block, uint32_t length);

// One SRH entry while it is filled.
class Container {
 public:
  explicit Container(const topology::Srv6Sid& first);

  const Ipv6Address& address() const { return address_; }
  // True if `next` fits behind what is there: same block, room left, and the CSID before shifts. A
  // SID that does not shift may be the last: when its turn comes, the address reads exactly like
  // it.
  bool Accepts(const topology::Srv6Sid& next) const;
  // REQUIRES Accepts(next).
  void Append(const topology::Srv6Sid& next);
  // True if both lie under one locator block.
  bool SameBlock(const Container& other) const;
  // Bits a further CSID may take; 0 once closed.
  uint32_t room() const { return room_; }

 private:
  Ipv6Address address_;
  uint32_t block_ = 0;
  uint32_t room_ = 0;
};

}  // namespace srpce::segments
