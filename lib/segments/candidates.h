// lib/segments/candidates.h -- the single segments that pin a stretch of a path.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/segments/pinned_path.h"
#include "lib/segments/segment_list.h"

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
};

// Labels. `algorithms`: whose prefix SIDs may be used.
std::unique_ptr<CandidateSource> MakeMplsCandidates(PinnedPath& path,
                                                    std::vector<uint8_t> algorithms);
// SIDs; End.X SIDs are routed to their node first, so that one of them may pin a stretch and the
// hop behind it. NEXT-CSIDs come first with `prefer_next_csid`.
std::unique_ptr<CandidateSource> MakeSrv6Candidates(PinnedPath& path,
                                                    std::vector<uint8_t> algorithms,
                                                    bool prefer_next_csid);

// True if crossing `link` at position `at` brings packets to the path's next router and nowhere
// else (a LAN of more than two routers does not).
bool CrossesToNextRouter(const PinnedPath& path, size_t at);

}  // namespace srpce::segments
