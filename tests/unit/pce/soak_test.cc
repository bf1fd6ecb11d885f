// Random changes of a random network; afterwards every promise is checked on the final snapshot, by
// the verifier and by computing anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "lib/pce/resolve.h"
#include "tests/support/seed.h"
#include "tests/unit/pce/lab.h"

namespace srpce::pce {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr uint32_t kNodes = 14;

std::string NodeName(uint32_t index) { return absl::StrCat("n", index); }

class SoakTest : public testing::Test {
 protected:
  uint32_t Below(uint32_t limit) {
    return std::uniform_int_distribution<uint32_t>(0, limit - 1)(rng_);
  }

  // A ring with chords, so that most cuts leave a way.
  std::string RandomMap() {
    std::string map;
    const auto add = [&](uint32_t a, uint32_t b) {
      const std::string name = absl::StrCat(NodeName(a), "->", NodeName(b));
      if (a == b || std::find(links_.begin(), links_.end(), name) != links_.end() ||
          std::find(links_.begin(), links_.end(), absl::StrCat(NodeName(b), "->", NodeName(a))) !=
              links_.end()) {
        return;
      }
      links_.push_back(name);
      absl::StrAppend(&map, NodeName(a), "<->", NodeName(b), " igp ", 1 + Below(4), " delay ",
                      100 + Below(900), " bw 10G srlg ", 1 + Below(8), "\n");
    };
    for (uint32_t i = 0; i < kNodes; ++i) {
      add(i, (i + 1) % kNodes);
    }
    for (int i = 0; i < 14; ++i) {
      add(Below(kNodes), Below(kNodes));
    }
    return map;
  }

  policy::PolicyIntent RandomPolicy(uint32_t color) {
    policy::PathIntent bounds;
    bounds.objective = static_cast<topology::MetricType>(Below(2) * 2);  // IGP or delay.
    if (Below(2) == 0) {
      bounds.max_delay = Microseconds(800 + Below(4000));
    }
    bounds.data_plane = Below(3) == 0 ? cspf::DataPlane::kSrv6 : cspf::DataPlane::kSrMpls;
    const uint32_t headend = Below(kNodes);
    const uint32_t endpoint = (headend + 1 + Below(kNodes - 1)) % kNodes;
    policy::PolicyIntent intent =
        Dynamic(NodeName(headend), color, NodeName(endpoint), std::move(bounds));
    intent.priority = static_cast<uint8_t>(Below(256));
    return intent;
  }

  void RandomChange(Lab& lab) {
    const std::string& link = links_[Below(static_cast<uint32_t>(links_.size()))];
    const uint32_t kind = Below(10);
    lab.Edit(
        link,
        [&](topology::LinkAttributes& attributes) {
          if (kind < 3) {
            attributes.up = false;
          } else if (kind < 6) {
            attributes.up = true;
          } else if (kind < 8) {
            attributes.igp_metric = 1 + Below(4);
          } else {
            attributes.min_delay = Microseconds(100 + Below(900));
          }
        },
        /*one_way=*/Below(4) == 0);
    if (Below(30) == 0) {
      topology::NodeAttributes overload;
      overload.overload = Below(2) == 0;
      ASSERT_TRUE(
          lab.builder.SetNode(lab.source, NodeName(Below(kNodes)), overload, {.patch = true}, {})
              .ok());
    }
  }

  // Every promise, from scratch.
  void Judge(Lab& lab) {
    cspf::Workspace workspace;
    for (const policy::PolicyStatus& status : lab.engine().List()) {
      const policy::PolicyIntent& intent = status.intent;
      const auto& bounds = std::get<policy::PathIntent>(intent.candidate_paths[0].definition);
      const auto query = Resolve(*lab.ted, intent.key.headend, intent.key.endpoint, bounds);
      ASSERT_TRUE(query.ok());
      const auto computed = segments::ComputeRoute(*lab.ted, *query, workspace);
      ASSERT_TRUE(computed.ok()) << computed.status();
      const segments::SegmentResult& best = *computed;
      const auto* route = std::get_if<segments::SegmentRoute>(&best);
      const auto held = lab.southbound->held(intent.key);
      ASSERT_EQ(held.has_value(), status.active.has_value()) << ToString(intent.key);
      if (!held) {
        EXPECT_EQ(route, nullptr) << ToString(intent.key) << " is down, but there is a path";
        continue;
      }
      for (const policy::WeightedList& list : held->lists) {
        const auto expansion = segments::Expand(*lab.ted, query->path.source, list.list);
        ASSERT_TRUE(expansion.ok()) << ToString(intent.key) << ": " << expansion.status();
        const absl::Status promise = segments::CheckPromise(*lab.ted, query->path, *expansion);
        if (status.sla_violated) {
          EXPECT_FALSE(promise.ok())
              << ToString(intent.key) << " " << segments::ToString(list.list) << " keeps it, but "
              << (route != nullptr ? "" : std::get<cspf::NoPath>(best).message);
          EXPECT_EQ(route, nullptr)
              << ToString(intent.key) << " breaks its promise, but there is a path that keeps it";
        } else {
          EXPECT_TRUE(promise.ok()) << ToString(intent.key) << ": " << promise;
        }
      }
    }
  }

