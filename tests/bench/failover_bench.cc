// tests/bench/failover_bench.cc -- a fibre cut under 10,000 policies: from the event to the last
// new segment list handed to a session, against LEMON merely searching the same paths, without
// segment lists, proof or push. And the same with a backup ready for each policy.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/cspf/potential_cache.h"
#include "lib/pce/policy_engine.h"
#include "lib/pce/topology_writer.h"
#include "lib/plugin/registry.h"
#include "plugins/store/sqlite/sqlite_store.h"
#include "tests/bench/bench_support.h"
#include "tests/bench/full_search.h"
#include "tests/bench/peers.h"
#include "tests/support/generators.h"

namespace srpce::bench {
namespace {

using policy::PolicyKey;
using policy::PolicyStatus;

constexpr uint64_t kBandwidthBps = 10'000'000'000;
constexpr uint64_t kExcludeAny = 0x3;

struct Size {
  std::string network;
  size_t policies;
  size_t headends;
  size_t cuts;
  double at_least;
};

// A session that takes everything at once and notes when.
class RecordingSouthbound final : public plugin::Southbound {
 public:
  std::string name() const override { return "recording"; }
  void Start(plugin::SouthboundListener*, std::vector<plugin::RestoredPolicy>) override {}
  void Stop() override {}
  bool Install(const plugin::PolicyConfig& config) override { return Note(config.key); }
  bool Remove(const PolicyKey& key) override { return Note(key); }

  void Clear() {
    const std::lock_guard lock(mutex_);
    touched_.clear();
    last_.reset();
    last_first_.reset();
  }
  std::set<PolicyKey> touched() const {
    const std::lock_guard lock(mutex_);
    return touched_;
  }
  std::optional<MonotonicTime> last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }
  // When the last policy was told something for the first time.
  std::optional<MonotonicTime> last_first() const {
    const std::lock_guard lock(mutex_);
    return last_first_;
  }

 private:
  bool Note(const PolicyKey& key) {
    const MonotonicTime now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    if (touched_.insert(key).second) last_first_ = now;
    last_ = now;
    return true;
  }

  mutable std::mutex mutex_;
  std::set<PolicyKey> touched_;
  std::optional<MonotonicTime> last_;
  std::optional<MonotonicTime> last_first_;
};

std::vector<policy::PolicyIntent> MakePolicies(const Size& size, uint32_t node_count) {
  std::mt19937 random(11);
  std::uniform_int_distribution<uint32_t> any(0, node_count - 1);
  std::vector<uint32_t> headends(size.headends);
  for (uint32_t& headend : headends) {
    headend = any(random);
  }
  policy::PathIntent path;
  path.min_bandwidth = DemandFromBits(kBandwidthBps);
  path.exclude_any = topology::AdminGroup({static_cast<uint32_t>(kExcludeAny)});
  std::vector<policy::PolicyIntent> policies;
  for (size_t i = 0; i < size.policies; ++i) {
    const uint32_t headend = headends[i % headends.size()];
    uint32_t endpoint = any(random);
    while (endpoint == headend) {
      endpoint = any(random);
    }
    policy::CandidatePath candidate;
    candidate.definition = path;
    policy::PolicyIntent intent;
    intent.key = {support::GeneratedNodeId(headend), static_cast<uint32_t>(i + 1),
                  support::GeneratedNodeId(endpoint)};
    intent.candidate_paths = {candidate};
    policies.push_back(std::move(intent));
  }
  return policies;
}

// The daemon's parts in the daemon's wiring, without gRPC.
class Pce {
 public:
  explicit Pce(const std::filesystem::path& folder)
      : store_(MustOpen(folder / "bench.db")),
        engine_(
            Options(&potentials_), clock_, *store_, {&southbound_},
            [this](const std::string&) { return &southbound_; }, nullptr),
        writer_(clock_, [this](const pce::TedUpdate& update) {
          engine_.OnTedUpdate(update);
          refresher_.Notify(update.ted);
        }) {
    if (const absl::Status started = engine_.Start(); !started.ok()) {
      Die(started.ToString());
    }
  }
  ~Pce() { engine_.Stop(); }

  void Load(const support::GeneratedNetwork& network) {
    Do([&](topology::TedBuilder& builder, MonotonicTime now) {
      const auto source = builder.Connect({.name = "bench"}, now);
      source_ = *source;
      support::AddToBuilder(network, /*sids=*/true, builder, source_);
      return source.status();
    });
  }

  void Apply(std::vector<policy::PolicyIntent> policies) {
    std::promise<absl::Status> done;
    engine_.Apply(std::move(policies), false,
                  [&done](const absl::Status& result, uint64_t) { done.set_value(result); });
    if (const absl::Status result = done.get_future().get(); !result.ok()) {
      Die(result.ToString());
    }
    Settle();
  }

