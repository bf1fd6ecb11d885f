// lib/segments/pinned_path.h -- a path to encode, and which stretches of it routers follow by
// themselves.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/segments/igp_view.h"
#include "lib/segments/segment_list.h"
#include "lib/segments/shortest_dag.h"

namespace srpce::segments {

// Positions 0 to size() of a path: before its first link to behind its last.
class PinnedPath {
 public:
  // Errors: FAILED_PRECONDITION  `links` do not adjoin from `headend`, one is not usable, or the
  //                              path ends in a LAN.
  static absl::StatusOr<PinnedPath> Make(const Ted& ted, NodeIndex headend,
                                         const std::vector<LinkIndex>& links);

  const Ted& ted() const { return *ted_; }
  size_t size() const { return links_.size(); }
  NodeIndex node(size_t position) const { return nodes_[position]; }
  LinkIndex link(size_t position) const { return links_[position]; }
  // False for a LAN: no segment starts or ends there.
  bool IsRouter(size_t position) const { return is_router_[position]; }
  // The next router's position. REQUIRES position < size().
  size_t NextRouter(size_t position) const {
    return is_router_[position + 1] ? position + 1 : position + 2;
  }

  // Returns the last position that `view`'s routers reach from `from` over nothing but this path
  // (`from` itself if none). Stretches of the only way are the only way: what one search proves
  // holds for all within, what it refutes for all around. A search that refutes names the detour,
  // which leaves the path and comes back to it somewhere within: so few searches are needed.
  size_t Reach(const IgpView& view, size_t from);

  // True if packets from position `from` to the nearest of several owners take this path to
  // position `to`.
  bool LeadsOnlyAlong(const IgpView& view, size_t from, size_t to, std::span<const Owner> owners);

 private:
  PinnedPath() = default;
  // What routers of one algorithm make of the path. Both lists never fall.
  struct Known {
    uint8_t algorithm = 0;
    std::vector<graph::Distance> costs;  // Per position: of the links before it.
    std::vector<size_t> pinned;          // Per position: furthest target proved.
    std::vector<size_t> spoilt;          // Per position: nearest target refuted.

    void Pin(size_t from, size_t to);
    void Spoil(size_t from, size_t to);
  };
  Known MakeKnown(const IgpView& view) const;
  Known& KnownOf(const IgpView& view);
  Stretch StretchOf(const Known& known, size_t from, size_t to) const;
  // Learns whether the stretch is the only way, and returns it.
  bool Test(const IgpView& view, Known& known, size_t from, size_t to);
  // Spoils what `way`, from `from` to `to`, is a cheaper way around.
  void SpoilAround(std::span<const Stop> way, size_t from, size_t to, Known& known);
  // Returns the first position of `node` from `from` to `to`, or nothing.
  std::optional<size_t> PositionOf(graph::Node node, size_t from, size_t to);

  const Ted* ted_ = nullptr;
  std::vector<LinkIndex> links_;
  std::vector<NodeIndex> nodes_;
  std::vector<bool> is_router_;
  std::vector<Known> known_;
  std::vector<std::pair<graph::Node, size_t>> positions_;  // Sorted; made when first asked for.
};

}  // namespace srpce::segments
