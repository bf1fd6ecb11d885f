// tests/unit/segments/determinism_test.cc -- one snapshot and one request give one answer, whatever
// thread works on it, in whatever order, with whatever in memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "lib/cspf/potential_cache.h"
#include "lib/segments/compute.h"
#include "tests/support/generators.h"
#include "tests/support/seed.h"
#include "tests/unit/segments/random_network.h"
#include "tests/unit/segments/route_oracle.h"

namespace srpce::segments {
namespace {

using support::Cases;
using support::TestSeed;
using topology::TedPtr;

std::string Text(const std::vector<LinkIndex>& links) {
  return absl::StrJoin(
      links, " ", [](std::string* out, LinkIndex link) { absl::StrAppend(out, link.value()); });
}

template <typename T>
std::string Text(const std::optional<T>& value) {
  if constexpr (std::is_same_v<T, Microseconds>) {
    return value ? absl::StrCat(value->count()) : "-";
  } else if constexpr (std::is_same_v<T, BytesPerSecond>) {
    return value ? absl::StrCat(value->value) : "-";
  } else if constexpr (std::is_same_v<T, double>) {
    return value ? absl::StrFormat("%a", *value) : "-";  // Every bit.
  } else {
    return value ? absl::StrCat(*value) : "-";
  }
}

std::string Text(const cspf::Path& path) {
  const cspf::PathMetrics& m = path.metrics;
  return absl::StrCat(Text(path.links), " cost ", path.cost, " ", Text(m.igp_cost), " ",
                      Text(m.te_cost), " ", Text(m.delay), " ", Text(m.variation), " ",
                      Text(m.loss), " ", m.hops, " ", Text(m.bottleneck));
}

std::string Text(const cspf::NoPath& none) {
  return absl::StrCat(cspf::ReasonName(none.reason), " ", none.message, " ", Text(none.wanted), " ",
                      Text(none.best_achievable), " ", Text(none.blocking_links), " ",
                      absl::StrJoin(none.shared_srlgs, ","), " ", Text(none.lower_bound));
}

std::string Text(const SegmentRoute& route) {
  const Expansion& e = route.expansion;
  return absl::StrCat(Text(route.path), " list ", ToString(route.list), " over ", Text(e.links),
                      " ", Text(e.worst_igp_cost), " ", Text(e.worst_te_cost), " ",
                      Text(e.worst_delay), " ", Text(e.worst_loss), " ", e.worst_hops);
}

std::string Text(const absl::StatusOr<SegmentResult>& result) {
  if (!result.ok()) return result.status().ToString();
  const auto* route = std::get_if<SegmentRoute>(&*result);
  return route != nullptr ? Text(*route) : Text(std::get<cspf::NoPath>(*result));
}

std::string Text(const absl::StatusOr<DisjointSegmentResult>& result) {
  if (!result.ok()) return result.status().ToString();
  if (const auto* none = std::get_if<cspf::NoPath>(&*result)) return Text(*none);
  std::string text;
  for (const auto& route : std::get<std::vector<SegmentRoute>>(*result)) {
    absl::StrAppend(&text, Text(route), "; ");
  }
  return text;
}

struct Question {
  const Ted* ted;
  SegmentQuery query;
  bool pair = false;  // Two members of it, disjoint.
};

std::string Answer(const Question& question, cspf::Workspace& workspace) {
  if (!question.pair) return Text(ComputeRoute(*question.ted, question.query, workspace));
  return Text(ComputeDisjointRoutes(
      *question.ted,
      {{.disjointness = cspf::Disjointness::kNode}, {question.query, question.query}}, workspace));
}

enum class Memory { kFresh, kWarm, kLandmarks, kTrees };

// The answers in the order of the questions, which `threads` threads take in a random order.
std::vector<std::string> AnswerAll(const std::vector<Question>& questions, int threads,
                                   Memory memory, uint64_t seed) {
  std::vector<size_t> order(questions.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::shuffle(order.begin(), order.end(), std::mt19937_64(seed));
  // One of each network: what is kept is of one lineage.
  std::map<const Ted*, std::unique_ptr<cspf::PotentialCache>> caches;
  for (const Question& question : questions) {
    auto& cache = caches[question.ted];
    if (cache == nullptr) {
      cache = std::make_unique<cspf::PotentialCache>(
          cspf::TreeCacheOptions{.max_bytes = size_t{16} << 20, .build_after = 1});
    }
    if (memory == Memory::kTrees) {
      cspf::Workspace asks(cache.get());
      Answer(question, asks);
    }
  }
  for (auto& [ted, cache] : caches) {
    if (memory == Memory::kLandmarks || memory == Memory::kTrees) cache->Refresh(*ted);
  }
  std::vector<std::string> answers(questions.size());
  const auto work = [&](size_t first) {
    cspf::Workspace warm;
    for (size_t i = first; i < order.size(); i += static_cast<size_t>(threads)) {
      const Question& question = questions[order[i]];
      cspf::Workspace fresh(memory >= Memory::kLandmarks ? caches.at(question.ted).get() : nullptr);
      answers[order[i]] = Answer(question, memory == Memory::kWarm ? warm : fresh);
    }
  };
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) workers.emplace_back(work, static_cast<size_t>(t));
  for (std::thread& worker : workers) worker.join();
  return answers;
}

void ExpectOneAnswer(const std::vector<Question>& questions, uint64_t seed) {
  const std::vector<std::string> want = AnswerAll(questions, 1, Memory::kFresh, seed);
  for (const Memory memory : {Memory::kFresh, Memory::kWarm, Memory::kLandmarks, Memory::kTrees}) {
    for (const int threads : {1, 2, 4, 8}) {
      const std::vector<std::string> got = AnswerAll(questions, threads, memory, ++seed);
      for (size_t i = 0; i < want.size(); ++i) {
        ASSERT_EQ(got[i], want[i]) << "question " << i << ", " << threads << " threads, memory "
                                   << static_cast<int>(memory);
      }
    }
  }
}

TEST(DeterminismTest, SmallNetworksOfAllOddities) {
  const uint64_t seed = TestSeed(20261151);
  std::mt19937_64 rng(seed);
  support::CaseCount cases;
  std::vector<TedPtr> teds;
  std::vector<Question> questions;
  for (int network = 0; network < Cases(160); ++network) {
    teds.push_back(RandomNetwork(rng, {.min_nodes = 3, .max_nodes = 8}));
    for (int i = 0; i < 5; ++i) {
      Question question{teds.back().get(), RandomQuery(*teds.back(), rng), i % 3 == 0};
      question.pair &= question.query.path.source != question.query.path.target;
      questions.push_back(question);
      cases.Add();
    }
  }
  ExpectOneAnswer(questions, seed);
}

// Where landmarks and trees guide, and equal paths are many.
TEST(DeterminismTest, WideNetworkWithBoundsAndFilters) {
  const uint64_t seed = TestSeed(20261152);
  std::mt19937_64 rng(seed);
  support::CaseCount cases;
  const TedPtr ted = support::BuildTed(support::RingNetwork(400, 1000, 7), /*sids=*/true);
  std::vector<Question> questions;
  for (int i = 0; i < 40; ++i) {
    SegmentQuery query{.path = {NodeIndex(Pick(rng, 0, 399)), NodeIndex(Pick(rng, 0, 9)),
                                static_cast<cspf::MetricType>(Pick(rng, 0, 3))},
                       .max_sids = {}};
    query.path.constraints.data_plane = DataPlane::kSrMpls;
    if (i % 2 == 0) query.path.constraints.max_hops = Pick(rng, 5, 40);
    if (i % 3 == 0) query.path.constraints.exclude_any.Set(0);
    if (i % 5 == 0) query.path.constraints.max_delay = Microseconds(Pick(rng, 500, 20'000));
    if (query.path.source == query.path.target) continue;
    questions.push_back({ted.get(), query, i % 4 == 1});
    cases.Add();
  }
  ExpectOneAnswer(questions, seed);
}

}  // namespace
}  // namespace srpce::segments
