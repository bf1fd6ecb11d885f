#include "lib/graph/elimination_order.h"

#include <algorithm>
#include <iterator>

#include "lib/graph/heap.h"

namespace srpce::graph {
namespace {

class Game {
 public:
  explicit Game(const Digraph& graph)
      : neighbours_(graph.node_count()),
        level_(graph.node_count(), 0),
        gone_(graph.node_count(), false) {
    for (Node node = 0; node < graph.node_count(); ++node) {
      std::vector<Node>& mine = neighbours_[node];
      for (const auto& arcs : {graph.out(node), graph.in(node)}) {
        for (const Arc& arc : arcs) {
          if (arc.other != node) mine.push_back(arc.other);
        }
      }
      std::sort(mine.begin(), mine.end());
      mine.erase(std::unique(mine.begin(), mine.end()), mine.end());
      ends_ += mine.size();
      heap_.Push(KeyOf(node), node);
    }
  }

  bool Play(size_t most, Elimination& result) {
    while (!heap_.empty()) {
      const Node node = heap_.top_node();
      const Length key = heap_.top_key();
      heap_.Pop();
      if (gone_[node] || KeyOf(node) != key) continue;
      TakeOut(node, result);
      // Each edge still there will be one of the pairs, too.
      if (result.upper_neighbours.size() + ends_ / 2 > most) return false;
    }
    return true;
  }

 private:
  Length KeyOf(Node node) const { return CostLength(neighbours_[node].size()) + level_[node]; }

  void TakeOut(Node node, Elimination& result) {
    gone_[node] = true;
    const std::vector<Node> clique = std::move(neighbours_[node]);
    result.order.push_back(node);
    result.upper_neighbours.insert(result.upper_neighbours.end(), clique.begin(), clique.end());
    result.first.push_back(static_cast<uint32_t>(result.upper_neighbours.size()));
    ends_ -= clique.size();
    for (const Node neighbour : clique) {
      std::vector<Node>& theirs = neighbours_[neighbour];
      joined_.clear();
      std::set_union(theirs.begin(), theirs.end(), clique.begin(), clique.end(),
                     std::back_inserter(joined_));
      std::erase_if(joined_, [&](Node other) { return other == node || other == neighbour; });
      ends_ = ends_ - theirs.size() + joined_.size();
      theirs.assign(joined_.begin(), joined_.end());
      level_[neighbour] = std::max(level_[neighbour], level_[node] + 1);
      heap_.Push(KeyOf(neighbour), neighbour);
    }
  }

  std::vector<std::vector<Node>> neighbours_;  // Of those still there, ascending.
  std::vector<uint32_t> level_;                // The longest chain of nodes that went beneath it.
  std::vector<bool> gone_;
  Heap heap_;
  size_t ends_ = 0;  // Twice the edges still there.
  std::vector<Node> joined_;
};

}  // namespace

std::optional<Elimination> EliminateByDegree(const Digraph& graph, size_t most) {
  std::optional<Elimination> result(std::in_place);
  if (!Game(graph).Play(most, *result)) result.reset();
  return result;
}

}  // namespace srpce::graph
