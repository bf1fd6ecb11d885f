#include "lib/pce/list_shares.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "lib/cspf/wording.h"
#include "lib/graph/heap.h"
#include "lib/segments/link_load.h"

namespace srpce::pce {
namespace {

using graph::Uint128;
using topology::Ted;

uint64_t SumOfWeights(const PlannedPath& path) {
  uint64_t all = 0;
  for (const policy::WeightedList& list : path.lists) all += list.weight;
  return all;
}

std::optional<segments::LinkLoad> Tightest(const Ted& ted, const PlannedPath& path,
                                           BytesPerSecond demand) {
  std::vector<segments::ListShare> shares;
  for (size_t i = 0; i < path.lists.size(); ++i) {
    shares.push_back({path.expansions[i].links, path.lists[i].weight});
  }
  return segments::TightestLink(ted, shares, demand);
}

}  // namespace

absl::Status CheckLoad(const Ted& ted, const PlannedPath& path, BytesPerSecond demand) {
  const auto tightest = Tightest(ted, path, demand);
  if (!tightest || tightest->fits()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("bandwidth: ", cspf::FormatBandwidth(tightest->load), " over ",
                   cspf::LinkNames(ted, {tightest->link}), ", which ",
                   tightest->capacity.value == 0
                       ? std::string("announces none")
                       : absl::StrCat("announces ", cspf::FormatBandwidth(tightest->capacity))));
}

std::optional<double> Headroom(const Ted& ted, const PlannedPath& path, BytesPerSecond demand) {
  const auto tightest = Tightest(ted, path, demand);
  return tightest ? std::optional(tightest->headroom()) : std::nullopt;
}

uint64_t MeanCost(const PlannedPath& path,
                  absl::FunctionRef<uint64_t(const cspf::PathMetrics&)> cost) {
  const uint64_t all = SumOfWeights(path);
  Uint128 sum = all / 2;
  for (size_t i = 0; i < path.lists.size(); ++i) {
    sum += Uint128{path.lists[i].weight} * cost(segments::WorstOf(path.expansions[i]));
  }
  return static_cast<uint64_t>(sum / all);
}

std::vector<std::string> NodesOf(const Ted& ted, const std::string& headend,
                                 const segments::Expansion& expansion) {
  std::vector<std::string> nodes;
  if (!expansion.single_path) return nodes;
  const std::optional<topology::NodeIndex> first = ted.FindNode(headend);
  nodes.push_back(first ? ted.node(*first).id : headend);
  for (const topology::LinkIndex link : expansion.path) {
    nodes.push_back(ted.node(ted.link(link).remote).id);
  }
  return nodes;
}

std::vector<policy::ListUse> UsesOf(const Ted& ted, const policy::PolicyIntent& intent,
                                    const PlannedPath& path) {
  const policy::PathIntent* bounds = BoundsOf(intent, path.candidate);
  const bool split = bounds != nullptr && bounds->may_split();
  const uint64_t all = SumOfWeights(path);
  std::vector<policy::ListUse> uses;
  for (size_t i = 0; i < path.lists.size(); ++i) {
    policy::ListUse use;
    use.share = static_cast<double>(path.lists[i].weight) / static_cast<double>(all);
    if (split) use.rate = segments::RateOf(path.lists[i].weight, all, bounds->min_bandwidth);
    use.nodes = NodesOf(ted, intent.key.headend, path.expansions[i]);
    use.metrics = segments::WorstOf(path.expansions[i]);
    uses.push_back(std::move(use));
  }
  return uses;
}

}  // namespace srpce::pce
