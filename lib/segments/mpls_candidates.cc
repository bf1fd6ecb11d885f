#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/segments/candidates.h"
#include "lib/segments/label_table.h"

namespace srpce::segments {
namespace {

using topology::AdjacencySid;
using topology::PrefixSid;

class MplsCandidates final : public CandidateSource {
 public:
  MplsCandidates(PinnedPath& path, const std::vector<uint8_t>& algorithms)
      : path_(path), ted_(path.ted()) {
    for (const uint8_t algorithm : algorithms) {
      views_.emplace_back(ted_, algorithm);
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
    if (std::optional<Candidate> adjacency = Adjacency(from)) {
      sink(*std::move(adjacency));
    }
  }

  std::string Explain(size_t from) override {
    const topology::Link& link = ted_.link(path_.link(from));
    const size_t to = path_.NextRouter(from);
    const std::string& target = ted_.node(path_.node(to)).display_name();
    const char* adjacency =
        link.attributes.adjacency_sids.empty() ? "no adjacency SID" : "no adjacency SID of its own";
    std::string node = absl::StrCat("node SID of ", target, " is spoilt by ECMP or a shorter way");
    if (Sids(to).empty()) {
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
  // One that announces a prefix of the router at `position` without the SID.
  std::optional<NodeIndex> OtherAnnouncer(size_t position) const {
    for (const auto& [prefix, sid] : Sids(position)) {
      const std::optional<PrefixFec> fec = FindFec(ted_, sid.algorithm, sid.value);
      if (!fec) continue;
      for (const Owner& owner : fec->owners) {
        if (!owner.has_sid) return owner.node;
      }
    }
    return std::nullopt;
  }

  // Those that more than their owner understands.
  std::vector<std::pair<IpPrefix, PrefixSid>> Sids(size_t position) const {
    std::vector<std::pair<IpPrefix, PrefixSid>> sids;
    for (const topology::Prefix& prefix : ted_.node(path_.node(position)).prefixes) {
      for (const PrefixSid& sid : prefix.attributes.sids) {
        if (!sid.is_label) sids.emplace_back(prefix.prefix, sid);
      }
    }
    return sids;
  }

  // Returns false if the sink has heard enough.
  bool OfferPrefixes(const IgpView& view, size_t from, size_t to, const CandidateSink& sink) {
    for (const auto& [prefix, sid] : Sids(to)) {
      if (sid.algorithm != view.algorithm()) continue;
      const std::optional<PrefixFec> fec = FindFec(ted_, sid.algorithm, sid.value);
      if (!fec || fec->prefix != prefix)
        continue;  // The SID is another prefix's, too, and that one wins.
      if (fec->owners.size() > 1 && !path_.LeadsOnlyAlong(view, from, to, fec->owners)) continue;
      std::optional<Candidate> candidate = Prefix(*fec, from, to);
      if (candidate && !sink(*std::move(candidate))) return false;
    }
    return true;
  }

  std::optional<Candidate> Prefix(const PrefixFec& fec, size_t from, size_t to) const {
    const NodeIndex reader = path_.node(from == 0 ? path_.NextRouter(0) : from);
    const std::optional<uint32_t> label = LabelAt(ted_, reader, fec.index);
    if (!label || !ReadsAsPrefix(from, *label, fec)) return std::nullopt;
    for (size_t i = from + 1; i <= to; ++i) {
      if (!CheckReceives(ted_, fec, path_.node(i)).ok()) return std::nullopt;
    }
    Candidate candidate;
    candidate.to = to;
    candidate.segment.kind = fec.owners.size() > 1 ? SegmentKind::kAnycast : SegmentKind::kNode;
    candidate.segment.algorithm = fec.algorithm;
    candidate.segment.node = path_.node(to);
    candidate.segment.label = *label;
    if (fec.owners.size() > 1) candidate.segment.anycast = fec.SidOwners();
    return candidate;
  }

  bool ReadsAsPrefix(size_t from, uint32_t label, const PrefixFec& fec) const {
    std::optional<LabelReading> reading = ReadAt(from, label);
    return reading && reading->fec && reading->fec->SameAs(fec);
  }

  std::optional<LabelReading> ReadAt(size_t from, uint32_t label) const {
    if (from > 0) {
      return ReadLabel(ted_, path_.node(from), label);
    }
    absl::StatusOr<LabelReading> reading = ReadFirstLabel(ted_, path_.node(0), label);
    if (!reading.ok()) return std::nullopt;
    return *std::move(reading);
  }

  // Unprotected SIDs first: a protected one lets the router choose another way when the link fails
  // (RFC 8402 s3.4).
  std::optional<Candidate> Adjacency(size_t from) const {
    if (!CrossesToNextRouter(path_, from)) return std::nullopt;
    const LinkIndex link = path_.link(from);
    std::vector<AdjacencySid> sids = ted_.link(link).attributes.adjacency_sids;
    std::stable_sort(sids.begin(), sids.end(), [](const AdjacencySid& a, const AdjacencySid& b) {
      return std::pair(a.is_set, a.backup) < std::pair(b.is_set, b.backup);
    });
    for (const AdjacencySid& sid : sids) {
      const std::optional<uint32_t> label = AdjacencyLabel(ted_, path_.node(from), sid);
      const std::optional<LabelReading> reading = label ? ReadAt(from, *label) : std::nullopt;
      if (!reading || reading->adjacency != std::vector<LinkIndex>{link}) continue;
      Candidate candidate;
      candidate.to = path_.NextRouter(from);
      candidate.segment.kind = SegmentKind::kAdjacency;
      candidate.segment.node = path_.node(from);
      candidate.segment.link = link;
      candidate.segment.label = *label;
      return candidate;
    }
    return std::nullopt;
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
                                                    std::vector<uint8_t> algorithms) {
  return std::make_unique<MplsCandidates>(path, algorithms);
}

}  // namespace srpce::segments
