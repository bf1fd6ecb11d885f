// lib/segments/spread.h -- how packets spread over ECMP choices, and the worst that any of them
// meets.
#pragma once

#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/segments/label_table.h"
#include "lib/segments/shortest_dag.h"
#include "lib/segments/verify.h"

namespace srpce::segments {

// The greatest sums over all ways a packet can have come to where it is, each metric on its own.
// Links that lack an attribute count nothing here; Spread::Finish() then drops the sum.
struct Worst {
  uint64_t igp = 0;
  uint64_t te = 0;
  uint64_t delay = 0;
  uint64_t variation = 0;
  double survival = 1.0;  // Least product of 1 - loss, multiplied in travel order.
  uint32_t hops = 0;

  // Takes the worse of both in each metric.
  void Join(const Worst& other);
};

using WorstAt = std::map<NodeIndex, Worst>;

// Gathers the links packets may take. One use: moves, then Finish().
class Spread {
 public:
  explicit Spread(const Ted& ted) : ted_(ted) {}

  // Packets at `start` go down `dag` to its ends, the nodes it does not leave. Returns what they
  // met by then.
  // Errors: FAILED_PRECONDITION  zero metrics let them go round.
  absl::StatusOr<WorstAt> Follow(const ShortestDag& dag, NodeIndex start, const Worst& worst);

  // Packets go over one of `links`, out of one router: an adjacency SID. Down members of a set take
  // none.
  // Errors: FAILED_PRECONDITION  all are down.
  absl::StatusOr<WorstAt> Cross(const std::vector<LinkIndex>& links, const Worst& worst);

  // Two branches are under way at once: there is a choice.
  void NoteChoice() { single_path_ = false; }

  Expansion Finish(const WorstAt& ends);

 private:
  // Returns `worst` after `link`.
  Worst Take(LinkIndex link, Worst worst);

  const Ted& ted_;
  bool single_path_ = true;
  std::vector<LinkIndex> links_;  // In travel order while there is no choice.
};

}  // namespace srpce::segments
