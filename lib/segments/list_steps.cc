#include "lib/segments/list_steps.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/segments/candidates.h"
#include "lib/segments/mpls_segments.h"
#include "lib/segments/shortest_dag.h"
#include "lib/segments/srv6_table.h"

namespace srpce::segments {
namespace {

std::shared_ptr<const ShortestDag> WaysOf(const Ted& ted, const ListStep& step) {
  const Owner owner{step.via};
  return FindShortestDag(IgpView(ted, step.algorithm), step.from, {&owner, 1});
}

// The SIDs that do one step: position i is where step i begins.
class StepSource : public CandidateSource {
 public:
  StepSource(const Ted& ted, std::span<const ListStep> steps) : ted_(ted), steps_(steps) {}

  bool FurtherIsNoWorse() const override { return false; }  // No step may be left out.

  std::string Explain(size_t from) override {
    const ListStep& step = steps_[from];
    return absl::StrCat("segment ", from + 1, ": no SID leads from ",
                        ted_.node(step.from).display_name(), " to ",
                        ted_.node(step.to).display_name(), " by its shortest paths alone");
  }

 protected:
  // True if packets to the nearest of `owners` go where those to `step.via` go.
  bool LeadsThere(const ListStep& step, std::span<const Owner> owners) const {
    if (owners.size() == 1) return true;
    const IgpView view(ted_, step.algorithm);
    return FindShortestDag(view, step.from, owners)->arcs == WaysOf(ted_, step)->arcs;
  }

  const Ted& ted_;
  std::span<const ListStep> steps_;
};

class MplsSteps final : public StepSource {
 public:
  using StepSource::StepSource;

  void Offer(size_t from, const CandidateSink& sink) override {
    const ListStep& step = steps_[from];
    if (step.crossing) {
      std::optional<Segment> segment = AdjacencySegment(ted_, ReaderOf(from), *step.crossing);
      if (segment) sink({from + 1, *std::move(segment), {}});
      return;
    }
    for (const PrefixFec& fec : PrefixSegmentsOf(ted_, step.via, step.algorithm)) {
      if (!LeadsThere(step, fec.owners) || !CheckLabelSwaps(ted_, fec, *WaysOf(ted_, step)).ok()) {
        continue;
      }
      std::optional<Segment> segment = PrefixSegment(ted_, ReaderOf(from), fec, step.via);
      if (segment && !sink({from + 1, *std::move(segment), {}})) return;
    }
  }

 private:
  // All next hops of the headend have to agree, so that any of them will do.
  LabelReader ReaderOf(size_t from) const {
    const ListStep& step = steps_[from];
    if (from > 0) return {step.from, std::nullopt};
    if (step.crossing) return {step.from, step.to};
    const std::shared_ptr<const ShortestDag> ways = WaysOf(ted_, step);
    for (const DagArc& arc : ways->arcs) {
      if (arc.tail != step.from.value()) continue;
      const NodeIndex head(arc.head);
      if (!ted_.node(head).attributes.pseudonode.value_or(false)) return {step.from, head};
      for (const DagArc& beyond : ways->arcs) {
        if (beyond.tail == arc.head) return {step.from, NodeIndex(beyond.head)};
      }
    }
    return {step.from, step.to};
  }
};

class Srv6Steps final : public StepSource {
 public:
  Srv6Steps(const Ted& ted, std::span<const ListStep> steps, bool prefer_next_csid)
      : StepSource(ted, steps), prefer_next_csid_(prefer_next_csid) {}

  void Offer(size_t from, const CandidateSink& sink) override {
    const ListStep& step = steps_[from];
    const auto& announced = step.crossing ? ted_.link(*step.crossing).attributes.srv6_sids
                                          : ted_.node(step.via).attributes.srv6_sids;
    const SidAction action = step.crossing ? SidAction::kEndX : SidAction::kEnd;
    for (const topology::Srv6Sid& sid : RankedSids(announced, action, prefer_next_csid_)) {
      const std::optional<LocatorRoute> route = FindRoute(ted_, sid.sid);
      if (!route || !IsRoutedTo(step, *route) || !IsRead(step, sid)) continue;
      Candidate candidate = Srv6Candidate(sid, *route, from + 1);
      candidate.segment.node = step.via;
      candidate.segment.link = step.crossing;
      if (step.crossing) {
        candidate.segment.kind = SegmentKind::kAdjacency;
        candidate.segment.anycast.clear();
      }
      if (!sink(std::move(candidate))) return;
    }
  }

 private:
  bool IsRoutedTo(const ListStep& step, const LocatorRoute& route) const {
    if (step.from == step.via) return true;
    const auto elsewhere = [&](NodeIndex node) { return node != step.via; };
    return route.algorithm == step.algorithm && route.IsOwner(step.via) &&
           std::none_of(route.shadowed.begin(), route.shadowed.end(), elsewhere) &&
           LeadsThere(step, route.owners);
  }

  bool IsRead(const ListStep& step, const topology::Srv6Sid& sid) const {
    const std::optional<SidReading> reading = ReadSid(ted_, step.via, sid.sid);
    if (!reading || reading->sid != sid) return false;
    return !step.crossing || reading->adjacency == std::vector<LinkIndex>{*step.crossing};
  }

  const bool prefer_next_csid_;
};

// Appends the one way of `step`; false if there are several.
bool AppendWay(const Ted& ted, const ListStep& step, std::vector<LinkIndex>& links) {
  if (step.from != step.via) {
    const std::shared_ptr<const ShortestDag> ways = WaysOf(ted, step);
    graph::Node at = step.from.value();
    for (size_t i = 0; i < ways->arcs.size(); ++i) {
      const auto next = std::find_if(ways->arcs.begin(), ways->arcs.end(),
                                     [&](const DagArc& arc) { return arc.tail == at; });
      if (next == ways->arcs.end()) return false;
      links.push_back(next->link);
      at = next->head;
    }
    if (at != step.via.value()) return false;
  }
  if (!step.crossing) return true;
  const auto across = AdjacencyWays(ted, *step.crossing);
  if (across.size() != 1) return false;
  links.insert(links.end(), across.front().begin(), across.front().end());
  return true;
}

}  // namespace

std::optional<std::vector<LinkIndex>> LinksOf(const Ted& ted, std::span<const ListStep> steps) {
  std::vector<LinkIndex> links;
  for (const ListStep& step : steps) {
    if (!AppendWay(ted, step, links)) return std::nullopt;
  }
  std::set<NodeIndex> passed;
  for (const LinkIndex link : links) {
    if (!passed.insert(ted.link(link).local).second) return std::nullopt;
  }
  if (!links.empty() && passed.contains(ted.link(links.back()).remote)) return std::nullopt;
  return links;
}

absl::StatusOr<SegmentList> ListOf(const Ted& ted, std::span<const ListStep> steps,
                                   const EncodeOptions& options) {
  if (steps.empty())
    return SegmentList{.data_plane = options.data_plane, .segments = {}, .labels = {}, .sids = {}};
  const NodeIndex endpoint = steps.back().to;
  if (options.data_plane == DataPlane::kSrMpls) {
    MplsSteps source(ted, steps);
    return FewestSids(ted, steps.size(), endpoint, source, options);
  }
  Srv6Steps source(ted, steps, options.compress);
  return FewestSids(ted, steps.size(), endpoint, source, options);
}

}  // namespace srpce::segments
