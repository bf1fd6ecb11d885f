#include "tests/support/generators.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <numeric>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace srpce::support {
namespace {

constexpr uint64_t kGiga = 1'000'000'000;
constexpr double kPlaneKm = 4000;         // Side of the square.
constexpr double kMicrosecondsPerKm = 5;  // Light in fibre.

struct Point {
  double x = 0;
  double y = 0;
};

[[noreturn]] void Die(const std::string& message) {
  std::fprintf(stderr, "generators: %s\n", message.c_str());
  std::abort();
}

void Check(const absl::Status& status) {
  if (!status.ok()) {
    Die(status.ToString());
  }
}

class Generator {
 public:
  Generator(std::string name, uint32_t node_count, uint32_t directed_links, double pass,
            uint64_t seed)
      : random_(seed), edge_count_(directed_links / 2), pass_(pass) {
    network_.name = std::move(name);
    network_.node_count = node_count;
    network_.links.reserve(directed_links);
    points_.resize(node_count);
  }

  uint32_t Between(uint32_t low, uint32_t high) {
    return std::uniform_int_distribution<uint32_t>(low, high)(random_);
  }
  double Fraction() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  double Normal(double deviation) {
    return std::normal_distribution<double>(0, deviation)(random_);
  }

  Point& point(uint32_t node) { return points_[node]; }
  double Distance(uint32_t a, uint32_t b) const {
    return std::hypot(points_[a].x - points_[b].x, points_[a].y - points_[b].y);
  }
  Point RandomPoint() { return {Fraction() * kPlaneKm, Fraction() * kPlaneKm}; }
  Point Near(const Point& center, double spread_km) {
    return {center.x + Normal(spread_km), center.y + Normal(spread_km)};
  }

  size_t edges() const { return network_.links.size() / 2; }
  size_t edges_left() const { return edge_count_ - edges(); }
  const GeneratedNetwork& network() const { return network_; }
  bool Joined(uint32_t a, uint32_t b) const { return pairs_.contains(std::minmax(a, b)); }

  // Adds both directions, with weight `igp` and attributes of which a fraction pass_ meets the
  // benchmark's filter.
  void AddEdge(uint32_t a, uint32_t b, uint32_t igp) {
    pairs_.insert(std::minmax(a, b));
    const auto delay = static_cast<uint32_t>(10 + Distance(a, b) * kMicrosecondsPerKm);
    // Both conditions fail equally often.
    const double each = std::sqrt(pass_);
    const bool wide = Fraction() < each;
    const uint64_t capacity =
        wide ? (Fraction() < 0.5 ? 100 : 40) * kGiga : (Fraction() < 0.5 ? 10 : 1) * kGiga;
    uint32_t admin = Fraction() < each ? 0 : Between(1, 3);
    admin |= Between(0, 15) << 2;  // Colours the filter does not ask for.
    for (const auto& [local, remote] : {std::pair(a, b), std::pair(b, a)}) {
      const auto percent = wide ? Between(30, 95) : Between(10, 90);
      network_.links.push_back(
          {local, remote, igp, delay, capacity, capacity / 100 * percent, admin});
    }
  }

  GeneratedNetwork Take() && { return std::move(network_); }

 private:
  std::mt19937_64 random_;
  GeneratedNetwork network_;
  std::vector<Point> points_;
  std::set<std::pair<uint32_t, uint32_t>> pairs_;
  size_t edge_count_;
  double pass_;
};

// Of a few nodes drawn in proportion to their degree (an end of a random link), the nearest not yet
// joined; `node` if there is none.
uint32_t Attach(Generator& generator, uint32_t node) {
  constexpr int kDraws = 4;
  const auto& links = generator.network().links;
  uint32_t best = node;
  for (int draw = 0; draw < kDraws; ++draw) {
    const uint32_t other =
        links[generator.Between(0, static_cast<uint32_t>(links.size()) - 1)].local;
    if (other != node && !generator.Joined(node, other) &&
        (best == node || generator.Distance(node, other) < generator.Distance(node, best))) {
      best = other;
    }
  }
  return best;
}

uint32_t IspWeight(Generator& generator, uint32_t a, uint32_t b) {
  return generator.Between(1, 20) + static_cast<uint32_t>(generator.Distance(a, b) / 50);
}

}  // namespace

