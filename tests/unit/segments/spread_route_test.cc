// tests/unit/segments/spread_route_test.cc -- lists that may spread packets over equal shortest
// paths: named cases, and against every list there is, tried on simulated packets.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/segments/compute.h"
#include "tests/support/build_ted.h"
#include "tests/support/packet_sim.h"
#include "tests/support/report_case.h"
#include "tests/support/seed.h"
#include "tests/unit/segments/random_network.h"
#include "tests/unit/segments/route_oracle.h"

namespace srpce::segments {
namespace {

using cspf::Constraints;
using support::BuildTed;
using support::NodeOf;
using support::PacketSim;
using support::SimResult;
using topology::MetricType;
using topology::TedPtr;

SegmentQuery Query(const Ted& ted, const std::string& from, const std::string& to,
                   MetricType objective = MetricType::kIgp) {
  SegmentQuery query;
  query.path.source = NodeOf(ted, from);
  query.path.target = NodeOf(ted, to);
  query.path.objective = objective;
  query.path.constraints.data_plane = DataPlane::kSrMpls;
  query.allow_ecmp = true;
  return query;
}

// "16004 cost 20 by 4 links", or the reason.
std::string Answer(const Ted& ted, const SegmentQuery& query) {
  cspf::Workspace workspace;
  const SegmentResult result = *ComputeRoute(ted, query, workspace);
  if (const auto* none = std::get_if<cspf::NoPath>(&result)) return cspf::ReasonName(none->reason);
  const SegmentRoute& route = std::get<SegmentRoute>(result);
  return ToString(route.list) + " cost " + std::to_string(route.path.cost) + " by " +
         std::to_string(route.expansion.links.size()) + " links";
}

const char kDiamond[] =
    "a<->b igp 10 delay 10\nb<->d igp 10 delay 10\na<->c igp 10 delay 10\nc<->d igp 10 delay 30\n";

TEST(SpreadRouteTest, OneNodeSidOverBothWays) {
  const TedPtr ted = BuildTed(kDiamond);
  EXPECT_EQ(Answer(*ted, Query(*ted, "a", "d")), "16003 cost 20 by 4 links");
  SegmentQuery pinned = Query(*ted, "a", "d");
  pinned.allow_ecmp = false;
  EXPECT_EQ(Answer(*ted, pinned), "16002, 16003 cost 20 by 2 links");
}

TEST(SpreadRouteTest, TheWorstBranchKeepsTheBound) {
  const TedPtr ted = BuildTed(kDiamond);
  SegmentQuery query = Query(*ted, "a", "d");
  query.path.constraints.max_delay = Microseconds(40);
  EXPECT_EQ(Answer(*ted, query), "16003 cost 20 by 4 links");
  query.path.constraints.max_delay = Microseconds(39);
  EXPECT_EQ(Answer(*ted, query), "16002, 16003 cost 20 by 2 links") << "the branch over c takes 40";
}

TEST(SpreadRouteTest, TheWorstBranchIsWhatIsMinimised) {
  const TedPtr ted = BuildTed(kDiamond);
  SegmentQuery query = Query(*ted, "a", "d", MetricType::kDelay);
  EXPECT_EQ(Answer(*ted, query), "16002, 16003 cost 20 by 2 links");
  query.max_sids = 1;
  EXPECT_EQ(Answer(*ted, query), "16003 cost 40 by 4 links") << "no single way fits one SID";
}

TEST(SpreadRouteTest, EveryBranchKeepsTheFilters) {
  const TedPtr ted = BuildTed(kDiamond);
  SegmentQuery query = Query(*ted, "a", "d");
  query.path.constraints.exclude_nodes = {NodeOf(*ted, "c")};
  EXPECT_EQ(Answer(*ted, query), "16002, 16003 cost 20 by 2 links");
  query.max_sids = 1;
  EXPECT_EQ(Answer(*ted, query), "MSD_EXCEEDED");
}

TEST(SpreadRouteTest, EveryBranchPassesTheWaypoint) {
  const TedPtr ted = BuildTed(kDiamond);
  SegmentQuery query = Query(*ted, "a", "d");
  query.path.constraints.waypoints = {NodeOf(*ted, "c")};
  EXPECT_EQ(Answer(*ted, query), "16004, 16003 cost 20 by 2 links");
}

TEST(SpreadRouteTest, MetricZeroInACircleHidesNoWay) {
  const TedPtr ted = BuildTed(absl::StrCat(kDiamond, "b<->c igp 0 delay 1\n"));
  SegmentQuery query = Query(*ted, "a", "d");
  query.max_sids = 1;
  EXPECT_EQ(Answer(*ted, query), "MSD_EXCEEDED") << "b and c send to each other";
  query.max_sids = 2;
  EXPECT_EQ(Answer(*ted, query), "24001, 24003 cost 20 by 2 links");
}

// The labels by which routers know the prefix SIDs of flexible algorithms: no list has them unless
// the query asks for the algorithm.
std::set<uint32_t> FlexibleLabels(const Ted& ted) {
  std::set<uint32_t> labels;
  for (uint32_t owner = 0; owner < ted.node_bound(); ++owner) {
    for (const topology::Prefix& prefix : ted.node(NodeIndex(owner)).prefixes) {
      for (const topology::PrefixSid& sid : prefix.attributes.sids) {
        for (uint32_t n = 0; sid.algorithm != 0 && n < ted.node_bound(); ++n) {
          uint32_t index = sid.value;
          for (const topology::LabelRange& range : ted.node(NodeIndex(n)).attributes.srgb) {
            if (index < range.size) labels.insert(range.first + index);
            if (index < range.size) break;
            index -= range.size;
          }
        }
      }
    }
  }
  return labels;
}

// True if some node announces an IPv6 prefix. In these networks that is around or inside of
// another's locator, and takes packets where no search for lists looks.
bool HasPrefixInLocator(const Ted& ted) {
  for (uint32_t n = 0; n < ted.node_bound(); ++n) {
    for (const topology::Prefix& prefix : ted.node(NodeIndex(n)).prefixes) {
      if (!prefix.prefix.address().is_v4()) return true;
    }
  }
  return false;
}

// The labels of adjacency sets: our lists have none.
std::set<uint32_t> SetLabels(const Ted& ted) {
  std::set<uint32_t> labels;
  for (uint32_t l = 0; l < ted.link_bound(); ++l) {
    if (!ted.HasLink(LinkIndex(l))) continue;
    for (const topology::AdjacencySid& sid : ted.link(LinkIndex(l)).attributes.adjacency_sids) {
      if (sid.is_set) labels.insert(sid.label);
    }
  }
  return labels;
}

// Every list of SIDs of algorithm 0, and of the query's, whose packets meet at one node after each
// of them.
class AllLists {
 public:
  AllLists(const Ted& ted, const SegmentQuery& query)
      : ted_(ted), query_(query), packets_(ted), mpls_(IsMpls(query)) {
    std::set<uint32_t> labels = packets_.AllLabels();
    const uint8_t algorithm = query.path.constraints.flex_algorithm;
    if (algorithm == 0) {
      for (const uint32_t label : FlexibleLabels(ted)) labels.erase(label);
    }
    for (const uint32_t label : SetLabels(ted)) labels.erase(label);
    labels_.assign(labels.begin(), labels.end());
    std::set<Ipv6Address> sids;
    const auto add = [&](const std::vector<topology::Srv6Sid>& announced) {
      for (const topology::Srv6Sid& sid : announced) {
        const bool decapsulates = sid.behavior == 18 || sid.behavior == 20;
        const bool offered = sid.algorithm == 0 || sid.algorithm == algorithm;
        if (!decapsulates && !sid.is_set && offered) sids.insert(sid.sid);
      }
    };
    for (uint32_t n = 0; n < ted.node_bound(); ++n) {
      if (ted.HasNode(NodeIndex(n))) add(ted.node(NodeIndex(n)).attributes.srv6_sids);
    }
    for (uint32_t l = 0; l < ted.link_bound(); ++l) {
      if (ted.HasLink(LinkIndex(l))) add(ted.link(LinkIndex(l)).attributes.srv6_sids);
    }
    sids_.assign(sids.begin(), sids.end());
  }