  // What every branch of a policy's list uses, by the group's level: "f3" a fibre, "n7" a node in
  // transit, "s1" an SRLG.
  static std::set<std::string> Uses(const topology::Ted& ted, const policy::PolicyStatus& status) {
    const policy::PolicyIntent& intent = status.intent;
    const cspf::Disjointness level = intent.disjoint->disjointness;
    const auto expansion =
        segments::Expand(ted, *ted.FindNode(intent.key.headend), status.active->lists[0].list);
    EXPECT_TRUE(expansion.ok()) << expansion.status();
    std::set<std::string> uses;
    for (const topology::LinkIndex index : expansion->links) {
      const topology::Link& link = ted.link(index);
      uses.insert(absl::StrCat("f", std::min(index.value(), link.reverse->value())));
      if (level == cspf::Disjointness::kNode || level == cspf::Disjointness::kSrlgNode) {
        uses.insert(absl::StrCat("n", ted.node(link.local).id));
        uses.insert(absl::StrCat("n", ted.node(link.remote).id));
      }
      if (level == cspf::Disjointness::kSrlg || level == cspf::Disjointness::kSrlgNode) {
        for (const uint32_t srlg : *link.attributes.srlgs) {
          uses.insert(absl::StrCat("s", srlg));
        }
      }
    }
    // Both members begin and end there.
    uses.erase(absl::StrCat("n", intent.key.headend));
    uses.erase(absl::StrCat("n", intent.key.endpoint));
    return uses;
  }

  static bool Share(const topology::Ted& ted, const policy::PolicyStatus& a,
                    const policy::PolicyStatus& b) {
    const std::set<std::string> of_a = Uses(ted, a);
    const std::set<std::string> of_b = Uses(ted, b);
    return std::any_of(of_a.begin(), of_a.end(),
                       [&](const std::string& risk) { return of_b.contains(risk); });
  }

  std::vector<std::string> links_;
  std::mt19937_64 rng_{support::Seed()};
};

TEST_F(SoakTest, EveryPromiseIsKeptAfterRandomChanges) {
  PolicyEngineOptions options;
  options.compute_threads = 3;
  Lab lab(RandomMap(), options);
  std::vector<policy::PolicyIntent> intents;
  for (uint32_t color = 1; color <= 40; ++color) {
    intents.push_back(RandomPolicy(color));
  }
  ASSERT_TRUE(lab.Apply(intents).ok());
  Judge(lab);
  for (int round = 0; round < 60 && !HasFailure(); ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    const uint32_t changes = 1 + Below(6);
    for (uint32_t i = 0; i < changes; ++i) {
      RandomChange(lab);
      if (Below(2) == 0) {
        lab.PublishNow();
        lab.clock.Advance(milliseconds(Below(400)));
      }
    }
    lab.Publish();
    lab.Advance(seconds(2));  // Good news is acted on.
    if (Below(12) == 0) {
      lab.Restart();
      lab.Advance(seconds(2));
    }
    Judge(lab);
  }
}

TEST_F(SoakTest, BadNewsAloneNeverLeavesABrokenListInPlace) {
  Lab lab(RandomMap());
  std::vector<policy::PolicyIntent> intents;
  for (uint32_t color = 1; color <= 30; ++color) {
    intents.push_back(RandomPolicy(color));
  }
  ASSERT_TRUE(lab.Apply(intents).ok());
  for (int round = 0; round < 60 && !HasFailure(); ++round) {
    RandomChange(lab);
    lab.Publish();  // The clock stands: nothing that waits for good news is done.
    for (const policy::PolicyStatus& status : lab.engine().List()) {
      const auto& bounds =
          std::get<policy::PathIntent>(status.intent.candidate_paths[0].definition);
      const auto query =
          Resolve(*lab.ted, status.intent.key.headend, status.intent.key.endpoint, bounds);
      if (!status.active || status.sla_violated) {
        continue;
      }
      const auto expansion =
          segments::Expand(*lab.ted, query->path.source, status.active->lists[0].list);
      ASSERT_TRUE(expansion.ok()) << ToString(status.intent.key) << expansion.status();
      EXPECT_TRUE(segments::CheckPromise(*lab.ted, query->path, *expansion).ok())
          << ToString(status.intent.key);
    }
  }
}

TEST_F(SoakTest, GroupsNeverShareWhatTheyMustNot) {
  Lab lab(RandomMap());
  std::vector<policy::PolicyIntent> intents;
  for (uint32_t group = 0; group < 8; ++group) {
    const auto level = static_cast<cspf::Disjointness>(group % 4);
    for (uint32_t member = 0; member < 2; ++member) {
      policy::PolicyIntent intent = RandomPolicy(1 + group * 2 + member);
      if (member == 1) {
        intent.key.headend = intents.back().key.headend;
        intent.key.endpoint = intents.back().key.endpoint;
      }
      std::get<policy::PathIntent>(intent.candidate_paths[0].definition).max_delay.reset();
      intent.disjoint = {.group = absl::StrCat("g", group), .disjointness = level};
      intents.push_back(std::move(intent));
    }
  }
  ASSERT_TRUE(lab.Apply(intents).ok());
  for (int round = 0; round < 40 && !HasFailure(); ++round) {
    RandomChange(lab);
    lab.Publish();
    lab.Advance(seconds(2));
    for (size_t i = 0; i + 1 < intents.size(); i += 2) {
      const auto a = lab.Status(intents[i].key);
      const auto b = lab.Status(intents[i + 1].key);
      if (!a.active || !b.active || a.sla_violated || b.sla_violated) {
        continue;
      }
      EXPECT_FALSE(Share(*lab.ted, a, b))
          << "group " << intents[i].disjoint->group << ", round " << round;
    }
  }
}

}  // namespace
}  // namespace srpce::pce
