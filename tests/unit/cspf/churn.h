// tests/unit/cspf/churn.h -- a network that changes at random, kept twice: as a TED, and as a
// drawing from which distances are counted with nothing of lib/.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "lib/topology/ted_builder.h"
#include "tests/support/generators.h"

namespace srpce::cspf {

// One direction of an adjacency; directions lie in pairs, 2k and 2k + 1.
struct DrawnLink {
  uint32_t from = 0;
  uint32_t to = 0;
  std::array<std::optional<uint32_t>, 3> metrics{};  // IGP, TE, delay: by weight slot.
  uint32_t risk = 0;                                 // SRLG.
  uint32_t bandwidth = 1;
  bool stated = true;
  bool up = true;
};

struct Drawing {
  uint32_t node_count = 0;
  std::vector<DrawnLink> links;
};

Drawing DrawingOf(const support::GeneratedNetwork& network);
// A map of tests/topologies.
Drawing ReadMap(const std::string& name);
// Parallel links, metrics below 4 that are often 0, parts that nothing joins.
Drawing SmallDrawing(std::mt19937_64& random);

class Churn {
 public:
  static constexpr uint64_t kNoWay = UINT64_MAX;

  Churn(Drawing drawing, uint64_t seed);

  const topology::Ted& ted() const { return *ted_; }
  const topology::TedPtr& ptr() const { return ted_; }

  // Changes one thing or several, and publishes. Returns what it was.
  const char* Step();

  // The least sum of the weights of `slot` over usable links from each node to `target`, by
  // NodeIndex: Dijkstra 1959, with the queue of the standard library.
  std::vector<uint64_t> DistancesTo(topology::NodeIndex target, size_t slot) const;
  // Calls visit(tail, head, weight of `slot`) for each usable link.
  void ForEachUsable(size_t slot,
                     const std::function<void(uint32_t, uint32_t, uint64_t)>& visit) const;

  uint64_t Below(uint64_t bound) { return random_() % bound; }

 private:
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  bool IsUsable(size_t link) const;
  uint64_t WeightOf(const DrawnLink& link, size_t slot) const;
  void TurnEdge(size_t edge, bool up);
  void ChangeMetric(size_t link);
  void TurnRisk(uint32_t risk, bool up);
  void AddEdge(uint32_t from, uint32_t to);
  void DropEdge(size_t edge);
  void TurnNode(uint32_t node);
  void AddNode();
  const char* Change();

  void SayNode(uint32_t node);
  void SayLink(size_t link);
  topology::LinkKey KeyOf(size_t link) const;
  void Publish();

  Drawing drawing_;
  std::vector<bool> node_stated_;
  std::vector<bool> overloaded_;
  std::mt19937_64 random_;
  topology::TedBuilder builder_;
  topology::SourceId source_;
  topology::TedPtr ted_;
  std::vector<std::optional<topology::NodeIndex>> index_;  // By node.
};

}  // namespace srpce::cspf
