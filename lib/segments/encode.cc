// lib/segments/encode.cc -- the fewest SIDs along a path: best-first search over (position, open
// container).
#include <algorithm>
#include <compare>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/segments/candidates.h"
#include "lib/segments/csid.h"
#include "lib/segments/imposition.h"
#include "lib/segments/pinned_path.h"
#include "lib/segments/segment_list.h"
#include "lib/segments/srv6_table.h"

namespace srpce::segments {
namespace {

// Compared in this order: what counts against the MSD, then what survives a change worst.
struct Cost {
  uint32_t entries = 0;
  uint32_t adjacencies = 0;
  uint32_t anycasts = 0;
  uint32_t segments = 0;

  auto operator<=>(const Cost&) const = default;
  bool NoWorseInAll(const Cost& other) const {
    return entries <= other.entries && adjacencies <= other.adjacencies &&
           anycasts <= other.anycasts && segments <= other.segments;
  }
};

constexpr size_t kNoParent = SIZE_MAX;

// A list that pins the path up to `position`.
struct Step {
  Cost cost;
  size_t position = 0;
  size_t parent = kNoParent;
  Candidate last;
  std::optional<Container> container;  // The last SRH entry, while more may go in.
  uint32_t imposed = 0;  // At the end of the path: entries, with the SID that decapsulates.
};

// True if in the container of `previous` and `next` both still mean what they mean alone: no longer
// match lures the packet away.
bool SafeTogether(const Ted& ted, const Candidate& previous, const Candidate& next) {
  Container pair(previous.sid);
  if (!pair.Accepts(next.sid)) return false;
  pair.Append(next.sid);
  const auto alone = FindRoute(ted, previous.sid.sid);
  const auto together = FindRoute(ted, pair.address());
  const auto reading = ReadSid(ted, previous.segment.node, pair.address());
  return alone && together && alone->SameAs(*together) && reading && reading->sid == previous.sid;
}

class Encoder {
 public:
  Encoder(const Ted& ted, size_t size, NodeIndex endpoint, CandidateSource& source,
          const EncodeOptions& options)
      : ted_(ted), size_(size), source_(source), options_(options), by_position_(size + 1) {
    if (options.data_plane == DataPlane::kSrv6)
      decapsulation_ = DecapsulationSid(ted.node(endpoint));
  }

  // Returns the steps of the best list, first to last; nothing if no list pins the path.
  std::optional<std::vector<Step>> Run() {
    Add(Step());
    while (!queue_.empty()) {
      const size_t index = queue_.top().index;
      queue_.pop();
      const Cost bound = Bound(steps_[index]);
      if (best_ && std::pair(bound.entries, bound) >= Rank(steps_[*best_])) continue;
      if (!IsOvertaken(steps_[index])) Extend(index);
    }
    if (!best_) return std::nullopt;
    std::vector<Step> chain;
    for (size_t i = *best_; i != kNoParent; i = steps_[i].parent) {
      chain.push_back(steps_[i]);
    }
    chain.pop_back();  // The empty list.
    std::reverse(chain.begin(), chain.end());
    return chain;
  }

  // The last position some list pins.
  size_t furthest() const {
    size_t position = size_;
    while (by_position_[position].empty()) --position;
    return position;
  }

 private:
  struct Entry {
    Cost cost;
    size_t behind;  // Positions still to go: the one that has come further goes first.
    size_t index;
    auto operator<=>(const Entry&) const = default;
  };

  // No list that begins like `step` and goes on costs less.
  static Cost Bound(const Step& step) {
    Cost cost = step.cost;
    cost.entries += step.container && step.container->room() > 0 ? 0 : 1;
    ++cost.segments;
    return cost;
  }

  // True if one that goes first has come further, too, and has cost no more in anything.
  bool IsOvertaken(const Step& step) {
    if (!source_.FurtherIsNoWorse()) return false;
    for (const size_t other : extended_) {
      if (steps_[other].position >= step.position && steps_[other].cost.NoWorseInAll(step.cost)) {
        return true;
      }
    }
    return false;
  }

  static std::pair<uint32_t, Cost> Rank(const Step& step) { return {step.imposed, step.cost}; }

  // What the headend imposes for a list of `entries` that ends with `last`.
  uint32_t Imposed(uint32_t entries, const Ipv6Address& last) const {
    return entries + static_cast<uint32_t>(ImposedSids({last}, decapsulation_).size()) - 1;
  }

  void Extend(size_t index) {
    extended_.push_back(index);
    source_.Offer(steps_[index].position, [&](Candidate candidate) {
      const bool arrived = candidate.to == size_ && candidate.segment.kind == SegmentKind::kNode &&
                           Imposed(0, candidate.sid.sid) == 0;
      // Those nearer cost no less.
      const bool furthest =
          source_.FurtherIsNoWorse() && candidate.segment.kind == SegmentKind::kNode;
      const bool packed = Append(index, std::move(candidate));
      if (furthest) return false;
      // Nothing else from here is better than one node segment to the end in no entry more than
      // needed.
      return !arrived ||
             (!packed && steps_[index].container && steps_[index].container->room() > 0);
    });
  }

