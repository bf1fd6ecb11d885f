// tests/bench/engine_bench.cc -- harder questions than the plain constrained path, each against the
// package that answers it: least cost within a delay bound (Boost r_c_shortest_paths), two disjoint
// paths (LEMON Suurballe), what a segment list costs on top of its path (our own search), and all
// of it together, delay bound, MSD and list, against one search of all nodes (LEMON Dijkstra).
//
// The same pairs for both sides, in interleaved rounds; where they are asked the same, costs must
// be equal.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/cspf/compute_path.h"
#include "lib/cspf/disjoint.h"
#include "lib/cspf/potential_cache.h"
#include "lib/segments/compute.h"
#include "tests/bench/bench_support.h"
#include "tests/bench/peers.h"
#include "tests/bench/plain_graph.h"
#include "tests/support/generators.h"

namespace srpce::bench {
namespace {

using topology::MetricType;
using topology::NodeIndex;

constexpr uint64_t kNone = UINT64_MAX;

struct Pair {
  uint32_t source = 0;
  uint32_t target = 0;
  uint64_t max_delay = 0;  // Halfway between the least and that of the cheapest path.
};

class Network {
 public:
  explicit Network(const std::string& name, bool sids = false, size_t tree_bytes = 0)
      : name_(name),
        ted_(support::BuildTed(support::NamedNetwork(name), sids)),
        potentials_({.max_bytes = tree_bytes, .build_after = 1}) {
    Refresh();
  }

  // As the daemon's background thread does.
  void Refresh() { potentials_.Refresh(*ted_); }

  const std::string& name() const { return name_; }
  const topology::Ted& ted() const { return *ted_; }
  cspf::Workspace& workspace() { return workspace_; }

  PlainGraph Plain() const {
    PlainGraph plain{ted_->graph().node_count(), {}};
    for (uint32_t tail = 0; tail < plain.node_count; ++tail) {
      for (const graph::Arc& arc : ted_->graph().out(tail)) {
        if ((arc.data.flags & topology::kArcUsable) == 0) continue;
        plain.arcs.push_back({tail, arc.other, arc.data.weight[topology::kIgpWeight],
                              arc.data.weight[topology::kDelayWeight]});
      }
    }
    return plain;
  }

  cspf::Query Query(const Pair& pair, MetricType objective) const {
    return {NodeIndex(pair.source), NodeIndex(pair.target), objective};
  }

  std::vector<Pair> Pairs(size_t count) {
    std::mt19937 random(7);
    std::uniform_int_distribution<uint32_t> node(0, ted_->node_bound() - 1);
    std::vector<Pair> pairs;
    while (pairs.size() < count) {
      Pair pair{node(random), node(random)};
      if (pair.source == pair.target) continue;
      const auto delay = [&](MetricType objective) {
        const auto result = cspf::ComputePath(*ted_, Query(pair, objective), workspace_);
        return std::get<cspf::Path>(result).metrics.delay->count();
      };
      pair.max_delay =
          static_cast<uint64_t>((delay(MetricType::kDelay) + delay(MetricType::kIgp)) / 2);
      pairs.push_back(pair);
    }
    return pairs;
  }

