// lib/topology/sids.h -- segment identifiers as a network advertises them (RFC 8402, 8667, 8986,
// 9352).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/base/ip.h"

namespace srpce::topology {

inline constexpr uint32_t kMaxLabel = (1U << 20) - 1;  // RFC 3032 s2.1.
inline constexpr uint8_t kAlgorithmSpf = 0;            // RFC 8665 s3.1.
inline constexpr uint8_t kFirstFlexAlgorithm = 128;    // RFC 9350 s4.

// A block of MPLS labels: one range of an SRGB or SRLB (RFC 8402 s2).
struct LabelRange {
  uint32_t first = 0;
  uint32_t size = 0;

  bool operator==(const LabelRange&) const = default;
};

// A prefix SID of one algorithm (RFC 8667 s2.1): an index into each router's SRGB. With `is_label`
// (V and L flags) it is a label that only the node which announces it knows.
struct PrefixSid {
  uint8_t algorithm = kAlgorithmSpf;
  uint32_t value = 0;
  bool is_label = false;
  bool no_php = false;         // P flag.
  bool explicit_null = false;  // E flag.

  bool operator==(const PrefixSid&) const = default;
};

// What tells prefix SIDs that are indexes apart, whatever prefix they belong to: a number space per
// algorithm.
constexpr uint64_t PrefixSidKey(uint8_t algorithm, uint32_t index) {
  return uint64_t{algorithm} << 32 | index;
}

// An adjacency SID (RFC 8667 s2.2): a label of the advertising router, or with `is_index` an index
// into its SRLB or SRGB.
struct AdjacencySid {
  uint32_t label = 0;
  bool is_index = false;
  // L flag of an index: into the SRLB, else the SRGB. Absent: not known, and the SRLB is taken
  // where there is one.
  std::optional<bool> is_local{};
  bool backup = false;  // B flag: eligible for protection.
  bool is_set = false;  // S flag: shared by a group of adjacencies, so it does not pin one link.
  uint8_t weight = 0;

  bool operator==(const AdjacencySid&) const = default;
};

// Lengths in bits of the parts of an SRv6 SID (RFC 8986 s3.1, RFC 9352 s9).
struct Srv6SidStructure {
  uint8_t block = 0;
  uint8_t node = 0;
  uint8_t function = 0;
  uint8_t argument = 0;

  bool operator==(const Srv6SidStructure&) const = default;
};

// Endpoint behaviors (RFC 8986 s10.2, RFC 9800 s11): IANA code points.
enum class Srv6Behavior : uint16_t {
  kEnd = 1,
  kEndPsp = 2,
  kEndX = 5,
  kEndXPsp = 6,
  kEndDt6 = 18,
  kEndDt46 = 20,
  kEndNextCsid = 43,
  kEndNextCsidPsp = 44,
  kEndXNextCsid = 52,
  kEndXNextCsidPsp = 53,
};

// True for behaviors that shift the next compressed SID into place (RFC 9800 s4.1): End and End.X,
// each with every set of flavors.
constexpr bool IsNextCsid(uint16_t behavior) {
  return (behavior >= 43 && behavior <= 50) || (behavior >= 52 && behavior <= 59);
}

// A SID bound to a node (End, End.DT6 ...) or, in Link, to an adjacency (End.X).
struct Srv6Sid {
  Ipv6Address sid;
  uint16_t behavior = 0;  // IANA code point: a value this program does not know is kept.
  uint8_t algorithm = kAlgorithmSpf;
  bool backup = false;  // End.X B flag.
  bool is_set = false;  // End.X S flag: shared by a group of adjacencies.
  std::optional<Srv6SidStructure> structure;

  bool operator==(const Srv6Sid&) const = default;
};

struct Srv6Locator {
  IpPrefix prefix;  // IPv6.
  uint8_t algorithm = kAlgorithmSpf;
  uint32_t metric = 0;
  bool anycast = false;  // A flag (RFC 9352 s7.1).

  bool operator==(const Srv6Locator&) const = default;
};

}  // namespace srpce::topology
