// tests/bench/tree_bench.cc -- searches of a whole network, and what reverse trees cost: one
// repaired after the event of one link against a search of the whole network, and the memory of a
// network with a thousand of them.
#include <malloc.h>

#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/cspf/tree_cache.h"
#include "lib/graph/reverse_tree.h"
#include "lib/topology/ted_builder.h"
#include "tests/bench/bench_support.h"
#include "tests/bench/full_search.h"
#include "tests/bench/peers.h"
#include "tests/support/generators.h"

namespace srpce::bench {
namespace {

using graph::Digraph;
using graph::ReverseTree;

// A network whose links go down, come back and change their metric, one at a time.
class ChangingGraph {
 public:
  explicit ChangingGraph(const topology::Ted& ted) : graph_(ted.graph()) {}

  const Digraph& graph() const { return graph_; }

  // Returns the tail of the arc that changed: a third each down, up again, and another metric.
  graph::Node Change() {
    graph::ArcId arc = any_(random_, Range(0, graph_.arc_bound() - 1));
    graph::ArcData data;
    const uint32_t kind = any_(random_, Range(0, 2));
    if (kind == 0 && !down_.empty()) {
      arc = down_.back();
      down_.pop_back();
      data = graph_.data(arc);
      data.flags |= topology::kArcUsable;
    } else if (kind == 1 && (graph_.data(arc).flags & topology::kArcUsable) != 0) {
      data = graph_.data(arc);
      data.flags &= ~topology::kArcUsable;
      down_.push_back(arc);
    } else {
      data = graph_.data(arc);
      data.weight[kIgpMetric.slot] = any_(random_, Range(1, 2 * data.weight[kIgpMetric.slot] + 1));
    }
    graph_.SetArc(arc, data, edit_);
    return graph_.ends(arc).tail;
  }

 private:
  using Range = std::uniform_int_distribution<uint32_t>::param_type;

