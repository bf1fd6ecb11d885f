#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/segments/candidates.h"
#include "lib/segments/mpls_segments.h"

namespace srpce::segments {
namespace {

class MplsCandidates final : public CandidateSource {
 public:
  MplsCandidates(PinnedPath& path, const std::vector<uint8_t>& algorithms,
                 const cspf::PotentialCache* potentials)
      : path_(path), ted_(path.ted()) {
    for (const uint8_t algorithm : algorithms) {
      views_.emplace_back(ted_, algorithm, potentials);
    }
  }

  void Offer(size_t from, const CandidateSink& sink) override {
    for (size_t to = path_.size(); to > from; --to) {
      for (const IgpView& view : views_) {
        if (path_.IsRouter(to) && to <= path_.Reach(view, from) &&
            !OfferPrefixes(view, from, to, sink)) {
          return;
        }
      }
    }
    if (!CrossesToNextRouter(path_, from)) return;
    if (std::optional<Segment> segment = AdjacencySegment(ted_, ReaderAt(from), path_.link(from))) {
      sink({path_.NextRouter(from), *std::move(segment), {}});
    }
  }

  // Each router that a prefix segment passes knows its label and sends on to the same owner. The
  // first label, which is read otherwise, is at position 0: no list that has come further is empty.
  bool FurtherIsNoWorse() const override { return true; }

  std::string Explain(size_t from) override {
    const topology::Link& link = ted_.link(path_.link(from));
    const size_t to = path_.NextRouter(from);
    const std::string& target = ted_.node(path_.node(to)).display_name();
    const char* adjacency =
        link.attributes.adjacency_sids.empty() ? "no adjacency SID" : "no adjacency SID of its own";
    std::string node = absl::StrCat("node SID of ", target, " is spoilt by ECMP or a shorter way");
    if (!HasSid(to)) {
      node = absl::StrCat("no node SID of ", target);
    } else if (std::any_of(views_.begin(), views_.end(),
                           [&](const IgpView& view) { return path_.Reach(view, from) >= to; })) {
      node = absl::StrCat("node SID of ", target, " has no label that leads there");
      if (const std::optional<NodeIndex> other = OtherAnnouncer(to)) {
        absl::StrAppend(&node, ": ", ted_.node(*other).display_name(),
                        " announces the prefix without it");
      }
    }
    return absl::StrCat("link ", link.key.ToString(), ": ", adjacency, ", and ", node);
  }

 private:
  // True if it announces some SID that more than itself understands.
  bool HasSid(size_t position) const {
    const auto& prefixes = ted_.node(path_.node(position)).prefixes;
    return std::any_of(prefixes.begin(), prefixes.end(), [](const topology::Prefix& prefix) {
      const auto& sids = prefix.attributes.sids;
      return std::any_of(sids.begin(), sids.end(), [](const auto& sid) { return !sid.is_label; });
    });
  }

  // One that announces a prefix of the router at `position` without the SID.
  std::optional<NodeIndex> OtherAnnouncer(size_t position) const {
    for (const IgpView& view : views_) {
      for (const PrefixFec& fec : PrefixSegmentsOf(ted_, path_.node(position), view.algorithm())) {
        for (const Owner& owner : fec.owners) {
          if (!owner.has_sid) return owner.node;
        }
      }
    }
    return std::nullopt;
  }

  LabelReader ReaderAt(size_t from) const {
    if (from > 0) return {path_.node(from), std::nullopt};
    return {path_.node(0), path_.node(path_.NextRouter(0))};
  }

  // Returns false if the sink has heard enough.
  bool OfferPrefixes(const IgpView& view, size_t from, size_t to, const CandidateSink& sink) {
    for (const PrefixFec& fec : PrefixSegmentsOf(ted_, path_.node(to), view.algorithm())) {
      if (fec.owners.size() > 1 && !path_.LeadsOnlyAlong(view, from, to, fec.owners)) continue;
      std::optional<Segment> segment = PrefixSegment(ted_, ReaderAt(from), fec, path_.node(to));
      if (segment && IsUnderstood(fec, from, to) && !sink({to, *std::move(segment), {}})) {
        return false;
      }
    }
    return true;
  }

  bool IsUnderstood(const PrefixFec& fec, size_t from, size_t to) const {
    for (size_t i = from + 1; i <= to; ++i) {
      if (!CheckReceives(ted_, fec, path_.node(i)).ok()) return false;
    }
    return true;
  }

  PinnedPath& path_;
  const Ted& ted_;
  std::vector<IgpView> views_;
};

}  // namespace

bool CrossesToNextRouter(const PinnedPath& path, size_t at) {
  const std::vector<std::vector<LinkIndex>> ways = AdjacencyWays(path.ted(), path.link(at));
  return ways.size() == 1 && ways.front().back() == path.link(path.NextRouter(at) - 1);
}

std::unique_ptr<CandidateSource> MakeMplsCandidates(PinnedPath& path,
                                                    const std::vector<uint8_t>& algorithms,
                                                    const cspf::PotentialCache* potentials) {
  return std::make_unique<MplsCandidates>(path, algorithms, potentials);
}

}  // namespace srpce::segments
