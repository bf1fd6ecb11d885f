// tests/support/packet_sim.h -- forwards single packets hop by hop over a TED, for tests of segment
// lists.
//
// An oracle: shares no code with lib/segments or lib/graph, and uses no SID look-up of the TED.
// Built the way a router works: each has its own shortest path tree (Bellman-Ford from itself), a
// route per prefix to the nearest who announce it, and on top of that a label table and local SIDs
// from what all announce. Every ECMP choice of every packet is followed by itself.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
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
    size_t length = 0;  // Of an IPv6 prefix, bits.
  };
  // One way out of a router, to a neighbour or across a LAN, and how far all nodes are over it,
  // never coming back.
  struct Way {
    std::vector<Index> links;
    std::vector<uint64_t> distance;
  };
  struct Fec {
    Destination destination;  // Whoever announces the prefix.
    IpPrefix prefix;
    uint32_t index = 0;
    std::map<Index, bool> announces_sid;  // Its owners; true: without penultimate hop popping.
  };
  struct LabelEntry {
    int fec = -1;
    bool own_prefix = false;  // A label the router itself chose for a prefix of its own.
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
  std::optional<uint32_t> AdjacencyLabelOf(Index router, const topology::AdjacencySid& sid) const;
  bool ChoseForOwnPrefix(Index router, uint32_t label) const;
  const std::vector<Way>& Tree(Index router, uint8_t algorithm);
  std::vector<uint64_t> DistancesFrom(Index start, const std::set<Index>& avoided,
                                      uint8_t algorithm) const;
  bool InTopology(Index link, uint8_t algorithm) const;
  bool TakesPart(Index node, uint8_t algorithm) const;
  uint64_t Metric(Index link, uint8_t algorithm) const;
  bool Overloaded(Index node) const;
  bool Lan(Index node) const;

  const std::vector<Index>& Out(Index node) const { return out_[node]; }
  // Ways over one link, across a LAN if it leads to one, for an adjacency SID.
  std::vector<std::vector<Index>> Ways(Index link) const;
  // The ways of one routed hop: least cost to the nearest owner.
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
  void Lose() { result_.unknown = true; }
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
    std::optional<uint64_t> metric;
  };
  std::vector<Locator> locators_;  // Then, and so before them in authority, announced prefixes.
  std::vector<std::vector<Index>> out_;  // Links by local node.
  std::map<std::pair<Index, uint8_t>, std::vector<Way>> trees_;
  std::vector<Ipv6Address> list_;
  SimResult result_;
  size_t steps_ = 0;
};

// An address as 128 characters '0' and '1'.
std::string ToBitString(const Ipv6Address& address);
Ipv6Address FromBitString(const std::string& bits);

}  // namespace srpce::support
