// lib/segments/igp_view.h -- what the routers themselves forward by: the link-state topology of one
// SR algorithm.
//
// Algorithm 0 is plain shortest path first over IGP metrics; 128 and above are flexible algorithms
// (RFC 9350): the links its definition admits between the nodes that take part, by its metric.
// Independent of any query's constraints.
#pragma once

#include <cstdint>
#include <memory>

#include "absl/container/inlined_vector.h"
#include "lib/graph/digraph.h"
#include "lib/graph/landmarks.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {
class PotentialCache;
}

namespace srpce::segments {

// One of the nodes that announce a prefix or locator.
struct Owner {
  topology::NodeIndex node;
  uint32_t metric = 0;  // Announced with the prefix; decides between anycast owners.
  bool no_php = false;  // SR-MPLS: wants its own label to arrive (P flag, RFC 8667 s2.1.1).
  bool has_sid = true;  // SR-MPLS; false: attracts packets that it cannot read.
};
// Nearly always one.
using Owners = absl::InlinedVector<Owner, 2>;

// A value, cheap to make. The TED outlives it.
class IgpView {
 public:
  // `potentials`, where given, has lower bounds of distances for searches by this view; answers are
  // the same without.
  IgpView(const topology::Ted& ted, uint8_t algorithm,
          const cspf::PotentialCache* potentials = nullptr);

  const topology::Ted& ted() const { return *ted_; }
  uint8_t algorithm() const { return algorithm_; }
  // False for a flexible algorithm nobody defines: its SIDs lead nowhere (RFC 9350 s5.3).
  bool exists() const { return exists_; }
  // Null if there are none.
  const graph::Landmarks* bounds() const { return bounds_.get(); }

  // True if routers of this algorithm send over `arc`, which leaves `tail`. Judges the link, not
  // its ends.
  bool Admits(const graph::Arc& arc, graph::Node tail) const {
    if ((arc.data.flags & topology::kArcUsable) == 0) {
      return false;
    }
    const bool fits =
        (arc.data.flags & metric_flags_) == metric_flags_ && (!flexible_ || KeepsDefinition(arc));
    return fits || IsPseudonode(tail);
  }
  // The metric of an admitted arc. A LAN's own links cost nothing where nothing is announced (ISO
  // 10589 s7.2.7).
  uint32_t Weight(const graph::Arc& arc) const {
    return (arc.data.flags & metric_flags_) == metric_flags_ ? arc.data.weight[slot_] : 0;
  }
  // True if `node` computes this algorithm's routes.
  bool TakesPart(graph::Node node) const {
    return algorithm_ == topology::kAlgorithmSpf || HasAlgorithm(node);
  }
  // True if `node` asked not to be passed through.
  bool IsOverloaded(graph::Node node) const;
  bool IsPseudonode(graph::Node node) const;

 private:
  void UseDefinition();
  bool KeepsDefinition(const graph::Arc& arc) const;
  bool HasAlgorithm(graph::Node node) const;

  const topology::Ted* ted_;
  const topology::FlexAlgoDefinition* definition_ = nullptr;
  std::shared_ptr<const graph::Landmarks> bounds_;
  uint32_t metric_flags_ = topology::kArcHasIgp;
  size_t slot_ = topology::kIgpWeight;
  uint8_t algorithm_;
  bool flexible_ = false;
  bool exists_ = true;
};

}  // namespace srpce::segments
