// lib/pce/impact.h -- what a change of the network can do to lists in use: which must be proved
// again, and how soon.
#pragma once

#include <string>
#include <vector>

#include "lib/topology/ted.h"

namespace srpce::pce {

// A changed link. Lists that can use it must be proved again.
struct TouchedLink {
  topology::LinkIndex link;
  // "link-down", "link-up", "metric" (IGP), "sla" (another attribute got worse), "reoptimize" (only
  // better).
  const char* trigger = "";
  bool bad = false;
  std::string name{};  // Of the link, for people.
};

struct Impact {
  std::vector<TouchedLink> touched{};  // Bad ones first, by ascending link.
  // Links that came into use or whose IGP metric fell. A shortest path changes only if it used a
  // link that got longer or went (then the link is in `touched` and the list in the index), or if
  // one of these offers a way as short.
  std::vector<topology::LinkIndex> shortened{};
  std::vector<topology::LinkIndex> improved{};  // Better in any respect.
  // Nodes, SIDs or flexible algorithms changed: what labels mean, and who carries transit. Every
  // list must be proved again.
  bool everything = false;
  const char* trigger = "";  // Of what is not in `touched`: "startup", "link-up", "metric".
  std::string cause{};       // For people.
};

// `before` may be null: the first snapshot. `delta` leads from `before` to `after`, or does not
// (updates were lost): then everything is touched.
Impact Analyze(const topology::Ted* before, const topology::Ted& after,
               const topology::TedDelta& delta);

}  // namespace srpce::pce
