// lib/plugin/source_report.h -- what a topology source says of itself, for people and metrics: its
// neighbours, what it could not use, what it counted. No topology: nothing is computed from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace srpce::plugin {

// A neighbour: a BGP peer, a telemetry target.
struct SourcePeer {
  std::string name;     // As configured; not empty, and no two peers of a report have the same.
  std::string address;  // "10.0.0.1:179"
  std::string state;    // In the protocol's words: "Established", "Active", "subscribed".
  bool up = false;
  std::string detail;     // Why it is not up, what it said last; may be empty.
  uint64_t sessions = 0;  // Times it came up.
  uint64_t elements = 0;  // Routes, paths: what it tells now.
  uint64_t stale_elements = 0;
  double seconds_in_state = 0;

  friend bool operator==(const SourcePeer&, const SourcePeer&) = default;
};

// What was skipped, counted and kept, so that operators see what they miss (RFC 9552 s5.1).
struct UnknownElement {
  std::string kind;    // "NLRI", "TLV", "malformed NLRI", "malformed TLV", "path"
  uint32_t code = 0;   // Type number; 0 where there is none.
  std::string text;    // Name or what was wrong: "got 3 bytes, want 4".
  std::string where;   // An element that has it.
  std::string octets;  // Of one example.
  uint64_t count = 0;  // Times seen since the source started.

  friend bool operator==(const UnknownElement&, const UnknownElement&) = default;
};

// Only grows while the source runs.
struct SourceCounter {
  std::string name;  // [a-z0-9_]+, for one thing: "bgp_updates", "malformed_nlris".
  uint64_t value = 0;

  friend bool operator==(const SourceCounter&, const SourceCounter&) = default;
};

// Each report replaces the one before.
struct SourceReport {
  std::vector<SourcePeer> peers;
  std::vector<UnknownElement> unknown;
  std::vector<SourceCounter> counters;

  friend bool operator==(const SourceReport&, const SourceReport&) = default;
};

// What a report may hold at most. Larger ones are refused.
inline constexpr size_t kMaxReportPeers = 1024;
inline constexpr size_t kMaxReportUnknown = 4096;
inline constexpr size_t kMaxReportCounters = 256;
inline constexpr size_t kMaxReportText = 1024;      // Octets of each text.
inline constexpr size_t kMaxReportOctets = 64;      // Of UnknownElement.octets.
inline constexpr size_t kMaxReportBytes = 2 << 20;  // The whole, as encoded.

// True for UTF-8 (RFC 3629 s4) without control characters, C1 among them: a terminal that shows it
// does nothing else.
bool IsPlainText(absl::string_view text);

// Returns `report` within the limits, as the host of a source sends it: neighbours decide what is
// in a report, and a refused one shows nothing. What is no plain text is escaped ("\xff") and what
// is too long cut. Of too many peers those that are up, of too many unknown elements those seen
// least are summed up as one. Names stay as they are, twice or empty.
SourceReport FitReport(SourceReport report);

}  // namespace srpce::plugin
