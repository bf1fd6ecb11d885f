// tests/bench/peers.h -- constrained point-to-point distance by LEMON and Boost.Graph, each as its
// manual would have it and tuned: static graphs, early exit at the target, and whichever heap of
// the package is the fastest.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lib/graph/digraph.h"

namespace srpce::bench {

inline constexpr uint64_t kNoPath = UINT64_MAX;

// The filter both sides evaluate for every arc they meet.
struct PeerFilter {
  uint64_t min_capacity = 0;  // graph::ArcData::capacity, bytes per second.
  uint64_t exclude_any = 0;   // graph::ArcData::mask.
};

class Peer {
 public:
  virtual ~Peer() = default;
  virtual std::string name() const = 0;
  // Returns the distance, or kNoPath.
  virtual uint64_t Distance(uint32_t source, uint32_t target, const PeerFilter& filter) = 0;
};

// kAfterAll: the search goes on until it has come to all nodes, and there is no filter.
enum class Ends : uint8_t { kAtTarget, kAfterAll };
// One Peer for each variant, over weight slot `slot` and the arcs that have `flags`.
std::vector<std::unique_ptr<Peer>> LemonPeers(const graph::Digraph& graph, size_t slot,
                                              uint32_t flags, Ends ends = Ends::kAtTarget);
std::vector<std::unique_ptr<Peer>> BoostPeers(const graph::Digraph& graph, size_t slot,
                                              uint32_t flags, Ends ends = Ends::kAtTarget);

}  // namespace srpce::bench
