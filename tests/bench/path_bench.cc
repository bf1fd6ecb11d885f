// tests/bench/path_bench.cc -- constrained point-to-point paths: cspf::ComputePath against LEMON
// and Boost.Graph with the same filter.
//
// Least IGP cost over links with 10 Gbit/s available and none of the affinities 0x3, between random
// pairs: with nothing cached for either end, and with the endpoint's reverse tree, as the daemon
// has it of endpoints that are asked for again. Ours finds and returns the path, its links and all
// its metrics, under the product's tie rule; the peers find the distance only.
#include <algorithm>
#include <cstdio>
#include <random>
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

class Ours {
 public:
  // `targets`: those a tree is kept of.
  Ours(const topology::Ted& ted, const std::vector<uint32_t>& targets)
      : ted_(ted),
        potentials_({.max_bytes = targets.empty() ? 0 : SIZE_MAX, .build_after = 1}),
        workspace_(&potentials_) {
    graph::ReverseTree::Workspace work;
    for (const uint32_t target : targets) {
      potentials_.trees().Get(ted, topology::NodeIndex(target), topology::kIgpWeight, work);
    }
    potentials_.Refresh(ted);  // As the daemon's background thread does.
    query_.objective = topology::MetricType::kIgp;
    query_.constraints.min_bandwidth = DemandFromBits(kDemandBps);
    query_.constraints.exclude_any = topology::AdminGroup({kExcluded});
  }
  uint64_t Distance(uint32_t source, uint32_t target) {
    query_.source = topology::NodeIndex(source);
    query_.target = topology::NodeIndex(target);
    cspf::ComputePath(ted_, query_, workspace_, cspf::Budget(), result_);
    const auto* path = std::get_if<cspf::Path>(&result_);
    return path == nullptr ? kNoPath : path->cost;
  }

 private:
  const topology::Ted& ted_;
  cspf::PotentialCache potentials_;
  cspf::Workspace workspace_;
  cspf::Query query_;
  cspf::PathResult result_;
};

// Ratios asked for.
struct AtLeast {
  double median = 0;  // Nothing cached.
  double mean = 0;    // The same: pairs that are cut off, and told why, count.
  double tree_median = 0;
  double tree_mean = 0;
};

struct Contender {
  std::string name;
  std::vector<double> microseconds;
  uint64_t checksum = 0;
  uint64_t unreachable = 0;
};

class Comparison {
 public:
  Comparison(const topology::Ted& ted, std::vector<std::pair<uint32_t, uint32_t>> pairs)
      : cold_(ted, {}),
        warm_(ted, Targets(pairs)),
        pairs_(std::move(pairs)),
        filter_{DemandFromBits(kDemandBps).value, kExcluded} {
    constexpr uint32_t kFlags = topology::kArcUsable | topology::kArcHasIgp;
    peers_ = LemonPeers(ted.graph(), topology::kIgpWeight, kFlags);
    for (auto& peer : BoostPeers(ted.graph(), topology::kIgpWeight, kFlags)) {
      peers_.push_back(std::move(peer));
    }
    contenders_.push_back({.name = "srpce ComputePath", .microseconds = {}});
    contenders_.push_back({.name = "srpce ComputePath, tree", .microseconds = {}});
    for (const auto& peer : peers_) {
      contenders_.push_back({.name = peer->name(), .microseconds = {}});
    }
  }

  // Every contender answers `count` of the pairs before the next one's turn, so that all see the
  // same machine.
  void Run(size_t count) {
    for (size_t begin = 0; begin < pairs_.size(); begin += count) {
      for (size_t who = 0; who < contenders_.size(); ++who) {
        for (size_t i = begin; i < std::min(begin + count, pairs_.size()); ++i) {
          Ask(who, i);
        }
      }
    }
  }

