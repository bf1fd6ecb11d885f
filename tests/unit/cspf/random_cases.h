// tests/unit/cspf/random_cases.h -- runs a check over random networks and queries.
#pragma once

#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "lib/cspf/compute_path.h"
#include "lib/cspf/potential_cache.h"
#include "tests/unit/cspf/oracle.h"

namespace srpce::cspf::oracle {

inline std::string Show(const Network& network, const Walk& walk) {
  return absl::StrJoin(walk, " ", [&](std::string* out, int at) {
    absl::StrAppend(out, network.link(at).from, "-", at, "->", network.link(at).to);
  });
}

inline void AskForAllTrees(const topology::Ted& ted, TreeCache& trees) {
  graph::ReverseTree::Workspace work;
  for (uint32_t node = 0; node < ted.node_bound(); ++node) {
    for (size_t slot = 0; slot < graph::kWeightCount; ++slot) {
      trees.Get(ted, NodeIndex(node), slot, work);
    }
  }
}

// Runs `check` on `count` random cases; stops at the first that fails.
inline void ForRandomCases(
    uint64_t seed, int count, const QueryShape& shape,
    const std::function<void(const Network&, const Query&, Workspace&)>& check) {
  Rng rng(seed);
  // Of every second network: the others are answered without.
  PotentialCache potentials({.max_bytes = size_t{1} << 20, .build_after = 1});
  Workspace workspace(&potentials);
  for (int i = 0; i < count && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(absl::StrCat("case ", i, " of seed ", seed));
    const int nodes = 4 + i % 4;
    const Network network = RandomNetwork(rng, {.nodes = nodes,
                                                .edges = nodes + i / 4 % 6,
                                                .plain = i % 3 == 0,
                                                .span = i % 5 == 0 ? 2U : 6U});
    if (i % 4 == 0) AskForAllTrees(*network.ted, potentials.trees());
    if (i % 2 == 0) potentials.Refresh(*network.ted);
    for (int q = 0; q < 4; ++q) check(network, RandomQuery(rng, network, shape), workspace);
  }
}

}  // namespace srpce::cspf::oracle