  // Returns true if the candidate took no entry of its own.
  bool Append(size_t index, Candidate candidate) {
    Step step;
    step.cost = steps_[index].cost;
    step.position = candidate.to;
    step.parent = index;
    ++step.cost.segments;
    step.cost.adjacencies += candidate.segment.kind == SegmentKind::kAdjacency ? 1 : 0;
    step.cost.anycasts += candidate.segment.kind == SegmentKind::kAnycast ? 1 : 0;
    const std::optional<Container>& open = steps_[index].container;
    const bool packed =
        open && open->Accepts(candidate.sid) && SafeTogether(ted_, steps_[index].last, candidate);
    if (packed) {
      step.container = open;
      step.container->Append(candidate.sid);
    } else {
      ++step.cost.entries;
      if (options_.data_plane == DataPlane::kSrv6 && options_.compress)
        step.container.emplace(candidate.sid);
    }
    if (candidate.to == size_) {
      const bool shared = step.container.has_value();
      step.imposed =
          Imposed(step.cost.entries, shared ? step.container->address() : candidate.sid.sid);
    }
    step.last = std::move(candidate);
    Add(std::move(step));
    return packed;
  }

  static bool Dominates(const Step& a, const Step& b) {
    if (!a.cost.NoWorseInAll(b.cost)) return false;
    if (!b.container || b.container->room() == 0) return true;
    return a.container && a.container->room() >= b.container->room() &&
           a.container->SameBlock(*b.container);
  }

  void Add(Step step) {
    const size_t index = steps_.size();
    std::vector<size_t>& rivals = by_position_[step.position];
    if (step.position == size_) {
      if (!best_ || Rank(step) < Rank(steps_[*best_])) best_ = index;
    } else {
      for (const size_t rival : rivals) {
        if (Dominates(steps_[rival], step)) return;
      }
      queue_.push({step.cost, size_ - step.position, index});
    }
    rivals.push_back(index);
    steps_.push_back(std::move(step));
  }

  const Ted& ted_;
  const size_t size_;
  std::optional<Ipv6Address> decapsulation_;
  CandidateSource& source_;
  const EncodeOptions& options_;
  std::vector<Step> steps_;
  std::vector<std::vector<size_t>> by_position_;
  std::vector<size_t> extended_;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue_;
  std::optional<size_t> best_;
};

SegmentList ToList(const std::vector<Step>& steps, DataPlane data_plane) {
  SegmentList list;
  list.data_plane = data_plane;
  uint32_t entries = 0;
  for (const Step& step : steps) {
    list.segments.push_back(step.last.segment);
    if (data_plane == DataPlane::kSrMpls) {
      list.labels.push_back(step.last.segment.label);
      continue;
    }
    if (step.cost.entries == entries)
      list.sids.pop_back();  // Replaced by the same container, one CSID longer.
    list.sids.push_back(step.container ? step.container->address() : step.last.segment.sid);
    entries = step.cost.entries;
  }
  return list;
}

}  // namespace

absl::StatusOr<SegmentList> Encode(const Ted& ted, NodeIndex headend,
                                   const std::vector<LinkIndex>& links,
                                   const EncodeOptions& options) {
  return EncodeGuided(ted, headend, links, options, nullptr);
}

absl::StatusOr<SegmentList> EncodeGuided(const Ted& ted, NodeIndex headend,
                                         const std::vector<LinkIndex>& links,
                                         const EncodeOptions& options,
                                         const cspf::PotentialCache* potentials) {
  if (options.data_plane == DataPlane::kEither) {
    return absl::InvalidArgumentError("encode: data plane: got either, want SR-MPLS or SRv6");
  }
  SRPCE_ASSIGN_OR_RETURN(PinnedPath path, PinnedPath::Make(ted, headend, links));
  std::vector<uint8_t> algorithms{topology::kAlgorithmSpf};
  if (options.algorithm != topology::kAlgorithmSpf) algorithms.push_back(options.algorithm);
  const auto source = options.data_plane == DataPlane::kSrMpls
                          ? MakeMplsCandidates(path, algorithms, potentials)
                          : MakeSrv6Candidates(path, algorithms, options.compress, potentials);
  return FewestSids(ted, path.size(), path.node(path.size()), *source, options);
}

absl::StatusOr<SegmentList> FewestSids(const Ted& ted, size_t size, NodeIndex endpoint,
                                       CandidateSource& source, const EncodeOptions& options) {
  Encoder encoder(ted, size, endpoint, source, options);
  const std::optional<std::vector<Step>> steps = encoder.Run();
  if (!steps) {
    return absl::FailedPreconditionError(source.Explain(encoder.furthest()));
  }
  return ToList(*steps, options.data_plane);
}

}  // namespace srpce::segments
