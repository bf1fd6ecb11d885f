#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/segments/candidates.h"
#include "lib/segments/csid.h"
#include "lib/segments/srv6_table.h"

namespace srpce::segments {
namespace {

using topology::Srv6Sid;

class Srv6Candidates final : public CandidateSource {
 public:
  Srv6Candidates(PinnedPath& path, const std::vector<uint8_t>& algorithms, bool prefer_next_csid,
                 const cspf::PotentialCache* potentials)
      : path_(path), ted_(path.ted()), prefer_next_csid_(prefer_next_csid) {
    for (const uint8_t algorithm : algorithms) {
      views_.emplace_back(ted_, algorithm, potentials);
    }
  }

  void Offer(size_t from, const CandidateSink& sink) override {
    const size_t reach = FurthestReach(from);
    for (size_t to = reach; to > from; --to) {
      if (path_.IsRouter(to) && !OfferNode(from, to, sink)) return;
    }
    for (size_t at = std::min(reach, path_.size() - 1) + 1; at-- > from;) {
      if (path_.IsRouter(at) && !OfferAdjacency(from, at, sink)) return;
    }
  }

  // What packs into the open container depends on the SID before.
  bool FurtherIsNoWorse() const override { return false; }

  std::string Explain(size_t from) override {
    const topology::Link& link = ted_.link(path_.link(from));
    const size_t to = path_.NextRouter(from);
    const std::string& target = ted_.node(path_.node(to)).display_name();
    const bool has_end = HasAny(ted_.node(path_.node(to)).attributes.srv6_sids, SidAction::kEnd);
    const bool has_end_x = HasAny(link.attributes.srv6_sids, SidAction::kEndX);
    return absl::StrCat("link ", link.key.ToString(), ": ",
                        has_end_x ? "no End.X SID of its own" : "no End.X SID", ", and ",
                        has_end ? "End SID of " : "no End SID of ", target,
                        has_end ? " is spoilt by ECMP or a shorter way" : "");
  }

 private:
  static bool HasAny(const std::vector<Srv6Sid>& sids, SidAction action) {
    return std::any_of(sids.begin(), sids.end(),
                       [&](const Srv6Sid& sid) { return ActionOf(sid.behavior) == action; });
  }

  const IgpView* ViewOf(uint8_t algorithm) const {
    for (const IgpView& view : views_) {
      if (view.algorithm() == algorithm) return &view;
    }
    return nullptr;
  }

  size_t FurthestReach(size_t from) {
    size_t reach = from;
    for (const IgpView& view : views_) {
      reach = std::max(reach, path_.Reach(view, from));
    }
    return reach;
  }

  // True if packets for `sid` come from position `from` to `to`, whose router instantiates it, over
  // the path only.
  std::optional<LocatorRoute> RouteAlong(const Srv6Sid& sid, size_t from, size_t to) {
    std::optional<LocatorRoute> route = FindRoute(ted_, sid.sid);
    const IgpView* view = route ? ViewOf(route->algorithm) : nullptr;
    if (from == to) return route;
    const auto elsewhere = [&](NodeIndex node) { return node != path_.node(to); };
    if (route && std::any_of(route->shadowed.begin(), route->shadowed.end(), elsewhere))
      return std::nullopt;  // A router on the way may take it for a SID of its own.
    if (view == nullptr || !route->IsOwner(path_.node(to)) || path_.Reach(*view, from) < to)
      return std::nullopt;
    if (route->owners.size() > 1 && !path_.LeadsOnlyAlong(*view, from, to, route->owners))
      return std::nullopt;
    return route;
  }

  bool OfferNode(size_t from, size_t to, const CandidateSink& sink) {
    for (const Srv6Sid& sid : RankedSids(ted_.node(path_.node(to)).attributes.srv6_sids,
                                         SidAction::kEnd, prefer_next_csid_)) {
      const std::optional<LocatorRoute> route = RouteAlong(sid, from, to);
      const std::optional<SidReading> reading = ReadSid(ted_, path_.node(to), sid.sid);
      if (!route || !reading || reading->sid != sid) continue;
      Candidate candidate = Srv6Candidate(sid, *route, to);
      candidate.segment.node = path_.node(to);
      if (!sink(std::move(candidate))) return false;
    }
    return true;
  }

  bool OfferAdjacency(size_t from, size_t at, const CandidateSink& sink) {
    if (!CrossesToNextRouter(path_, at)) return true;
    const LinkIndex link = path_.link(at);
    for (const Srv6Sid& sid :
         RankedSids(ted_.link(link).attributes.srv6_sids, SidAction::kEndX, prefer_next_csid_)) {
      const std::optional<LocatorRoute> route = RouteAlong(sid, from, at);
      const std::optional<SidReading> reading = ReadSid(ted_, path_.node(at), sid.sid);
      if (!route || !reading || reading->adjacency != std::vector<LinkIndex>{link}) continue;
      Candidate candidate = Srv6Candidate(sid, *route, path_.NextRouter(at));
      candidate.segment.kind = SegmentKind::kAdjacency;
      candidate.segment.anycast.clear();
      candidate.segment.node = path_.node(at);
      candidate.segment.link = link;
      if (!sink(std::move(candidate))) return false;
    }
    return true;
  }

  PinnedPath& path_;
  const Ted& ted_;
  const bool prefer_next_csid_;
  std::vector<IgpView> views_;
};

}  // namespace

std::vector<Srv6Sid> RankedSids(const std::vector<Srv6Sid>& all, SidAction action,
                                bool prefer_next_csid) {
  std::vector<Srv6Sid> sids;
  std::copy_if(all.begin(), all.end(), std::back_inserter(sids),
               [&](const Srv6Sid& sid) { return ActionOf(sid.behavior) == action; });
  const auto rank = [&](const Srv6Sid& sid) {
    return std::tuple(sid.is_set, sid.backup, ShiftsContainer(sid) != prefer_next_csid);
  };
  std::stable_sort(sids.begin(), sids.end(),
                   [&](const Srv6Sid& a, const Srv6Sid& b) { return rank(a) < rank(b); });
  return sids;
}

Candidate Srv6Candidate(const Srv6Sid& sid, const LocatorRoute& route, size_t to) {
  Candidate candidate;
  candidate.to = to;
  candidate.sid = sid;
  candidate.segment.algorithm = route.algorithm;
  candidate.segment.sid = sid.sid;
  candidate.segment.structure = sid.structure;
  candidate.segment.behavior = sid.behavior;
  if (route.owners.size() > 1) {
    candidate.segment.kind = SegmentKind::kAnycast;
    for (const Owner& owner : route.owners) candidate.segment.anycast.push_back(owner.node);
  }
  return candidate;
}

std::unique_ptr<CandidateSource> MakeSrv6Candidates(PinnedPath& path,
                                                    const std::vector<uint8_t>& algorithms,
                                                    bool prefer_next_csid,
                                                    const cspf::PotentialCache* potentials) {
  return std::make_unique<Srv6Candidates>(path, algorithms, prefer_next_csid, potentials);
}

}  // namespace srpce::segments
