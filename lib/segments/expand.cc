// lib/segments/expand.cc -- forwards a packet under a segment list, over every choice at once.
//
// Everything that reaches a router with the same labels or addresses left behaves the same, so
// branches are joined by (what is left, node), and the worst of each metric is carried along:
// exact, since what follows depends on nothing else.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/segments/imposition.h"
#include "lib/segments/label_table.h"
#include "lib/segments/shortest_dag.h"
#include "lib/segments/spread.h"
#include "lib/segments/srv6_table.h"
#include "lib/segments/verify.h"

namespace srpce::segments {
namespace {

void JoinAll(const WorstAt& from, WorstAt& into) {
  for (const auto& [node, worst] : from) {
    const auto [it, fresh] = into.emplace(node, worst);
    if (!fresh) it->second.Join(worst);
  }
}

absl::StatusOr<std::shared_ptr<const ShortestDag>> RouteTo(const Ted& ted, NodeIndex from,
                                                           uint8_t algorithm,
                                                           std::span<const Owner> owners) {
  auto dag = FindShortestDag(IgpView(ted, algorithm), from, owners);
  if (dag->cost == graph::kUnreachable) {
    const auto named = std::find_if(owners.begin(), owners.end(),
                                    [](const Owner& owner) { return owner.has_sid; });
    return absl::FailedPreconditionError(
        absl::StrCat("node ", ted.node(named->node).display_name(), " cannot be reached from ",
                     ted.node(from).display_name(), " (algorithm ", int{algorithm}, ")"));
  }
  return dag;
}

// One label at one router.
absl::StatusOr<WorstAt> FollowLabel(const Ted& ted, const LabelReading& reading, NodeIndex router,
                                    const Worst& worst, Spread& spread) {
  if (!reading.adjacency.empty()) {
    return spread.Cross(reading.adjacency, worst);
  }
  if (reading.pop_only) {
    return WorstAt{{router, worst}};
  }
  if (reading.fec->FindOwner(router) != nullptr) {
    SRPCE_RETURN_IF_ERROR(CheckPops(ted, *reading.fec, router));
    return WorstAt{{router, worst}};
  }
  SRPCE_ASSIGN_OR_RETURN(const auto dag,
                         RouteTo(ted, router, reading.fec->algorithm, reading.fec->owners));
  SRPCE_RETURN_IF_ERROR(CheckLabelSwaps(ted, *reading.fec, *dag));
  return spread.Follow(*dag, router, worst);
}

absl::Status At(size_t position, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat("segment ", position + 1, ": ", status.message()));
}

absl::StatusOr<LabelReading> Read(const Ted& ted, NodeIndex router, uint32_t label, bool first) {
  if (first) {
    return ReadFirstLabel(ted, router, label);
  }
  std::optional<LabelReading> reading = ReadLabel(ted, router, label);
  if (!reading) {
    return absl::NotFoundError(
        absl::StrCat("label ", label, " means nothing to node ", ted.node(router).display_name()));
  }
  return *std::move(reading);
}

absl::StatusOr<Expansion> ExpandLabels(const Ted& ted, NodeIndex headend,
                                       const std::vector<uint32_t>& labels) {
  Spread spread(ted);
  WorstAt here{{headend, Worst()}};
  for (size_t i = 0; i < labels.size(); ++i) {
    WorstAt next;
    for (const auto& [router, worst] : here) {
      const auto reading = Read(ted, router, labels[i], i == 0);
      if (!reading.ok()) return At(i, reading.status());
      const auto ends = FollowLabel(ted, *reading, router, worst, spread);
      if (!ends.ok()) return At(i, ends.status());
      JoinAll(*ends, next);
    }
    if (next.size() > 1) spread.NoteChoice();
    here = std::move(next);
  }
  return spread.Finish(here);
}

// A packet on its way, ordered so that what comes later in its life sorts later: each step grows
// (consumed, arrived).
struct Srv6State {
  uint32_t consumed = 0;
  bool arrived = false;  // At an owner of the destination's locator.
  NodeIndex node;
  Ipv6Address destination;
  size_t entry = 0;