  struct Best {
    uint64_t cost = UINT64_MAX;
    size_t depth = SIZE_MAX;
    auto operator<=>(const Best&) const = default;
  };
  const std::string& text() const { return text_; }
  // The least cost of a worst branch, then the fewest SIDs imposed.
  std::optional<Best> Solve() {
    if (query_.path.source == query_.path.target) Judge({{}});
    Extend(*query_.max_sids, {{}});
    return best_;
  }

  // The same of one list; nothing if packets do not keep the query with it.
  std::optional<Best> Only(const SegmentList& list) {
    best_.reset();
    list_ = list;
    const SimResult sim = Send();
    if (list.depth() == 0) Judge({{}});
    if (list.depth() > 0 && sim.ok() && sim.ends == std::set{query_.path.target}) {
      Judge(sim.trajectories);
    }
    return best_;
  }

 private:
  static bool IsMpls(const SegmentQuery& query) {
    return query.path.constraints.data_plane == DataPlane::kSrMpls;
  }

  SimResult Send() {
    return mpls_ ? packets_.SendLabels(query_.path.source, list_.labels)
                 : packets_.SendSids(query_.path.source, list_.sids);
  }

  using Ways = std::set<std::vector<LinkIndex>>;

  // `before`: the ways of packets with the list so far. A SID that moves none of them is left out:
  // the headend's own as the first lets it read the next one itself.
  void Extend(size_t left, const Ways& before) {
    if (left == 0) return;
    const size_t count = mpls_ ? labels_.size() : sids_.size();
    for (size_t i = 0; i < count; ++i) {
      list_.data_plane = mpls_ ? DataPlane::kSrMpls : DataPlane::kSrv6;
      if (mpls_) {
        list_.labels.push_back(labels_[i]);
      } else {
        list_.sids.push_back(sids_[i]);
      }
      const SimResult sim = Send();
      if (sim.ok() && sim.ends.size() == 1 && sim.trajectories != before) {
        if (*sim.ends.begin() == query_.path.target) Judge(sim.trajectories);
        Extend(left - 1, sim.trajectories);
      }
      if (mpls_) {
        list_.labels.pop_back();
      } else {
        list_.sids.pop_back();
      }
    }
  }