GeneratedNetwork IspNetwork(uint32_t node_count, uint32_t directed_links, uint64_t seed) {
  Generator generator("isp", node_count, directed_links, 0.80, seed);
  if (node_count < 3 || directed_links / 2 < node_count) {
    Die("isp: want 3 nodes or more and as many edges as nodes");
  }
  constexpr uint32_t kNodesPerPop = 50;
  std::vector<Point> pops(node_count / kNodesPerPop + 1);
  for (Point& pop : pops) {
    pop = generator.RandomPoint();
  }
  for (uint32_t node = 0; node < node_count; ++node) {
    generator.point(node) =
        generator.Near(pops[generator.Between(0, static_cast<uint32_t>(pops.size()) - 1)], 20);
  }
  generator.AddEdge(0, 1, IspWeight(generator, 0, 1));
  for (uint32_t node = 2; node < node_count; ++node) {
    // The edges still to place, spread over the nodes still to come; each gets one at least.
    const double share = static_cast<double>(generator.edges_left()) / (node_count - node);
    const auto wanted = static_cast<uint32_t>(share + generator.Fraction());
    for (uint32_t i = 0; i < std::max(1U, wanted) && generator.edges_left() > 0; ++i) {
      if (const uint32_t other = Attach(generator, node); other != node) {
        generator.AddEdge(node, other, IspWeight(generator, node, other));
      }
    }
  }
  while (generator.edges_left() > 0) {
    const uint32_t node = generator.Between(0, node_count - 1);
    if (const uint32_t other = Attach(generator, node); other != node) {
      generator.AddEdge(node, other, IspWeight(generator, node, other));
    }
  }
  return std::move(generator).Take();
}

GeneratedNetwork RingNetwork(uint32_t node_count, uint32_t directed_links, uint64_t seed) {
  Generator generator("ring", node_count, directed_links, 0.96, seed);
  const uint32_t core = std::max(4U, node_count / 25);
  const uint32_t aggregation = std::max(4U, node_count * 6 / 100 / 2 * 2);
  constexpr uint32_t kRing = 15;  // Access nodes between the two aggregation nodes of a pair.
  constexpr double kRadius = kPlaneKm / 2;
  const auto weight = [&](uint32_t low, uint32_t high) { return generator.Between(low, high); };
  for (uint32_t node = 0; node < core; ++node) {
    const double angle = 2 * std::numbers::pi * node / core;
    const double radius = kRadius * (0.5 + generator.Fraction() / 2);
    generator.point(node) = {kRadius + radius * std::cos(angle),
                             kRadius + radius * std::sin(angle)};
  }
  for (uint32_t node = 0; node < core; ++node) {
    generator.AddEdge(node, (node + 1) % core, weight(5, 20));
  }
  for (uint32_t node = core; node < core + aggregation; node += 2) {
    const uint32_t home = generator.Between(0, core - 1);
    generator.point(node) = generator.Near(generator.point(home), 60);
    generator.point(node + 1) = generator.Near(generator.point(home), 60);
    for (const uint32_t member : {node, node + 1}) {
      generator.AddEdge(member, home, weight(10, 40));
      generator.AddEdge(member, (home + 1 + generator.Between(0, 1)) % core, weight(10, 40));
    }
    generator.AddEdge(node, node + 1, weight(5, 10));
  }
  for (uint32_t node = core + aggregation; node < node_count;) {
    const uint32_t end = std::min(node_count, node + kRing);
    const uint32_t first = core + 2 * generator.Between(0, aggregation / 2 - 1);
    uint32_t before = first;
    for (; node < end; ++node) {
      generator.point(node) = generator.Near(generator.point(before), 8);
      generator.AddEdge(before, node, weight(20, 100));
      before = node;
    }
    generator.AddEdge(before, first + 1, weight(20, 100));
  }
  if (generator.edges() > directed_links / 2) {
    Die(absl::StrCat("ring: ", node_count, " nodes need ", 2 * generator.edges(), " links, got ",
                     directed_links));
  }
  while (generator.edges_left() >
         // Chords of the core, not far along its ring; parallel links occur, as they do in cores.
         0) {
    const uint32_t a = generator.Between(0, core - 1);
    generator.AddEdge(a, (a + generator.Between(1, std::max(2U, core / 20))) % core, weight(5, 60));
  }
  return std::move(generator).Take();
}

