#include "tests/support/extreme_networks.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace srpce::support {
namespace {

constexpr topology::LabelRange kSrgb{.first = 100'000, .size = 400'000};
constexpr uint32_t kFirstAdjacencyLabel = 600'000;

std::string Id(uint32_t node) { return absl::StrCat("n", node); }

}  // namespace

Draft Routers(uint32_t count) {
  Draft draft;
  for (uint32_t i = 0; i < count; ++i) {
    DraftNode node{.id = Id(i), .attributes = {}, .prefixes = {}};
    node.attributes.srgb = {kSrgb};
    topology::Prefix loopback;
    loopback.prefix = IpPrefix(IpAddress::V4((10U << 24) + i), 32);
    loopback.attributes.sids = {{.value = i + 1}};
    node.prefixes = {loopback};
    draft.nodes.push_back(node);
  }
  return draft;
}

void AddLink(uint32_t a, uint32_t b, const topology::LinkAttributes& attributes, Draft& draft,
             uint32_t interface) {
  const std::string name = interface == 0 ? "" : absl::StrCat(interface);
  for (const topology::LinkKey& key :
       {topology::LinkKey{Id(a), Id(b), name, name}, topology::LinkKey{Id(b), Id(a), name, name}}) {
    DraftLink link{key, attributes};
    const auto position = static_cast<uint32_t>(draft.links.size());
    link.attributes.adjacency_sids = {{.label = kFirstAdjacencyLabel + position}};
    draft.links.push_back(link);
  }
}

void AddAlgorithm(const topology::FlexAlgoDefinition& definition, Draft& draft) {
  draft.nodes.front().attributes.flex_algo_definitions = {definition};
  for (DraftNode& node : draft.nodes) {
    node.attributes.algorithms = {topology::kAlgorithmSpf, definition.algorithm};
    auto& sids = node.prefixes.front().attributes.sids;
    sids.push_back({.algorithm = definition.algorithm, .value = kFlexIndex + sids.front().value});
  }
}

Draft Chain(uint32_t hops, const LinkOfPosition& attributes) {
  Draft draft = Routers(hops + 1);
  for (uint32_t i = 0; i < hops; ++i) AddLink(i, i + 1, attributes(i), draft);
  return draft;
}

Draft Ring(uint32_t hops, const LinkOfPosition& attributes) {
  Draft draft = Routers(hops);
  for (uint32_t i = 0; i < hops; ++i) AddLink(i, (i + 1) % hops, attributes(i), draft);
  return draft;
}

Draft Ladder(uint32_t hops, uint32_t width, const LinkOfPosition& attributes) {
  Draft draft = Routers(hops + 1);
  for (uint32_t i = 0; i < hops * width; ++i) {
    AddLink(i / width, i / width + 1, attributes(i), draft, i % width + 1);
  }
  return draft;
}

}  // namespace srpce::support
