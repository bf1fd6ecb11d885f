// lib/segments/verify.h -- the proof: where can packets with this segment list go, given the live
// graph and ECMP?
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/cspf/query.h"
#include "lib/segments/segment_list.h"

namespace srpce::segments {

// Everything a packet may do under a list: the union over all ECMP choices.
struct Expansion {
  std::vector<LinkIndex> links;  // Every link some branch uses, ascending.
  std::vector<NodeIndex> ends;   // Every node it may end at, ascending: several only after anycast.
  bool single_path = false;      // No choice anywhere: `links` in travel order are in `path`.
  std::vector<LinkIndex> path;   // Only with single_path.
  // Worst over branches. Absent: some link of some branch lacks the attribute.
  std::optional<uint64_t> worst_igp_cost;
  std::optional<uint64_t> worst_te_cost;
  std::optional<Microseconds> worst_delay;
  std::optional<Microseconds> worst_variation;
  std::optional<double> worst_loss;
  uint32_t worst_hops = 0;
  std::optional<BytesPerSecond> bottleneck;
};

// Returns the worst of each metric over the branches, as the metrics of a path.
cspf::PathMetrics WorstOf(const Expansion& expansion);

// Reads the labels / SIDs themselves (not the Segment annotations) hop by hop: each router applies
// its own SRGB, adjacency SIDs, locators.
// Errors: NOT_FOUND            a label or SID somewhere on some branch means nothing to the router
//                              that reads it.
//         RESOURCE_EXHAUSTED   a router cannot carry out its SID in so long an SRH (RFC 9352 s4).
//         FAILED_PRECONDITION  a segment's node cannot be reached, a link is down, forwarding
//                              loops, or the first label has several readings.
absl::StatusOr<Expansion> Expand(const Ted& ted, NodeIndex headend, const SegmentList& list);

// Returns OK if every branch of `expansion` ends at `query.target` and keeps every constraint of
// `query` (waypoints included), else FAILED_PRECONDITION with the first promise broken: "delay:
// worst ECMP branch 12000 us, bound 10000 us".
absl::Status CheckPromise(const Ted& ted, const cspf::Query& query, const Expansion& expansion);

}  // namespace srpce::segments
