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

PinnedPath::Known& PinnedPath::KnownOf(uint8_t algorithm) {
  for (Known& known : known_) {
    if (known.algorithm == algorithm) return known;
  }
  Known& known = known_.emplace_back();
  known.algorithm = algorithm;
  for (size_t i = 0; i <= size(); ++i) {
    known.pinned.push_back(i);
  }
  known.spoilt.assign(size() + 1, size() + 1);
  return known;
}

bool PinnedPath::Test(const IgpView& view, Known& known, size_t from, size_t to) {
  if (to <= known.pinned[from]) return true;
  if (to >= known.spoilt[from]) return false;
  const Owner owner{node(to)};
  const std::span<const LinkIndex> stretch(links_.data() + from, to - from);
  if (IsOnlyWay(view, node(from), stretch, {&owner, 1})) {
    for (size_t i = from; i < to; ++i) {
      known.pinned[i] = std::max(known.pinned[i], to);
    }
    return true;
  }
  for (size_t i = 0; i <= from; ++i) {
    known.spoilt[i] = std::min(known.spoilt[i], to);
  }
  return false;
}

size_t PinnedPath::Reach(const IgpView& view, size_t from) {
  Known& known = KnownOf(view.algorithm());
  if (from == size() || Test(view, known, from, size())) {
    return size();
  }
  size_t good = known.pinned[from];
  size_t bad = known.spoilt[from];
  while (bad - good > 1) {
    const size_t middle = good + (bad - good) / 2;
    (Test(view, known, from, middle) ? good : bad) = middle;
  }
  return good;
}

bool PinnedPath::LeadsOnlyAlong(const IgpView& view, size_t from, size_t to,
                                std::span<const Owner> owners) const {
  return IsOnlyWay(view, node(from), {links_.data() + from, to - from}, owners);
}

}  // namespace srpce::segments
