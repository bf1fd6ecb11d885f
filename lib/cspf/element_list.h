// lib/cspf/element_list.h -- what a list of a query refuses, element by element: excluded nodes,
// links, SRLGs, and the bits of an admin group.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "lib/cspf/query.h"
#include "lib/cspf/relaxation.h"
#include "lib/graph/digraph.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

std::vector<uint32_t> BitsOf(const topology::AdminGroup& group);  // Ascending.

class ElementList {
 public:
  // REQUIRES `kind` is kExcludeAny, kIncludeAll, kExcludedNodes, kExcludedLinks or kExcludedSrlgs.
  // The TED outlives the use.
  ElementList(const topology::Ted& ted, const Query& query, ConstraintKind kind);

  size_t size() const { return elements_.size(); }
  // True if a path that repeats no node meets each element at most once.
  bool met_once() const {
    return kind_ == ConstraintKind::kExcludedNodes || kind_ == ConstraintKind::kExcludedLinks;
  }
  // Appends the places in the list of those that refuse to start at `node` / to use `arc`.
  void AppendAt(graph::Node node, std::vector<uint32_t>& places) const;
  void AppendOn(const graph::Arc& arc, std::vector<uint32_t>& places) const;
  // Returns the elements that refuse a path, ascending.
  std::vector<uint32_t> On(NodeIndex source, const std::vector<LinkIndex>& links) const;

 private:
  void AppendPlace(uint32_t element, std::vector<uint32_t>& places) const;

  const topology::Ted& ted_;
  const ConstraintKind kind_;
  std::vector<uint32_t> elements_;  // Ascending.
  absl::flat_hash_map<uint32_t, uint32_t> place_of_;
};

}  // namespace srpce::cspf
