#include "lib/segments/pinned_path.h"

#include <algorithm>
#include <span>

#include "absl/strings/str_cat.h"
#include "lib/segments/shortest_dag.h"

namespace srpce::segments {

absl::StatusOr<PinnedPath> PinnedPath::Make(const Ted& ted, NodeIndex headend,
                                            const std::vector<LinkIndex>& links) {
  if (!ted.HasNode(headend)) {
    return absl::FailedPreconditionError(
        absl::StrCat("headend ", headend.value(), ": is not in the topology"));
  }
  PinnedPath path;
  path.ted_ = &ted;
  path.links_ = links;
  path.nodes_.push_back(headend);
  for (const LinkIndex index : links) {
    if (!ted.HasLink(index) || ted.link(index).local != path.nodes_.back()) {
      return absl::FailedPreconditionError(
          absl::StrCat("link ", index.value(), ": does not continue the path at node ",
                       ted.node(path.nodes_.back()).display_name()));
    }
    const topology::Link& link = ted.link(index);
    if (!link.usable) {
      return absl::FailedPreconditionError(
          absl::StrCat("link ", link.key.ToString(), ": is not usable"));
    }
    path.nodes_.push_back(link.remote);
  }
  for (const NodeIndex node : path.nodes_) {
    path.is_router_.push_back(!ted.node(node).attributes.pseudonode.value_or(false));
  }
  if (!path.is_router_.front() || !path.is_router_.back()) {
    return absl::FailedPreconditionError("path: starts or ends at a pseudonode, want routers");
  }
  return path;
}

void PinnedPath::Known::Pin(size_t from, size_t to) {
  for (size_t i = from; i < to && pinned[i] < to; ++i) pinned[i] = to;
}

void PinnedPath::Known::Spoil(size_t from, size_t to) {
  for (size_t i = from + 1; i-- > 0 && spoilt[i] > to;) spoilt[i] = to;
}

PinnedPath::Known PinnedPath::MakeKnown(const IgpView& view) const {
  Known known;
  known.algorithm = view.algorithm();
  known.costs.push_back(0);
  known.spoilt.assign(size() + 1, size() + 1);
  for (size_t i = 0; i <= size(); ++i) known.pinned.push_back(i);
  for (size_t i = 0; i < size(); ++i) {
    const graph::ArcId id = links_[i].value();
    const graph::Arc arc{nodes_[i + 1].value(), id, ted_->graph().data(id)};
    const bool admitted = view.exists() && view.Admits(arc, nodes_[i].value());
    known.costs.push_back(known.costs.back() + (admitted ? view.Weight(arc) : 0));
    if (!admitted) known.Spoil(i, i + 1);
  }
  return known;
}

PinnedPath::Known& PinnedPath::KnownOf(const IgpView& view) {
  for (Known& known : known_) {
    if (known.algorithm == view.algorithm()) return known;
  }
  return known_.emplace_back(MakeKnown(view));
}

Stretch PinnedPath::StretchOf(const Known& known, size_t from, size_t to) const {
  return {node(from), {links_.data() + from, to - from}, known.costs[to] - known.costs[from]};
}

bool PinnedPath::Test(const IgpView& view, Known& known, size_t from, size_t to) {
  const Owner owner{node(to)};
  const Uniqueness verdict = JudgeUniqueness(view, StretchOf(known, from, to), {&owner, 1});
  if (verdict.holds) {
    known.Pin(from, to);
    return true;
  }
  known.Spoil(from, to);
  if (verdict.only_links) {
    known.Pin(from, from + *verdict.only_links);
    known.Spoil(from, from + *verdict.only_links + 1);
  }
  SpoilAround(verdict.cheaper, from, to, known);
  return false;
}

// Where the way leaves the path and where it is back again; if it is cheaper as a whole, it is in
// one of these parts.
void PinnedPath::SpoilAround(std::span<const Stop> way, size_t from, size_t to, Known& known) {
  std::optional<size_t> last;
  graph::Distance last_cost = 0;
  for (const Stop& stop : way) {
    const std::optional<size_t> here = PositionOf(stop.node, from, to);
    if (!here) continue;
    if (last && *last < *here && stop.cost - last_cost < known.costs[*here] - known.costs[*last]) {
      known.Spoil(*last, *here);
    }
    last = here;
    last_cost = stop.cost;
  }
}

std::optional<size_t> PinnedPath::PositionOf(graph::Node node, size_t from, size_t to) {
  if (positions_.empty()) {
    for (size_t i = 0; i <= size(); ++i) positions_.emplace_back(nodes_[i].value(), i);
    std::sort(positions_.begin(), positions_.end());
  }
  const auto at = std::lower_bound(positions_.begin(), positions_.end(), std::pair(node, from));
  if (at == positions_.end() || at->first != node || at->second > to) return std::nullopt;
  return at->second;
}

// By growing steps: a search over a short stretch is cheap. Once one is refuted, what lies just
// before the detour's end is likely to do; else the rest is halved.
size_t PinnedPath::Reach(const IgpView& view, size_t from) {
  Known& known = KnownOf(view);
  size_t step = 2;
  bool to_detour = false;
  while (known.spoilt[from] - known.pinned[from] > 1) {
    const size_t good = known.pinned[from];
    const size_t most = known.spoilt[from] - 1;
    if (Test(view, known, from, to_detour ? most : std::min(good + step, most))) {
      step *= 2;
    } else {
      step = std::max<size_t>(1, (known.spoilt[from] - known.pinned[from]) / 2);
      to_detour = !to_detour;
    }
  }
  return known.pinned[from];
}

bool PinnedPath::LeadsOnlyAlong(const IgpView& view, size_t from, size_t to,
                                std::span<const Owner> owners) {
  return JudgeUniqueness(view, StretchOf(KnownOf(view), from, to), owners).holds;
}

}  // namespace srpce::segments
