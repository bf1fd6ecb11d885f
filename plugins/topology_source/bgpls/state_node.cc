// plugins/topology_source/bgpls/state_node.cc
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/topology/element_validation.h"
#include "plugins/topology_source/bgpls/sid_flags.h"
#include "plugins/topology_source/bgpls/statements.h"

namespace srpce::bgpls_source {
namespace {

using topology::MetricType;
using topology::NodeAttributes;

template <typename T>
void AddNew(const T& value, std::vector<T>& list) {
  if (std::find(list.begin(), list.end(), value) == list.end()) {
    list.push_back(value);
  }
}

// IANA "IGP MSD-Types".
void SetMsd(const wire::bgpls::Msd& msd, topology::Msd& to) {
  std::optional<uint8_t>* field = msd.type == 1    ? &to.base_mpls_imposition
                                  : msd.type == 41 ? &to.srh_max_segments_left
                                  : msd.type == 42 ? &to.srh_max_end_pop
                                  : msd.type == 44 ? &to.srh_max_h_encaps
                                  : msd.type == 45 ? &to.srh_max_end_d
                                                   : nullptr;
  if (field != nullptr && !*field) {
    *field = msd.value;
  }
}

// RFC 9350 s5.1; what has no place in the model makes the definition `unsupported`.
topology::FlexAlgoDefinition DefinitionOf(const wire::bgpls::FlexAlgoDefinition& definition) {
  constexpr MetricType kMetrics[] = {MetricType::kIgp, MetricType::kDelay, MetricType::kTe};
  constexpr char kUsePrefixMetric = static_cast<char>(0x80);  // M flag, RFC 9350 s6.4.
  topology::FlexAlgoDefinition result;
  result.algorithm = definition.algorithm;
  result.priority = definition.priority;
  const bool known_metric = definition.metric_type < std::size(kMetrics);
  result.metric = known_metric ? kMetrics[definition.metric_type] : MetricType::kIgp;
  result.exclude_any = topology::AdminGroup(definition.exclude_any);
  result.include_any = topology::AdminGroup(definition.include_any);
  result.include_all = topology::AdminGroup(definition.include_all);
  result.exclude_srlgs = definition.exclude_srlgs;
  const std::string flags = definition.flags.value_or("");
  const bool known_flags = std::all_of(flags.begin(), flags.end(), [&](const char& octet) {
    return octet == 0 || (&octet == flags.data() && octet == kUsePrefixMetric);
  });
  result.unsupported = !known_metric || definition.calculation_type != 0 || !known_flags ||
                       !definition.unsupported.empty() || !definition.unknown.empty();
  return result;
}

// Every range of a block. REQUIRES the block's ranges begin with labels.
std::vector<topology::LabelRange> RangesOf(const wire::bgpls::LabelBlock& block) {
  std::vector<topology::LabelRange> ranges;
  for (const wire::bgpls::LabelRange& range : block.ranges) {
    ranges.push_back({.first = range.first.value, .size = range.size});
  }
  return ranges;
}

bool BeginsWithLabels(const wire::bgpls::LabelBlock& block) {
  return std::all_of(block.ranges.begin(), block.ranges.end(),
                     [](const wire::bgpls::LabelRange& range) { return range.first.is_label; });
}

template <typename Step>
void OfferBlock(const std::optional<wire::bgpls::LabelBlock>& block,
                std::vector<topology::LabelRange> NodeAttributes::*field, const Step& step) {
  if (block && BeginsWithLabels(*block)) {
    step([&](NodeAttributes& node) {
      if ((node.*field).empty()) {
        node.*field = RangesOf(*block);
      }
    });
  }
}

template <typename Step>
void OfferNode(const Member& member, const Step& step) {
  const wire::bgpls::NodeAttributes& from = member.attribute.node;
  step([&](NodeAttributes& node) {
    if (from.name && !node.name) node.name = *from.name;
  });
  step([&](NodeAttributes& node) {
    const std::optional<uint32_t>& asn = member.nlri->local_node.as_number;
    if (asn && *asn != 0 && !node.asn) node.asn = *asn;
  });
  for (const IpAddress& router_id : member.attribute.local_router_ids) {
    step([&](NodeAttributes& node) { AddNew(router_id, node.router_ids); });
  }
  OfferBlock(from.sr_capabilities, &NodeAttributes::srgb, step);
  OfferBlock(from.sr_local_block, &NodeAttributes::srlb, step);
  step([&](NodeAttributes& node) {
    for (const uint8_t algorithm : from.sr_algorithms) AddNew(algorithm, node.algorithms);
  });
  for (const wire::bgpls::FlexAlgoDefinition& definition : from.flex_algos) {
    step([&](NodeAttributes& node) {
      const auto same = [&](const auto& other) { return other.algorithm == definition.algorithm; };
      auto& list = node.flex_algo_definitions;
      if (std::none_of(list.begin(), list.end(), same)) list.push_back(DefinitionOf(definition));
    });
  }
  step([&](NodeAttributes& node) {
    for (const wire::bgpls::Msd& msd : from.msds) {
      if (!node.msd) node.msd.emplace();
      SetMsd(msd, *node.msd);
    }
  });
  // In one level is enough: nobody here knows by which one a packet would cross the node.
  step([&](NodeAttributes& node) {
    if (from.flags) {
      const bool overload = (*from.flags & wire::bgpls::NodeAttributes::kOverload) != 0;
      node.overload = node.overload.value_or(false) || overload;
    }
  });
  for (const uint16_t topology : from.multi_topologies) {
    step([&](NodeAttributes& node) { AddNew(topology, node.multi_topology_ids); });
  }
}

template <typename Step>
void OfferLocators(const Member& member, const Step& step) {
  const IpPrefix& prefix = member.nlri->prefix().prefix;
  const std::optional<bool> anycast = IsAnycast(member.nlri->protocol, member.attribute.prefix);
  for (const wire::bgpls::Srv6Locator& locator : member.attribute.prefix.locators) {
    step([&](NodeAttributes& node) {
      const auto same = [&](const auto& other) { return other.prefix == prefix; };
      if (std::none_of(node.locators.begin(), node.locators.end(), same)) {
        node.locators.push_back({.prefix = prefix,
                                 .algorithm = locator.algorithm,
                                 .metric = locator.metric,
                                 .anycast = anycast.value_or(false)});
      }
    });
  }
}

template <typename Step>
void OfferSid(const Member& member, const Step& step) {
  const wire::bgpls::Srv6SidAttributes& from = member.attribute.srv6_sid;
  if (!from.behavior) {
    return;  // What it does is not told (RFC 9514 s7.1 has it mandatory): of no use in a list.
  }
  wire::bgpls::Srv6EndX sid;
  sid.behavior = from.behavior->behavior;
  sid.algorithm = from.behavior->algorithm;
  sid.sid = member.nlri->srv6_sid().sid;
  sid.structure = from.structure;
  step([&](NodeAttributes& node) {
    const auto same = [&](const auto& other) { return other.sid == sid.sid; };
    if (std::none_of(node.srv6_sids.begin(), node.srv6_sids.end(), same)) {
      node.srv6_sids.push_back(Srv6SidOf(sid));
    }
  });
}

}  // namespace

plugin::NodeStatement StateNode(const std::string& id, const NodeMembers& members,
                                Oddities& oddities) {
  const auto validate = [&](const NodeAttributes& node) {
    return topology::ValidateNode(id, node);
  };
  Offer<NodeAttributes, decltype(validate)> offer(validate, absl::StrCat("node ", id), oddities);
  plugin::NodeStatement statement;
  statement.id = id;
  statement.attributes = offer.Run([&](const auto& step) {
    if (members.pseudonode) {
      step([](NodeAttributes& node) { node.pseudonode = true; });
    }
    for (const Member& member : members.nodes) OfferNode(member, step);
    for (const Member& member : members.locators) OfferLocators(member, step);
    for (const Member& member : members.sids) OfferSid(member, step);
  });
  statement.stale = !members.nodes.empty() && AllStale(members.nodes);
  return statement;
}

}  // namespace srpce::bgpls_source
