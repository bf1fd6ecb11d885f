// lib/segments/label_table.h -- what an MPLS label means to the router that reads it (RFC 8660, RFC
// 8667 s2 and s3.1).
//
// A router's table, in order of preference where an operator's plan makes a label ambiguous:
// indexes of its SRGB (lowest algorithm, then lowest prefix), labels of its own for prefixes it
// announces, its adjacency SIDs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/ip.h"
#include "lib/segments/igp_view.h"
#include "lib/segments/shortest_dag.h"
#include "lib/topology/ted.h"

namespace srpce::segments {

// A prefix segment: one prefix, one algorithm, and everybody who announces the prefix: routers
// forward to the nearest of them, whether it announces the SID or not.
struct PrefixFec {
  uint8_t algorithm = topology::kAlgorithmSpf;
  IpPrefix prefix;
  uint32_t index = 0;
  Owners owners;

  bool SameAs(const PrefixFec& other) const {
    return algorithm == other.algorithm && prefix == other.prefix;
  }
  const Owner* FindOwner(topology::NodeIndex node) const;
  // The owners that announce the SID, too. Never empty.
  std::vector<topology::NodeIndex> SidOwners() const;
};

// Exactly one of the three.
struct LabelReading {
  std::optional<PrefixFec> fec;
  std::vector<topology::LinkIndex> adjacency;  // Several: a set. Down links included.
  // Explicit null (RFC 3032 s2.1), or a label of the router itself for a prefix it announces.
  bool pop_only = false;
};

// Returns the label by which `router` knows a prefix SID: the index counted through the ranges of
// its SRGB in the order announced (RFC 8667 s3.1). Nothing if the router has no SRGB or the index
// is outside.
std::optional<uint32_t> LabelAt(const topology::Ted& ted, topology::NodeIndex router,
                                uint32_t index);

// Returns the label of `router` for an adjacency SID: itself, or its index in the SRLB or, without
// the L flag, the SRGB (RFC 8667 s2.2.1). Where the flag is not known: the SRLB if there is one.
std::optional<uint32_t> AdjacencyLabel(const topology::Ted& ted, topology::NodeIndex router,
                                       const topology::AdjacencySid& sid);

// Returns the prefix segment of this index as all routers of its algorithm see it. O(announcers).
// Prefix SIDs that are labels are not looked at: with the V and L flags they mean something to
// their owner alone (RFC 8667 s2.1, RFC 8665 s5).
std::optional<PrefixFec> FindFec(const topology::Ted& ted, uint8_t algorithm, uint32_t index);

// Returns what `router` does with `label` on top. Nothing: it drops the packet.
std::optional<LabelReading> ReadLabel(const topology::Ted& ted, topology::NodeIndex router,
                                      uint32_t label);

// Returns what the top label of a list stands for at its headend: an adjacency SID of the headend,
// or the prefix segment that all its next hops from there know by this label.
// Errors: NOT_FOUND            neither.
//         FAILED_PRECONDITION  the prefix cannot be reached, or several readings are possible.
absl::StatusOr<LabelReading> ReadFirstLabel(const topology::Ted& ted, topology::NodeIndex headend,
                                            uint32_t label);

// Returns OK if `router`, an owner of `fec`, ends it: it announces the SID.
// Errors: NOT_FOUND  names the router, the prefix and the index.
absl::Status CheckPops(const topology::Ted& ted, const PrefixFec& fec, topology::NodeIndex router);
// Returns OK if `router` understands what routers send it for `fec`: it knows the prefix by the
// label of its own SRGB, or needs none because the router before pops it (penultimate hop popping).
// One that announces the prefix without the SID takes the packets for its own and never does.
// Errors: NOT_FOUND  names the router and the index.
absl::Status CheckReceives(const topology::Ted& ted, const PrefixFec& fec,
                           topology::NodeIndex router);
// The same for every router that `dag` leads to.
absl::Status CheckLabelSwaps(const topology::Ted& ted, const PrefixFec& fec,
                             const ShortestDag& dag);

// Where packets over `link` of `from` may arrive: its far end, or every other router of the LAN it
// leads to. Down links lead nowhere.
std::vector<std::vector<topology::LinkIndex>> AdjacencyWays(const topology::Ted& ted,
                                                            topology::LinkIndex link);

}  // namespace srpce::segments