  void Judge(const Ways& trajectories) {
    Best best{.cost = 0, .depth = ImposedDepth(ted_, query_.path.target, list_)};
    for (const std::vector<LinkIndex>& links : trajectories) {
      const std::optional<uint64_t> cost = JudgedCost(ted_, query_.path, links);
      if (!cost || PassesOverloaded(links) || best.depth > LeastLimit(links)) return;
      best.cost = std::max(best.cost, *cost);
    }
    if (best_ && *best_ <= best) return;
    best_ = best;
    text_ = ToString(list_);
  }

  // Of all links out of the headend, should packets come back to it.
  uint32_t LeastLimit(const std::vector<LinkIndex>& links) const {
    uint32_t least = LimitOf(ted_, query_, links);
    for (const LinkIndex link : links) {
      const bool leaves = ted_.link(link).local == query_.path.source;
      if (leaves) least = std::min(least, LimitOf(ted_, query_, {link}));
    }
    return least;
  }

  bool PassesOverloaded(const std::vector<LinkIndex>& links) const {
    return std::any_of(links.begin(), links.end(), [&](LinkIndex link) {
      const NodeIndex node = ted_.link(link).local;
      return node != query_.path.source && ted_.node(node).attributes.overload.value_or(false);
    });
  }

  const Ted& ted_;
  const SegmentQuery& query_;
  PacketSim packets_;
  const bool mpls_;
  std::vector<uint32_t> labels_;
  std::vector<Ipv6Address> sids_;
  SegmentList list_;
  std::optional<Best> best_;
  std::string text_;
};

struct Tally {
  int found = 0, spread = 0, none = 0;
  int flexible = 0;  // Found in a flexible algorithm.
};

// No list there is does better than the answer to `query`.
void CheckBest(const Ted& ted, SegmentQuery query, cspf::Workspace& workspace, Tally& tally) {
  const Constraints& constraints = query.path.constraints;
  if (HasPrefixInLocator(ted) || !query.max_sids || constraints.data_plane == DataPlane::kEither) {
    return;
  }
  query.allow_ecmp = true;
  query.compress = false;
  query.max_sids = std::min(*query.max_sids, 2U);
  AllLists lists(ted, query);
  const auto best = lists.Solve();
  const SegmentResult result = *ComputeRoute(ted, query, workspace);
  const auto* route = std::get_if<SegmentRoute>(&result);
  SCOPED_TRACE(lists.text());
  if (route == nullptr) {
    ASSERT_FALSE(best) << std::get<cspf::NoPath>(result).message;
    ++tally.none;
    return;
  }
  const auto ours = lists.Only(route->list);
  ASSERT_TRUE(ours) << ToString(route->list);
  ASSERT_EQ(route->path.cost, ours->cost) << ToString(route->list);
  // It may use End.X SIDs of flexible algorithms, which are not routed to.
  ASSERT_FALSE(best && *best < *ours) << ToString(route->list);
  query.compress = true;
  const SegmentResult packed = *ComputeRoute(ted, query, workspace);
  const auto* shorter = std::get_if<SegmentRoute>(&packed);
  ASSERT_TRUE(shorter);
  const auto theirs = lists.Only(shorter->list);
  ASSERT_TRUE(theirs) << ToString(shorter->list);
  ASSERT_EQ(shorter->path.cost, theirs->cost) << ToString(shorter->list);
  tally.spread += route->expansion.single_path ? 0 : 1;
  tally.flexible += constraints.flex_algorithm != 0 ? 1 : 0;
  ++tally.found;
}

TEST(SpreadRouteOracleTest, NoListIsBetter) {
  const uint64_t seed = support::TestSeed(20261161);
  std::mt19937_64 rng(seed);
  support::CaseCount cases;
  Tally tally;
  cspf::Workspace workspace;
  for (int round = 0; round < support::Cases(2000); ++round) {
    const TedPtr ted =
        RandomNetwork(rng, {.min_nodes = 3, .max_nodes = 6, .oddities = Chance(rng, 50)});
    if (HasPrefixInLocator(*ted)) continue;
    for (int i = 0; i < 4; ++i) {
      cases.Add();
      const SegmentQuery query = RandomQuery(*ted, rng);
      CheckBest(*ted, query, workspace, tally);
      if (!HasFailure()) continue;
      support::ReportShrunk(*ted, {.members = {query}},
                            [](const TedPtr& smaller, const support::Case& c) {
                              cspf::Workspace fresh;
                              Tally ignored;
                              CheckBest(*smaller, c.members.front(), fresh, ignored);
                            });
      FAIL() << "round " << round << "." << i << " of seed " << seed;
    }
  }
  EXPECT_GT(tally.found, support::Cases(2000));
  EXPECT_GT(tally.spread, support::Cases(100));
  EXPECT_GT(tally.flexible, support::Cases(200));
  EXPECT_GT(tally.none, support::Cases(400));
}

}  // namespace
}  // namespace srpce::segments
