// lib/topology/elements.h -- what sources say of nodes, links and prefixes, and the merged elements
// of a TED.
//
// A source states attributes one by one: every field of *Attributes is optional (an empty list is
// "not stated"). The TED holds, for each attribute, the statement of the best source that makes
// one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/ip.h"
#include "lib/base/strong_id.h"
#include "lib/base/units.h"
#include "lib/topology/sids.h"

namespace srpce::topology {

struct NodeTag;
struct LinkTag;
using NodeIndex = StrongId<NodeTag>;  // Also the node's id in Ted::graph().
using LinkIndex = StrongId<LinkTag>;  // Also the link's arc id in Ted::graph().

// kLoss and kVariation are objectives only: no flexible algorithm has them.
enum class MetricType : uint8_t { kIgp, kTe, kDelay, kHops, kLoss, kVariation };
const char* MetricTypeName(
    MetricType metric);  // "igp", "te", "delay", "hops", "loss", "variation".

// Affinity bits in 32-bit words, bit 0 = least significant of word 0 (RFC 3630 s2.5.9; beyond 32
// bits RFC 7308). Trailing zero words are never kept, so that equal sets compare equal.
class AdminGroup {
 public:
  AdminGroup() = default;
  explicit AdminGroup(std::vector<uint32_t> words);

  void Set(uint32_t bit);
  bool Test(uint32_t bit) const;
  bool empty() const { return words_.empty(); }
  bool Intersects(const AdminGroup& other) const;
  bool Contains(const AdminGroup& other) const;  // Every bit of `other` is set here.
  uint64_t low64() const;                        // Bits 0 to 63.
  bool fits64() const { return words_.size() <= 2; }
  const std::vector<uint32_t>& words() const { return words_; }

  bool operator==(const AdminGroup&) const = default;

 private:
  void Trim();
  std::vector<uint32_t> words_;
};

// Identifies one direction of an adjacency. The interface fields tell parallel links apart: an
// address or a link id as text; `remote_interface` may be empty where the source does not know it,
// and is not part of the identity.
struct LinkKey {
  std::string local_node;
  std::string remote_node;
  std::string local_interface;
  std::string remote_interface;

  // "local->remote" or "local->remote#interface"; without remote node "local#interface".
  std::string ToString() const;

  bool operator==(const LinkKey&) const = default;  // Of all fields.
};

// Maximum SID Depths (RFC 8491, 9352 s4). Absent = not advertised.
struct Msd {
  std::optional<uint8_t> base_mpls_imposition;   // Type 1: labels the headend can push.
  std::optional<uint8_t> srh_max_segments_left;  // Type 41.
  std::optional<uint8_t> srh_max_end_pop;        // Type 42.
  std::optional<uint8_t> srh_max_h_encaps;       // Type 44: SIDs the headend can push in an SRH.
  std::optional<uint8_t> srh_max_end_d;          // Type 45.

  bool operator==(const Msd&) const = default;
};

// Flexible algorithm definition (RFC 9350 s5).
struct FlexAlgoDefinition {
  uint8_t algorithm = kFirstFlexAlgorithm;
  MetricType metric = MetricType::kIgp;
  uint8_t priority = 0;
  AdminGroup exclude_any;
  AdminGroup include_any;
  AdminGroup include_all;
  std::vector<uint32_t> exclude_srlgs;
  // Says more than fits here: another calculation or metric type, constraints or flags nobody here
  // knows. It may win all the same, and then none can tell the paths of the algorithm (s5.3).
  bool unsupported = false;

  bool operator==(const FlexAlgoDefinition&) const = default;
};

struct GeoPosition {
  double latitude = 0;   // Degrees north.
  double longitude = 0;  // Degrees east.

