// tests/bench/profile_bench.cc -- paths under one constraint profile that is asked for again and
// again: cspf::ComputePath with the profile customized, against LEMON and Boost.Graph with the same
// filter.
//
// Least IGP cost over links with 10 Gbit/s available and none of the affinities 0x3, between random
// pairs; no tree is kept of any end. Ours finds and returns the path, its links and all its
// metrics, under the product's tie rule; the peers find the distance only. On a real map of a
// provider's routers, and on networks generated in the likeness of larger ones.
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/cspf/compute_path.h"
#include "lib/cspf/potential_cache.h"
#include "tests/bench/bench_support.h"
#include "tests/bench/peers.h"
#include "tests/support/generators.h"

namespace srpce::bench {
namespace {

constexpr uint64_t kDemandBps = 10'000'000'000;
constexpr uint32_t kExcluded = 0x3;

using Pairs = std::vector<std::pair<uint32_t, uint32_t>>;

class Ours {
 public:
  explicit Ours(const topology::Ted& ted)
      : ted_(ted),
        potentials_({.max_bytes = 0, .build_after = 1}, {.build_after = 1}),
        workspace_(&potentials_) {
    query_.objective = topology::MetricType::kIgp;
    query_.constraints.min_bandwidth = DemandFromBits(kDemandBps);
    query_.constraints.exclude_any = topology::AdminGroup({kExcluded});
    Distance(0, 1);  // The question that makes the profile wanted.
    const Stopwatch stopwatch;
    potentials_.profiles().Refresh(ted);
    build_us_ = stopwatch.microseconds();
    potentials_.Refresh(ted);
    if (potentials_.profiles().size() != 1) Die("the profile was not customized");
  }

  uint64_t Distance(uint32_t source, uint32_t target) {
    query_.source = topology::NodeIndex(source);
    query_.target = topology::NodeIndex(target);
    const cspf::PathResult result = cspf::ComputePath(ted_, query_, workspace_);
    const auto* path = std::get_if<cspf::Path>(&result);
    return path == nullptr ? kNoPath : path->cost;
  }

  void PrintCosts() const {
    const auto hierarchy = graph::Hierarchy::Build(ted_.graph(), SIZE_MAX);
    const double nodes = ted_.node_bound();
    std::printf(
        "  width %u, order and first customization %.2f ms; bytes a node: %.0f, and %.0f for each "
        "profile\n",
        hierarchy->width(), build_us_ / 1000, static_cast<double>(hierarchy->bytes()) / nodes,
        static_cast<double>(potentials_.profiles().bytes()) / nodes);
  }

  // Customizes anew for `changed`, in which a link of the profile became dearer. In a cache of its
  // own: explaining why there is no path has asked the other one for more profiles.
  void PrintCustomization(const topology::Ted& changed) const {
    cspf::LinkFilter filter;
    filter.Compile(ted_, query_);
    cspf::ProfileCache profiles({.build_after = 1});
    profiles.Get(ted_, {topology::kIgpWeight, *filter.Profile()});
    profiles.Refresh(ted_);
    const Stopwatch stopwatch;
    profiles.Refresh(changed);
    std::printf("  customized again after a change in %.3f ms\n", stopwatch.microseconds() / 1000);
  }

