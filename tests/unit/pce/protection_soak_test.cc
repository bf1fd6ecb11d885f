// Random changes of small random networks; after each, backups are held to what the list of all
// simple paths says: there is one where two disjoint paths exist, it is disjoint and the cheapest,
// and a fibre that is cut is answered with it.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/build_ted.h"
#include "tests/support/seed.h"
#include "tests/unit/pce/lab.h"

namespace srpce::pce {
namespace {

using cspf::Disjointness;
using policy::ProtectionState;
using std::chrono::seconds;
using topology::LinkIndex;
using topology::NodeIndex;

constexpr uint32_t kNodes = 8;
constexpr uint32_t kSrlgs = 10;
constexpr uint32_t kPolicies = 8;

std::string NodeName(uint32_t index) { return absl::StrCat("n", index); }

bool CountsNodes(Disjointness level) {
  return level == Disjointness::kNode || level == Disjointness::kSrlgNode;
}
bool CountsSrlgs(Disjointness level) {
  return level == Disjointness::kSrlg || level == Disjointness::kSrlgNode;
}

// A way from end to end, and what it hangs on at a level: fibres, routers between, risk groups.
struct Way {
  uint64_t cost = 0;
  // Through an overloaded router. No new list leads there, but one in use may stay: it forwards.
  bool overloaded = false;
  std::set<std::string> uses;
};

std::set<std::string> UsesOf(const topology::Ted& ted, const std::vector<LinkIndex>& links,
                             const policy::PolicyKey& key, Disjointness level) {
  std::set<std::string> uses;
  for (const LinkIndex index : links) {
    const topology::Link& link = ted.link(index);
    uses.insert(absl::StrCat("f", std::min(index.value(), link.reverse->value())));
    for (const NodeIndex node : {link.local, link.remote}) {
      const std::string& id = ted.node(node).id;
      if (CountsNodes(level) && id != key.headend && id != key.endpoint) uses.insert("n" + id);
    }
    if (!CountsSrlgs(level) || !link.attributes.srlgs) continue;
    for (const uint32_t srlg : *link.attributes.srlgs) uses.insert(absl::StrCat("s", srlg));
  }
  return uses;
}

bool Disjoint(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::none_of(a.begin(), a.end(),
                      [&](const std::string& risk) { return b.contains(risk); });
}

// Every simple path of `intent` that keeps its bounds.
std::vector<Way> AllWays(const topology::Ted& ted, const policy::PolicyIntent& intent) {
  const auto& bounds = std::get<policy::PathIntent>(intent.candidate_paths[0].definition);
  const Disjointness level = intent.protection->disjointness;
  const NodeIndex target = *ted.FindNode(intent.key.endpoint);
  std::vector<Way> ways;
  std::vector<LinkIndex> path;
  std::set<uint32_t> visited;
  const auto overloaded = [&](NodeIndex node) {
    return ted.node(node).attributes.overload.value_or(false);
  };
  const std::function<void(NodeIndex, uint64_t, int64_t)> walk = [&](NodeIndex at, uint64_t cost,
                                                                     int64_t delay) {
    if (bounds.max_delay && delay > bounds.max_delay->count()) return;
    if (at == target) {
      const bool bad = std::any_of(path.begin() + 1, path.end(), [&](LinkIndex link) {
        return overloaded(ted.link(link).local);
      });
      ways.push_back({cost, bad, UsesOf(ted, path, intent.key, level)});
      return;
    }
    visited.insert(at.value());
    for (uint32_t i = 0; i < ted.link_count(); ++i) {
      const LinkIndex index(i);
      if (!ted.HasLink(index)) continue;
      const topology::Link& link = ted.link(index);
      if (link.local != at || !link.usable || visited.contains(link.remote.value())) continue;
      path.push_back(index);
      walk(link.remote, cost + *link.attributes.igp_metric, delay + link.charged_delay()->count());
      path.pop_back();
    }
    visited.erase(at.value());
  };
  walk(*ted.FindNode(intent.key.headend), 0, 0);
  return ways;
}

class ProtectionSoakTest : public testing::Test {
 protected:
  uint32_t Below(uint32_t limit) {
    return std::uniform_int_distribution<uint32_t>(0, limit - 1)(rng_);
  }