 private:
  const std::string name_;
  topology::TedPtr ted_;
  cspf::PotentialCache potentials_;
  cspf::Workspace workspace_{&potentials_};
};

using Answer = std::function<uint64_t(const Pair&)>;

enum class Answers : uint8_t { kEqual, kOursNoLess };

// Both sides answer a few pairs in turn.
Row Race(const std::string& name, const std::vector<Pair>& pairs, const Answer& ours,
         const Answer& peer, const std::string& peer_name, double at_least,
         Answers answers = Answers::kEqual) {
  constexpr size_t kRound = 10;
  std::vector<double> our_times;
  std::vector<double> peer_times;
  std::vector<uint64_t> costs(pairs.size());
  uint64_t sum = 0;
  for (size_t begin = 0; begin < pairs.size(); begin += kRound) {
    const size_t end = std::min(begin + kRound, pairs.size());
    for (size_t i = begin; i < end; ++i) {
      const Stopwatch stopwatch;
      costs[i] = ours(pairs[i]);
      our_times.push_back(stopwatch.microseconds());
    }
    for (size_t i = begin; i < end; ++i) {
      const Stopwatch stopwatch;
      const uint64_t cost = peer(pairs[i]);
      peer_times.push_back(stopwatch.microseconds());
      if (answers == Answers::kEqual ? cost != costs[i] : cost > costs[i]) {
        Die(absl::StrCat(name, ": ", pairs[i].source, " to ", pairs[i].target, ": ours ", costs[i],
                         ", ", peer_name, " ", cost));
      }
      sum += cost == kNone ? 0 : cost;
    }
  }
  const Summary us = Summarize(our_times);
  const Summary them = Summarize(peer_times);
  PrintSummary(absl::StrCat(name, " ours"), "us", us);
  PrintSummary(absl::StrCat(name, " ", peer_name), "us", them);
  std::printf("  %s: %zu pairs, sum of costs %llu; means: %.1f x\n", name.c_str(), pairs.size(),
              static_cast<unsigned long long>(sum), them.mean / us.mean);
  return {name, "us", us.p50, them.p50, them.p50 / us.p50, at_least, peer_name};
}

// `warm`: the targets have been asked for before, so that there are reverse trees to them.
Row BoundedPath(const std::string& name, bool warm, size_t queries, double at_least) {
  Network network(name, /*sids=*/false, warm ? size_t{256} << 20 : 0);
  const std::vector<Pair> pairs = network.Pairs(queries);
  network.Refresh();
  ResourcePeer peer(network.Plain());
  const auto ours = [&](const Pair& pair) {
    cspf::Query query = network.Query(pair, MetricType::kIgp);
    query.constraints.max_delay = Microseconds(static_cast<int64_t>(pair.max_delay));
    const auto result = cspf::ComputePath(network.ted(), query, network.workspace());
    const auto* path = std::get_if<cspf::Path>(&result);
    return path == nullptr ? kNone : path->cost;
  };
  return Race(
      absl::StrCat(warm ? "delay_bounded_path_warm_p50/" : "delay_bounded_path_p50/", name), pairs,
      ours, [&](const Pair& pair) { return peer.Cost(pair.source, pair.target, pair.max_delay); },
      "Boost r_c_shortest_paths", at_least);
}

Row DisjointPair(const std::string& name, size_t queries, double at_least) {
  Network network(name);
  const std::vector<Pair> pairs = network.Pairs(queries);
  SuurballePeer peer(network.Plain());
  const auto ours = [&](const Pair& pair) {
    const cspf::Query query = network.Query(pair, MetricType::kIgp);
    cspf::DisjointQuery both;
    both.members = {query, query};
    const auto result = cspf::ComputeDisjoint(network.ted(), both, network.workspace());
    const auto* set = std::get_if<cspf::DisjointPaths>(&result);
    return set == nullptr ? kNone : set->total_cost;
  };
  return Race(
      absl::StrCat("disjoint_pair_p50/", name), pairs, ours,
      [&](const Pair& pair) { return peer.Cost(pair.source, pair.target); }, "LEMON Suurballe",
      at_least);
}

// How much of the whole route the search for its path alone takes: 0.5 if the list takes as long.
Row SegmentList(const std::string& name, size_t queries, double at_least) {
  Network network(name, /*sids=*/true);
  const std::vector<Pair> pairs = network.Pairs(queries);
  const auto route = [&](const Pair& pair) {
    segments::SegmentQuery query;
    query.path = network.Query(pair, MetricType::kDelay);
    query.path.constraints.data_plane = cspf::DataPlane::kSrMpls;
    const auto result = segments::ComputeRoute(network.ted(), query, network.workspace());
    const auto* found = std::get_if<segments::SegmentRoute>(&*result);
    return found == nullptr ? kNone : found->path.cost;
  };
  const auto path = [&](const Pair& pair) {
    cspf::Query query = network.Query(pair, MetricType::kDelay);
    query.constraints.data_plane = cspf::DataPlane::kSrMpls;
    const auto result = cspf::ComputePath(network.ted(), query, network.workspace());
    const auto* found = std::get_if<cspf::Path>(&result);
    return found == nullptr ? kNone : found->cost;
  };
  return Race(absl::StrCat("route_with_segment_list_p50/", name), pairs, route, path,
              "our path without the list", at_least);
}

// Returns the LEMON peer that is the quickest to search all nodes.
std::unique_ptr<Peer> QuickestFullSearch(const topology::Ted& ted, const Pair& pair) {
  std::unique_ptr<Peer> quickest;
  double least = 0;
  for (auto& peer :
       LemonPeers(ted.graph(), topology::kIgpWeight, topology::kArcUsable, Ends::kAfterAll)) {
    peer->Distance(pair.source, pair.target, {});  // Its memory is touched first.
    const Stopwatch stopwatch;
    peer->Distance(pair.source, pair.target, {});
    const double time = stopwatch.microseconds();
    if (quickest != nullptr && time >= least) continue;
    least = time;
    quickest = std::move(peer);
  }
  return quickest;
}

// Delay bound, SID limit, segment list and its proof.
Row MsdRoute(const std::string& row, const std::string& name, uint32_t max_sids, size_t queries,
             double at_least) {
  Network network(name, /*sids=*/true);
  const std::vector<Pair> pairs = network.Pairs(queries);
  const std::unique_ptr<Peer> peer = QuickestFullSearch(network.ted(), pairs.front());
  const auto ours = [&](const Pair& pair) {
    segments::SegmentQuery query;
    query.path = network.Query(pair, MetricType::kIgp);
    query.path.constraints.data_plane = cspf::DataPlane::kSrMpls;
    query.path.constraints.max_delay = Microseconds(static_cast<int64_t>(pair.max_delay));
    query.max_sids = max_sids;
    const auto result = segments::ComputeRoute(network.ted(), query, network.workspace());
    const auto* found = std::get_if<segments::SegmentRoute>(&*result);
    return found == nullptr ? kNone : found->path.cost;
  };
  return Race(
      row, pairs, ours,
      [&](const Pair& pair) { return peer->Distance(pair.source, pair.target, {}); },
      peer->name() + ", all nodes", at_least, Answers::kOursNoLess);
}

}  // namespace
}  // namespace srpce::bench

