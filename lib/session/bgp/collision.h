// lib/session/bgp/collision.h -- two connections between the same two speakers: which one stays
// (RFC 4271 s6.8, RFC 6286 s2.3, RFC 4724 s5).
#pragma once

#include <cstdint>

#include "lib/session/bgp/fsm.h"

namespace srpce::session::bgp {

struct Connection {
  State state = State::kIdle;
  bool initiated_here = false;
};

// Who the two are, as the OPEN that has just come says.
struct Speakers {
  uint32_t local_as = 0;
  uint32_t local_identifier = 0;
  uint32_t peer_as = 0;
  uint32_t peer_identifier = 0;
};

enum class Verdict : uint8_t {
  kBothGoOn,  // Not known yet that they are of one peer: the next OPEN decides.
  // Send it CollisionLost, or ConnectionFailed if it is Established: the peer has restarted, which
  // a NOTIFICATION would spoil (RFC 4724 s5).
  kCloseExisting,
  kCloseNew,  // Send it CollisionLost.
};

// What to do when an OPEN arrives on `fresh`, before the session of `fresh` is told of it. The
// connection stays that the speaker with the higher identifier (the higher AS, where identifiers
// are the same) has opened. An Established one stays too, unless the peer restarts gracefully and
// so does not know of it any more.
Verdict ResolveCollision(const Connection& existing, const Connection& fresh,
                         const Speakers& speakers, bool peer_restarts_gracefully);

}  // namespace srpce::session::bgp
