#include "lib/graph/hierarchy.h"

#include "lib/graph/elimination_order.h"

namespace srpce::graph {

namespace {

// Returns the ranks by node. They are those of the elimination tree in postorder: as good as the
// order itself, and what is used together lies together. A node's parent is its first upper
// neighbour to go.
std::vector<uint32_t> PostorderRanks(const Elimination& elimination) {
  const auto count = static_cast<uint32_t>(elimination.order.size());
  std::vector<uint32_t> turn(count);
  for (uint32_t i = 0; i < count; ++i) turn[elimination.order[i]] = i;
  std::vector<uint32_t> parent(count, kNone);
  std::vector<uint32_t> size(count, 1);  // Of the subtree.
  for (uint32_t i = 0; i < count; ++i) {
    for (uint32_t at = elimination.first[i]; at < elimination.first[i + 1]; ++at) {
      parent[i] = std::min(parent[i], turn[elimination.upper_neighbours[at]]);
    }
    if (parent[i] != kNone) size[parent[i]] += size[i];
  }
  // From the roots down: each subtree is a range that ends with its root.
  std::vector<uint32_t> begin(count);  // Of what is left of the range.
  std::vector<uint32_t> rank(count);
  uint32_t roots_begin = 0;
  for (uint32_t i = count; i-- > 0;) {
    uint32_t& left = parent[i] == kNone ? roots_begin : begin[parent[i]];
    begin[i] = std::exchange(left, left + size[i]);
    rank[elimination.order[i]] = begin[i] + size[i] - 1;
  }
  return rank;
}

}  // namespace

std::shared_ptr<const Hierarchy> Hierarchy::Build(const Digraph& graph, size_t most) {
  const std::optional<Elimination> elimination = EliminateByDegree(graph, most);
  if (!elimination) return nullptr;
  const uint32_t count = graph.node_count();
  auto hierarchy = std::make_shared<Hierarchy>();
  hierarchy->rank_ = PostorderRanks(*elimination);
  hierarchy->node_.resize(count);
  std::vector<uint32_t> turn(count);  // By rank.
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t rank = hierarchy->rank_[elimination->order[i]];
    hierarchy->node_[rank] = elimination->order[i];
    turn[rank] = i;
  }
  std::vector<uint32_t>& above = hierarchy->above_;
  above.reserve(elimination->upper_neighbours.size());
  hierarchy->first_.reserve(count + 1);
  hierarchy->first_.push_back(0);
  for (uint32_t rank = 0; rank < count; ++rank) {
    const uint32_t i = turn[rank];
    for (uint32_t at = elimination->first[i]; at < elimination->first[i + 1]; ++at) {
      above.push_back(hierarchy->rank_[elimination->upper_neighbours[at]]);
    }
    std::sort(above.begin() + hierarchy->first_.back(), above.end());
    hierarchy->first_.push_back(static_cast<uint32_t>(above.size()));
  }
  std::vector<uint32_t> parents(count);
  for (uint32_t rank = 0; rank < count; ++rank) parents[rank] = hierarchy->Parent(rank);
  hierarchy->ancestors_ = CommonAncestors(parents);
  return hierarchy;
}

uint32_t Hierarchy::width() const {
  uint32_t width = 0;
  for (size_t rank = 0; rank + 1 < first_.size(); ++rank) {
    width = std::max(width, first_[rank + 1] - first_[rank]);
  }
  return width;
}

size_t Hierarchy::bytes() const {
  return sizeof(uint32_t) * (rank_.size() + node_.size() + first_.size() + above_.size()) +
         ancestors_.bytes();
}

void HierarchyWeights::Customizer::Open(uint32_t rank) {
  for (uint32_t pair = hierarchy_.first_[rank]; pair < hierarchy_.first_[rank + 1]; ++pair) {
    row_[hierarchy_.above_[pair]] = {{}, {}, rank};
  }
}