  // Both directions of an edge, in one report.
  void SetUp(const support::GeneratedNetwork& network, size_t edge, bool up) {
    Do([&](topology::TedBuilder& builder, MonotonicTime now) {
      topology::LinkAttributes state;
      state.up = up;
      const absl::Status first =
          builder.SetLink(source_, support::KeyOf(network, 2 * edge), state, {.patch = true}, now);
      return first.ok() ? builder.SetLink(source_, support::KeyOf(network, 2 * edge + 1), state,
                                          {.patch = true}, now)
                        : first;
    });
  }

  void Settle() {
    if (!engine_.WaitIdle(std::chrono::minutes(5))) {
      Die("the engine does not come to rest");
    }
    refresher_.WaitIdle();
  }

  RecordingSouthbound& southbound() { return southbound_; }
  pce::PolicyEngine& engine() { return engine_; }
  topology::TedPtr ted() const { return writer_.ted(); }

 private:
  static pce::PolicyEngineOptions Options(const cspf::PotentialCache* potentials) {
    pce::PolicyEngineOptions options;
    options.potentials = potentials;
    // Between cuts the network is to come back to where it was, and Settle() is to wait for that.
    options.good_news_wait = Duration(0);
    options.reoptimize_gain_percent = 0;
    options.reoptimize_hold_time = Duration(0);
    return options;
  }

  static std::unique_ptr<plugin::Store> MustOpen(const std::filesystem::path& path) {
    auto store = store::SqliteStore::Open(path.string());
    if (!store.ok()) {
      Die(store.status().ToString());
    }
    return *std::move(store);
  }

  void Do(pce::TopologyWriter::Work work) {
    std::promise<absl::Status> done;
    writer_.Submit(std::move(work),
                   [&done](const absl::Status& result, uint64_t) { done.set_value(result); });
    if (const absl::Status result = done.get_future().get(); !result.ok()) {
      Die(result.ToString());
    }
  }

