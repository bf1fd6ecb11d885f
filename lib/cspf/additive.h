// lib/cspf/additive.h -- what adds up along a path: its values link by link, its bounds, and how
// both compare exactly.
//
// Every quantity is carried as a uint64_t in which less is better. Loss does not add but multiply:
// it is carried as the distance of the surviving share's bits from those of 1.0. Non-negative
// doubles order like their bits, and rounding a product is monotone, so comparing two prefixes this
// way predicts exactly what Measure() will say of their extensions.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "lib/cspf/query.h"
#include "lib/graph/digraph.h"
#include "lib/graph/dijkstra.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

// In the order explanations try them. Loss multiplies: kLoss is 1 - product(1 - loss), as bounds
// and metrics state it. kLossLog, the sum of -ln(1 - loss), is what adds up where loss is
// minimised; no bound is stated in it.
enum class Additive : uint8_t { kDelay, kIgp, kTe, kHops, kLoss, kVariation, kLossLog };
inline constexpr size_t kAdditiveCount = 7;
inline constexpr size_t kMaxBounds = 6;

// A path keeps a loss bound when its loss exceeds it by no more than this: 1 - 0.9 * 0.9 keeps
// 0.19. The announced unit is 3e-8.
inline constexpr double kLossTolerance = 1e-12;

Additive AdditiveOf(MetricType metric);

inline constexpr uint64_t kNoLossBits = std::bit_cast<uint64_t>(1.0);
inline uint64_t LossKey(double survival) { return kNoLossBits - std::bit_cast<uint64_t>(survival); }
inline double SurvivalOf(uint64_t key) { return std::bit_cast<double>(kNoLossBits - key); }

// -ln(1 - loss) in units of 2^-40, rounded down: sums of it never overstate the loss of a path. A
// link that loses all is as dear as 28 orders of magnitude; 2^18 of them do not overflow.
inline constexpr double kLossLogUnit = 0x1p-40;
inline constexpr uint64_t kLogOfTotalLoss = uint64_t{1} << 46;
inline uint64_t LossLog(double loss) {
  return loss >= 1.0 ? kLogOfTotalLoss : static_cast<uint64_t>(-std::log1p(-loss) / kLossLogUnit);
}

// A delay bound that no path breaks: it only asks that the delay of each link be known.
inline constexpr Microseconds kAnyDelay{int64_t{1} << 60};

// True for a link out of a pseudonode: the second half of one hop over a LAN. It adds nothing to
// any sum.
inline bool LeavesLan(const graph::Arc& arc) {
  return (arc.data.flags & topology::kArcTailPseudonode) != 0;
}

// The length of an arc in routers passed.
struct HopWeight {
  static constexpr bool kBelow32Bits = true;
  graph::Distance operator()(const graph::Arc& arc) const { return LeavesLan(arc) ? 0 : 1; }
};

// Weights that are not kept beside the arc. The filter does not judge an arc before its weight is
// asked for: the attribute may be absent.
struct VariationWeight {
  const topology::Ted* ted;
  graph::Distance operator()(const graph::Arc& arc) const {
    if (LeavesLan(arc)) return 0;
    const auto& variation = ted->link(LinkIndex(arc.id)).attributes.delay_variation;
    return static_cast<uint64_t>(variation.value_or(Microseconds(0)).count());
  }
};
struct LossLogWeight {
  const topology::Ted* ted;
  graph::Distance operator()(const graph::Arc& arc) const {
    if (LeavesLan(arc)) return 0;
    return LossLog(ted->link(LinkIndex(arc.id)).attributes.loss.value_or(0));
  }
};

// The slot of graph::ArcData::weight that holds `what`. None: hops, loss and variation are not kept
// beside the arc, and have neither landmarks nor reverse trees.
std::optional<size_t> SlotOf(Additive what);

