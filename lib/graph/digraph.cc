#include "lib/graph/digraph.h"

#include <algorithm>
#include <cassert>

namespace srpce::graph {

const ArcData& Digraph::data(ArcId arc) const {
  assert(contains(arc));
  const std::span<const Arc> arcs = out(ends_[arc].tail);
  const auto it = std::lower_bound(arcs.begin(), arcs.end(), arc,
                                   [](const Arc& a, ArcId id) { return a.id < id; });
  assert(it != arcs.end() && it->id == arc);
  return it->data;
}

Digraph::Version Digraph::version() const { return {out_, node_count_}; }

std::vector<Node> Digraph::ChangedTails(const Version& other, size_t most) const {
  const uint32_t both = std::min(node_count_, other.node_count_);
  std::vector<Node> changed;
  Pages::ForEachDifference(out_, other.out_, [&](size_t page) {
    const auto first = static_cast<Node>(page * kNodesPerPage);
    for (Node node = first; node < std::min(both, first + kNodesPerPage); ++node) {
      const std::span<const Arc> mine = Arcs(out_, node);
      const std::span<const Arc> theirs = Arcs(other.out_, node);
      if (!std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end())) {
        changed.push_back(node);
      }
    }
    return changed.size() <= most;
  });
  for (Node node = both; changed.size() <= most && node < std::max(node_count_, other.node_count_);
       ++node) {
    changed.push_back(node);
  }
  return changed;
}

Digraph::Page& Digraph::OwnPage(Pages& pages, Node node, const Edit& edit) {
  std::shared_ptr<Page>& page = pages.Mutable(node / kNodesPerPage, edit);
  if (page->owner != edit.id()) {
    page = std::make_shared<Page>(*page);
    page->owner = edit.id();
  }
  return *page;
}

Arc& Digraph::Find(Page& page, Node node, ArcId arc) {
  const uint32_t slot = node % kNodesPerPage;
  const auto it =
      std::lower_bound(page.arcs.begin() + page.begin(slot), page.arcs.begin() + page.end[slot],
                       arc, [](const Arc& a, ArcId id) { return a.id < id; });
  assert(it->id == arc);
  return *it;
}

void Digraph::Insert(Pages& pages, Node node, const Arc& arc, const Edit& edit) {
  Page& page = OwnPage(pages, node, edit);
  const uint32_t slot = node % kNodesPerPage;
  const auto at =
      std::lower_bound(page.arcs.begin() + page.begin(slot), page.arcs.begin() + page.end[slot],
                       arc.id, [](const Arc& a, ArcId id) { return a.id < id; });
  page.arcs.insert(at, arc);
  for (uint32_t i = slot; i < kNodesPerPage; ++i) {
    ++page.end[i];
  }
}

void Digraph::Erase(Pages& pages, Node node, ArcId arc, const Edit& edit) {
  Page& page = OwnPage(pages, node, edit);
  page.arcs.erase(page.arcs.begin() + (&Find(page, node, arc) - page.arcs.data()));
  for (uint32_t i = node % kNodesPerPage; i < kNodesPerPage; ++i) {
    --page.end[i];
  }
}

Node Digraph::AddNode(const Edit& edit) {
  if (node_count_ % kNodesPerPage == 0) {
    for (Pages* pages : {&out_, &in_}) {
      auto page = std::make_shared<Page>();
      page->owner = edit.id();
      pages->PushBack(std::move(page), edit);
    }
  }
  return node_count_++;
}

ArcId Digraph::AddArc(Node tail, Node head, const ArcData& data, const Edit& edit) {
  assert(tail < node_count_ && head < node_count_);
  ArcId arc = arc_bound();
  if (free_count_ > 0) {
    arc = free_[--free_count_];
    ends_.Mutable(arc, edit) = {tail, head};
  } else {
    ends_.PushBack({tail, head}, edit);
  }
  Insert(out_, tail, {head, arc, data}, edit);
  Insert(in_, head, {tail, arc, data}, edit);
  ++arc_count_;
  return arc;
}

void Digraph::SetArc(ArcId arc, const ArcData& data, const Edit& edit) {
  assert(contains(arc));
  const ArcEnds ends = ends_[arc];
  Find(OwnPage(out_, ends.tail, edit), ends.tail, arc).data = data;
  Find(OwnPage(in_, ends.head, edit), ends.head, arc).data = data;
}

void Digraph::RemoveArc(ArcId arc, const Edit& edit) {
  assert(contains(arc));
  const ArcEnds ends = ends_[arc];
  Erase(out_, ends.tail, arc, edit);
  Erase(in_, ends.head, arc, edit);
  ends_.Mutable(arc, edit) = {};
  if (free_count_ == free_.size()) {
    free_.PushBack(arc, edit);
  } else {
    free_.Mutable(free_count_, edit) = arc;
  }
  ++free_count_;
  --arc_count_;
}

}  // namespace srpce::graph
