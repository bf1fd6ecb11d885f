// plugins/topology_source/bgpls/state_link.cc
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/topology/element_validation.h"
#include "plugins/topology_source/bgpls/sid_flags.h"
#include "plugins/topology_source/bgpls/statements.h"

namespace srpce::bgpls_source {
namespace {

using topology::LinkAttributes;
using wire::bgpls::Asla;
using wire::bgpls::TeAttributes;

bool HasBit(const std::string& mask, uint8_t bit) {
  return !mask.empty() && (static_cast<uint8_t>(mask.front()) & bit) != 0;
}

// The sets of attributes that hold for SR policies, the most specific first: of that application,
// of any, the link's own (RFC 9294 s3, RFC 8919 s4.2).
std::vector<const TeAttributes*> ForSrPolicy(const wire::bgpls::LinkAttributes& link) {
  std::vector<const TeAttributes*> sets;
  for (const Asla& asla : link.asla) {
    if (HasBit(asla.standard_mask, Asla::kSrPolicy)) sets.push_back(&asla.te);
  }
  for (const Asla& asla : link.asla) {
    if (asla.standard_mask.empty() && asla.user_mask.empty()) sets.push_back(&asla.te);
  }
  sets.push_back(&link.te);
  return sets;
}

// What is measured is a fact, whichever application it is announced for.
std::vector<const TeAttributes*> ForMeasured(const wire::bgpls::LinkAttributes& link) {
  std::vector<const TeAttributes*> sets = ForSrPolicy(link);
  for (const Asla& asla : link.asla) {
    sets.push_back(&asla.te);
  }
  return sets;
}

// Sent as a float (RFC 5305 s3.4). What is no number of bytes is told as more than is allowed, so
// that it is refused by name.
BytesPerSecond BandwidthOf(wire::bgpls::BytesPerSecondFloat value) {
  constexpr auto kAbove = static_cast<float>(uint64_t{1} << 63);
  return {value >= 0 && value < kAbove ? static_cast<uint64_t>(value) : UINT64_MAX};
}

// The words of TLV 1088 and 1173 are one set; where both are there they say the same of the first
// 32 bits (RFC 9104 s2).
std::optional<topology::AdminGroup> AdminGroupOf(const TeAttributes& te) {
  if (!te.extended_admin_group.empty()) {
    return topology::AdminGroup(te.extended_admin_group);
  }
  return te.admin_group ? std::optional(topology::AdminGroup({*te.admin_group})) : std::nullopt;
}

template <typename T>
void Fill(std::optional<T>& field, const std::optional<T>& value) {
  if (!field) field = value;
}

template <typename Step>
void OfferTe(const TeAttributes& te, const Step& step) {
  step([&](LinkAttributes& to) { Fill(to.te_metric, te.te_metric); });
  step([&](LinkAttributes& to) { Fill(to.admin_group, AdminGroupOf(te)); });
  step([&](LinkAttributes& to) {
    if (te.max_bandwidth && !to.capacity) to.capacity = BandwidthOf(*te.max_bandwidth);
  });
  step([&](LinkAttributes& to) {
    if (te.max_reservable_bandwidth && !to.reservable) {
      to.reservable = BandwidthOf(*te.max_reservable_bandwidth);
    }
  });
  step([&](LinkAttributes& to) {
    if (!te.srlgs.empty() && !to.srlgs) to.srlgs = te.srlgs;
  });
}

template <typename Step>
void OfferPerformance(const TeAttributes& te, const Step& step) {
  const wire::bgpls::Performance& p = te.performance;
  step([&](LinkAttributes& to) {
    if (p.delay && !to.delay) {
      to.delay = p.delay->delay;
      if (p.delay->anomalous) to.delay_anomalous = true;
    }
  });
  // Together: of two senders, the min of one may be above the max of the other.
  step([&](LinkAttributes& to) {
    if (p.min_max_delay && !to.min_delay) {
      to.min_delay = p.min_max_delay->min;
      to.max_delay = p.min_max_delay->max;
      if (p.min_max_delay->anomalous) to.delay_anomalous = true;
    }
  });
  step([&](LinkAttributes& to) {
    if ((p.delay || p.min_max_delay) && !to.delay_anomalous) to.delay_anomalous = false;
  });
  step([&](LinkAttributes& to) { Fill(to.delay_variation, p.delay_variation); });
  step([&](LinkAttributes& to) {
    if (p.loss && !to.loss) to.loss = p.loss->fraction();
  });
  step([&](LinkAttributes& to) {
    if (p.available_bandwidth && !to.available) to.available = BandwidthOf(*p.available_bandwidth);
  });
  // Without a measurement, what no reservation has taken: the least of the priorities.
  step([&](LinkAttributes& to) {
    if (te.unreserved_bandwidth && !to.available) {
      BytesPerSecond least{UINT64_MAX};
      for (const float value : *te.unreserved_bandwidth) {
        least = std::min(least, BandwidthOf(value));
      }
      to.available = least;
    }
  });
}

template <typename Step>
void OfferSids(const Member& member, const Step& step) {
  const wire::bgpls::LinkSids& sids = member.attribute.link.sids;
  const wire::bgpls::ProtocolId protocol = member.nlri->protocol;
  const auto offer = [&](topology::AdjacencySid sid, bool shared) {
    sid.is_set = sid.is_set || shared;
    step([sid](LinkAttributes& to) {
      const auto same = [&](const auto& other) {
        return other.label == sid.label && other.is_index == sid.is_index;
      };
      auto& list = to.adjacency_sids;
      if (std::none_of(list.begin(), list.end(), same)) list.push_back(sid);
    });
  };
  // Those for IPv4 packets first: a list that ends in one may carry either.
  for (const bool ipv6 : {false, true}) {
    for (const wire::bgpls::AdjacencySid& sid : sids.adjacency) {
      if (IsForIpv6(protocol, sid) == ipv6) offer(AdjacencySidOf(protocol, sid), false);
    }
  }
  for (const wire::bgpls::AdjacencySid& sid : sids.peer_adjacency) {
    offer(AdjacencySidOf(protocol, sid), false);
  }
  // To the peer over any of its links, or to any of the set (RFC 9086 s4.1, s4.3).
  for (const auto* list : {&sids.peer_node, &sids.peer_set}) {
    for (const wire::bgpls::AdjacencySid& sid : *list) {
      offer(AdjacencySidOf(protocol, sid), true);
    }
  }
  for (const wire::bgpls::Srv6EndX& end_x : sids.end_x) {
    step([&](LinkAttributes& to) {
      const auto same = [&](const auto& other) { return other.sid == end_x.sid; };
      auto& list = to.srv6_sids;
      if (std::none_of(list.begin(), list.end(), same)) list.push_back(Srv6SidOf(end_x));
    });
  }
}

uint16_t LowestTopology(const std::vector<const Member*>& members) {
  uint16_t lowest = UINT16_MAX;
  for (const Member* member : members) {
    const std::vector<uint16_t>& ids = member->nlri->link().multi_topologies;
    lowest =
        std::min<uint16_t>(lowest, ids.empty() ? 0 : *std::min_element(ids.begin(), ids.end()));
  }
  return lowest;
}

}  // namespace

std::string AttributesOf(const Member& member) {
  const wire::bgpls::LinkAttributes& link = member.attribute.link;
  wire::bgpls::LinkAttributes compared;
  compared.te = link.te;
  compared.asla = link.asla;
  compared.igp_metric = link.igp_metric;
  wire::bgpls::TlvWriter writer;
  Write(compared, writer);
  return std::move(writer).text();
}

plugin::LinkStatement StateLink(const topology::LinkKey& key, const Adjacency& adjacency,
                                const std::vector<const Member*>& members, Oddities& oddities) {
  // An attribute that came with one NLRI is surely of that link. Some routers (FRR, 2026) put links
  // into one UPDATE whose attributes are not the same, and all get those of the first.
  std::vector<const Member*> by_certainty = members;
  std::stable_sort(by_certainty.begin(), by_certainty.end(),
                   [](const Member* a, const Member* b) { return a->nlris < b->nlris; });
  const auto validate = [&](const LinkAttributes& link) {
    return topology::ValidateLink(key, link);
  };
  Offer<LinkAttributes, decltype(validate)> offer(validate, absl::StrCat("link ", key.ToString()),
                                                  oddities);
  plugin::LinkStatement statement;
  statement.key = key;
  statement.attributes = offer.Run([&](const auto& step) {
    step([&](LinkAttributes& to) {
      to.local_address = adjacency.local_address;
      to.remote_address = adjacency.remote_address;
    });
    // The metric is the topology's, all else the link's.
    for (const Member* member : members) {
      step([&](LinkAttributes& to) { Fill(to.igp_metric, member->attribute.link.igp_metric); });
      OfferSids(*member, step);
    }
    for (const Member* member : by_certainty) {
      const wire::bgpls::LinkAttributes& link = member->attribute.link;
      for (const TeAttributes* te : ForSrPolicy(link)) OfferTe(*te, step);
      for (const TeAttributes* te : ForMeasured(link)) OfferPerformance(*te, step);
      step([&](LinkAttributes& to) {
        for (const wire::bgpls::Msd& msd : link.msds) {
          if (msd.type == 1 && !to.msd_base_mpls_imposition) {
            to.msd_base_mpls_imposition = msd.value;
          }
        }
      });
    }
    step([&](LinkAttributes& to) {
      if (const uint16_t topology = LowestTopology(members); topology != 0) {
        to.multi_topology_id = topology;
      }
    });
  });
  statement.stale = std::all_of(members.begin(), members.end(),
                                [](const Member* member) { return member->stale; });
  return statement;
}

}  // namespace srpce::bgpls_source