  std::vector<Row> Report(const std::string& network, const AtLeast& at_least) const {
    size_t best = kOurs;  // Of the peers, by the median; and by the mean.
    size_t best_mean = kOurs;
    std::vector<Summary> summaries;
    for (size_t who = 0; who < contenders_.size(); ++who) {
      const Contender& contender = contenders_[who];
      summaries.push_back(Summarize(contender.microseconds));
      PrintSummary(absl::StrCat(network, " ", contender.name), "us", summaries.back());
      if (contender.checksum != contenders_[0].checksum) {
        Die(absl::StrCat(network, ": ", contender.name, " sums to ", contender.checksum,
                         ", ours to ", contenders_[0].checksum));
      }
      if (who < kOurs) continue;
      best = summaries[who].p50 < summaries[best].p50 ? who : best;
      best_mean = summaries[who].mean < summaries[best_mean].mean ? who : best_mean;
    }
    std::printf("  %s: %zu pairs, %.1f %% cut off, sum of distances %llu in all\n", network.c_str(),
                pairs_.size(),
                100.0 * static_cast<double>(contenders_[0].unreachable) /
                    static_cast<double>(pairs_.size()),
                static_cast<unsigned long long>(contenders_[0].checksum));
    const auto row = [&](const char* name, size_t ours, size_t peer, double Summary::*value,
                         double least) {
      const double us = summaries[ours].*value;
      const double them = summaries[peer].*value;
      return Row{absl::StrCat(name, "/", network),
                 "us",
                 us,
                 them,
                 them / us,
                 least,
                 contenders_[peer].name};
    };
    return {row("constrained_path_p50", 0, best, &Summary::p50, at_least.median),
            row("constrained_path_mean", 0, best_mean, &Summary::mean, at_least.mean),
            row("constrained_path_tree_p50", 1, best, &Summary::p50, at_least.tree_median),
            row("constrained_path_tree_mean", 1, best_mean, &Summary::mean, at_least.tree_mean)};
  }

 private:
  static constexpr size_t kOurs = 2;  // Contenders; the peers come behind them.

  static std::vector<uint32_t> Targets(const std::vector<std::pair<uint32_t, uint32_t>>& pairs) {
    std::vector<uint32_t> targets;
    for (const auto& [source, target] : pairs) {
      targets.push_back(target);
    }
    std::sort(targets.begin(), targets.end());
    targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
    return targets;
  }

  uint64_t Distance(size_t who, uint32_t source, uint32_t target) {
    if (who >= kOurs) return peers_[who - kOurs]->Distance(source, target, filter_);
    return (who == 0 ? cold_ : warm_).Distance(source, target);
  }

  void Ask(size_t who, size_t i) {
    const auto& [source, target] = pairs_[i];
    const Stopwatch stopwatch;
    const uint64_t distance = Distance(who, source, target);
    contenders_[who].microseconds.push_back(stopwatch.microseconds());
    if (who == 0) {
      answers_.push_back(distance);
    } else if (answers_[i] != distance) {
      Die(absl::StrCat(source, " to ", target, ": ours ", answers_[i], ", ", contenders_[who].name,
                       " ", distance));
    }
    contenders_[who].checksum += distance == kNoPath ? 0 : distance;
    contenders_[who].unreachable += distance == kNoPath ? 1 : 0;
  }

  Ours cold_;
  Ours warm_;
  std::vector<std::pair<uint32_t, uint32_t>> pairs_;
  PeerFilter filter_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<Contender> contenders_;  // Ours, then as peers_.
  std::vector<uint64_t> answers_;
};

std::vector<Row> Compare(const std::string& network, size_t queries, const AtLeast& at_least) {
  const topology::TedPtr ted = support::BuildTed(support::NamedNetwork(network));
  std::mt19937 random(7);
  std::uniform_int_distribution<uint32_t> node(0, ted->node_bound() - 1);
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  while (pairs.size() < queries) {
    const std::pair<uint32_t, uint32_t> pair(node(random), node(random));
    if (pair.first != pair.second) {
      pairs.push_back(pair);
    }
  }
  uint64_t admitted = 0;
  for (graph::Node tail = 0; tail < ted->graph().node_count(); ++tail) {
    for (const graph::Arc& arc : ted->graph().out(tail)) {
      admitted +=
          arc.data.capacity >= DemandFromBits(kDemandBps).value && (arc.data.mask & kExcluded) == 0
              ? 1
              : 0;
    }
  }
  std::printf("%s: %u nodes, %u directed links, %.1f %% pass the filter\n", network.c_str(),
              ted->node_bound(), ted->link_count(),
              100.0 * static_cast<double>(admitted) / ted->link_count());
  Comparison comparison(*ted, std::move(pairs));
  comparison.Run(50);
  return comparison.Report(network, at_least);
}

}  // namespace
}  // namespace srpce::bench

int main(int argc, char** argv) {
  const srpce::bench::Options options = srpce::bench::ParseOptions(argc, argv);
  std::vector<srpce::bench::Row> rows;
  const auto add = [&](const std::string& network, size_t queries,
                       const srpce::bench::AtLeast& at_least) {
    const auto more = srpce::bench::Compare(network, queries, at_least);
    rows.insert(rows.end(), more.begin(), more.end());
  };
  if (options.smoke) {
    add("isp1k", 200, {});
    add("ring1k", 200, {});
  } else {
    add("isp10k", 2000, {11, 6, 50});
    add("ring10k", 2000, {11, 6, 24});
    add("isp100k", 200, {40, 30, 300});
    add("ring100k", 200, {30, 20, 250});
  }
  return srpce::bench::Report(options, rows);
}
