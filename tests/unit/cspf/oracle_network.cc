// tests/unit/cspf/oracle_network.cc -- random networks and queries.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/topology/ted_builder.h"
#include "tests/unit/cspf/oracle.h"

namespace srpce::cspf::oracle {
namespace {

constexpr uint8_t kAlgorithm = 128;

uint64_t Below(Rng& rng, uint64_t limit) {
  return std::uniform_int_distribution<uint64_t>(0, limit - 1)(rng);
}
bool OneIn(Rng& rng, uint64_t n) { return Below(rng, n) == 0; }

std::set<uint32_t> RandomSet(Rng& rng, uint32_t below, uint64_t max_count) {
  std::set<uint32_t> set;
  for (uint64_t i = Below(rng, max_count + 1); i > 0; --i)
    set.insert(static_cast<uint32_t>(Below(rng, below)));
  return set;
}

// Affinity bits are few, and one of them is beyond 64.
std::set<uint32_t> RandomBits(Rng& rng, uint64_t max_count) {
  constexpr uint32_t kBits[] = {0, 1, 40, 70};
  std::set<uint32_t> bits;
  for (const uint32_t i : RandomSet(rng, 4, max_count)) bits.insert(kBits[i]);
  return bits;
}

topology::AdminGroup GroupOf(const std::set<uint32_t>& bits) {
  topology::AdminGroup group;
  for (const uint32_t bit : bits) group.Set(bit);
  return group;
}

void Randomise(Rng& rng, const Shape& shape, OracleLink& link) {
  const auto metric = [&]() -> std::optional<uint32_t> {
    if (!shape.plain && OneIn(rng, 25)) return std::nullopt;
    return static_cast<uint32_t>(Below(rng, shape.span));
  };
  constexpr double kLosses[] = {0, 0, 0.1, 0.1, 0.2, 0.05, 0.001, 0.03};
  link.igp = metric();
  link.te = metric();
  if (link.te && OneIn(rng, 20)) link.te = UINT32_MAX;
  link.delay = metric();
  link.variation = metric();
  if (shape.plain || !OneIn(rng, 25)) link.loss = OneIn(rng, 40) ? 1.0 : kLosses[Below(rng, 8)];
  if (shape.plain || !OneIn(rng, 25)) link.width = 1000 * (1 + Below(rng, 5));
  link.bits = RandomBits(rng, 2);
  if (shape.srlgs > 0) link.srlgs = RandomSet(rng, shape.srlgs, 2);
  if (!shape.plain && OneIn(rng, 30)) link.up = false;
}

topology::NodeAttributes Attributes(const Network& network, size_t at) {
  const OracleNode& node = network.nodes[at];
  topology::NodeAttributes attributes;
  if (node.mpls) attributes.srgb = {{16000, 8000}};
  if (node.srv6) {
    topology::Srv6Locator locator;
    locator.prefix = *IpPrefix::Parse(absl::StrCat("fcbb:bb00:", at + 1, "::/48"));
    attributes.locators = {locator};
  }
  attributes.overload = node.overload;
  if (node.lan) attributes.pseudonode = true;
  attributes.algorithms = {topology::kAlgorithmSpf};
  if (node.in_flex) attributes.algorithms.push_back(kAlgorithm);
  if (at == 0 && network.flex) attributes.flex_algo_definitions = {*network.flex};
  return attributes;
}

topology::LinkAttributes Attributes(const OracleLink& link) {
  topology::LinkAttributes attributes;
  attributes.up = link.up;
  attributes.igp_metric = link.igp;
  attributes.te_metric = link.te;
  if (link.delay)
    (link.average ? attributes.delay : attributes.min_delay) = Microseconds(*link.delay);
  if (link.variation) attributes.delay_variation = Microseconds(*link.variation);
  attributes.loss = link.loss;
  if (link.width) attributes.capacity = BytesPerSecond{*link.width};
  attributes.admin_group = GroupOf(link.bits);
  attributes.srlgs = std::vector<uint32_t>(link.srlgs.begin(), link.srlgs.end());
  return attributes;
}

std::string NodeId(int node) { return absl::StrCat("n", node); }

topology::LinkKey KeyOf(const Network& network, size_t at) {
  const OracleLink& link = network.links[at];
  return {NodeId(link.from), NodeId(link.to), absl::StrCat("if", at), absl::StrCat("if", at ^ 1)};
}

}  // namespace

Network RandomNetwork(Rng& rng, const Shape& shape) {
  Network network;
  network.nodes.resize(static_cast<size_t>(shape.nodes));
  for (OracleNode& node : network.nodes) {
    if (shape.plain) continue;
    node = {OneIn(rng, 12), !OneIn(rng, 8), !OneIn(rng, 8), !OneIn(rng, 8)};
  }
  if (shape.lans && OneIn(rng, 3)) {
    for (uint64_t i = 1 + Below(rng, 2); i > 0; --i) {
      network.nodes[Below(rng, network.nodes.size())].lan = true;
    }
  }
  for (int edge = 0; edge < shape.edges; ++edge) {
    const int from = static_cast<int>(Below(rng, static_cast<uint64_t>(shape.nodes)));
    const int step = 1 + static_cast<int>(Below(rng, static_cast<uint64_t>(shape.nodes) - 1));
    OracleLink there{.from = from, .to = (from + step) % shape.nodes};
    OracleLink back{.from = there.to, .to = there.from};
    Randomise(rng, shape, there);
    Randomise(rng, shape, back);
    for (OracleLink* link : {&there, &back}) {  // Real ones say nothing; some say too much.
      if (network.node(link->from).lan && !OneIn(rng, 4))
        *link = {.from = link->from, .to = link->to};
    }
    network.links.push_back(there);
    network.links.push_back(back);
  }
  if (!OneIn(rng, 6)) {
    topology::FlexAlgoDefinition flex;
    flex.algorithm = kAlgorithm;
    constexpr MetricType kMetrics[] = {MetricType::kIgp, MetricType::kTe, MetricType::kDelay};
    flex.metric = kMetrics[Below(rng, 3)];
    if (OneIn(rng, 2)) flex.exclude_any = GroupOf(RandomBits(rng, 1));
    if (OneIn(rng, 4)) flex.include_any = GroupOf(RandomBits(rng, 3));
    if (OneIn(rng, 6)) flex.include_all = GroupOf(RandomBits(rng, 1));
    if (OneIn(rng, 4)) flex.exclude_srlgs = {static_cast<uint32_t>(Below(rng, 5))};
    network.flex = flex;
  }
  Rng averages = rng;  // A copy: what is drawn next is as it would be without them.
  for (OracleLink& link : network.links) link.average = !shape.plain && OneIn(averages, 12);
  Build(network);
  return network;
}

void Build(Network& network) {
  topology::TedBuilder builder;
  const MonotonicTime now{};
  const topology::SourceId source =
      *builder.Connect({.name = "oracle", .hold_time = std::nullopt}, now);
  for (size_t i = 0; i < network.nodes.size(); ++i) {
    const absl::Status status =
        builder.SetNode(source, NodeId(static_cast<int>(i)), Attributes(network, i), {}, now);
    EXPECT_TRUE(status.ok()) << status;
  }
  for (size_t i = 0; i < network.links.size(); ++i) {
    const absl::Status status =
        builder.SetLink(source, KeyOf(network, i), Attributes(network.links[i]), {}, now);
    EXPECT_TRUE(status.ok()) << status;
  }
  network.ted = builder.Publish().ted;
  network.node_index.clear();
  network.link_index.clear();
  network.link_of.assign(network.ted->link_bound(), -1);
  for (size_t i = 0; i < network.nodes.size(); ++i) {
    network.node_index.push_back(*network.ted->FindNode(NodeId(static_cast<int>(i))));
  }
  for (size_t i = 0; i < network.links.size(); ++i) {
    network.link_index.push_back(*network.ted->FindLink(KeyOf(network, i)));
    network.link_of[network.link_index.back().value()] = static_cast<int>(i);
  }
}

namespace {

OracleNode NodeOf(const topology::NodeAttributes& attributes) {
  const std::vector<uint8_t>& algorithms = attributes.algorithms;
  return {.overload = attributes.overload.value_or(false),
          .mpls = !attributes.srgb.empty(),
          .srv6 = !attributes.locators.empty(),
          .in_flex = std::count(algorithms.begin(), algorithms.end(), kAlgorithm) > 0,
          .lan = attributes.pseudonode.value_or(false)};
}

OracleLink LinkOf(const topology::Link& link) {
  const topology::LinkAttributes& attributes = link.attributes;
  OracleLink oracle{.from = static_cast<int>(link.local.value()),
                    .to = static_cast<int>(link.remote.value()),
                    .up = attributes.up.value_or(true),
                    .igp = attributes.igp_metric,
                    .te = attributes.te_metric,
                    .loss = attributes.loss};
  const auto count = [](Microseconds time) { return static_cast<uint32_t>(time.count()); };
  oracle.average = attributes.delay && !attributes.min_delay;
  if (const auto delay = link.charged_delay()) oracle.delay = count(*delay);
  if (attributes.delay_variation) oracle.variation = count(*attributes.delay_variation);
  if (attributes.capacity) oracle.width = attributes.capacity->value;
  for (const uint32_t bit : {0U, 1U, 40U, 70U}) {
    if (attributes.admin_group && attributes.admin_group->Test(bit)) oracle.bits.insert(bit);
  }
  for (const uint32_t srlg : attributes.srlgs.value_or(std::vector<uint32_t>())) {
    oracle.srlgs.insert(srlg);
  }
  return oracle;
}

}  // namespace

Network NetworkOf(const topology::TedPtr& ted) {
  Network network;
  network.ted = ted;
  if (const auto* flex = ted->FindFlexAlgo(kAlgorithm)) network.flex = *flex;
  for (uint32_t i = 0; i < ted->node_bound(); ++i) {
    network.nodes.push_back(NodeOf(ted->node(NodeIndex(i)).attributes));
    network.node_index.emplace_back(i);
  }
  network.link_of.assign(ted->link_bound(), -1);
  for (uint32_t i = 0; i < ted->link_bound(); ++i) {
    if (network.link_of[i] >= 0) continue;
    for (const LinkIndex index : {LinkIndex(i), ted->link(LinkIndex(i)).reverse.value()}) {
      network.link_of[index.value()] = static_cast<int>(network.links.size());
      network.links.push_back(LinkOf(ted->link(index)));
      network.link_index.push_back(index);
    }
  }
  return network;
}

namespace {

// Sets a bound to what a real path has, or a little beside it: the interesting values.
void RandomBound(Rng& rng, const Judge& judge, const Walk& walk, Query& query) {
  const auto near = [&](Quantity what) {
    const double sum =
        judge.Passes(walk, judge.source(), judge.target(), kAttribute) ? judge.Sum(walk, what) : 4;
    return sum + static_cast<double>(Below(rng, 3)) - 1;
  };
  Constraints& constraints = query.constraints;
  switch (Below(rng, kQuantities)) {
    case kDelay:
      constraints.max_delay = Microseconds(static_cast<int64_t>(near(kDelay)));
      break;
    case kIgp:
      constraints.max_igp_cost = static_cast<uint64_t>(std::max(0.0, near(kIgp)));
      break;
    case kTe:
      constraints.max_te_cost = static_cast<uint64_t>(std::max(0.0, near(kTe)));
      break;
    case kHops:
      constraints.max_hops = static_cast<uint32_t>(std::max(0.0, near(kHops)));
      break;
    case kLoss: {
      constexpr double kLimits[] = {0, 0.1, 0.19, 0.271, 0.28, 0.145, 0.001, 0.9999, 1.0, -0.1};
      constraints.max_loss = kLimits[Below(rng, 10)];
      break;
    }
    default:
      constraints.max_variation = Microseconds(static_cast<int64_t>(near(kVariation)));
  }
}

void RandomFilters(Rng& rng, const Network& network, Query& query) {
  Constraints& constraints = query.constraints;
  const auto some_node = [&] { return network.node_index[Below(rng, network.nodes.size())]; };
  if (OneIn(rng, 2)) constraints.min_bandwidth = {1000 * Below(rng, 6)};
  if (OneIn(rng, 4)) constraints.exclude_any = GroupOf(RandomBits(rng, 1));
  if (OneIn(rng, 6)) constraints.include_any = GroupOf(RandomBits(rng, 3));
  if (OneIn(rng, 10)) constraints.include_all = GroupOf(RandomBits(rng, 1));
  if (OneIn(rng, 5)) constraints.exclude_nodes = {some_node()};
  if (OneIn(rng, 5))
    constraints.exclude_links = {network.link_index[Below(rng, network.links.size())]};
  if (OneIn(rng, 5)) constraints.exclude_srlgs = {static_cast<uint32_t>(Below(rng, 5))};
  if (OneIn(rng, 5)) constraints.data_plane = OneIn(rng, 2) ? DataPlane::kSrMpls : DataPlane::kSrv6;
  if (OneIn(rng, 6)) constraints.flex_algorithm = kAlgorithm;
}

}  // namespace

Query RandomQuery(Rng& rng, const Network& network, const QueryShape& shape) {
  Query query;
  const auto some_node = [&] { return network.node_index[Below(rng, network.nodes.size())]; };
  query.source = some_node();
  do {
    query.target = some_node();
  } while (!(shape.same_end && OneIn(rng, 20)) && query.target == query.source);
  constexpr MetricType kMetrics[] = {MetricType::kIgp,  MetricType::kTe,   MetricType::kDelay,
                                     MetricType::kHops, MetricType::kLoss, MetricType::kVariation};
  query.objective = kMetrics[Below(rng, 6)];
  if (shape.filters && OneIn(rng, 2)) RandomFilters(rng, network, query);
  if (shape.max_waypoints > 0 && OneIn(rng, 3)) {
    for (uint64_t i = Below(rng, static_cast<uint64_t>(shape.max_waypoints) + 1); i > 0; --i) {
      query.constraints.waypoints.push_back(some_node());
    }
  }
  const std::vector<Walk> routes = Judge(network, query).Routes();
  const Walk walk = routes.empty() ? Walk{} : routes[Below(rng, routes.size())];
  for (uint64_t i = Below(rng, static_cast<uint64_t>(shape.max_bounds) + 1); i > 0; --i) {
    RandomBound(rng, Judge(network, query), walk, query);
  }
  return query;
}

}  // namespace srpce::cspf::oracle
