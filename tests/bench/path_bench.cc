// tests/bench/path_bench.cc -- constrained point-to-point paths: cspf::ComputePath against LEMON
// and Boost.Graph with the same filter.
//
// Least IGP cost over links with 10 Gbit/s available and none of the affinities 0x3, between random
// pairs, nothing cached per pair. Ours finds and returns the path, its links and all its metrics,
// under the product's tie rule; the peers find the distance only.
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
  explicit Ours(const topology::Ted& ted) : ted_(ted), workspace_(&potentials_) {
    potentials_.Refresh(
        ted);  // As the daemon's background thread does after each change of structure.
    query_.objective = topology::MetricType::kIgp;
    query_.constraints.min_bandwidth = DemandFromBits(kDemandBps);
    query_.constraints.exclude_any = topology::AdminGroup({kExcluded});
  }
  uint64_t Distance(uint32_t source, uint32_t target) {
    query_.source = topology::NodeIndex(source);
    query_.target = topology::NodeIndex(target);
    const cspf::PathResult result = cspf::ComputePath(ted_, query_, workspace_);
    const auto* path = std::get_if<cspf::Path>(&result);
    return path == nullptr ? kNoPath : path->cost;
  }

 private:
  const topology::Ted& ted_;
  cspf::PotentialCache potentials_;
  cspf::Workspace workspace_;
  cspf::Query query_;
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
      : ours_(ted), pairs_(std::move(pairs)), filter_{DemandFromBits(kDemandBps).value, kExcluded} {
    for (auto make : {LemonPeers, BoostPeers}) {
      for (auto& peer :
           make(ted.graph(), topology::kIgpWeight, topology::kArcUsable | topology::kArcHasIgp)) {
        peers_.push_back(std::move(peer));
      }
    }
    contenders_.push_back({.name = "srpce ComputePath", .microseconds = {}});
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

  Row Report(const std::string& network, double at_least) const {
    size_t best = 1;
    std::vector<Summary> summaries;
    for (size_t who = 0; who < contenders_.size(); ++who) {
      const Contender& contender = contenders_[who];
      summaries.push_back(Summarize(contender.microseconds));
      PrintSummary(absl::StrCat(network, " ", contender.name), "us", summaries.back());
      if (contender.checksum != contenders_[0].checksum) {
        Die(absl::StrCat(network, ": ", contender.name, " sums to ", contender.checksum,
                         ", ours to ", contenders_[0].checksum));
      }
      best = who > 0 && summaries[who].p50 < summaries[best].p50 ? who : best;
    }
    std::printf(
        "  %s: %zu pairs, %.1f %% cut off, sum of distances %llu in all; means: %.1f x, p99: %.1f "
        "x\n",
        network.c_str(), pairs_.size(),
        100.0 * static_cast<double>(contenders_[0].unreachable) /
            static_cast<double>(pairs_.size()),
        static_cast<unsigned long long>(contenders_[0].checksum),
        summaries[best].mean / summaries[0].mean, summaries[best].p99 / summaries[0].p99);
    return {absl::StrCat("constrained_path_p50/", network),
            "us",
            summaries[0].p50,
            summaries[best].p50,
            summaries[best].p50 / summaries[0].p50,
            at_least,
            contenders_[best].name};
  }

 private:
  void Ask(size_t who, size_t i) {
    const auto& [source, target] = pairs_[i];
    const Stopwatch stopwatch;
    const uint64_t distance = who == 0 ? ours_.Distance(source, target)
                                       : peers_[who - 1]->Distance(source, target, filter_);
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

  Ours ours_;
  std::vector<std::pair<uint32_t, uint32_t>> pairs_;
  PeerFilter filter_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<Contender> contenders_;  // Ours first, then as peers_.
  std::vector<uint64_t> answers_;
};

Row Compare(const std::string& network, size_t queries, double at_least) {
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
  if (options.smoke) {
    rows.push_back(srpce::bench::Compare("isp1k", 200, 0));
    rows.push_back(srpce::bench::Compare("ring1k", 200, 0));
  } else {
    rows.push_back(srpce::bench::Compare("isp10k", 2000, 8));
    rows.push_back(srpce::bench::Compare("ring10k", 2000, 8));
  }
  return srpce::bench::Report(options, rows);
}