namespace {

// A POP's routers: the first `backbone` of them carry what passes through.
struct Pop {
  uint32_t first = 0;
  uint32_t size = 0;
  uint32_t backbone = 0;
};

// Sizes fall with the rank to the power of 0.8; together `node_count`.
std::vector<Pop> SplitIntoPops(uint32_t node_count) {
  constexpr uint32_t kNodesPerPop = 60;
  const uint32_t count = std::max(3U, node_count / kNodesPerPop);
  std::vector<double> share;
  for (uint32_t i = 0; i < count; ++i) share.push_back(std::pow(i + 1, -0.8));
  const double sum = std::accumulate(share.begin(), share.end(), 0.0);
  std::vector<Pop> pops(count);
  uint32_t first = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t left = node_count - first;
    const auto wanted = static_cast<uint32_t>(node_count * share[i] / sum);
    pops[i].first = first;
    pops[i].size = i + 1 == count ? left : std::clamp(wanted, 4U, left - 4 * (count - i - 1));
    pops[i].backbone = std::clamp(pops[i].size / 16, 2U, 8U);
    first += pops[i].size;
  }
  return pops;
}

uint32_t RouterWeight(Generator& generator, uint32_t a, uint32_t b) {
  return generator.Between(5, 30) + static_cast<uint32_t>(generator.Distance(a, b));
}

// Joins two POPs by a link between backbone routers, now and then by a second one.
void JoinPops(Generator& generator, const Pop& a, const Pop& b) {
  const uint32_t links = generator.Fraction() < 0.5 ? 2 : 1;
  for (uint32_t i = 0; i < links && generator.edges_left() > 0; ++i) {
    const uint32_t from = a.first + generator.Between(0, a.backbone - 1);
    const uint32_t to = b.first + generator.Between(0, b.backbone - 1);
    if (!generator.Joined(from, to)) generator.AddEdge(from, to, RouterWeight(generator, from, to));
  }
}

// The POPs before `pop`, the nearest first.
std::vector<uint32_t> NearestBefore(const Generator& generator, const std::vector<Pop>& pops,
                                    uint32_t pop) {
  std::vector<uint32_t> others(pop);
  std::iota(others.begin(), others.end(), 0);
  std::sort(others.begin(), others.end(), [&](uint32_t a, uint32_t b) {
    return generator.Distance(pops[a].first, pops[pop].first) <
           generator.Distance(pops[b].first, pops[pop].first);
  });
  return others;
}

// The nearest of a few others drawn at random.
const Pop& NearOther(Generator& generator, const std::vector<Pop>& pops, const Pop& pop) {
  constexpr int kDraws = 8;
  const Pop* nearest = nullptr;
  for (int draw = 0; draw < kDraws || nearest == nullptr; ++draw) {
    const Pop& other = pops[generator.Between(0, static_cast<uint32_t>(pops.size()) - 1)];
    if (&other != &pop && (nearest == nullptr || generator.Distance(other.first, pop.first) <
                                                     generator.Distance(nearest->first, pop.first)))
      nearest = &other;
  }
  return *nearest;
}

void AddAccess(Generator& generator, const Pop& pop) {
  const auto backbone = [&] { return pop.first + generator.Between(0, pop.backbone - 1); };
  for (uint32_t node = pop.first + pop.backbone; node < pop.first + pop.size; ++node) {
    const uint32_t home = backbone();
    generator.AddEdge(node, home, RouterWeight(generator, node, home));
    const uint32_t second = backbone();
    if (second != home && generator.Fraction() < 0.25) {
      generator.AddEdge(node, second, RouterWeight(generator, node, second));
    }
  }
}

}  // namespace

GeneratedNetwork RouterNetwork(uint32_t node_count, uint32_t directed_links, uint64_t seed) {
  constexpr double kToOtherPop = 0.1;
  if (node_count < 12) Die("router: want 12 nodes or more");
  Generator generator("router", node_count, directed_links, 0.80, seed);
  const std::vector<Pop> pops = SplitIntoPops(node_count);
  for (const Pop& pop : pops) {
    const Point center = generator.RandomPoint();
    for (uint32_t node = pop.first; node < pop.first + pop.size; ++node) {
      generator.point(node) = generator.Near(center, 10);
    }
    for (uint32_t a = pop.first; a < pop.first + pop.backbone; ++a) {
      for (uint32_t b = a + 1; b < pop.first + pop.backbone; ++b) {
        generator.AddEdge(a, b, RouterWeight(generator, a, b));
      }
    }
  }
  for (uint32_t pop = 1; pop < pops.size(); ++pop) {
    const std::vector<uint32_t> others = NearestBefore(generator, pops, pop);
    for (uint32_t i = 0; i < std::min<uint32_t>(3, pop); ++i) {
      JoinPops(generator, pops[pop], pops[others[i]]);
    }
  }
  for (const Pop& pop : pops) AddAccess(generator, pop);
  if (generator.edges() > directed_links / 2) {
    Die(absl::StrCat("router: ", node_count, " nodes need ", 2 * generator.edges(), " links, got ",
                     directed_links));
  }
  while (generator.edges_left() > 0) {
    // Further links to other POPs and further homes, parallel ones included.
    const Pop& pop = pops[generator.Between(0, static_cast<uint32_t>(pops.size()) - 1)];
    if (generator.Fraction() < kToOtherPop) {
      JoinPops(generator, pop, NearOther(generator, pops, pop));
      continue;
    }
    const uint32_t a = pop.first + generator.Between(0, pop.size - 1);
    const uint32_t b = pop.first + generator.Between(0, pop.backbone - 1);
    if (a != b) generator.AddEdge(a, b, RouterWeight(generator, a, b));
  }
  return std::move(generator).Take();
}

