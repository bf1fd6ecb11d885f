// tests/bench/penalty_peer.h -- what is done where risk groups must not be shared and an exact
// answer is thought too dear: a path, then another with the first one's links and nodes removed and
// its risk groups made dear, and all again with penalties where the two clashed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace srpce::bench {

struct RiskArc {
  uint32_t tail = 0;
  uint32_t head = 0;
  uint32_t edge = 0;  // Both directions have the same.
  uint32_t cost = 0;
  uint32_t delay = 0;
  std::vector<uint32_t> groups;
};

class PenaltyPeer {
 public:
  PenaltyPeer(uint32_t node_count, const std::vector<RiskArc>& arcs);

  // Returns the total cost of two paths that share no node, edge or group, each within the delay.
  // UINT64_MAX: found none, which proves nothing.
  uint64_t Cost(uint32_t source, uint32_t target, uint64_t max_delay);

 private:
  using Path = std::vector<uint32_t>;  // Arcs.

  // The least cost + multiplier * delay, penalties included.
  std::optional<Path> Shortest(double of_cost, double of_delay);
  // LARAC (Juttner et al. 2001): the multiplier that makes the path just keep the delay.
  std::optional<Path> Within(uint64_t max_delay);
  double CostOf(const Path& path) const;
  uint64_t DelayOf(const Path& path) const;
  void Forbid(const Path& path);
  void Allow(const Path& path);
  // The first path's arcs that share a group with the second.
  Path Clashes(const Path& first, const Path& second) const;

  std::vector<RiskArc> arcs_;  // By tail.
  std::vector<uint32_t> begin_;
  std::vector<std::vector<uint32_t>> arcs_of_group_;
  std::vector<std::vector<uint32_t>> arcs_of_edge_;
  std::vector<double> penalty_;     // By arc.
  std::vector<bool> removed_arcs_;  // Of the first path's edges.
  std::vector<bool> removed_nodes_;
  std::vector<double> distance_;
  std::vector<uint32_t> by_;
  uint32_t source_ = 0;
  uint32_t target_ = 0;
};

}  // namespace srpce::bench