  Digraph graph_;
  Edit edit_;
  std::mt19937 random_{7};
  std::uniform_int_distribution<uint32_t> any_;
  std::vector<graph::ArcId> down_;
};

void MustBeEqual(const ReverseTree& repaired, const ReverseTree& made, const std::string& name) {
  for (graph::Node node = 0; node < made.node_count(); ++node) {
    if (repaired.distance(node) != made.distance(node)) {
      Die(absl::StrCat(name, ": n", node, " to n", made.target(), ": repaired ",
                       repaired.distance(node), ", made anew ", made.distance(node)));
    }
  }
}

// The median event is held to something. The mean is shown: it is that of a few links that much of
// the network leans on.
std::vector<Row> Repair(const std::string& name, size_t events, double at_least) {
  const topology::TedPtr ted = support::BuildTed(support::NamedNetwork(name));
  ChangingGraph changing(*ted);
  ReverseTree::Workspace work;
  constexpr size_t kEventsPerSearch = 50;
  std::vector<double> repairs;
  std::vector<double> searches;
  std::mt19937 random(11);
  ReverseTree tree(changing.graph(), 0, kIgpMetric, work);
  for (size_t event = 0; event < events; ++event) {
    if (event % kEventsPerSearch == 0) {
      const auto target = static_cast<graph::Node>(random() % ted->node_bound());
      const graph::FlatGraph flat = ReverseTree::Flatten(changing.graph(), kIgpMetric);
      searches.push_back(FullSearchMicroseconds(flat, target, work));
      const ReverseTree made(changing.graph(), tree.target(), kIgpMetric, work);
      MustBeEqual(tree, made, name);
      tree = ReverseTree(changing.graph(), target, kIgpMetric, work);
    }
    const graph::Node changed = changing.Change();
    const ReverseTree readers = tree;  // As in the daemon: those who read it keep theirs.
    const Stopwatch stopwatch;
    tree.Repair(changing.graph(), {&changed, 1}, work);
    repairs.push_back(stopwatch.microseconds());
  }
  const Summary repair = Summarize(repairs);
  const Summary search = Summarize(searches);
  PrintSummary(name + " tree repaired", "us", repair);
  PrintSummary(name + " all searched", "us", search);
  const auto row = [&](const char* what, double ours, double peer, double held_to) {
    return Row{absl::StrCat(what, name), "us", ours, peer, peer / ours, held_to,
               "our search of all nodes"};
  };
  return {row("tree_repair_p50/", repair.p50, search.p50, at_least),
          row("tree_repair_mean/", repair.mean, search.mean, 0)};
}

// All distances from a node, against the packages' whole searches without a filter.
Row OneToAll(const std::string& name, size_t searches, double at_least) {
  const topology::TedPtr ted = support::BuildTed(support::NamedNetwork(name));
  const graph::FlatGraph flat = ReverseTree::Flatten(ted->graph(), kIgpMetric);
  ReverseTree::Workspace work;
  std::vector<std::unique_ptr<Peer>> peers;
  for (auto make : {LemonPeers, BoostPeers}) {
    for (auto& peer :
         make(ted->graph(), kIgpMetric.slot, kIgpMetric.required_flags, Ends::kAfterAll)) {
      peers.push_back(std::move(peer));
    }
  }
  std::mt19937 random(5);
  std::uniform_int_distribution<uint32_t> node(0, ted->node_bound() - 1);
  std::vector<double> ours;
  std::vector<std::vector<double>> theirs(peers.size());
  for (size_t i = 0; i < searches; ++i) {
    // To the target here, from the source there.
    const uint32_t source = node(random);
    const uint32_t target = node(random);
    ours.push_back(FullSearchMicroseconds(flat, target, work));
    const uint32_t found = work.distances[source];
    const uint64_t distance = found == graph::FlatGraph::kNoWay ? kNoPath : found;
    for (size_t who = 0; who < peers.size(); ++who) {
      const Stopwatch stopwatch;
      const uint64_t other = peers[who]->Distance(source, target, {});
      theirs[who].push_back(stopwatch.microseconds());
      if (other != distance) {
        Die(absl::StrCat(name, ": n", source, " to n", target, ": ours ", distance, ", ",
                         peers[who]->name(), " ", other));
      }
    }
  }
  const Summary us = Summarize(ours);
  PrintSummary(name + " all distances", "us", us);
  size_t best = 0;
  std::vector<Summary> summaries;
  for (size_t who = 0; who < peers.size(); ++who) {
    summaries.push_back(Summarize(theirs[who]));
    PrintSummary(absl::StrCat(name, " ", peers[who]->name()), "us", summaries[who]);
    if (summaries[who].p50 < summaries[best].p50) best = who;
  }
  return {absl::StrCat("one_to_all_p50/", name),
          "us",
          us.p50,
          summaries[best].p50,
          summaries[best].p50 / us.p50,
          at_least,
          peers[best]->name()};
}

// What malloc has handed out, large blocks included.
size_t BytesInUse() {
  const struct mallinfo2 now = mallinfo2();
  return now.uordblks + now.hblkhd;
}

template <typename Make>
auto Weighed(size_t& bytes, Make&& make) {
  const size_t before = BytesInUse();
  auto made = make();
  bytes = BytesInUse() - before;
  return made;
}

Row ShownBytes(const std::string& name, size_t bytes, size_t count) {
  return {name, "bytes", static_cast<double>(bytes) / static_cast<double>(count), 0, 0, 0, "-"};
}

// A network alone, as one snapshot and with what its source said, and with `trees` reverse trees.
std::vector<Row> Memory(const std::string& name, uint32_t trees, double limit_mib) {
  const support::GeneratedNetwork network = support::NamedNetwork(name);
  const size_t begin = BytesInUse();
  auto builder = std::make_unique<topology::TedBuilder>();
  const auto source = builder->Connect({.name = "bench"}, MonotonicTime{});
  if (!source.ok()) Die(source.status().ToString());
  support::AddToBuilder(network, /*sids=*/true, *builder, *source);
  const topology::TedPtr ted = builder->Publish().ted;
  const size_t with_statements = BytesInUse() - begin;

  cspf::TreeCache cache({.max_bytes = SIZE_MAX, .build_after = 1});
  size_t tree_bytes = 0;
  Weighed(tree_bytes, [&] {
    ReverseTree::Workspace work;
    for (uint32_t target = 0; target < trees; ++target) {
      cache.Get(*ted, topology::NodeIndex(target), topology::kIgpWeight, work);
    }
    cache.Refresh(*ted);
    return 0;
  });
  if (cache.size() != trees) {
    Die(absl::StrCat(name, ": ", cache.size(), " trees are kept, not ", trees));
  }
  const size_t all = BytesInUse() - begin;
  const size_t before_release = BytesInUse();
  builder.reset();
  const size_t statements = before_release - BytesInUse();
  const size_t snapshot = with_statements - statements;
  std::printf(
      "%s: %u nodes, %u directed links, one snapshot %.1f MiB, statements %.1f MiB, %u trees %.1f "
      "MiB\n",
      name.c_str(), ted->node_bound(), ted->link_count(), static_cast<double>(snapshot) / 1048576,
      static_cast<double>(statements) / 1048576, trees, static_cast<double>(tree_bytes) / 1048576);
  const double mib = static_cast<double>(all) / 1048576;
  return {ShownBytes(absl::StrCat("memory_per_node_all_links/", name), snapshot, ted->node_bound()),
          ShownBytes(absl::StrCat("memory_per_link/", name), snapshot, ted->link_count()),
          ShownBytes(absl::StrCat("memory_per_tree_node/", name), tree_bytes,
                     size_t{trees} * ted->node_bound()),
          {absl::StrCat("memory_with_", trees, "_trees/", name), "MiB", mib, limit_mib,
           limit_mib / mib, 1, "what it may take"}};
}

}  // namespace
}  // namespace srpce::bench

int main(int argc, char** argv) {
  namespace bench = srpce::bench;
  const bench::Options options = bench::ParseOptions(argc, argv);
  std::vector<bench::Row> rows;
  const auto add = [&](const std::vector<bench::Row>& more) {
    rows.insert(rows.end(), more.begin(), more.end());
  };
  if (options.smoke) {
    rows.push_back(bench::OneToAll("isp1k", 20, 0));
    add(bench::Repair("isp1k", 200, 0));
    add(bench::Memory("isp1k", 10, 2048));
    return bench::Report(options, rows);
  }
  for (const char* name : {"isp1k", "ring1k"}) rows.push_back(bench::OneToAll(name, 500, 0));
  for (const char* name : {"isp10k", "ring10k"}) rows.push_back(bench::OneToAll(name, 200, 2));
  for (const char* name : {"isp100k", "ring100k"}) rows.push_back(bench::OneToAll(name, 40, 3));
  for (const char* name : {"isp1k", "ring1k"}) add(bench::Repair(name, 5000, 0));
  for (const char* name : {"isp10k", "ring10k"}) add(bench::Repair(name, 5000, 100));
  for (const char* name : {"isp100k", "ring100k"}) add(bench::Repair(name, 5000, 1000));
  add(bench::Memory("isp100k", 1000, 2048));
  return bench::Report(options, rows);
}
