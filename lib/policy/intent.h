// lib/policy/intent.h -- what an operator or controller asks for: SR policies by name (RFC 9256
// s2), independent of any TED snapshot.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/ip.h"
#include "lib/base/units.h"
#include "lib/cspf/disjoint.h"
#include "lib/cspf/query.h"
#include "lib/topology/elements.h"

namespace srpce::policy {

inline constexpr uint32_t kDefaultPreference = 100;  // RFC 9256 s2.7.
inline constexpr uint8_t kDefaultPriority = 128;     // RFC 9256 s2.12. Lower is recomputed first.

// A path wanted by its properties: the counterpart of cspf::Query with names instead of indexes.
struct PathIntent {
  topology::MetricType objective = topology::MetricType::kIgp;
  std::optional<Microseconds> max_delay;
  std::optional<uint64_t> max_igp_cost;
  std::optional<uint64_t> max_te_cost;
  std::optional<uint32_t> max_hops;
  std::optional<double> max_loss;
  std::optional<Microseconds> max_variation;
  std::optional<uint32_t> max_sids;  // Imposed by the headend.
  BytesPerSecond min_bandwidth;      // On every link; of a split: of all lists together.
  topology::AdminGroup include_any;
  topology::AdminGroup include_all;
  topology::AdminGroup exclude_any;
  std::vector<std::string> exclude_nodes;
  // An empty local_interface means all parallel links, in this direction.
  std::vector<topology::LinkKey> exclude_links;
  std::vector<uint32_t> exclude_srlgs;
  std::vector<std::string> waypoints;
  cspf::DataPlane data_plane = cspf::DataPlane::kEither;
  uint8_t flex_algorithm = topology::kAlgorithmSpf;
  bool compress = true;     // SRv6: NEXT-CSID containers where possible.
  bool allow_ecmp = false;  // Lists may spread packets over equal shortest paths.
  // Over 1: min_bandwidth may be split over so many lists by weight (RFC 9256 s2.2); each keeps the
  // other bounds by itself.
  uint32_t max_lists = 1;

  bool may_split() const { return max_lists > 1; }
  bool operator==(const PathIntent&) const = default;
};

// Segment lists written by the operator, each with its share of the traffic (RFC 9256 s2.2).
struct ExplicitSegmentList {
  cspf::DataPlane data_plane = cspf::DataPlane::kSrMpls;
  std::vector<uint32_t> labels;
  std::vector<Ipv6Address> sids;
  uint32_t weight = 1;

  bool operator==(const ExplicitSegmentList&) const = default;
};

// RFC 9256 s2.3: default priorities.
enum class ProtocolOrigin : uint8_t { kPcep = 10, kBgpSrPolicy = 20, kConfiguration = 30 };

struct CandidatePath {
  std::string name;
  uint32_t preference = kDefaultPreference;
  ProtocolOrigin origin = ProtocolOrigin::kConfiguration;
  uint32_t originator_asn = 0;  // RFC 9256 s2.4.
  IpAddress originator_address;
  uint32_t discriminator = 0;  // RFC 9256 s2.5. Unique in its policy.
  std::variant<PathIntent, std::vector<ExplicitSegmentList>> definition;
  // With an explicit definition: bounds the lists are held to while active. Empty: none.
  std::optional<PathIntent> promise;

  bool operator==(const CandidatePath&) const = default;
};

// RFC 9256 s2.1.
struct PolicyKey {
  std::string headend;   // Node id.
  uint32_t color = 0;    // Not 0 (RFC 9256 s2.1).
  std::string endpoint;  // Node id, or an address of a node.

  auto operator<=>(const PolicyKey&) const = default;
  template <typename H>
  friend H AbslHashValue(H state, const PolicyKey& k) {
    return H::combine(std::move(state), k.headend, k.color, k.endpoint);
  }
};
std::string ToString(const PolicyKey& key);  // "r1/100/r4".

// Membership of a group of policies that must be disjoint from each other (RFC 8800).
struct DisjointMembership {
  std::string group;
  cspf::Disjointness disjointness = cspf::Disjointness::kLink;  // All members must say the same.

  bool operator==(const DisjointMembership&) const = default;
};

// A backup for the path in use, disjoint from it and ready before it is needed (RFC 9256 s9.3).
struct Protection {
  // What the two must not share; the rest as cspf::DisjointTerms has it.
  cspf::Disjointness disjointness = cspf::Disjointness::kLink;
  std::vector<cspf::Disjointness> fallbacks;
  bool allow_sharing = false;
  // What the backup keeps. Absent: what the candidate path in use keeps.
  std::optional<PathIntent> constraints;

  bool operator==(const Protection&) const = default;
};

struct PolicyIntent {
  PolicyKey key;
  std::string name;
  uint8_t priority = kDefaultPriority;
  std::optional<uint32_t> binding_label;   // SR-MPLS binding SID.
  std::optional<Ipv6Address> binding_sid;  // SRv6 binding SID.
  // Destinations the headend sends into the policy. Empty: the endpoint's addresses.
  std::vector<IpPrefix> steered_prefixes;
  std::vector<CandidatePath> candidate_paths;  // At least one.
  std::optional<DisjointMembership> disjoint;
  std::optional<Protection> protection;

  bool operator==(const PolicyIntent&) const = default;
};

// Returns OK, or INVALID_ARGUMENT with every defect that can be seen without a TED, one a line,
// each naming the policy and the field.
absl::Status Validate(const PolicyIntent& intent);
// The same for the bounds of one path ("max_loss: got 1.5, want 0 to 1").
absl::Status Validate(const PathIntent& path);

}  // namespace srpce::policy
