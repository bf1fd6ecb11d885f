// lib/cspf/leg_cut.h -- whether filters cut one leg of a query, and where.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/cspf/link_filter.h"
#include "lib/cspf/solver.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

// From the source, or a waypoint, to the next one or the target.
struct Leg {
  NodeIndex from;
  NodeIndex to;
};

// Returns whether `filter` allows a path. Counts `labels_left` down by the work done.
bool Reaches(const topology::Ted& ted, const LinkFilter& filter, const Leg& leg,
             Workspace::Impl& work, uint64_t& labels_left);

// Returns the first leg of `query` that `filter` cuts. Counts as Reaches.
std::optional<Leg> FirstLegCut(const topology::Ted& ted, const Query& query,
                               const LinkFilter& filter, Workspace::Impl& work,
                               uint64_t& labels_left);

// Returns the fewest links that `others` allows and `all` refuses such that every path of `others`
// crosses one. Empty where `all` cuts no path of `others`, or none can begin: no link is to blame.
// Costs about as much as the smaller of the sides that `all` leaves.
std::vector<LinkIndex> BlockingLinks(const topology::Ted& ted, const LinkFilter& others,
                                     const LinkFilter& all, const Leg& leg, Workspace::Impl& work);

// Returns the widest bandwidth below that of `query` that its filters admit from end to end of the
// leg. Absent: they admit nothing. Counts as Reaches.
std::optional<uint64_t> WidestWay(const topology::Ted& ted, Query query, const Leg& leg,
                                  Workspace::Impl& work, uint64_t& labels_left);

// Returns the fewest overloaded nodes that every usable way of the leg passes.
std::vector<NodeIndex> OverloadedCut(const topology::Ted& ted, const Query& query, const Leg& leg);

}  // namespace srpce::cspf
