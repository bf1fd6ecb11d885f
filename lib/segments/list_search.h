// lib/segments/list_search.h -- the cheapest way that few enough SIDs express, without looking at
// paths one by one.
//
// A label is a list so far: the router where it ends, what packets have met (Walk), the SIDs used.
// It goes on by one segment: a prefix segment to any router that a Fan reaches, or an adjacency.
// Labels are settled by (cost + least cost of the rest, SIDs); one dies if another of its state is
// no worse in cost, bounded sums and SIDs. Joining path and list in one search is the idea of
// BEST2COP (Luttringer et al. 2021); fans by demand and exact lower bounds keep it small here.
//
// The search takes every segment to be possible for which there is some SID: what SRGBs, containers
// and shared prefixes make of it is not asked. So no list there is costs less or is shorter than
// what it finds, and the caller proves what was found.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/graph/heap.h"
#include "lib/segments/fan.h"
#include "lib/segments/list_space.h"

namespace srpce::segments {

// One segment of a list: by shortest paths of `algorithm` to `via`, where that is not where it
// begins, and then over `crossing`, if any.
struct ListStep {
  NodeIndex from;
  NodeIndex via;
  uint8_t algorithm = topology::kAlgorithmSpf;
  std::optional<LinkIndex> crossing;
  NodeIndex to;

  auto operator<=>(const ListStep&) const = default;
};

struct ListWish {
  Fan::Branches branches = Fan::Branches::kOne;
  // True: the fewest SIDs, at whatever cost and beyond what the headend can impose. False: the
  // least cost, then the fewest SIDs.
  bool shortest = false;
  uint64_t most_cost = UINT64_MAX;     // Nothing dearer.
  std::vector<ListStep> impossible{};  // Segments proved not to work, ascending.
};

struct FoundList {
  enum class Status : uint8_t {
    kFound,
    kNone,
    kExhausted,  // The work budget ran out.
  };
  Status status = Status::kNone;
  std::vector<ListStep> steps{};
  uint64_t cost = 0;         // kFound: of the worst branch.
  uint32_t entries = 0;      // kFound: labels or SRH entries imposed; no real list has fewer.
  uint64_t lower_bound = 0;  // kExhausted: no list costs less.
};

// Returns the best list in the sense of `wish` to the target of `space`. Counts its work down from
// `labels_left`.
FoundList SearchList(const ListSpace& space, const ListWish& wish, uint64_t& labels_left);

}  // namespace srpce::segments
