// lib/cspf/fewest_search.h -- the path that meets the fewest elements of a list, such as excluded
// SRLGs, while it keeps all else.
//
// Label setting over (elements met, cost, bounded sums). Where an element lies on several links, or
// is met again behind a waypoint, this is the minimum label path problem, NP-hard (Yuan, Varma, Jue
// 2005): a label carries the set of elements it has met, and dominates only those of its state that
// have met all of these. Nodes and links without waypoints are met once: there their number is
// enough, and without bounds each node is settled once.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <tuple>
#include <vector>

#include "lib/cspf/element_list.h"
#include "lib/cspf/label_search.h"
#include "lib/cspf/link_filter.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

class FewestSearch {
 public:
  // `space` is prepared for the query without `list`, wanting all paths; the filter of that query
  // is `filter`. All outlive the search.
  FewestSearch(const LabelSearch& space, const Query& query, const LinkFilter& filter,
               const ElementList& list);

  // Returns the first path of all by (number of different elements met, cost, number of links).
  // Counts its work down from `labels_left`, and is exhausted at 0.
  Found Run(uint64_t& labels_left);

 private:
  struct Label {
    Prefix prefix;
    uint32_t count = 0;  // Of elements met.
    uint32_t links = 0;
    uint32_t parent = graph::kNone;
    graph::ArcId arc = graph::kNone;
    bool dead = false;
  };
  // Elements met, least cost of a completion, links, label.
  using Item = std::tuple<uint32_t, uint64_t, uint32_t, uint32_t>;

  void Start();
  void Expand(uint32_t at);
  void Offer(uint32_t parent, const graph::Arc& arc);
  // Puts the last label into the queue, or takes it back if a label of its state dominates it.
  void Admit();
  // Adds places_ to the set of the last label.
  void Meet();
  bool Dominates(uint32_t a, uint32_t b);
  uint64_t* set_of(uint32_t label) { return sets_.data() + size_t{label} * words_; }
  void Extract(uint32_t at, Found& found) const;

  const LabelSearch& space_;
  const Query& query_;
  const LinkFilter& filter_;
  const ElementList& list_;
  const graph::Digraph& graph_;
  const size_t words_;  // Of a set; 0: its size is enough.
  std::vector<Label> labels_;
  std::vector<uint64_t> sets_;
  std::vector<std::vector<uint32_t>> fronts_;  // Labels that none dominates, by state.
  std::priority_queue<Item, std::vector<Item>, std::greater<>> queue_;
  std::vector<uint32_t> places_;  // Scratch.
  uint64_t comparisons_ = 0;      // Not yet charged.
};

}  // namespace srpce::cspf