  auto operator<=>(const Srv6State&) const = default;
};

class Srv6Expander {
 public:
  Srv6Expander(const Ted& ted, const std::vector<Ipv6Address>& sids)
      : ted_(ted), sids_(sids), spread_(ted) {}

  absl::StatusOr<Expansion> Run(NodeIndex headend) {
    Join({.consumed = 0,
          .arrived = false,
          .node = headend,
          .destination = sids_.front(),
          .entry = 0},
         Worst());
    while (!states_.empty()) {
      if (states_.size() + ends_.size() > 1) spread_.NoteChoice();
      const auto [state, worst] = *states_.begin();
      states_.erase(states_.begin());
      if (const absl::Status status = Step(state, worst); !status.ok()) {
        return At(state.entry, status);
      }
    }
    SRPCE_RETURN_IF_ERROR(CheckSrh());
    return spread_.Finish(ends_);
  }

 private:
  void Join(const Srv6State& state, const Worst& worst) {
    const auto [it, fresh] = states_.emplace(state, worst);
    if (!fresh) it->second.Join(worst);
  }

  absl::Status Step(const Srv6State& state, const Worst& worst) {
    if (const std::optional<SidReading> reading = ReadSid(ted_, state.node, state.destination)) {
      return Execute(*reading, state, worst);
    }
    const std::optional<LocatorRoute> route = FindRoute(ted_, state.destination);
    if (!route || route->IsOwner(state.node)) {
      return absl::NotFoundError(
          absl::StrCat("SID ", state.destination.ToString(), " means nothing to node ",
                       ted_.node(state.node).display_name(),
                       route ? absl::StrCat(", which announces ", route->prefix.ToString()) : ""));
    }
    SRPCE_ASSIGN_OR_RETURN(auto dag, RouteTo(ted_, state.node, route->algorithm, route->owners));
    if (!route->shadowed.empty()) dag = StopAtLongerSids(*dag, *route, state);
    SRPCE_ASSIGN_OR_RETURN(const WorstAt ends, spread_.Follow(*dag, state.node, worst));
    for (const auto& [node, at_node] : ends) {
      Srv6State next = state;
      next.node = node;
      next.arrived = true;
      Join(next, at_node);
    }
    return absl::OkStatus();
  }

  // Returns `dag` up to those passed that have a SID of their own for the destination.
  std::shared_ptr<const ShortestDag> StopAtLongerSids(const ShortestDag& dag,
                                                      const LocatorRoute& route,
                                                      const Srv6State& state) const {
    std::set<NodeIndex> stops;
    for (const NodeIndex node : route.shadowed) {
      if (ReadSid(ted_, node, state.destination)) stops.insert(node);
    }
    auto stopped = std::make_shared<ShortestDag>();
    stopped->cost = dag.cost;
    std::set<graph::Node> reached{state.node.value()};
    for (bool grew = true; grew;) {
      grew = false;
      for (const DagArc& arc : dag.arcs) {
        grew |= reached.contains(arc.tail) && !stops.contains(NodeIndex(arc.tail)) &&
                reached.insert(arc.head).second;
      }
    }
    for (const DagArc& arc : dag.arcs) {
      if (reached.contains(arc.tail) && !stops.contains(NodeIndex(arc.tail))) {
        stopped->arcs.push_back(arc);
      }
    }
    return stopped;
  }

