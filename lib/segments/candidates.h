// lib/segments/candidates.h -- the single segments that pin a stretch of a path.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/segments/pinned_path.h"
#include "lib/segments/segment_list.h"
#include "lib/segments/srv6_table.h"

namespace srpce::segments {

struct Candidate {
  size_t to = 0;  // The position where the segment ends.
  Segment segment;
  topology::Srv6Sid sid;  // SRv6.
};

// Takes a candidate; returns false to hear of no more.
using CandidateSink = std::function<bool(Candidate)>;

class CandidateSource {
 public:
  virtual ~CandidateSource() = default;
  // Offers every segment that, read at position `from`, leads along the path and nowhere else: node
  // and anycast segments first, the furthest first, then adjacency segments.
  virtual void Offer(size_t from, const CandidateSink& sink) = 0;
  // Returns why nothing pins the hop behind position `from`, for people.
  virtual std::string Explain(size_t from) = 0;
  // True if what a segment from one position pins behind a later router of the path, one from that
  // router pins, too: then a list that has come further is no worse than one as dear.
  virtual bool FurtherIsNoWorse() const = 0;
};

// Labels. `algorithms`: whose prefix SIDs may be used. `potentials`: as IgpView's.
std::unique_ptr<CandidateSource> MakeMplsCandidates(PinnedPath& path,
                                                    const std::vector<uint8_t>& algorithms,
                                                    const cspf::PotentialCache* potentials);
// SIDs; End.X SIDs are routed to their node first, so that one of them may pin a stretch and the
// hop behind it. NEXT-CSIDs come first with `prefer_next_csid`.
std::unique_ptr<CandidateSource> MakeSrv6Candidates(PinnedPath& path,
                                                    const std::vector<uint8_t>& algorithms,
                                                    bool prefer_next_csid,
                                                    const cspf::PotentialCache* potentials);

// Returns what Encode() returns, `potentials` as IgpView's.
absl::StatusOr<SegmentList> EncodeGuided(const Ted& ted, NodeIndex headend,
                                         const std::vector<LinkIndex>& links,
                                         const EncodeOptions& options,
                                         const cspf::PotentialCache* potentials);

// Returns the list with the fewest SIDs of `source` from position 0 to `size`, where `endpoint` is,
// in the sense of Encode(). Errors: FAILED_PRECONDITION  there is none.
absl::StatusOr<SegmentList> FewestSids(const Ted& ted, size_t size, NodeIndex endpoint,
                                       CandidateSource& source, const EncodeOptions& options);

// Returns the SIDs of one action, those with NEXT-CSID first or last as asked; sets and protected
// ones come last (RFC 8402 s3.4).
std::vector<topology::Srv6Sid> RankedSids(const std::vector<topology::Srv6Sid>& all,
                                          SidAction action, bool prefer_next_csid);
// Returns the candidate for `sid` that ends at position `to`, its node not yet filled in.
Candidate Srv6Candidate(const topology::Srv6Sid& sid, const LocatorRoute& route, size_t to);

// True if crossing `link` at position `at` brings packets to the path's next router and nowhere
// else (a LAN of more than two routers does not).
bool CrossesToNextRouter(const PinnedPath& path, size_t at);

}  // namespace srpce::segments