int main(int argc, char** argv) {
  namespace bench = srpce::bench;
  const bench::Options options = bench::ParseOptions(argc, argv);
  std::vector<bench::Row> rows;
  if (options.smoke) {
    rows.push_back(bench::BoundedPath("isp1k", false, 20, 0));
    rows.push_back(bench::BoundedPath("ring1k", true, 20, 0));
    rows.push_back(bench::DisjointPair("ring1k", 20, 0));
    rows.push_back(bench::SegmentList("isp1k", 20, 0));
    rows.push_back(bench::MsdRoute("msd_route_flat1k_p50", "isp1k", 10, 20, 0));
    return bench::Report(options, rows);
  }
  for (const char* name : {"isp1k", "ring1k"}) {
    rows.push_back(bench::BoundedPath(name, false, 400, 24));
    rows.push_back(bench::BoundedPath(name, true, 400, 48));
  }
  for (const char* name : {"isp10k", "ring10k"}) {
    rows.push_back(bench::BoundedPath(name, false, 100, 75));
    rows.push_back(bench::BoundedPath(name, true, 100, 350));
    rows.push_back(bench::SegmentList(name, 1000, 0));
  }
  rows.push_back(bench::MsdRoute("msd_route_flat100k_p50", "isp100k", 10, 100, 10));
  rows.push_back(bench::MsdRoute("msd3_route_flat100k_p50", "isp100k", 3, 100, 10));
  for (const char* name : {"isp10k", "isp100k"}) {
    rows.push_back(bench::DisjointPair(name, 100, 8));
  }
  for (const char* name : {"ring10k", "ring100k"}) {
    rows.push_back(bench::DisjointPair(name, 100, 4));
  }
  return bench::Report(options, rows);
}