  absl::Status Execute(const SidReading& reading, const Srv6State& state, const Worst& worst) {
    Srv6Cursor cursor{state.destination, state.entry, state.consumed, false};
    Advance(reading.sid, sids_, cursor);
    executed_.push_back(
        {state.node, state.entry, cursor.entry > state.entry, PopsEarly(reading.sid.behavior)});
    WorstAt at{{state.node, worst}};
    switch (ActionOf(reading.sid.behavior)) {
      case SidAction::kEnd:
        break;
      case SidAction::kEndX: {
        if (reading.adjacency.empty()) {
          return absl::NotFoundError(absl::StrCat("SID ", reading.sid.sid.ToString(), " of node ",
                                                  ted_.node(state.node).display_name(),
                                                  ": no link announces it"));
        }
        SRPCE_ASSIGN_OR_RETURN(at, spread_.Cross(reading.adjacency, worst));
        break;
      }
      case SidAction::kDecap:
        if (!cursor.done) {
          return absl::FailedPreconditionError(absl::StrCat(
              "SID ", reading.sid.sid.ToString(), " of node ", ted_.node(state.node).display_name(),
              " decapsulates with segments left"));
        }
        break;
      case SidAction::kOther:
        return absl::FailedPreconditionError(
            absl::StrCat("SID ", reading.sid.sid.ToString(), ": behavior ", reading.sid.behavior,
                         " leads where the topology does not say"));
    }
    for (const auto& [node, at_node] : at) {
      if (cursor.done) {
        JoinAll({{node, at_node}}, ends_);
      } else {
        Join({cursor.consumed, false, node, cursor.destination, cursor.entry}, at_node);
      }
    }
    return absl::OkStatus();
  }

  // A router that carried out a SID.
  struct Executed {
    NodeIndex node;
    size_t entry = 0;       // Of the SRH, when the packet arrived.
    bool moves_on = false;  // To the next entry.
    bool pops_early = false;
  };

  // Holds every router to the SRH it says it can process, of as many SIDs as the headend imposes;
  // one SID needs none. What is not announced does not limit.
  absl::Status CheckSrh() const {
    size_t size = sids_.size();
    for (const auto& [end, worst] : ends_) {
      size = std::max(size, ImposedSids(sids_, DecapsulationSid(ted_.node(end))).size());
    }
    if (size < 2) return absl::OkStatus();
    bool srh_arrives = false;  // Where the last SID is carried out.
    for (const Executed& executed : executed_) {
      const std::optional<topology::Msd>& msd = ted_.node(executed.node).attributes.msd;
      const size_t segments_left = size - 1 - std::min(executed.entry, size - 1);
      const bool last = executed.moves_on && segments_left == 1;
      srh_arrives |= last && !executed.pops_early;
      if (!msd) continue;
      SRPCE_RETURN_IF_ERROR(
          At(executed.entry,
             CheckMsd(executed.node, "segments left", segments_left, msd->srh_max_segments_left)));
      if (!last || !executed.pops_early) continue;
      SRPCE_RETURN_IF_ERROR(
          At(executed.entry, CheckMsd(executed.node, "SIDs to pop", size, msd->srh_max_end_pop)));
    }
    for (const auto& [end, worst] : ends_) {
      const std::optional<topology::Msd>& msd = ted_.node(end).attributes.msd;
      if (!srh_arrives || !msd || !DecapsulationSid(ted_.node(end))) continue;
      SRPCE_RETURN_IF_ERROR(
          At(size - 1, CheckMsd(end, "SIDs to decapsulate", size, msd->srh_max_end_d)));
    }
    return absl::OkStatus();
  }

  absl::Status CheckMsd(NodeIndex node, const char* what, size_t got,
                        const std::optional<uint8_t>& limit) const {
    if (!limit || got <= *limit) return absl::OkStatus();
    return absl::ResourceExhaustedError(absl::StrCat("node ", ted_.node(node).display_name(), ": ",
                                                     got, " ", what, ", can do ",
                                                     uint32_t{*limit}));
  }

  const Ted& ted_;
  const std::vector<Ipv6Address>& sids_;
  Spread spread_;
  std::map<Srv6State, Worst> states_;
  WorstAt ends_;
  std::vector<Executed> executed_;
};

}  // namespace

absl::StatusOr<Expansion> Expand(const Ted& ted, NodeIndex headend, const SegmentList& list) {
  if (!ted.HasNode(headend)) {
    return absl::FailedPreconditionError(
        absl::StrCat("headend ", headend.value(), ": is not in the topology"));
  }
  if (list.depth() == 0) {
    return Spread(ted).Finish({{headend, Worst()}});
  }
  return list.data_plane == DataPlane::kSrMpls ? ExpandLabels(ted, headend, list.labels)
                                               : Srv6Expander(ted, list.sids).Run(headend);
}

}  // namespace srpce::segments