 private:
  const topology::Ted& ted_;
  cspf::PotentialCache potentials_;
  cspf::Workspace workspace_;
  cspf::Query query_;
  double build_us_ = 0;
};

// A real map, with what it does not tell drawn at random: 20 % of the links have an affinity that
// is asked to be avoided.
support::GeneratedNetwork RealNetwork(const std::string& name) {
  std::ifstream file(absl::StrCat(SRPCE_SOURCE_DIR, "/tests/topologies/", name, ".graph"));
  support::GeneratedNetwork network{.name = name, .node_count = 0, .links = {}};
  std::string word;
  std::string line;
  file >> word >> network.node_count;
  while (std::getline(file, line) && !line.starts_with("EDGES")) {
  }
  std::mt19937 random(7);
  std::map<std::pair<uint32_t, uint32_t>, std::vector<support::GeneratedLink>> waiting;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    support::GeneratedLink link;
    uint64_t kilobits = 0;
    if (!(fields >> word >> link.local >> link.remote >> link.igp >> kilobits >> link.delay_us))
      continue;
    link.capacity_bps = link.available_bps = 4 * kDemandBps;
    link.admin = random() % 100 < 20 ? kExcluded : 0;
    // Both directions of an edge are to follow each other.
    auto& others = waiting[{link.remote, link.local}];
    if (others.empty()) {
      waiting[{link.local, link.remote}].push_back(link);
      continue;
    }
    network.links.push_back(others.back());
    network.links.push_back(link);
    others.pop_back();
  }
  if (network.links.empty()) Die(absl::StrCat("cannot read ", name));
  return network;
}

support::GeneratedNetwork NetworkOf(const std::string& name) {
  return name.starts_with("rf") ? RealNetwork(name) : support::NamedNetwork(name);
}

// The network with one link that passes the filter made dearer.
topology::TedPtr WithDearerLink(support::GeneratedNetwork network, topology::TedBuilder& builder,
                                topology::SourceId source) {
  for (size_t i = 0; i < network.links.size(); ++i) {
    support::GeneratedLink& link = network.links[i];
    if (link.available_bps < kDemandBps || (link.admin & kExcluded) != 0) continue;
    link.igp += 1;
    if (!builder
             .SetLink(source, support::KeyOf(network, i), support::AttributesOf(link), {},
                      MonotonicTime{})
             .ok()) {
      Die("cannot change a link");
    }
    return builder.Publish().ted;
  }
  Die("no link passes the filter");
}

struct Contender {
  std::string name;
  std::vector<double> microseconds{};
};

Row Compare(const std::string& name, size_t queries, double at_least) {
  const support::GeneratedNetwork network = NetworkOf(name);
  topology::TedBuilder builder;
  topology::SourceOptions options;
  options.name = "bench";
  const auto source = builder.Connect(options, MonotonicTime{});
  support::AddToBuilder(network, /*sids=*/false, builder, *source);
  const topology::TedPtr ted = builder.Publish().ted;
  std::printf("%s: %u nodes, %u directed links\n", name.c_str(), ted->node_bound(),
              ted->link_count());
  Ours ours(*ted);
  ours.PrintCosts();
  std::vector<std::unique_ptr<Peer>> peers;
  std::vector<Contender> contenders{{.name = "srpce ComputePath, profile"}};
  const auto add = [&](std::vector<std::unique_ptr<Peer>> more) {
    for (auto& peer : more) {
      contenders.push_back({.name = peer->name()});
      peers.push_back(std::move(peer));
    }
  };
  constexpr uint32_t kFlags = topology::kArcUsable | topology::kArcHasIgp;
  add(LemonPeers(ted->graph(), topology::kIgpWeight, kFlags));
  add(BoostPeers(ted->graph(), topology::kIgpWeight, kFlags));
  std::mt19937 random(7);
  std::uniform_int_distribution<uint32_t> node(0, ted->node_bound() - 1);
  const PeerFilter filter{DemandFromBits(kDemandBps).value, kExcluded};
  constexpr size_t kRound = 50;  // All contenders answer so many before the next ones.
  size_t cut_off = 0;
  for (size_t done = 0; done < queries; done += kRound) {
    Pairs pairs;
    while (pairs.size() < kRound) {
      const std::pair pair(node(random), node(random));
      if (pair.first != pair.second) pairs.push_back(pair);
    }
    std::vector<uint64_t> answers;
    for (size_t who = 0; who < contenders.size(); ++who) {
      for (size_t i = 0; i < kRound; ++i) {
        const auto [from, to] = pairs[i];
        const Stopwatch stopwatch;
        const uint64_t distance =
            who == 0 ? ours.Distance(from, to) : peers[who - 1]->Distance(from, to, filter);
        contenders[who].microseconds.push_back(stopwatch.microseconds());
        if (who == 0) {
          answers.push_back(distance);
          cut_off += distance == kNoPath ? 1 : 0;
        } else if (distance != answers[i]) {
          Die(absl::StrCat(name, ": ", from, " to ", to, ": ours ", answers[i], ", ",
                           contenders[who].name, " ", distance));
        }
      }
    }
  }
  std::vector<Summary> summaries;
  size_t best = 1;
  for (size_t who = 0; who < contenders.size(); ++who) {
    summaries.push_back(Summarize(contenders[who].microseconds));
    PrintSummary(absl::StrCat(name, " ", contenders[who].name), "us", summaries.back());
    best = who > 0 && summaries[who].p50 < summaries[best].p50 ? who : best;
  }
  std::printf(
      "  %zu pairs, %.1f %% cut off; means: %.1f x\n", contenders[0].microseconds.size(),
      100.0 * static_cast<double>(cut_off) / static_cast<double>(contenders[0].microseconds.size()),
      summaries[best].mean / summaries[0].mean);
  ours.PrintCustomization(*WithDearerLink(network, builder, *source));
  return {
      absl::StrCat("profile_reuse_p50/", name), "us",     summaries[0].p50,     summaries[best].p50,
      summaries[best].p50 / summaries[0].p50,   at_least, contenders[best].name};
}

}  // namespace
}  // namespace srpce::bench

int main(int argc, char** argv) {
  const srpce::bench::Options options = srpce::bench::ParseOptions(argc, argv);
  std::vector<srpce::bench::Row> rows;
  if (options.smoke) {
    rows.push_back(srpce::bench::Compare("rf1239", 200, 0));
    rows.push_back(srpce::bench::Compare("router1k", 200, 0));
  } else {
    rows.push_back(srpce::bench::Compare("rf1239", 2000, 3));
    rows.push_back(srpce::bench::Compare("router6k", 2000, 11));
    rows.push_back(srpce::bench::Compare("ring10k", 2000, 20));
    rows.push_back(srpce::bench::Compare("ring100k", 200, 60));
  }
  return srpce::bench::Report(options, rows);
}
