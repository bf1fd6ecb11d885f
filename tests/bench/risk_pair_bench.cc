// tests/bench/risk_pair_bench.cc -- two paths that share no node, fibre or risk group, each within
// a delay, against what is commonly done instead: remove and find again with penalties.
//
// The peer may find none where there are two, or dearer ones; ours must never do worse.
#include <algorithm>
#include <cstdio>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/cspf/compute_path.h"
#include "lib/cspf/disjoint.h"
#include "lib/cspf/potential_cache.h"
#include "lib/topology/ted_builder.h"
#include "tests/bench/bench_support.h"
#include "tests/bench/penalty_peer.h"
#include "tests/support/generators.h"

namespace srpce::bench {
namespace {

using topology::NodeIndex;

constexpr uint64_t kNone = UINT64_MAX;
constexpr uint32_t kFibresPerConduit = 12;

// Fibres lie in conduits: a fibre in one or two, a conduit under a dozen.
std::vector<std::vector<uint32_t>> Conduits(size_t fibres) {
  std::mt19937 random(11);
  const auto count = static_cast<uint32_t>(fibres / kFibresPerConduit + 1);
  std::uniform_int_distribution<uint32_t> conduit(0, count - 1);
  std::vector<std::vector<uint32_t>> conduits(fibres);
  for (std::vector<uint32_t>& of_fibre : conduits) {
    of_fibre.push_back(conduit(random));
    const uint32_t another = conduit(random);
    if (random() % 2 == 0 && another != of_fibre[0]) of_fibre.push_back(another);
  }
  return conduits;
}

class Network {
 public:
  explicit Network(const std::string& name)
      : network_(support::NamedNetwork(name)), conduits_(Conduits(network_.links.size() / 2)) {
    topology::TedBuilder builder;
    topology::SourceOptions options;
    options.name = "generator";
    const auto source = builder.Connect(options, MonotonicTime{});
    if (!source.ok()) Die(source.status().ToString());
    support::AddToBuilder(network_, /*sids=*/false, builder, *source);
    for (size_t link = 0; link < network_.links.size(); ++link) {
      topology::LinkAttributes attributes;
      attributes.srlgs = conduits_[link / 2];
      const absl::Status status = builder.SetLink(*source, support::KeyOf(network_, link),
                                                  attributes, {.patch = true}, MonotonicTime{});
      if (!status.ok()) Die(status.ToString());
    }
    ted_ = builder.Publish().ted;
    potentials_.Refresh(*ted_);  // As the daemon's background thread does.
  }

  const topology::Ted& ted() const { return *ted_; }
  cspf::Workspace& workspace() { return workspace_; }

  PenaltyPeer Peer() const {
    std::vector<RiskArc> arcs;
    for (uint32_t link = 0; link < network_.links.size(); ++link) {
      const support::GeneratedLink& from = network_.links[link];
      arcs.push_back(
          {from.local, from.remote, link / 2, from.igp, from.delay_us, conduits_[link / 2]});
    }
    return PenaltyPeer(network_.node_count, arcs);
  }

 private:
  const support::GeneratedNetwork network_;
  const std::vector<std::vector<uint32_t>> conduits_;
  topology::TedPtr ted_;
  cspf::PotentialCache potentials_{{.max_bytes = 0}};
  cspf::Workspace workspace_{&potentials_};
};

// Members may take twice as long as the cheapest path.
std::vector<cspf::DisjointQuery> Queries(Network& network, size_t count) {
  std::mt19937 random(7);
  std::uniform_int_distribution<uint32_t> node(0, network.ted().node_bound() - 1);
  std::vector<cspf::DisjointQuery> queries;
  while (queries.size() < count) {
    cspf::Query query{NodeIndex(node(random)), NodeIndex(node(random)), topology::MetricType::kIgp};
    if (query.source == query.target) continue;
    const auto alone = cspf::ComputePath(network.ted(), query, network.workspace());
    query.constraints.max_delay = 2 * *std::get<cspf::Path>(alone).metrics.delay;
    cspf::DisjointQuery both;
    both.disjointness = cspf::Disjointness::kSrlgNode;
    both.members = {query, query};
    queries.push_back(std::move(both));
  }
  return queries;
}

struct Tally {
  size_t pairs = 0;
  size_t proved = 0;
  size_t peer_found_none = 0;  // Where there are two.
  size_t peer_dearer = 0;

  void Add(const cspf::DisjointResult& ours, uint64_t peer) {
    const auto* set = std::get_if<cspf::DisjointPaths>(&ours);
    const auto* none = std::get_if<cspf::NoPath>(&ours);
    proved += set != nullptr ? set->proved_optimal : none->reason != cspf::Reason::kBudgetExhausted;
    uint64_t cost = set != nullptr ? set->total_cost : kNone;
    if (none != nullptr && none->best_found_set.size() == 2) {
      cost = none->best_found_set[0].cost + none->best_found_set[1].cost;
    }
    if (peer < cost) Die(absl::StrCat("ours costs ", cost, ", remove and find ", peer));
    pairs += cost != kNone;
    peer_found_none += cost != kNone && peer == kNone;
    peer_dearer += peer != kNone && peer > cost;
  }
};

Row RiskPair(const std::string& name, size_t count, double at_least) {
  constexpr size_t kRound = 10;
  Network network(name);
  const std::vector<cspf::DisjointQuery> queries = Queries(network, count);
  PenaltyPeer peer = network.Peer();
  std::vector<double> our_times;
  std::vector<double> peer_times;
  Tally tally;
  for (size_t begin = 0; begin < count; begin += kRound) {
    const size_t end = std::min(begin + kRound, count);
    std::vector<cspf::DisjointResult> ours;
    for (size_t i = begin; i < end; ++i) {
      const Stopwatch stopwatch;
      ours.push_back(cspf::ComputeDisjoint(network.ted(), queries[i], network.workspace()));
      our_times.push_back(stopwatch.microseconds());
    }
    for (size_t i = begin; i < end; ++i) {
      const cspf::Query& query = queries[i].members[0];
      const Stopwatch stopwatch;
      const uint64_t cost = peer.Cost(query.source.value(), query.target.value(),
                                      static_cast<uint64_t>(query.constraints.max_delay->count()));
      peer_times.push_back(stopwatch.microseconds());
      tally.Add(ours[i - begin], cost);
    }
  }
  const Summary us = Summarize(our_times);
  const Summary them = Summarize(peer_times);
  PrintSummary(absl::StrCat(name, " ours"), "us", us);
  PrintSummary(absl::StrCat(name, " remove and find"), "us", them);
  std::printf(
      "  %s: %zu queries, %zu with a pair, %.2f %% proved; remove and find missed %zu, "
      "was dearer in %zu\n",
      name.c_str(), count, tally.pairs,
      100.0 * static_cast<double>(tally.proved) / static_cast<double>(count), tally.peer_found_none,
      tally.peer_dearer);
  return {absl::StrCat("srlg_node_pair_p50/", name),
          "us",
          us.p50,
          them.p50,
          them.p50 / us.p50,
          at_least,
          "remove and find with penalties"};
}

}  // namespace
}  // namespace srpce::bench

int main(int argc, char** argv) {
  namespace bench = srpce::bench;
  const bench::Options options = bench::ParseOptions(argc, argv);
  std::vector<bench::Row> rows;
  rows.push_back(bench::RiskPair("isp1k", options.smoke ? 40 : 1000, 1));
  return bench::Report(options, rows);
}
