// tests/unit/cspf/oracle.h -- small random networks in a form of their own, and every answer by
// trying all paths.
//
// Shares no code with lib/cspf or lib/graph: paths are listed leg by leg without repeating a node,
// then judged one by one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "lib/cspf/disjoint.h"
#include "lib/cspf/query.h"
#include "lib/topology/ted.h"

namespace srpce::cspf::oracle {

using Rng = std::mt19937_64;

// What refuses a path, as bits, in the order explanations try them.
inline constexpr uint32_t kFlex = 1, kPlane = 2, kExclude = 4, kAdmin = 8, kWidth = 16,
                          kAttribute = 32, kAllKinds = 63;
inline constexpr uint32_t kKinds[] = {kFlex, kPlane, kExclude, kAdmin, kWidth, kAttribute};

// Quantities, in the order explanations try their bounds.
enum Quantity : uint8_t { kDelay, kIgp, kTe, kHops, kLoss, kVariation };
inline constexpr size_t kQuantities = 6;

struct OracleNode {
  bool overload = false;
  bool mpls = true;
  bool srv6 = true;
  bool in_flex = true;  // Takes part in algorithm 128.
  bool lan = false;     // A pseudonode: what leaves it announces nothing that counts.
};

struct OracleLink {
  int from = 0;
  int to = 0;
  bool up = true;
  std::optional<uint32_t> igp{}, te{}, delay{}, variation{};
  bool average = false;  // The delay is announced as an average alone.
  std::optional<double> loss{};
  std::optional<uint64_t> width{};  // Bytes per second.
  std::set<uint32_t> bits{};        // Affinity.
  std::set<uint32_t> srlgs{};
};

using Walk = std::vector<int>;  // Positions in Network::links.

struct Network {
  std::vector<OracleNode> nodes;
  std::vector<OracleLink> links;  // The directions of edge k at 2k and 2k + 1.
  std::optional<topology::FlexAlgoDefinition> flex{};
  topology::TedPtr ted{};
  std::vector<LinkIndex> link_index{};
  std::vector<NodeIndex> node_index{};
  std::vector<int> link_of{};  // By LinkIndex.

  const OracleLink& link(int at) const { return links[static_cast<size_t>(at)]; }
  const OracleNode& node(int at) const { return nodes[static_cast<size_t>(at)]; }
  bool usable(int at) const { return link(at).up && link(at ^ 1).up; }
  bool LeavesLan(int at) const { return node(link(at).from).lan; }
  // The media the link is on, as Shared() names them: one, if not between two LANs.
  std::set<std::pair<char, uint32_t>> MediaOf(int at) const;
  std::vector<LinkIndex> Indexes(const Walk& walk) const;
  Walk WalkOf(const std::vector<LinkIndex>& links) const;
};

struct Shape {
  int nodes = 6;
  int edges = 9;
  bool plain = false;  // Every attribute known, everything up and able.
  bool lans = true;    // One network in three has a pseudonode or two.
  uint32_t span = 5;   // Metrics are below this.
  uint32_t srlgs = 5;
};
Network RandomNetwork(Rng& rng, const Shape& shape);
// Fills ted and the indexes from nodes and links.
void Build(Network& network);
// Reads nodes and links from a TED: one that Build() made, or what is left of it. REQUIRES each
// link has its other direction.
Network NetworkOf(const topology::TedPtr& ted);

// Judges paths against one query.
class Judge {
 public:
  Judge(const Network& network, const Query& query);

  // All paths from `from` to `to` over usable links that repeat no node, overload of others than
  // the query's source kept.
  // `overload`: that rule is kept.
  std::vector<Walk> Simple(int from, int to, bool overload = true) const;
  // All paths of the query through its waypoints, each leg without repeating a node.
  std::vector<Walk> Routes() const;

  // True if nothing of `kinds` refuses the path or its ends.
  bool Passes(const Walk& walk, int from, int to, uint32_t kinds) const;
  bool Passes(int link, uint32_t kinds) const;
  bool NodePasses(int node, uint32_t kinds) const;
  // REQUIRES the path passes kAttribute.
  double Sum(const Walk& walk, Quantity what) const;
  std::optional<double> Bound(Quantity what) const;
  // `lifted`: a quantity whose bound does not count, or kQuantities.
  bool KeepsBounds(const Walk& walk, size_t lifted = kQuantities) const;
  uint64_t Cost(const Walk& walk) const;
  uint64_t Width(const Walk& walk) const;

  int source() const { return source_; }
  int target() const { return target_; }
  const std::vector<int>& waypoints() const { return waypoints_; }
  // The answers of the query, best first by (cost, hops, link indexes).
  std::vector<Walk> Answers() const;

 private:
  std::optional<Quantity> objective() const;
  bool Has(const OracleLink& link, Quantity what, bool own_metric) const;
  bool MayPassSource(const Walk& leg) const;
  void Extend(int at, int to, bool overload, std::vector<bool>& seen, Walk& walk,
              std::vector<Walk>& found) const;

  const Network& network_;
  const Query& query_;
  int source_;
  int target_;
  std::vector<int> waypoints_;
  mutable std::map<uint32_t, std::vector<bool>> verdicts_;  // By kinds, then link.
};

// What two paths share, judged from the drawing: 'l' link, 'm' LAN, 'n' node, 's' SRLG with its id
// (edge, node, node, group).
std::set<std::pair<char, uint32_t>> Shared(const Network& network, const Walk& a, const Walk& b,
                                           Disjointness level);

// Expects that every one of `walks` crosses a link of `cut`, that each of those is refused, and
// that no fewer refused links would do.
void ExpectMinimumCut(const std::vector<Walk>& walks, const std::function<bool(int)>& is_refused,
                      const Walk& cut);

// A random query: some of everything, bounds near what real paths have.
struct QueryShape {
  bool filters = true;
  int max_bounds = 3;
  int max_waypoints = 2;
  bool same_end = true;  // Source and target may be one.
};
Query RandomQuery(Rng& rng, const Network& network, const QueryShape& shape);

}  // namespace srpce::cspf::oracle