// Returns `use(weight)` with the weight of arcs in `what`; of loss, the logarithm.
template <typename Use>
auto WithWeight(const topology::Ted& ted, Additive what, const Use& use) {
  switch (what) {
    case Additive::kDelay:
      return use(graph::SlotWeight{topology::kDelayWeight});
    case Additive::kIgp:
      return use(graph::SlotWeight{topology::kIgpWeight});
    case Additive::kTe:
      return use(graph::SlotWeight{topology::kTeWeight});
    case Additive::kVariation:
      return use(VariationWeight{&ted});
    case Additive::kLoss:
    case Additive::kLossLog:
      return use(LossLogWeight{&ted});
    case Additive::kHops:
      break;
  }
  return use(HopWeight{});
}

// Returns `sum` extended by `arc`. REQUIRES the arc's link has the attribute.
inline uint64_t Extend(Additive what, uint64_t sum, const graph::Arc& arc,
                       const topology::Ted& ted) {
  if (LeavesLan(arc)) return sum;
  switch (what) {
    case Additive::kDelay:
      return sum + arc.data.weight[topology::kDelayWeight];
    case Additive::kIgp:
      return sum + arc.data.weight[topology::kIgpWeight];
    case Additive::kTe:
      return sum + arc.data.weight[topology::kTeWeight];
    case Additive::kHops:
      return sum + 1;
    case Additive::kLoss:
      return LossKey(SurvivalOf(sum) * (1.0 - *ted.link(LinkIndex(arc.id)).attributes.loss));
    case Additive::kLossLog:
      return sum + LossLogWeight{&ted}(arc);
    case Additive::kVariation:
      return sum +
             static_cast<uint64_t>(ted.link(LinkIndex(arc.id)).attributes.delay_variation->count());
  }
  return sum;
}

struct Bound {
  Additive what = Additive::kDelay;
  uint64_t limit = 0;  // Inclusive.

  // True unless a path whose parts sum to `done` and `rest` surely breaks the bound. Products of
  // two loss parts may round the wrong way, hence the slack; a whole path (rest 0) is judged
  // exactly.
  bool MayFit(uint64_t done, uint64_t rest) const {
    if (what != Additive::kLoss || rest == 0) return done + rest <= limit;
    constexpr double kSlack = 1.0 + 1e-9;  // Covers the rounding of a million factors.
    return SurvivalOf(done) * SurvivalOf(rest) * kSlack >= SurvivalOf(limit);
  }
};

// The additive bounds of a query. A fixed array: queries allocate nothing.
struct BoundSet {
  std::array<Bound, kMaxBounds> items{};
  size_t count = 0;
  std::optional<Additive> impossible;  // A bound below zero, which not even the empty path keeps.

  const Bound* begin() const { return items.data(); }
  const Bound* end() const { return items.data() + count; }
  bool empty() const { return count == 0; }
};
BoundSet BoundsOf(const Constraints& constraints);

// Returns `constraints` without its bound on `what`.
Constraints WithoutBound(Constraints constraints, Additive what);
// Returns `constraints` with `limit` as its bound on `what`, in the public unit.
Constraints WithBound(Constraints constraints, Additive what, double limit);

// The bound of `what` in its public unit (microseconds, cost, count, fraction), if any.
std::optional<double> PublicBound(const Constraints& constraints, Additive what);
// The sum of a metric as a cost. REQUIRES `what` is the metric of an objective and every link has
// it. kLossLog: of the loss of the path, which sums of links may fall short of by a unit each.
uint64_t CostIn(const PathMetrics& metrics, Additive what);
// The sum of `what` in the public unit. Absent: some link lacks the attribute.
std::optional<double> PublicValue(const PathMetrics& metrics, Additive what);

// True if `metrics` keeps every bound.
bool KeepsBounds(const PathMetrics& metrics, const Constraints& constraints);

const char* AdditiveName(Additive what);                  // "delay", "IGP cost" ...
std::string FormatAdditive(Additive what, double value);  // "12,345 us", "20", "0.1 %".
Reason ReasonOf(Additive what);

}  // namespace srpce::cspf