  std::string RandomMap() {
    std::string map;
    const auto add = [&](uint32_t a, uint32_t b) {
      const std::string name = absl::StrCat(NodeName(a), "->", NodeName(b));
      const std::string other = absl::StrCat(NodeName(b), "->", NodeName(a));
      if (a == b || std::find(links_.begin(), links_.end(), name) != links_.end() ||
          std::find(links_.begin(), links_.end(), other) != links_.end()) {
        return;
      }
      links_.push_back(name);
      absl::StrAppend(&map, NodeName(a), "<->", NodeName(b), " igp ", 1 + Below(9), " delay ",
                      100 + Below(900), " srlg ", 1 + Below(kSrlgs), "\n");
    };
    for (uint32_t i = 0; i < kNodes; ++i) add(i, (i + 1) % kNodes);
    for (int i = 0; i < 7; ++i) add(Below(kNodes), Below(kNodes));
    return map;
  }

  policy::PolicyIntent RandomPolicy(uint32_t color) {
    policy::PathIntent bounds;
    if (Below(3) == 0) bounds.max_delay = Microseconds(1500 + Below(3000));
    const uint32_t headend = Below(kNodes);
    const uint32_t endpoint = (headend + 1 + Below(kNodes - 1)) % kNodes;
    policy::PolicyIntent intent =
        Dynamic(NodeName(headend), color, NodeName(endpoint), std::move(bounds));
    intent.protection.emplace();
    intent.protection->disjointness = static_cast<Disjointness>(Below(4));
    return intent;
  }

  void RandomChange(Lab& lab) {
    const std::string& link = links_[Below(static_cast<uint32_t>(links_.size()))];
    const uint32_t kind = Below(12);
    lab.Edit(link, [&](topology::LinkAttributes& attributes) {
      if (kind < 3) {
        attributes.up = false;
      } else if (kind < 7) {
        attributes.up = true;
      } else if (kind < 9) {
        attributes.igp_metric = 1 + Below(9);
      } else if (kind < 11) {
        attributes.min_delay = Microseconds(100 + Below(900));
      } else {
        attributes.srlgs = std::vector<uint32_t>{1 + Below(kSrlgs)};
      }
    });
    if (Below(25) == 0) {
      topology::NodeAttributes overload;
      overload.overload = Below(2) == 0;
      ASSERT_TRUE(
          lab.builder.SetNode(lab.source, NodeName(Below(kNodes)), overload, {.patch = true}, {})
              .ok());
    }
  }

  // Links that the lists of `path` can use on the present snapshot, by expansion.
  static std::vector<LinkIndex> LinksOf(Lab& lab, const policy::PolicyKey& key,
                                        const policy::ActivePath& path) {
    const auto expansion =
        segments::Expand(*lab.ted, *lab.ted->FindNode(key.headend), path.lists[0].list);
    EXPECT_TRUE(expansion.ok()) << ToString(key) << ": " << expansion.status();
    return expansion.ok() ? expansion->links : std::vector<LinkIndex>();
  }

  void Judge(Lab& lab) {
    for (const policy::PolicyStatus& status : lab.engine().List()) {
      const policy::PolicyIntent& intent = status.intent;
      SCOPED_TRACE(ToString(intent.key) + " " +
                   cspf::DisjointnessName(intent.protection->disjointness));
      if (!status.active || status.sla_violated) continue;
      cases_.Add();
      JudgeOne(lab, status);
    }
  }

  void JudgeOne(Lab& lab, const policy::PolicyStatus& status) {
    const policy::PolicyIntent& intent = status.intent;
    const Disjointness level = intent.protection->disjointness;
    const std::vector<Way> ways = AllWays(*lab.ted, intent);
    const auto exists = [&](bool overloaded_too) {
      return std::any_of(ways.begin(), ways.end(), [&](const Way& a) {
        return (overloaded_too || !a.overloaded) &&
               std::any_of(ways.begin(), ways.end(), [&](const Way& b) {
                 return (overloaded_too || !b.overloaded) && Disjoint(a.uses, b.uses);
               });
      });
    };
    const policy::ProtectionStatus& protection = *status.protection;
    const bool is_protected = protection.state == ProtectionState::kProtected;
    ASSERT_NE(protection.state, ProtectionState::kPending);
    ASSERT_EQ(protection.backup.has_value(), is_protected);
    if (!is_protected) {
      ASSERT_FALSE(exists(/*overloaded_too=*/false)) << protection.reason;
      EXPECT_FALSE(protection.reason.empty());
      ++without_;
      return;
    }
    ASSERT_TRUE(exists(/*overloaded_too=*/true));
    ++(protection.joint ? joint_ : beside_);
    const auto active =
        UsesOf(*lab.ted, LinksOf(lab, intent.key, *status.active), intent.key, level);
    const auto backup =
        UsesOf(*lab.ted, LinksOf(lab, intent.key, *protection.backup), intent.key, level);
    EXPECT_TRUE(Disjoint(active, backup));
    if (std::none_of(ways.begin(), ways.end(), [](const Way& way) { return way.overloaded; })) {
      JudgeCosts(ways, active, status);
    }
  }

