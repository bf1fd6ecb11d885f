// tests/unit/cspf/large_network_test.cc -- networks too large to try all paths: plain dynamic
// programs as oracles, real maps for stamina.
#include <algorithm>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <queue>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/cspf/compute_path.h"
#include "lib/cspf/disjoint.h"
#include "lib/cspf/potential_cache.h"
#include "tests/support/seed.h"
#include "tests/unit/cspf/oracle.h"

namespace srpce::cspf {
namespace {

using oracle::Network;
using oracle::OracleLink;
using oracle::Rng;

// Reads the REPETITA text format; see tests/topologies/README.md. A direction without its reverse
// gets one that is down.
Network ReadMap(const std::string& name) {
  std::ifstream file(absl::StrCat(SRPCE_SOURCE_DIR, "/tests/topologies/", name, ".graph"));
  EXPECT_TRUE(file.good()) << name;
  Network network;
  std::string word;
  size_t nodes = 0;
  file >> word >> nodes;
  network.nodes.resize(nodes);
  while (file >> word && word != "EDGES") {
  }
  std::string line;
  std::getline(file, line);
  std::getline(file, line);
  std::map<std::pair<int, int>, std::vector<OracleLink>> waiting;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    OracleLink link;
    uint32_t igp = 0;
    uint64_t kilobits = 0;
    uint32_t delay = 0;
    if (!(fields >> word >> link.from >> link.to >> igp >> kilobits >> delay)) continue;
    link.igp = igp;
    link.delay = delay;
    link.width = kilobits * 125;
    auto& partners = waiting[{link.to, link.from}];
    if (partners.empty()) {
      waiting[{link.from, link.to}].push_back(link);
    } else {
      network.links.push_back(partners.back());
      network.links.push_back(link);
      partners.pop_back();
    }
  }
  return network;
}

// Conduits: groups of up to three adjacencies that leave one node together.
void AddConduits(Rng& rng, int count, Network& network) {
  std::uniform_int_distribution<size_t> pick(0, network.links.size() - 1);
  for (int srlg = 1; srlg <= count; ++srlg) {
    const int node = network.links[pick(rng)].from;
    std::vector<size_t> edges;
    for (size_t i = 0; i < network.links.size(); ++i) {
      if (network.links[i].from == node) edges.push_back(i / 2);
    }
    std::shuffle(edges.begin(), edges.end(), rng);
    edges.resize(std::min<size_t>(edges.size(), 3));
    for (const size_t edge : edges) {
      network.links[2 * edge].srlgs.insert(static_cast<uint32_t>(srlg));
      network.links[2 * edge + 1].srlgs.insert(static_cast<uint32_t>(srlg));
    }
  }
}

Query RandomEnds(Rng& rng, const Network& network) {
  std::uniform_int_distribution<size_t> pick(0, network.nodes.size() - 1);
  Query query;
  query.source = network.node_index[pick(rng)];
  do {
    query.target = network.node_index[pick(rng)];
  } while (query.target == query.source);
  return query;
}

// The least cost from `source` to every node over links of at least `width`; the textbook way,
// quadratic.
std::vector<uint64_t> LeastCosts(const Network& network, size_t source, uint64_t width) {
  std::vector<uint64_t> cost(network.nodes.size(), UINT64_MAX);
  std::vector<bool> done(network.nodes.size());
  cost[source] = 0;
  for (size_t round = 0; round < network.nodes.size(); ++round) {
    size_t nearest = network.nodes.size();
    for (size_t i = 0; i < network.nodes.size(); ++i) {
      if (!done[i] && cost[i] != UINT64_MAX &&
          (nearest == network.nodes.size() || cost[i] < cost[nearest]))
        nearest = i;
    }
    if (nearest == network.nodes.size()) break;
    done[nearest] = true;
    for (const OracleLink& link : network.links) {
      if (link.from != static_cast<int>(nearest) || *link.width < width) continue;
      uint64_t& head = cost[static_cast<size_t>(link.to)];
      head = std::min(head, cost[nearest] + *link.igp);
    }
  }
  return cost;
}

size_t PositionOf(const Network& network, NodeIndex node) {
  const auto found = std::find(network.node_index.begin(), network.node_index.end(), node);
  return static_cast<size_t>(found - network.node_index.begin());
}

void CheckLeastCosts(const std::string& map, const PotentialCache* potentials) {
  Rng rng(support::TestSeed(51));
  Network network = ReadMap(map);
  std::vector<uint64_t> widths;
  for (OracleLink& link : network.links) {
    link.width = 1000 * (1 + rng() % 4);
    widths.push_back(*link.width);
  }
  oracle::Build(network);
  if (potentials != nullptr) const_cast<PotentialCache*>(potentials)->Refresh(*network.ted);
  Workspace workspace(potentials);
  int cut = 0;
  for (int i = 0; i < support::Cases(64); ++i) {
    Query query = RandomEnds(rng, network);
    query.constraints.min_bandwidth = {1000 * (rng() % 4)};
    const uint64_t want =
        LeastCosts(network, PositionOf(network, query.source),
                   query.constraints.min_bandwidth.value)[PositionOf(network, query.target)];
    const PathResult result = ComputePath(*network.ted, query, workspace);
    if (want == UINT64_MAX) {
      ++cut;
      ASSERT_EQ(std::get<NoPath>(result).reason, Reason::kBandwidth);
    } else {
      ASSERT_EQ(std::get<Path>(result).cost, want);
    }
  }
  EXPECT_LT(cut, support::Cases(64));
}

TEST(LargeNetworkTest, BandwidthConstrainedCostsAreThoseOfPlainDijkstra) {
  CheckLeastCosts("rf1239", nullptr);
}

TEST(LargeNetworkTest, PotentialsDoNotChangeAnswers) {
  PotentialCache potentials;
  CheckLeastCosts("Cogentco", &potentials);
}

// The least cost for each total delay up to `limit`: exact for small integer delays of at least 1.
std::optional<uint64_t> LeastCostWithinDelay(const Network& network, size_t source, size_t target,
                                             uint32_t limit) {
  const size_t nodes = network.nodes.size();
  std::vector<std::vector<uint64_t>> cost(limit + 1, std::vector<uint64_t>(nodes, UINT64_MAX));
  cost[0][source] = 0;
  uint64_t best = UINT64_MAX;
  for (uint32_t delay = 0; delay <= limit; ++delay) {
    for (const OracleLink& link : network.links) {
      if (*link.delay > delay) continue;
      const uint64_t before = cost[delay - *link.delay][static_cast<size_t>(link.from)];
      uint64_t& here = cost[delay][static_cast<size_t>(link.to)];
      if (before != UINT64_MAX) here = std::min(here, before + *link.igp);
    }
    best = std::min(best, cost[delay][target]);
  }
  return best == UINT64_MAX ? std::nullopt : std::optional(best);
}

TEST(LargeNetworkTest, DelayBoundedCostsAreThoseOfADynamicProgram) {
  Rng rng(support::TestSeed(52));
  Network network = ReadMap("Cogentco");
  for (OracleLink& link : network.links) {
    link.igp = static_cast<uint32_t>(1 + rng() % 30);
    link.delay = static_cast<uint32_t>(1 + rng() % 30);
  }
  oracle::Build(network);
  Workspace workspace;
  int dearer = 0;
  for (int i = 0; i < 80; ++i) {
    Query query = RandomEnds(rng, network);
    const auto delay = static_cast<uint32_t>(40 + rng() % 200);
    const uint64_t unbounded = std::get<Path>(ComputePath(*network.ted, query, workspace)).cost;
    query.constraints.max_delay = Microseconds(delay);
    const std::optional<uint64_t> want = LeastCostWithinDelay(
        network, PositionOf(network, query.source), PositionOf(network, query.target), delay);
    const PathResult result = ComputePath(*network.ted, query, workspace);
    if (!want) {
      ASSERT_EQ(std::get<NoPath>(result).reason, Reason::kDelayBound);
    } else {
      ASSERT_EQ(std::get<Path>(result).cost, *want);
      dearer += *want > unbounded;
    }
  }
  EXPECT_GT(dearer, 0) << "no bound ever mattered";
}

// Real maps with conduits: an answer, proved, within the default budget; members with common and
// with their own ends.
void CheckConduits(const std::string& map, int conduits, int cases) {
  Rng rng(support::TestSeed(53));
  Network network = ReadMap(map);
  AddConduits(rng, conduits, network);
  oracle::Build(network);
  Workspace workspace;
  int found = 0;
  for (int i = 0; i < cases; ++i) {
    DisjointQuery query;
    query.disjointness = i % 2 == 0 ? Disjointness::kSrlg : Disjointness::kSrlgNode;
    query.members = {RandomEnds(rng, network), RandomEnds(rng, network)};
    if (i % 4 < 2) query.members[1] = query.members[0];
    const DisjointResult result = ComputeDisjoint(*network.ted, query, workspace);
    const auto* answer = std::get_if<DisjointPaths>(&result);
    if (answer == nullptr) {
      EXPECT_EQ(std::get<NoPath>(result).reason, Reason::kNotDisjoint)
          << i << ": " << std::get<NoPath>(result).message;
      continue;
    }
    ++found;
    EXPECT_TRUE(oracle::Shared(network, network.WalkOf(answer->paths[0].links),
                               network.WalkOf(answer->paths[1].links), query.disjointness)
                    .empty());
  }
  EXPECT_GT(found, cases / 4);
}

TEST(LargeNetworkTest, SrlgDisjointPairsOfRocketfuelAreProved) {
  CheckConduits("rf1239", 150, support::Cases(40));
}

TEST(LargeNetworkTest, SrlgDisjointPairsOfCogentAreProved) {
  CheckConduits("Cogentco", 60, support::Cases(40));
}

// Real maps with conduits: the answer to any terms is proved within the default budget.
void CheckTerms(const std::string& map, const DisjointTerms& terms) {
  Rng rng(support::TestSeed(54));
  Network network = ReadMap(map);
  AddConduits(rng, 60, network);
  oracle::Build(network);
  Workspace workspace;
  int found = 0;
  const int cases = std::max(8, support::Cases(24));
  for (int i = 0; i < cases; ++i) {
    DisjointQuery query{terms, {}};
    query.members.assign(2, RandomEnds(rng, network));
    const DisjointResult result = ComputeDisjoint(*network.ted, query, workspace);
    const auto* answer = std::get_if<DisjointPaths>(&result);
    if (answer == nullptr) {
      EXPECT_NE(std::get<NoPath>(result).reason, Reason::kBudgetExhausted) << i;
      continue;
    }
    ++found;
    EXPECT_TRUE(answer->proved_optimal) << i;
    EXPECT_EQ(answer->shared_risks,
              oracle::Shared(network, network.WalkOf(answer->paths[0].links),
                             network.WalkOf(answer->paths[1].links), terms.disjointness)
                  .size());
  }
  EXPECT_GT(found, cases / 8);
}

TEST(LargeNetworkTest, TermsOfPairsAreProved) {
  for (const char* map : {"rf1239", "Cogentco"}) {
    CheckTerms(map, {.disjointness = Disjointness::kSrlgNode, .allow_sharing = true});
    CheckTerms(map, {.disjointness = Disjointness::kSrlgNode, .objective = SetObjective::kMax});
    CheckTerms(map, {.objective = SetObjective::kLexicographic});
    CheckTerms(map, {.max_delay_difference = Microseconds(2000)});
  }
}

}  // namespace
}  // namespace srpce::cspf
