#include "tests/unit/segments/list_oracle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"

namespace srpce::segments {
namespace {

using support::PacketSim;
using support::SimResult;

// The worst of each metric, counted trajectory by trajectory; absent if a link of any lacks it.
struct SimWorst {
  std::optional<uint64_t> igp = 0, te = 0, delay = 0, variation = 0, bottleneck = UINT64_MAX;
  std::optional<double> loss = 0.0;
  uint32_t hops = 0;
};

SimWorst WorstOf(const Ted& ted, const SimResult& sim) {
  SimWorst worst;
  bool igp_known = true, te_known = true, delay_known = true, variation_known = true,
       loss_known = true, bw_known = true;
  bool any = false;
  for (const std::vector<LinkIndex>& trajectory : sim.trajectories) {
    uint64_t igp = 0, te = 0, delay = 0, variation = 0;
    double survival = 1;
    uint32_t hops = 0;
    for (const LinkIndex index : trajectory) {
      if (ted.node(ted.link(index).local).attributes.pseudonode.value_or(false)) continue;
      ++hops;
      const topology::LinkAttributes& a = ted.link(index).attributes;
      any = true;
      igp_known &= a.igp_metric.has_value();
      te_known &= a.te_metric.has_value() || a.igp_metric.has_value();
      delay_known &= a.delay.has_value();
      variation_known &= a.delay_variation.has_value();
      loss_known &= a.loss.has_value();
      bw_known &= a.available.has_value();
      igp += a.igp_metric.value_or(0);
      te += a.te_metric.value_or(a.igp_metric.value_or(0));
      delay +=
          static_cast<uint64_t>(a.min_delay.value_or(a.delay.value_or(Microseconds(0))).count());
      variation += static_cast<uint64_t>(a.delay_variation.value_or(Microseconds(0)).count());
      survival *= 1 - a.loss.value_or(0);
      worst.bottleneck = std::min(*worst.bottleneck, a.available.value_or(BytesPerSecond{0}).value);
    }
    worst.igp = std::max(*worst.igp, igp);
    worst.te = std::max(*worst.te, te);
    worst.delay = std::max(*worst.delay, delay);
    worst.variation = std::max(*worst.variation, variation);
    worst.loss = std::max(*worst.loss, 1 - survival);
    worst.hops = std::max(worst.hops, hops);
  }
  if (!igp_known) worst.igp.reset();
  if (!te_known) worst.te.reset();
  if (!delay_known) worst.delay.reset();
  if (!variation_known) worst.variation.reset();
  if (!loss_known) worst.loss.reset();
  if (!bw_known || !any) worst.bottleneck.reset();
  return worst;
}

std::optional<uint64_t> Count(const std::optional<Microseconds>& value) {
  if (!value) return std::nullopt;
  return static_cast<uint64_t>(value->count());
}

// Everything that is said of a list the simulation delivers.
void ExpectSame(const Ted& ted, const Expansion& expansion, const SimResult& sim) {
  std::set<LinkIndex> links;
  for (const auto& trajectory : sim.trajectories)
    links.insert(trajectory.begin(), trajectory.end());
  EXPECT_EQ(expansion.links, std::vector<LinkIndex>(links.begin(), links.end()));
  EXPECT_EQ(expansion.ends, std::vector<NodeIndex>(sim.ends.begin(), sim.ends.end()));
  EXPECT_EQ(expansion.single_path, sim.trajectories.size() == 1);
  EXPECT_EQ(expansion.path,
            expansion.single_path ? *sim.trajectories.begin() : std::vector<LinkIndex>());
  const SimWorst worst = WorstOf(ted, sim);
  EXPECT_EQ(expansion.worst_igp_cost, worst.igp);
  EXPECT_EQ(expansion.worst_te_cost, worst.te);
  EXPECT_EQ(Count(expansion.worst_delay), worst.delay);
  EXPECT_EQ(Count(expansion.worst_variation), worst.variation);
  EXPECT_EQ(expansion.worst_loss.has_value(), worst.loss.has_value());
  EXPECT_NEAR(expansion.worst_loss.value_or(0), worst.loss.value_or(0), 1e-12);
  EXPECT_EQ(expansion.worst_hops, worst.hops);
  EXPECT_EQ(expansion.bottleneck ? std::optional(expansion.bottleneck->value) : std::nullopt,
            worst.bottleneck);
}

}  // namespace

SimResult Send(PacketSim& packets, NodeIndex headend, const SegmentList& list) {
  return list.data_plane == DataPlane::kSrMpls ? packets.SendLabels(headend, list.labels)
                                               : packets.SendSids(headend, list.sids);
}

bool ExpectExpandAgrees(const Ted& ted, PacketSim& packets, NodeIndex headend,
                        const SegmentList& list) {
  SCOPED_TRACE(absl::StrCat("list ", ToString(list), " at ", ted.node(headend).id));
  const SimResult sim = Send(packets, headend, list);
  if (sim.truncated) return false;
  const absl::StatusOr<Expansion> expansion = Expand(ted, headend, list);
  if (sim.ok()) {
    EXPECT_TRUE(expansion.ok()) << expansion.status();
    if (expansion.ok()) ExpectSame(ted, *expansion, sim);
    return true;
  }
  const bool not_found = expansion.status().code() == absl::StatusCode::kNotFound;
  const bool precondition = expansion.status().code() == absl::StatusCode::kFailedPrecondition;
  EXPECT_TRUE((not_found && sim.unknown) || (precondition && sim.failed))
      << expansion.status() << ", simulated: " << (sim.unknown ? "unknown " : "")
      << (sim.failed ? "failed" : "");
  return true;
}

void ExpectFollows(const Ted& ted, PacketSim& packets, NodeIndex headend, const SegmentList& list,
                   const std::vector<LinkIndex>& links) {
  const SimResult sim = Send(packets, headend, list);
  EXPECT_TRUE(sim.Follows(links)) << "list " << ToString(list) << ": " << sim.trajectories.size()
                                  << " trajectories, unknown " << sim.unknown << ", failed "
                                  << sim.failed;
  EXPECT_TRUE(ExpectExpandAgrees(ted, packets, headend, list));
}

void ExpectDelivered(const Ted& ted, PacketSim& packets, const SegmentQuery& query,
                     const SegmentRoute& route) {
  ExpectFollows(ted, packets, query.path.source, route.list, route.path.links);
  EXPECT_EQ(route.expansion.ends, std::vector<NodeIndex>{query.path.target});
  ExpectSame(ted, route.expansion, Send(packets, query.path.source, route.list));
}

support::Case ListCase(NodeIndex headend, const EncodeOptions& options) {
  SegmentQuery query{
      .path = {.source = headend, .target = headend}, .max_sids = {}, .compress = options.compress};
  query.path.constraints.data_plane = options.data_plane;
  query.path.constraints.flex_algorithm = options.algorithm;
  return {.members = {query}};
}

NodeIndex HeadendOf(const support::Case& asked) { return asked.members.front().path.source; }

// Nothing said: labels.
EncodeOptions OptionsOf(const support::Case& asked) {
  const SegmentQuery& query = asked.members.front();
  EncodeOptions options{.algorithm = query.path.constraints.flex_algorithm,
                        .compress = query.compress};
  if (query.path.constraints.data_plane == DataPlane::kSrv6) options.data_plane = DataPlane::kSrv6;
  return options;
}

}  // namespace srpce::segments
