// plugins/topology_source/file/synthesize.cc
#include "plugins/topology_source/file/synthesize.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace srpce::file_source {
namespace {

constexpr uint64_t kMaxNodes =
    0xdfff;  // Node ids of F3216 below the range of local functions, 0xe000.
constexpr uint64_t kMaxNodesIpv4 = 0xffff;  // 10.0.x.y.
constexpr uint32_t kFirstLinkFunction = 0xe000;
constexpr uint32_t kDecapsulationFunction = 0xfd00;
constexpr uint32_t kEndFunction = 1;  // Classic End.
constexpr uint64_t kLocatorBlock = 0xfcbbbb00;
constexpr uint32_t kFirstLinkAddress = 0xac100000;  // 172.16.0.0/12.
constexpr uint64_t kMaxAdjacencies = 1U << 19;
constexpr topology::Srv6SidStructure kUn{.block = 32, .node = 16, .function = 0, .argument = 80};
constexpr topology::Srv6SidStructure kUa{.block = 32, .node = 16, .function = 16, .argument = 64};
constexpr topology::Srv6SidStructure kPlain{.block = 32, .node = 16, .function = 16};

uint16_t Code(topology::Srv6Behavior behavior) { return static_cast<uint16_t>(behavior); }

Ipv6Address Sid(uint64_t block, uint32_t node, uint32_t function) {
  return Ipv6Address().WithBits(0, 32, block).WithBits(32, 16, node).WithBits(48, 16, function);
}

absl::Status TooMany(absl::string_view what, uint64_t got, uint64_t want) {
  return absl::InvalidArgumentError(
      absl::StrCat("file source: ", what, ": got ", got, ", want at most ", want));
}

// The step between the prefix SID indexes of one algorithm and the next.
uint32_t IndexStride(size_t nodes) { return static_cast<uint32_t>(nodes / 1000 + 1) * 1000; }

absl::Status CheckRanges(const Graph& graph, const SynthesisSettings& settings) {
  const uint64_t nodes = graph.nodes.size();
  if (nodes > (settings.srv6 ? kMaxNodes : kMaxNodesIpv4)) {
    return TooMany("nodes", nodes, settings.srv6 ? kMaxNodes : kMaxNodesIpv4);
  }
  const uint64_t last_index = settings.flex_algorithms.size() * IndexStride(nodes) + nodes;
  if (settings.sr_mpls && last_index >= settings.srgb.size) {
    return TooMany("highest prefix SID index", last_index, settings.srgb.size - 1);
  }
  if (graph.edges.size() > kMaxAdjacencies) {
    return TooMany("edges", graph.edges.size(), kMaxAdjacencies);
  }
  return absl::OkStatus();
}

void AddSrMpls(const SynthesisSettings& settings, uint32_t n, size_t nodes,
               topology::NodeAttributes& attributes, topology::PrefixAttributes& loopback) {
  attributes.srgb = {settings.srgb};
  loopback.sids.push_back({.algorithm = topology::kAlgorithmSpf, .value = n});
  uint32_t index = n;
  for (const FlexAlgorithm& flex : settings.flex_algorithms) {
    index += IndexStride(nodes);
    loopback.sids.push_back({.algorithm = flex.algorithm, .value = index});
  }
}

void AddSrv6(const SynthesisSettings& settings, uint32_t n, topology::NodeAttributes& attributes) {
  const auto add_locator = [&](uint64_t block, uint8_t algorithm) {
    attributes.locators.push_back(
        {.prefix = IpPrefix(IpAddress::V6(Sid(block, n, 0)), 48), .algorithm = algorithm});
    const auto behavior =
        settings.next_csid ? topology::Srv6Behavior::kEndNextCsid : topology::Srv6Behavior::kEnd;
    attributes.srv6_sids.push_back({.sid = Sid(block, n, settings.next_csid ? 0 : kEndFunction),
                                    .behavior = Code(behavior),
                                    .algorithm = algorithm,
                                    .structure = settings.next_csid ? kUn : kPlain});
  };
  add_locator(kLocatorBlock, topology::kAlgorithmSpf);
  attributes.srv6_sids.push_back({.sid = Sid(kLocatorBlock, n, kDecapsulationFunction),
                                  .behavior = Code(topology::Srv6Behavior::kEndDt6),
                                  .structure = kPlain});
  for (size_t i = 0; i < settings.flex_algorithms.size(); ++i) {
    add_locator(kLocatorBlock + i + 1, settings.flex_algorithms[i].algorithm);
  }
}

ModelNode MakeNode(const GraphNode& from, uint32_t n, size_t nodes,
                   const SynthesisSettings& settings) {
  const IpAddress v4 = IpAddress::V4((10U << 24) | n);
  const IpAddress v6 =
      IpAddress::V6(Ipv6Address().WithBits(0, 16, 0xfc00).WithBits(32, 16, n).WithBits(112, 16, 1));
  topology::NodeAttributes attributes;
  topology::PrefixAttributes loopback;
  loopback.metric = 0;
  loopback.node_sid = true;
  const topology::PrefixAttributes loopback_v6 = loopback;
  attributes.name = from.label;
  attributes.asn = settings.asn;
  attributes.router_ids = {v4, v6};
  attributes.overload = false;
  if (from.x != 0 || from.y != 0) {
    attributes.position = topology::GeoPosition{.latitude = from.y, .longitude = from.x};
  }
  if (settings.sr_mpls || settings.srv6) {
    attributes.algorithms = {topology::kAlgorithmSpf};
    for (const FlexAlgorithm& flex : settings.flex_algorithms) {
      attributes.algorithms.push_back(flex.algorithm);
      topology::FlexAlgoDefinition& definition = attributes.flex_algo_definitions.emplace_back();
      definition.algorithm = flex.algorithm;
      definition.metric = flex.metric;
      definition.priority = 128;
    }
    attributes.msd.emplace();
  }
  if (settings.sr_mpls) {
    AddSrMpls(settings, n, nodes, attributes, loopback);
    attributes.msd->base_mpls_imposition = settings.msd;
  }
  if (settings.srv6) {
    AddSrv6(settings, n, attributes);
    attributes.msd->srh_max_segments_left = settings.srv6_msd;
    attributes.msd->srh_max_end_pop = settings.srv6_msd;
    attributes.msd->srh_max_h_encaps = settings.srv6_msd;
    attributes.msd->srh_max_end_d = settings.srv6_msd;
  }
  ModelNode node;
  node.node = {.id = from.label, .attributes = std::move(attributes)};
  node.prefixes.push_back(
      {.node_id = from.label, .prefix = IpPrefix(v4, 32), .attributes = std::move(loopback)});
  node.prefixes.push_back(
      {.node_id = from.label, .prefix = IpPrefix(v6, 128), .attributes = loopback_v6});
  return node;
}

// Sets ModelLink::reverse. Links of the same two ends pair up first by equal properties, then in
// the order of the file.
void PairDirections(const Graph& graph, std::vector<ModelLink>& links) {
  const auto pair_by = [&](auto key_of) {
    std::map<decltype(key_of(graph.edges[0], false)), std::vector<uint32_t>> waiting;
    for (uint32_t i = 0; i < links.size(); ++i) {
      if (links[i].reverse.has_value()) {
        continue;
      }
      auto& opposite = waiting[key_of(graph.edges[i], true)];
      if (opposite.empty()) {
        waiting[key_of(graph.edges[i], false)].push_back(i);
        continue;
      }
      links[i].reverse = opposite.front();
      links[opposite.front()].reverse = i;
      opposite.erase(opposite.begin());
    }
  };
  const auto ends = [](const GraphEdge& e, bool swap) {
    return swap ? std::pair(e.target, e.source) : std::pair(e.source, e.target);
  };
  pair_by([&](const GraphEdge& e, bool swap) {
    return std::tuple(ends(e, swap), e.weight, e.bandwidth_kbps, e.delay_us);
  });
  pair_by(ends);
}

// Interface names, their pairing, and addresses.
void NameInterfaces(const Graph& graph, std::vector<ModelLink>& links) {
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> parallel;
  for (uint32_t i = 0; i < links.size(); ++i) {
    const uint32_t ordinal = ++parallel[{links[i].local, links[i].remote}];
    links[i].link.key.local_interface = absl::StrCat(
        "to-", graph.nodes[links[i].remote].label, ordinal == 1 ? "" : absl::StrCat(".", ordinal));
  }
  uint32_t address = kFirstLinkAddress;
  for (uint32_t i = 0; i < links.size(); ++i) {
    topology::LinkAttributes& attributes = links[i].link.attributes;
    if (!links[i].reverse.has_value()) {
      attributes.local_address = IpAddress::V4(address);
      attributes.remote_address = IpAddress::V4(address + 1);
      address += 2;
      continue;
    }
    ModelLink& reverse = links[*links[i].reverse];
    links[i].link.key.remote_interface = reverse.link.key.local_interface;
    if (i < *links[i].reverse) {
      attributes.local_address = reverse.link.attributes.remote_address = IpAddress::V4(address);
      attributes.remote_address = reverse.link.attributes.local_address =
          IpAddress::V4(address + 1);
      address += 2;
    }
  }
}

absl::Status AddLinkSids(const SynthesisSettings& settings, size_t nodes,
                         std::vector<ModelLink>& links) {
  std::vector<uint32_t> count(nodes, 0);
  for (ModelLink& link : links) {
    const uint32_t k = count[link.local]++;
    if (settings.sr_mpls) {
      const uint32_t label = settings.first_adjacency_label + k;
      if (label > topology::kMaxLabel) {
        return TooMany("adjacency label", label, topology::kMaxLabel);
      }
      if (label >= settings.srgb.first && label - settings.srgb.first < settings.srgb.size) {
        return absl::InvalidArgumentError(absl::StrCat("file source: first_adjacency_label: got ",
                                                       label,
                                                       " in use, want labels outside the "
                                                       "SRGB"));
      }
      link.link.attributes.adjacency_sids = {{.label = label}};
    }
    if (settings.srv6) {
      if (kFirstLinkFunction + k >= kDecapsulationFunction) {
        return TooMany("links of one node", k + 1, kDecapsulationFunction - kFirstLinkFunction);
      }
      const auto behavior = settings.next_csid ? topology::Srv6Behavior::kEndXNextCsid
                                               : topology::Srv6Behavior::kEndX;
      link.link.attributes.srv6_sids = {
          {.sid = Sid(kLocatorBlock, link.local + 1, kFirstLinkFunction + k),
           .behavior = Code(behavior),
           .structure = settings.next_csid ? kUa : kPlain}};
    }
  }
  return absl::OkStatus();
}

// Calls visit(one direction, the other) once an adjacency; twice the same link where it has no
// other direction.
template <typename Visit>
void ForEachAdjacency(std::vector<ModelLink>& links, Visit visit) {
  for (uint32_t i = 0; i < links.size(); ++i) {
    const uint32_t reverse = links[i].reverse.value_or(i);
    if (i <= reverse) {
      visit(links[i], links[reverse]);
    }
  }
}

// In what follows the same seed gives the same network on every machine: std::mt19937_64 is fully
// specified, the distributions of <random> are not.
void AddLoss(uint64_t seed, std::vector<ModelLink>& links) {
  std::mt19937_64 random(seed);
  ForEachAdjacency(links, [&](ModelLink& link, ModelLink& reverse) {
    const double loss = static_cast<double>(random() % 501) * 1e-6;
    link.link.attributes.loss = loss;
    reverse.link.attributes.loss = loss;
  });
}

void AddAffinities(uint64_t seed, std::vector<ModelLink>& links) {
  std::mt19937_64 random(seed);
  ForEachAdjacency(links, [&](ModelLink& link, ModelLink& reverse) {
    topology::AdminGroup group;
    group.Set(static_cast<uint32_t>(random() % 8));
    group.Set(static_cast<uint32_t>(random() % 8));
    link.link.attributes.admin_group = group;
    reverse.link.attributes.admin_group = group;
  });
}

void AddSrlgs(uint64_t seed, std::vector<ModelLink>& links) {
  std::mt19937_64 random(seed);
  uint32_t next = 1000;
  std::map<uint32_t, std::vector<uint32_t>>
      groups_at;  // By node: the own SRLGs of its links so far.
  ForEachAdjacency(links, [&](ModelLink& link, ModelLink& reverse) {
    std::vector<uint32_t> srlgs{next++};
    const std::vector<uint32_t>& near = groups_at[link.local];
    if (!near.empty() && random() % 5 == 0) {
      srlgs.push_back(near[random() % near.size()]);  // Leaves the site through the same duct.
    }
    groups_at[link.local].push_back(srlgs[0]);
    groups_at[link.remote].push_back(srlgs[0]);
    std::sort(srlgs.begin(), srlgs.end());
    link.link.attributes.srlgs = srlgs;
    reverse.link.attributes.srlgs = srlgs;
  });
}

ModelLink MakeLink(const Graph& graph, const GraphEdge& edge) {
  const BytesPerSecond bandwidth = SupplyFromBits(edge.bandwidth_kbps * 1000);
  ModelLink link;
  link.local = edge.source;
  link.remote = edge.target;
  link.link.key.local_node = graph.nodes[edge.source].label;
  link.link.key.remote_node = graph.nodes[edge.target].label;
  topology::LinkAttributes& attributes = link.link.attributes;
  attributes.up = true;
  attributes.igp_metric = edge.weight;
  attributes.te_metric = edge.weight;
  attributes.delay = Microseconds(edge.delay_us);
  attributes.min_delay = Microseconds(edge.delay_us);
  attributes.capacity = bandwidth;
  attributes.reservable = bandwidth;
  attributes.available = bandwidth;
  return link;
}

}  // namespace

absl::StatusOr<Model> Synthesize(const Graph& graph, const SynthesisSettings& settings) {
  SRPCE_RETURN_IF_ERROR(CheckRanges(graph, settings));
  std::vector<ModelNode> nodes;
  for (uint32_t i = 0; i < graph.nodes.size(); ++i) {
    nodes.push_back(MakeNode(graph.nodes[i], i + 1, graph.nodes.size(), settings));
  }
  std::vector<ModelLink> links;
  for (const GraphEdge& edge : graph.edges) {
    links.push_back(MakeLink(graph, edge));
  }
  PairDirections(graph, links);
  NameInterfaces(graph, links);
  SRPCE_RETURN_IF_ERROR(AddLinkSids(settings, nodes.size(), links));
  if (settings.loss_seed) {
    AddLoss(*settings.loss_seed, links);
  }
  if (settings.affinity_seed) {
    AddAffinities(*settings.affinity_seed, links);
  }
  if (settings.srlg_seed) {
    AddSrlgs(*settings.srlg_seed, links);
  }
  return Model(std::move(nodes), std::move(links));
}

}  // namespace srpce::file_source