  bool operator==(const GeoPosition&) const = default;
};

struct NodeAttributes {
  std::optional<std::string> name;
  std::optional<uint32_t> asn;
  std::vector<IpAddress> router_ids;  // Loopbacks, IPv4 and IPv6.
  std::vector<LabelRange> srgb;
  std::vector<LabelRange> srlb;
  // SR algorithms taken part in (RFC 8667 s3.2); absent = {0} once an SRGB or locator is there.
  std::vector<uint8_t> algorithms;
  std::vector<FlexAlgoDefinition> flex_algo_definitions;
  std::vector<Srv6Locator> locators;
  std::vector<Srv6Sid> srv6_sids;  // End and End.DT: SIDs of the node.
  std::optional<Msd> msd;
  // No transit (ISO 10589 s7.3.19 LSPDBOL; OSPF stub router RFC 6987).
  std::optional<bool> overload;
  std::optional<bool> pseudonode;  // A LAN, not a router.
  std::vector<uint16_t> multi_topology_ids;
  std::optional<GeoPosition> position;

  bool operator==(const NodeAttributes&) const = default;
};

struct LinkAttributes {
  std::optional<bool> up;  // Operational state; absent = up.
  std::optional<IgpMetric> igp_metric;
  std::optional<TeMetric> te_metric;
  std::optional<Microseconds> delay;      // Average (TLV 1114).
  std::optional<Microseconds> min_delay;  // TLV 1115.
  std::optional<Microseconds> max_delay;
  std::optional<Microseconds> delay_variation;  // TLV 1116.
  // Fraction 0 to 1 (TLV 1117 is in units of 0.000003 %).
  std::optional<double> loss;
  std::optional<bool> delay_anomalous;       // A bit of RFC 8570.
  std::optional<BytesPerSecond> capacity;    // Maximum link bandwidth.
  std::optional<BytesPerSecond> reservable;  // Maximum reservable.
  std::optional<BytesPerSecond> available;   // Available now (TLV 1119, or unreserved).
  std::optional<AdminGroup> admin_group;
  std::optional<std::vector<uint32_t>> srlgs;  // Stated and empty = in no group.
  std::vector<AdjacencySid> adjacency_sids;
  std::vector<Srv6Sid> srv6_sids;  // End.X.
  std::optional<IpAddress> local_address;
  std::optional<IpAddress> remote_address;
  std::optional<uint8_t> msd_base_mpls_imposition;  // Link MSD (RFC 8491 s3).
  std::optional<uint16_t> multi_topology_id;        // Absent = 0.

  bool operator==(const LinkAttributes&) const = default;
};

struct PrefixAttributes {
  std::optional<uint32_t> metric;
  std::vector<PrefixSid> sids;  // At most one per algorithm.
  // N flag: identifies the node (RFC 8667 s2.1). Absent: a host prefix is one.
  std::optional<bool> node_sid;
  std::optional<bool> anycast;  // RFC 9513 AC flag / absence of N flag with several owners.

  bool operator==(const PrefixAttributes&) const = default;
};

// The merged elements.
struct Prefix {
  IpPrefix prefix;
  PrefixAttributes attributes;

  bool operator==(const Prefix&) const = default;
};

struct Node {
  std::string id;
  NodeAttributes attributes;
  std::vector<Prefix> prefixes;  // By prefix, ascending.
  // False: only named by a link; the node itself was not announced ("half known").
  bool known = false;
  bool stale = false;  // Nothing live speaks of it.

  // The name for people: attributes.name, or the id.
  const std::string& display_name() const { return attributes.name ? *attributes.name : id; }
};

struct Link {
  LinkKey key;
  NodeIndex local;
  NodeIndex remote;
  std::optional<LinkIndex> reverse;  // The other direction of the same adjacency, where announced.
  LinkAttributes attributes;
  bool stale = false;
  // Up, both nodes known, and the reverse direction is up (two-way check). No link of overlays
  // alone.
  bool usable = false;

  // The delay that paths are charged: minimum where measured, else average. Absent: not measured.
  std::optional<Microseconds> charged_delay() const {
    return attributes.min_delay ? attributes.min_delay : attributes.delay;
  }
};

}  // namespace srpce::topology
