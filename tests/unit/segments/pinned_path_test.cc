// tests/unit/segments/pinned_path_test.cc -- short cuts change no answer: how far routers follow a
// path is what trying each stretch by itself says, and lists are the same with lower bounds,
// without, and with every position tried.
#include "lib/segments/pinned_path.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "lib/cspf/compute_path.h"
#include "lib/cspf/potential_cache.h"
#include "lib/segments/candidates.h"
#include "lib/segments/shortest_dag.h"
#include "tests/support/generators.h"
#include "tests/support/seed.h"
#include "tests/unit/segments/random_network.h"

namespace srpce::segments {
namespace {

using support::Cases;
using support::TestSeed;
using topology::TedPtr;

// True if packets from position `from` to the router at `to` take the path and nothing else.
bool IsPinned(const IgpView& view, const PinnedPath& path, size_t from, size_t to) {
  const Owner owner{path.node(to)};
  if (path.node(from) == path.node(to)) return false;
  std::vector<LinkIndex> dag_links;
  const auto dag = FindShortestDag(view, path.node(from), {&owner, 1});
  for (const DagArc& arc : dag->arcs) {
    dag_links.push_back(arc.link);
  }
  std::vector<LinkIndex> links;
  for (size_t i = from; i < to; ++i) links.push_back(path.link(i));
  std::sort(dag_links.begin(), dag_links.end());
  std::sort(links.begin(), links.end());
  return dag_links == links;
}

size_t ReachByTryingAll(const IgpView& view, const PinnedPath& path, size_t from) {
  size_t reach = from;
  while (reach < path.size() && IsPinned(view, path, from, reach + 1)) ++reach;
  return reach;
}

// What the searches of other calls have left in this thread's memory must not help, nor hide.
template <typename Work>
void InNewThread(const Work& work) {
  std::thread(work).join();
}

std::vector<size_t> ReachesFrom(const Ted& ted, const RandomWalk& walk, uint8_t algorithm,
                                const cspf::PotentialCache* potentials) {
  std::vector<size_t> reaches;
  InNewThread([&] {
    PinnedPath path = *PinnedPath::Make(ted, walk.headend, walk.links);
    const IgpView view(ted, algorithm, potentials);
    for (size_t from = 0; from <= path.size(); ++from) reaches.push_back(path.Reach(view, from));
  });
  return reaches;
}

// Takes the candidates of another source, all of them.
class EveryCandidate final : public CandidateSource {
 public:
  explicit EveryCandidate(CandidateSource& source) : source_(source) {}
  void Offer(size_t from, const CandidateSink& sink) override { source_.Offer(from, sink); }
  std::string Explain(size_t from) override { return source_.Explain(from); }
  bool FurtherIsNoWorse() const override { return false; }

 private:
  CandidateSource& source_;
};

std::string Text(const absl::StatusOr<SegmentList>& list) {
  return list.ok() ? ToString(*list) : list.status().ToString();
}

std::string ListOfEveryCandidate(const Ted& ted, const RandomWalk& walk,
                                 const EncodeOptions& options) {
  PinnedPath path = *PinnedPath::Make(ted, walk.headend, walk.links);
  std::vector<uint8_t> algorithms{topology::kAlgorithmSpf};
  if (options.algorithm != topology::kAlgorithmSpf) algorithms.push_back(options.algorithm);
  const auto source = options.data_plane == DataPlane::kSrMpls
                          ? MakeMplsCandidates(path, algorithms, nullptr)
                          : MakeSrv6Candidates(path, algorithms, options.compress, nullptr);
  EveryCandidate every(*source);
  return Text(FewestSids(ted, path.size(), path.node(path.size()), every, options));
}

void ExpectShortCutsChangeNothing(const Ted& ted, const RandomWalk& walk,
                                  const EncodeOptions& options,
                                  const cspf::PotentialCache& potentials) {
  const PinnedPath path = *PinnedPath::Make(ted, walk.headend, walk.links);
  const IgpView view(ted, options.algorithm);
  std::vector<size_t> want;
  for (size_t from = 0; from <= path.size(); ++from) {
    want.push_back(ReachByTryingAll(view, path, from));
  }
  ASSERT_EQ(ReachesFrom(ted, walk, options.algorithm, nullptr), want);
  ASSERT_EQ(ReachesFrom(ted, walk, options.algorithm, &potentials), want);
  const std::string list = ListOfEveryCandidate(ted, walk, options);
  InNewThread([&] { EXPECT_EQ(Text(Encode(ted, walk.headend, walk.links, options)), list); });
  InNewThread([&] {
    EXPECT_EQ(Text(EncodeGuided(ted, walk.headend, walk.links, options, &potentials)), list);
  });
}

EncodeOptions RandomOptions(std::mt19937_64& rng) {
  EncodeOptions options;
  options.data_plane = Chance(rng, 60) ? DataPlane::kSrMpls : DataPlane::kSrv6;
  if (Chance(rng, 30)) options.algorithm = topology::kFirstFlexAlgorithm;
  options.compress = Chance(rng, 70);
  return options;
}

TEST(PinnedPathTest, WalksThroughSmallNetworksOfAllOddities) {
  std::mt19937_64 rng(TestSeed(20261161));
  support::CaseCount cases;
  for (int network = 0; network < Cases(8000); ++network) {
    const TedPtr ted = RandomNetwork(rng, {.min_nodes = 3, .max_nodes = 10});
    cspf::PotentialCache potentials;
    potentials.Refresh(*ted);
    for (int i = 0; i < 4; ++i) {
      const RandomWalk walk = Walk(*ted, rng, 9);
      if (!PinnedPath::Make(*ted, walk.headend, walk.links).ok()) continue;
      cases.Add();
      ExpectShortCutsChangeNothing(*ted, walk, RandomOptions(rng), potentials);
      if (HasFatalFailure()) return;
    }
  }
}

// Long paths, by another metric than the routers', where searches are guided and detours are many.
TEST(PinnedPathTest, FastestPathsThroughWideNetworks) {
  const uint64_t seed = TestSeed(20261162);
  std::mt19937_64 rng(seed);
  support::CaseCount cases;
  size_t links = 0;
  for (const auto& network :
       {support::RingNetwork(300, 760, seed), support::IspNetwork(300, 1200, seed)}) {
    const TedPtr ted = support::BuildTed(network, /*sids=*/true);
    cspf::PotentialCache potentials;
    potentials.Refresh(*ted);
    cspf::Workspace workspace(&potentials);
    for (int i = 0; i < Cases(160); ++i) {
      const cspf::Query query{NodeIndex(Pick(rng, 0, 299)), NodeIndex(Pick(rng, 0, 299)),
                              cspf::MetricType::kDelay};
      const cspf::PathResult result = cspf::ComputePath(*ted, query, workspace);
      const auto* path = std::get_if<cspf::Path>(&result);
      if (path == nullptr) continue;
      cases.Add();
      links += path->links.size();
      ExpectShortCutsChangeNothing(*ted, {query.source, path->links}, {}, potentials);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(links, 0U);
}

}  // namespace
}  // namespace srpce::segments
