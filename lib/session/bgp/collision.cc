#include "lib/session/bgp/collision.h"

#include <utility>

namespace srpce::session::bgp {

Verdict ResolveCollision(const Connection& existing, const Connection& fresh,
                         const Speakers& speakers, bool peer_restarts_gracefully) {
  if (existing.state == State::kEstablished) {
    return peer_restarts_gracefully ? Verdict::kCloseExisting : Verdict::kCloseNew;
  }
  if (existing.state != State::kOpenConfirm) return Verdict::kBothGoOn;
  // A speaker opens a second one only when its first is gone.
  if (existing.initiated_here == fresh.initiated_here) return Verdict::kCloseExisting;
  const bool keep_ours = std::pair(speakers.local_identifier, speakers.local_as) >
                         std::pair(speakers.peer_identifier, speakers.peer_as);
  return existing.initiated_here == keep_ours ? Verdict::kCloseNew : Verdict::kCloseExisting;
}

}  // namespace srpce::session::bgp
