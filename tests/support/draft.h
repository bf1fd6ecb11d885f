// tests/support/draft.h -- a network as a list of statements: what a test can take away from, write
// as a map and build again.
#pragma once

#include <string>
#include <vector>

#include "lib/topology/ted.h"

namespace srpce::support {

struct DraftNode {
  std::string id;
  topology::NodeAttributes attributes;
  std::vector<topology::Prefix> prefixes;

  bool operator==(const DraftNode&) const = default;
};

struct DraftLink {
  topology::LinkKey key;
  topology::LinkAttributes attributes;

  bool operator==(const DraftLink&) const = default;
};

// Positions are the indexes in the TED it is built to.
struct Draft {
  std::vector<DraftNode> nodes;
  std::vector<DraftLink> links;

  bool operator==(const Draft&) const = default;
};

// REQUIRES nothing was removed from `ted`, and all its nodes are known.
Draft DraftOf(const topology::Ted& ted);
// Dies where a statement is refused.
topology::TedPtr BuildTed(const Draft& draft);

// Returns the draft in the language of build_ted.h: BuildTed() makes an equal TED of it, indexes
// included. Dies on what the language has no word for: names, AS numbers, positions, topologies,
// addresses of links.
std::string ToMapText(const Draft& draft);
std::string ToMapText(const topology::Ted& ted);

}  // namespace srpce::support
