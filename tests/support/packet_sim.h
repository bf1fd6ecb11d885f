// tests/support/packet_sim.h -- forwards single packets hop by hop over a TED, for tests of segment
// lists.
//
// An oracle: shares no code with lib/segments or lib/graph, and uses no SID look-up of the TED.
// Each router has a label table and a list of local SIDs filled from what all routers announce, and
// routes from Bellman-Ford; every ECMP choice of every packet is followed by itself.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "lib/topology/ted.h"

namespace srpce::support {

// What became of all packets that may leave a headend with one list.
struct SimResult {
  std::set<std::vector<topology::LinkIndex>> trajectories;  // Of packets that arrived.
  std::set<topology::NodeIndex> ends;
  bool unknown = false;  // Some packet met a router that does not know its label or SID.
  bool failed =
      false;  // Some packet found no route, a dead link, a loop, or an ambiguous first label.
  bool truncated = false;  // Too many choices to follow; nothing may be concluded.

  bool ok() const { return !unknown && !failed && !truncated; }
  // All packets take exactly `links`.
  bool Follows(const std::vector<topology::LinkIndex>& links) const {
    return ok() && trajectories.size() == 1 && *trajectories.begin() == links;
  }
};

class PacketSim {
 public:
  explicit PacketSim(const topology::Ted& ted);

  SimResult SendLabels(topology::NodeIndex headend, const std::vector<uint32_t>& labels);
  SimResult SendSids(topology::NodeIndex headend, const std::vector<Ipv6Address>& sids);

  // Every label some router reads as something: what a list could consist of.
  std::set<uint32_t> AllLabels() const;

 private:
  using Index = uint32_t;
  // A destination as the IGP knows it: who announces it, at what metric, in which algorithm.
  struct Destination {
    uint8_t algorithm = 0;
    std::map<Index, uint64_t> owners;
    auto operator<=>(const Destination&) const = default;
  };
  struct Fec {
    Destination destination;
    IpPrefix prefix;
    uint32_t value = 0;
    bool is_label = false;
    std::set<Index> wants_label;  // Owners without penultimate hop popping.
  };
  struct LabelEntry {
    int fec = -1;
    std::vector<Index> links;
  };
  struct LocalSid {
    std::string bits;  // As many as must match, '0' and '1'.
    uint16_t behavior = 0;
    size_t block = 0;
    size_t csid = 0;  // 0: does not shift.
    std::vector<Index> links;
  };

  void LearnPrefixes();
  void FillLabelTables();
  void FillSids();
  std::optional<uint32_t> LabelOf(Index router, const Fec& fec) const;
  const std::vector<uint64_t>& Distances(const Destination& destination);
  std::vector<Index> NextLinks(Index node, const Destination& destination);
  bool InTopology(Index link, uint8_t algorithm) const;
  bool TakesPart(Index node, uint8_t algorithm) const;
  uint64_t Metric(Index link, uint8_t algorithm) const;
  bool Overloaded(Index node) const;
  bool Lan(Index node) const;

  const std::vector<Index>& Out(Index node) const { return out_[node]; }
  // Ways over one link, across a LAN if it leads to one, for an adjacency SID.
  std::vector<std::vector<Index>> Ways(Index link) const;
  // Ways of one routed hop, across a LAN.
  std::vector<std::vector<Index>> RoutedWays(Index node, const Destination& destination);
  // What `label` on top stands for at a headend; nothing: noted in result_.
  std::optional<LabelEntry> FirstLabel(Index headend, uint32_t label);

  struct Trace {
    std::vector<topology::LinkIndex> links;
    std::set<std::tuple<Index, std::vector<uint32_t>, std::string, size_t>> seen;
  };
  void StepLabels(Index node, std::vector<uint32_t> labels, Trace trace);
  void Forward(const LabelEntry& entry, Index node, const std::vector<uint32_t>& labels,
               const Trace& trace);
  void StepSids(Index node, std::string destination, size_t entry, Trace trace);
  void Execute(const LocalSid& sid, Index node, std::string destination, size_t entry,
               const Trace& trace);
  std::optional<LocalSid> FindLocal(Index node, const std::string& destination) const;
  std::optional<Destination> FindRoute(const std::string& destination) const;
  bool Begin(Trace& trace, Index node, const std::vector<uint32_t>& labels,
             const std::string& destination, size_t entry);
  void Arrive(Index node, const Trace& trace);
  static Trace Extend(const Trace& trace, const std::vector<Index>& way);
  Index EndOf(const std::vector<Index>& way) const;

  const topology::Ted& ted_;
  std::vector<Fec> fecs_;
  std::map<Index, std::map<uint32_t, LabelEntry>> label_tables_;
  std::map<Index, std::vector<LocalSid>> sids_;
  struct Locator {
    std::string bits;
    uint8_t algorithm = 0;
    Index owner = 0;
    uint64_t metric = 0;
  };
  std::vector<Locator> locators_;
  std::vector<std::vector<Index>> out_;  // Links by local node.
  std::map<Destination, std::vector<uint64_t>> distances_;
  std::vector<Ipv6Address> list_;
  SimResult result_;
  size_t steps_ = 0;
};

// An address as 128 characters '0' and '1'.
std::string ToBitString(const Ipv6Address& address);
Ipv6Address FromBitString(const std::string& bits);

}  // namespace srpce::support
