// lib/graph/only_path.h -- the shortest path out of a customized hierarchy, where there is only
// one: by ascending and descending arcs, and what these stand for (Dibbelt, Strasser, Wagner 2016).
//
// A path has one highest rank, one run of rising ranks before it and one of falling ranks after it,
// and each arc of the hierarchy stands for arcs below both its ends. So different paths are
// different choices somewhere: if none of the choices made on the way was a tie, the path is the
// only shortest one, and the tie rule has nothing to say. Ties are left to GoalSearch.
#pragma once

#include <cstdint>
#include <vector>

#include "lib/graph/ancestor_labels.h"
#include "lib/graph/hierarchy.h"
#include "lib/graph/path_search.h"

namespace srpce::graph {

enum class OnlyPath : uint8_t {
  kFound,
  kNone,     // There is no path.
  kUnclear,  // Several are equally short, or too long to be told apart.
};

// With its scratch memory: allocates nothing once warm. Not thread-safe.
class OnlyPathSearch {
 public:
  // Puts the only shortest path from `source` into `path`. O(pairs of the two chains, and length of
  // the path).
  OnlyPath Run(const LazyDistances& distances, Node source, FoundPath& path);
  // The same. O(depth of the elimination tree, and length of the path).
  static OnlyPath Run(const LabelDistances& distances, Node source, FoundPath& path);

 private:
  // One arc of the hierarchy, in one direction.
  struct Step {
    uint32_t below;
    uint32_t pair;
    bool up;
  };

  bool Ascend(const LazyDistances& distances, uint32_t rank, FoundPath& path);
  bool Descend(const LazyDistances& distances, uint32_t rank, FoundPath& path);
  static bool Walk(const AncestorLabels::Labels& direction, AncestorLabels::Begin at,
                   uint32_t depth, FoundPath& path);
  void Unpack(const HierarchyWeights& weights, const Step& step, FoundPath& path);

  std::vector<Step> steps_;
};

}  // namespace srpce::graph