void HierarchyWeights::Customizer::AddPathsBelow(uint32_t rank) {
  for (uint32_t below = waiting_[rank]; below != kNone;) {
    const uint32_t after = next_[below];
    const uint32_t pair = at_[below];
    const HierarchyWeights& w = weights_;
    const uint32_t to = w.up_[pair];
    const uint32_t from = w.down_[pair];
    if (to != kNoWay || from != kNoWay) {
      for (uint32_t other = pair + 1; other < hierarchy_.first_[below + 1]; ++other) {
        Both& both = row_[hierarchy_.above_[other]];
        Offer(from + w.up_[other], uint32_t{w.down_hops_[pair]} + w.up_hops_[other],
              below | kOverRank | ((w.down_via_[pair] | w.up_via_[other]) & kTied), both.up);
        Offer(w.down_[other] + to, uint32_t{w.down_hops_[other]} + w.up_hops_[pair],
              below | kOverRank | ((w.down_via_[other] | w.up_via_[pair]) & kTied), both.down);
      }
    }
    HandOn(below, pair + 1);
    below = after;
  }
}

void HierarchyWeights::Customizer::Close(uint32_t rank) {
  for (uint32_t pair = hierarchy_.first_[rank]; pair < hierarchy_.first_[rank + 1]; ++pair) {
    const Both& both = row_[hierarchy_.above_[pair]];
    weights_.up_[pair] = CutOff(both.up.weight);
    weights_.down_[pair] = CutOff(both.down.weight);
    weights_.up_hops_[pair] = static_cast<Hops>(both.up.hops);
    weights_.down_hops_[pair] = static_cast<Hops>(both.down.hops);
    weights_.up_via_[pair] = both.up.via;
    weights_.down_via_[pair] = both.down.via;
  }
  HandOn(rank, hierarchy_.first_[rank]);
}

// `below` waits for the upper neighbour of `pair`, if that is one of its own.
void HierarchyWeights::Customizer::HandOn(uint32_t below, uint32_t pair) {
  if (pair == hierarchy_.first_[below + 1]) return;
  at_[below] = pair;
  next_[below] = std::exchange(waiting_[hierarchy_.above_[pair]], below);
}

LazyDistances::LazyDistances(const HierarchyWeights& weights, Node target, Workspace& work)
    : weights_(weights), hierarchy_(weights.hierarchy()), work_(work), target_(target) {
  if (work.known.size() < hierarchy_.node_count()) {
    work.known.resize(hierarchy_.node_count());
    work.descents.resize(hierarchy_.node_count());
    work.chain.reserve(hierarchy_.node_count());
  }
  if (++work.stamp == 0) {  // Every 2^32 targets old stamps would look fresh.
    work.known.assign(work.known.size(), {});
    work.descents.assign(work.descents.size(), {});
    work.stamp = 1;
  }
  // What leads to the target by descending starts on its chain.
  const uint32_t first = hierarchy_.rank_[target];
  for (uint32_t rank = first; rank != kNone; rank = hierarchy_.Parent(rank)) {
    work.descents[rank] = {kNoWay, kNone, kNone, work.stamp, false};
  }
  work.descents[first].length = 0;
  for (uint32_t rank = first; rank != kNone; rank = hierarchy_.Parent(rank)) {
    const Workspace::Descent here = work.descents[rank];
    if (here.length == kNoWay) continue;
    for (uint32_t pair = hierarchy_.first_[rank]; pair < hierarchy_.first_[rank + 1]; ++pair) {
      Workspace::Descent& above = work.descents[hierarchy_.above_[pair]];
      const uint32_t sum = here.length + weights_.down_[pair];
      if (sum < above.length) {
        const bool tied = here.tied || (weights_.down_via_[pair] & HierarchyWeights::kTied) != 0;
        above = {std::min(sum, kFar), pair, rank, work.stamp, tied};
      } else if (sum == above.length) {
        above.tied = true;
      }
    }
  }
}

uint32_t LazyDistances::Find(uint32_t rank) const {
  work_.chain.clear();
  for (; rank != kNone && work_.known[rank].stamp != work_.stamp; rank = hierarchy_.Parent(rank)) {
    work_.chain.push_back(rank);
  }
  uint32_t least = kNoWay;
  while (!work_.chain.empty()) {
    rank = work_.chain.back();
    work_.chain.pop_back();
    least = DescentLength(rank);
    for (uint32_t pair = hierarchy_.first_[rank]; pair < hierarchy_.first_[rank + 1]; ++pair) {
      least = std::min(least, weights_.up_[pair] + work_.known[hierarchy_.above_[pair]].distance);
    }
    least = HierarchyWeights::CutOff(least);
    work_.known[rank] = {least, work_.stamp};
  }
  return least;
}

}  // namespace srpce::graph