GeneratedNetwork NamedNetwork(const std::string& name, uint64_t seed) {
  struct Size {
    const char* name;
    uint32_t nodes;
    uint32_t links;
  };
  constexpr Size kSizes[] = {{"isp1k", 1000, 4000},       {"isp10k", 10000, 50000},
                             {"isp100k", 100000, 600000}, {"ring1k", 1000, 2340},
                             {"ring10k", 10000, 23404},   {"ring100k", 100000, 233920},
                             {"router1k", 1000, 3000},    {"router6k", 6252, 18900}};
  for (const Size& size : kSizes) {
    if (name == size.name) {
      const auto make = name.starts_with("isp")    ? IspNetwork
                        : name.starts_with("ring") ? RingNetwork
                                                   : RouterNetwork;
      GeneratedNetwork network = make(size.nodes, size.links, seed);
      network.name = name;
      return network;
    }
  }
  Die("no network is named \"" + name + "\"");
}

std::string GeneratedNodeId(uint32_t node) { return absl::StrCat("n", node); }

topology::LinkKey KeyOf(const GeneratedNetwork& network, size_t link) {
  // Both directions of an edge share an interface name, which also tells parallel edges apart.
  const std::string interface = absl::StrCat("e", link / 2);
  return {GeneratedNodeId(network.links[link].local), GeneratedNodeId(network.links[link].remote),
          interface, interface};
}

topology::LinkAttributes AttributesOf(const GeneratedLink& link) {
  topology::LinkAttributes attributes;
  attributes.igp_metric = link.igp;
  attributes.delay = Microseconds(link.delay_us);
  attributes.min_delay = Microseconds(link.delay_us);
  attributes.capacity = SupplyFromBits(link.capacity_bps);
  attributes.available = SupplyFromBits(link.available_bps);
  attributes.admin_group = topology::AdminGroup({link.admin});
  return attributes;
}

void AddToBuilder(const GeneratedNetwork& network, bool sids, topology::TedBuilder& builder,
                  topology::SourceId source) {
  const MonotonicTime now{};
  constexpr uint32_t kFirstLabel = 16000;
  constexpr uint32_t kLabels = 8000;
  for (uint32_t node = 0; node < network.node_count; ++node) {
    topology::NodeAttributes attributes;
    attributes.name = GeneratedNodeId(node);
    if (sids) {
      attributes.srgb = {{kFirstLabel, kLabels + network.node_count}};
      const IpAddress router_id = IpAddress::V4(0x0a000000U + node + 1);
      attributes.router_ids = {router_id};
      topology::PrefixAttributes prefix;
      prefix.sids = {{.value = node + 1}};
      Check(builder.SetPrefix(source, GeneratedNodeId(node), IpPrefix(router_id, 32), prefix, {},
                              now));
    }
    Check(builder.SetNode(source, GeneratedNodeId(node), attributes, {}, now));
  }
  for (size_t link = 0; link < network.links.size(); ++link) {
    topology::LinkAttributes attributes = AttributesOf(network.links[link]);
    if (sids) {
      attributes.adjacency_sids = {
          {.label = kFirstLabel + kLabels + network.node_count + static_cast<uint32_t>(link)}};
    }
    Check(builder.SetLink(source, KeyOf(network, link), attributes, {}, now));
  }
}

topology::TedPtr BuildTed(const GeneratedNetwork& network, bool sids) {
  topology::TedBuilder builder;
  topology::SourceOptions options;
  options.name = "generator";
  const auto source = builder.Connect(options, MonotonicTime{});
  Check(source.status());
  AddToBuilder(network, sids, builder, *source);
  return builder.Publish().ted;
}

}  // namespace srpce::support
