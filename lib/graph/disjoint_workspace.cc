#include "lib/graph/disjoint_workspace.h"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>

namespace srpce::graph {

void DisjointWorkspace::Reset(uint32_t node_count) {
  if (place_.size() < node_count) {
    place_.resize(node_count);
    labels_.resize(std::max<size_t>(labels_.size(), node_count));
  }
  constexpr uint32_t kSearches = 2;  // Of a query: each takes a stamp.
  if (stamp_ >= UINT32_MAX - kSearches) {
    labels_.assign(labels_.size(), Label{});  // Old ones would look fresh.
    stamp_ = 0;
  }
  first_.clear();
  used_.clear();
}

void DisjointWorkspace::ResetSearch() {
  ++stamp_;
  heaps_[kForward].Clear();
  heaps_[kBackward].Clear();
  meets_.clear();
  tight_.clear();
}

void DisjointWorkspace::NotePlaces(uint32_t node_count) {
  for (uint32_t i = 0; i < first_.size(); ++i) place_[first_[i].node] = i;
  labels_.resize(std::max(labels_.size(), node_count + first_.size()));
}

void DisjointWorkspace::Walk(uint32_t source, uint32_t target) {
  to_go_.resize(labels_.size());
  for (const StateArc& arc : tight_) to_go_[arc.tail] = to_go_[arc.head] = kNone;
  std::sort(tight_.begin(), tight_.end(),
            [](const StateArc& a, const StateArc& b) { return a.head < b.head; });
  const auto before = [](const StateArc& arc, uint32_t head) { return arc.head < head; };
  to_go_[target] = 0;
  stack_.assign(1, target);
  for (size_t i = 0; i < stack_.size(); ++i) {
    const uint32_t head = stack_[i];
    for (auto arc = std::lower_bound(tight_.begin(), tight_.end(), head, before);
         arc != tight_.end() && arc->head == head; ++arc) {
      if (to_go_[arc->tail] != kNone) continue;
      to_go_[arc->tail] = to_go_[head] + 1;
      stack_.push_back(arc->tail);
    }
  }
  std::erase_if(tight_,
                [&](const StateArc& arc) { return to_go_[arc.tail] != to_go_[arc.head] + 1; });
  const auto order = [](const StateArc& a, const StateArc& b) {
    return std::tie(a.tail, a.arc) < std::tie(b.tail, b.arc);
  };
  std::sort(tight_.begin(), tight_.end(), order);
  walked_.clear();
  for (uint32_t state = source; state != target; state = walked_.back().head) {
    const auto next = std::lower_bound(tight_.begin(), tight_.end(), StateArc{state, 0, 0}, order);
    assert(next != tight_.end() && next->tail == state);
    walked_.push_back(*next);
  }
}

void DisjointWorkspace::Split(Node source, Node target, DisjointPair& pair) {
  const auto order = [](const UsedArc& a, const UsedArc& b) {
    return std::tie(a.tail, a.arc) < std::tie(b.tail, b.arc);
  };
  std::sort(used_.begin(), used_.end(), order);
  for (FoundPath* path : {&pair.first, &pair.second}) {
    path->arcs.clear();
    path->cost = 0;
    for (Node node = source; node != target;) {
      auto next =
          std::lower_bound(used_.begin(), used_.end(), UsedArc{node, 0, 0, 0, false}, order);
      while (next->taken) ++next;
      assert(next != used_.end() && next->tail == node);
      next->taken = true;
      path->arcs.push_back(next->arc);
      path->cost += next->weight;
      node = next->head;
    }
  }
  const auto rank = [](const FoundPath& path) { return std::tuple(path.cost, path.arcs.size()); };
  if (std::tuple(rank(pair.second), pair.second.arcs) <
      std::tuple(rank(pair.first), pair.first.arcs)) {
    std::swap(pair.first, pair.second);
  }
}

}  // namespace srpce::graph
