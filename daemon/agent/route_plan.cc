#include "daemon/agent/route_plan.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "daemon/agent/srh.h"
#include "lib/base/status_macros.h"
#include "lib/segments/imposition.h"

namespace srpce::agent {
namespace {

constexpr uint32_t kAddressBits = 128;
constexpr size_t kMaxLists = 64;  // So that the next hops of a route fit one netlink attribute.

// `wanted` as numbers up to `largest`, never nothing.
std::vector<uint32_t> ScaledTo(uint32_t largest, const std::vector<uint64_t>& wanted) {
  const uint64_t from = *std::max_element(wanted.begin(), wanted.end());
  std::vector<uint32_t> weights;
  for (const uint64_t weight : wanted) {
    const uint64_t rounded = (2 * weight * largest + from) / (2 * from);
    weights.push_back(static_cast<uint32_t>(std::max<uint64_t>(1, rounded)));
  }
  return weights;
}

// How much more of the traffic than wanted the list gets that gets most beyond its share.
double Excess(const std::vector<uint32_t>& weights, const std::vector<uint64_t>& wanted) {
  const auto sum = [](const auto& values) {
    return static_cast<double>(std::accumulate(values.begin(), values.end(), uint64_t{0}));
  };
  const double all = sum(weights), all_wanted = sum(wanted);
  double most = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    most = std::max(most, weights[i] / all - static_cast<double>(wanted[i]) / all_wanted);
  }
  return most;
}

// The kernel has 8 bits for a weight. Larger ones are scaled so that no link gets much more than it
// was computed to have room for.
std::vector<uint32_t> KernelWeights(const std::vector<policy::WeightedList>& lists) {
  std::vector<uint64_t> wanted;
  for (const policy::WeightedList& list : lists) {
    wanted.push_back(std::max<uint64_t>(1, list.weight));
  }
  if (*std::max_element(wanted.begin(), wanted.end()) <= kMaxNextHopWeight) {
    return {wanted.begin(), wanted.end()};
  }
  std::vector<uint32_t> best = ScaledTo(kMaxNextHopWeight, wanted);
  for (uint32_t largest = kMaxNextHopWeight - 1; largest > 0; --largest) {
    std::vector<uint32_t> weights = ScaledTo(largest, wanted);
    if (Excess(weights, wanted) < Excess(best, wanted)) best = std::move(weights);
  }
  return best;
}

// Next hops of one route must differ, and the kernel only shares load between next hops with a
// gateway. It is never asked for: the packet is routed by its outer destination.
Ipv6Address PlaceholderGateway(size_t index) {
  return Ipv6Address(Ipv6Address::Bytes{0xfe, 0x80}).WithBits(96, 32, index + 1);
}

absl::Status CheckConfig(const plugin::PolicyConfig& config) {
  if (config.lists.empty() || config.lists.size() > kMaxLists) {
    return absl::InvalidArgumentError(
        absl::StrCat("lists: got ", config.lists.size(), ", want 1 to ", kMaxLists));
  }
  for (const policy::WeightedList& weighted : config.lists) {
    if (weighted.list.data_plane == cspf::DataPlane::kSrMpls) {
      return absl::FailedPreconditionError("mpls: kernel has no MPLS forwarding");
    }
    if (weighted.list.sids.empty()) {
      return absl::InvalidArgumentError("lists: got a list without SIDs");
    }
  }
  if (!config.decapsulation_sid) {
    return absl::FailedPreconditionError(
        "decapsulation_sid: got none, want the endpoint's End.DT6: its End would drop the packets");
  }
  for (const IpPrefix& prefix : config.steered_prefixes) {
    if (prefix.address().is_v4()) {
      return absl::InvalidArgumentError(
          absl::StrCat("steered_prefixes: got ", prefix.ToString(), ", want IPv6"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<IpPrefix>> Destinations(const plugin::PolicyConfig& config) {
  std::vector<IpPrefix> destinations = config.steered_prefixes;
  if (destinations.empty() && !config.binding_sid) {
    if (!config.endpoint_address || config.endpoint_address->is_v4()) {
      return absl::FailedPreconditionError(
          "steered_prefixes: got none and no IPv6 endpoint address, want a destination to steer");
    }
    destinations.emplace_back(*config.endpoint_address,
                              config.endpoint_address->max_prefix_length());
  }
  std::sort(destinations.begin(), destinations.end());
  destinations.erase(std::unique(destinations.begin(), destinations.end()), destinations.end());
  return destinations;
}

}  // namespace

absl::StatusOr<std::vector<Route>> PlanRoutes(const plugin::PolicyConfig& config,
                                              const PlanSettings& settings) {
  SRPCE_RETURN_IF_ERROR(CheckConfig(config));
  SRPCE_ASSIGN_OR_RETURN(const std::vector<IpPrefix> destinations, Destinations(config));
  const std::vector<uint32_t> weights = KernelWeights(config.lists);
  Route into_policy;
  into_policy.id.table = settings.table;
  into_policy.id.metric = settings.metric;
  into_policy.protocol = settings.protocol;
  for (size_t i = 0; i < config.lists.size(); ++i) {
    Seg6Encap encap{segments::ImposedSids(config.lists[i].list.sids, config.decapsulation_sid)};
    if (encap.sids.size() > kMaxSids) {
      return absl::InvalidArgumentError(
          absl::StrCat("lists: got ", encap.sids.size(), " SIDs, want at most ", kMaxSids));
    }
    into_policy.next_hops.push_back({.interface = settings.encap_interface,
                                     .gateway = PlaceholderGateway(i),
                                     .onlink = true,
                                     .weight = config.lists.size() == 1 ? 1 : weights[i],
                                     .encapsulation = std::move(encap)});
  }
  std::vector<Route> routes;
  for (const IpPrefix& destination : destinations) {
    routes.push_back(into_policy);
    routes.back().id.destination = destination;
  }
  if (config.binding_sid) {
    Route binding = into_policy;
    binding.id.destination = IpPrefix(IpAddress::V6(*config.binding_sid), kAddressBits);
    for (NextHop& hop : binding.next_hops) {
      Seg6Local local;
      local.action = static_cast<uint32_t>(Seg6Action::kEndB6Encaps);
      local.sids = std::get<Seg6Encap>(hop.encapsulation).sids;
      hop.encapsulation = std::move(local);
    }
    routes.push_back(std::move(binding));
  }
  return routes;
}

}  // namespace srpce::agent