  static void JudgeCosts(const std::vector<Way>& ways, const std::set<std::string>& active,
                         const policy::PolicyStatus& status) {
    uint64_t cheapest = std::numeric_limits<uint64_t>::max();
    uint64_t beside = std::numeric_limits<uint64_t>::max();
    for (const Way& way : ways) {
      cheapest = std::min(cheapest, way.cost);
      if (Disjoint(active, way.uses)) beside = std::min(beside, way.cost);
    }
    EXPECT_EQ(status.protection->backup->cost, beside);
    if (!status.protection->joint) {
      EXPECT_EQ(status.active->cost, cheapest);
    }
  }

  // Cuts a fibre of some protected policy's path: it must be told its backup, before anything else.
  void CutAndWatch(Lab& lab) {
    const std::vector<policy::PolicyStatus> all = lab.engine().List();
    const policy::PolicyStatus& status = all[Below(static_cast<uint32_t>(all.size()))];
    if (!status.active || status.sla_violated || !status.protection->backup) return;
    const topology::LinkKey& cut =
        status.active->links[Below(static_cast<uint32_t>(status.active->links.size()))];
    const std::string want =
        absl::StrCat("install ", ToString(status.intent.key), " ",
                     segments::ToString(status.protection->backup->lists[0].list));
    lab.southbound->TakeLog();
    lab.Cut(absl::StrCat(cut.local_node, "->", cut.remote_node));
    const std::vector<std::string> log = lab.southbound->TakeLog();
    const auto first = std::find_if(log.begin(), log.end(), [&](const std::string& line) {
      return absl::StartsWith(line, absl::StrCat("install ", ToString(status.intent.key), " "));
    });
    ASSERT_NE(first, log.end());
    EXPECT_EQ(*first, want);
    EXPECT_EQ(lab.Status(status.intent.key).protection->switches, status.protection->switches + 1);
    ++switches_;
  }

  std::vector<std::string> links_;
  std::mt19937_64 rng_{support::Seed()};
  support::CaseCount cases_;
  int joint_ = 0;
  int beside_ = 0;
  int without_ = 0;
  int switches_ = 0;
};

TEST_F(ProtectionSoakTest, ABackupIsThereWheneverThereCanBeOne) {
  PolicyEngineOptions options;
  options.reoptimize_gain_percent = 0;
  const int networks = std::max(support::Cases(48), 2);
  for (int network = 0; network < networks && !HasFailure(); ++network) {
    links_.clear();
    const std::string map = RandomMap();
    Lab lab(map, options);
    std::vector<policy::PolicyIntent> intents;
    for (uint32_t color = 1; color <= kPolicies; ++color) intents.push_back(RandomPolicy(color));
    ASSERT_TRUE(lab.Apply(intents).ok());
    Judge(lab);
    for (int round = 0; round < 25 && !HasFailure(); ++round) {
      SCOPED_TRACE(absl::StrCat("network ", network, ", round ", round, "\n", map));
      if (Below(3) == 0) {
        CutAndWatch(lab);
      } else {
        for (uint32_t i = 0; i <= Below(3); ++i) RandomChange(lab);
        lab.Publish();
      }
      lab.Advance(seconds(2));   // Good news is acted on,
      lab.Advance(seconds(12));  // and what waited for the hold time.
      if (Below(12) == 0) {
        lab.Restart();
        lab.Advance(seconds(2));
        lab.Advance(seconds(12));
      }
      Judge(lab);
    }
  }
  std::printf("joint pairs: %d, backups beside the best path: %d, none: %d, switches: %d\n", joint_,
              beside_, without_, switches_);
  if (support::kAllCases) {
    EXPECT_GT(joint_, 0);
    EXPECT_GT(beside_, 0);
    EXPECT_GT(without_, 0);
    EXPECT_GT(switches_, 0);
  }
}

}  // namespace
}  // namespace srpce::pce