  SystemClock clock_;
  cspf::PotentialCache potentials_;
  cspf::PotentialRefresher refresher_{&potentials_};
  std::unique_ptr<plugin::Store> store_;
  RecordingSouthbound southbound_;
  pce::PolicyEngine engine_;
  pce::TopologyWriter writer_;
  topology::SourceId source_;
};

// Edges by how many active paths use either direction, busiest first.
std::vector<size_t> BusiestEdges(const support::GeneratedNetwork& network,
                                 const std::vector<PolicyStatus>& policies, size_t count) {
  std::map<std::pair<std::string, std::string>, size_t> uses;
  for (const PolicyStatus& status : policies) {
    if (!status.active) continue;
    for (const topology::LinkKey& key : status.active->links) {
      ++uses[std::minmax(key.local_node, key.remote_node)];
    }
  }
  std::vector<std::pair<size_t, size_t>> edges;
  for (size_t edge = 0; 2 * edge < network.links.size(); ++edge) {
    const topology::LinkKey key = support::KeyOf(network, 2 * edge);
    const auto it = uses.find(std::minmax(key.local_node, key.remote_node));
    if (it != uses.end()) edges.emplace_back(it->second, edge);
  }
  std::sort(edges.rbegin(), edges.rend());
  std::vector<size_t> busiest;
  for (size_t i = 0; i < std::min(count, edges.size()); ++i) {
    busiest.push_back(edges[i].second);
  }
  return busiest;
}

// Returns the fastest LEMON variant's time for the distances of `keys`, and checks them against the
// engine's costs.
double LemonMilliseconds(Pce& pce, const std::set<PolicyKey>& keys) {
  const topology::TedPtr ted = pce.ted();
  std::vector<std::array<uint64_t, 3>> queries;
  for (const PolicyKey& key : keys) {
    const auto status = pce.engine().Get(key);
    const uint64_t cost = status && status->active ? status->active->cost : kNoPath;
    queries.push_back(
        {ted->FindNode(key.headend)->value(), ted->FindNode(key.endpoint)->value(), cost});
  }
  const PeerFilter filter{.min_capacity = DemandFromBits(kBandwidthBps).value,
                          .exclude_any = kExcludeAny};
  double best = -1;
  for (const auto& peer : LemonPeers(ted->graph(), topology::kIgpWeight,
                                     topology::kArcUsable | topology::kArcHasIgp)) {
    const Stopwatch stopwatch;
    for (const auto& [source, target, cost] : queries) {
      const uint64_t distance =
          peer->Distance(static_cast<uint32_t>(source), static_cast<uint32_t>(target), filter);
      if (distance != cost) {
        Die(absl::StrCat("n", source, " -> n", target, ": ours ", cost, ", ", peer->name(), " ",
                         distance));
      }
    }
    const double took = stopwatch.microseconds() / 1000;
    best = best < 0 ? took : std::min(best, took);
  }
  return best;
}

// The median over some targets, in microseconds.
double FullSearch(const topology::Ted& ted) {
  std::mt19937 random(13);
  const graph::FlatGraph flat = graph::ReverseTree::Flatten(ted.graph(), kIgpMetric);
  graph::ReverseTree::Workspace work;
  std::vector<double> times;
  for (int i = 0; i < 50; ++i) {
    const auto target = static_cast<graph::Node>(random() % ted.node_bound());
    times.push_back(FullSearchMicroseconds(flat, target, work));
  }
  return Summarize(times).p50;
}

// Cuts `edges` one after the other, with a link-disjoint backup ready wherever there can be one.
// Returns the median time until every policy hit has a path again, in milliseconds.
double SwitchMilliseconds(Pce& pce, const support::GeneratedNetwork& network,
                          std::vector<policy::PolicyIntent> policies,
                          const std::vector<size_t>& edges) {
  for (policy::PolicyIntent& intent : policies) intent.protection.emplace();
  const Stopwatch stopwatch;
  pce.Apply(std::move(policies));
  const auto protection = pce.engine().counters().protection;
  std::printf("with backups: computed in %.0f ms; %zu policies have one\n",
              stopwatch.microseconds() / 1000,
              protection.contains("protected") ? protection.at("protected") : 0);
  std::vector<double> times;
  for (const size_t edge : edges) {
    const uint64_t before = pce.engine().counters().protection_switches;
    pce.southbound().Clear();
    const MonotonicTime event = std::chrono::steady_clock::now();
    pce.SetUp(network, edge, false);
    pce.Settle();
    times.push_back(
        std::chrono::duration<double, std::milli>(*pce.southbound().last_first() - event).count());
    std::printf("cut %s: %zu of %zu policies switched, all on a path again after %.2f ms\n",
                support::KeyOf(network, 2 * edge).ToString().c_str(),
                pce.engine().counters().protection_switches - before,
                pce.southbound().touched().size(), times.back());
    pce.SetUp(network, edge, true);
    pce.Settle();
  }
  return Summarize(times).p50;
}

std::vector<Row> Run(const Size& size, const std::filesystem::path& folder) {
  const support::GeneratedNetwork network = support::NamedNetwork(size.network);
  Pce pce(folder);
  pce.Load(network);
  const Stopwatch first;
  pce.Apply(MakePolicies(size, network.node_count));
  std::printf("%s: %zu policies accepted, stored, computed and pushed in %.0f ms\n",
              size.network.c_str(), size.policies, first.microseconds() / 1000);
  std::vector<double> ours;
  std::vector<double> lemon;
  std::vector<double> recomputed;
  const std::vector<size_t> edges = BusiestEdges(network, pce.engine().List(), size.cuts);
  for (const size_t edge : edges) {
    pce.southbound().Clear();
    const MonotonicTime event = std::chrono::steady_clock::now();
    pce.SetUp(network, edge, false);
    pce.Settle();
    const std::set<PolicyKey> touched = pce.southbound().touched();
    if (touched.empty()) {
      Die("the busiest link carried nothing");
    }
    ours.push_back(
        std::chrono::duration<double, std::milli>(*pce.southbound().last() - event).count());
    lemon.push_back(LemonMilliseconds(pce, touched));
    recomputed.push_back(static_cast<double>(touched.size()));
    std::printf(
        "cut %s: %zu policies recomputed, last push after %.2f ms; LEMON, distances only: %.2f "
        "ms\n",
        support::KeyOf(network, 2 * edge).ToString().c_str(), touched.size(), ours.back(),
        lemon.back());
    pce.SetUp(network, edge, true);
    pce.Settle();
  }
  const Summary a = Summarize(ours);
  const Summary b = Summarize(lemon);
  const std::string prefix =
      absl::StrCat("link_down_", size.network, "_", size.policies, "_policies");
  const double count = Summarize(recomputed).p50;
  // What it would take to search all nodes once for each policy, on one core.
  const double searches = count * FullSearch(*pce.ted()) / 1000;
  const double switched =
      SwitchMilliseconds(pce, network, MakePolicies(size, network.node_count), edges);
  return {{prefix + "_per_full_search", "ms", a.p50, searches, searches / a.p50, size.at_least,
           "one full search of ours for each of the policies"},
          {prefix + "_last_push", "ms", a.p50, b.p50, b.p50 / a.p50, 0, "LEMON, distances only"},
          {prefix + "_with_backups", "ms", switched, a.p50, a.p50 / switched, 0,
           "the same policies without backups"},
          {prefix + "_recomputed", "policies", count, count, 1, 0, "the same policies"}};
}

}  // namespace
}  // namespace srpce::bench

int main(int argc, char** argv) {
  using namespace srpce::bench;  // NOLINT: a program of one purpose.
  const Options options = ParseOptions(argc, argv);
  const auto folder =
      std::filesystem::temp_directory_path() / absl::StrCat("srpce-failover-", getpid());
  std::filesystem::create_directory(folder);
  const auto rows =
      Run(options.smoke ? Size{"isp1k", 300, 20, 2, 0} : Size{"isp10k", 10'000, 500, 5, 0}, folder);
  std::filesystem::remove_all(folder);
  return Report(options, rows);
}
