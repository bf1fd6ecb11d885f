// plugins/topology_source/bgpls/state_prefix.cc
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/topology/element_validation.h"
#include "plugins/topology_source/bgpls/sid_flags.h"
#include "plugins/topology_source/bgpls/statements.h"

namespace srpce::bgpls_source {

using topology::PrefixAttributes;

plugin::PrefixStatement StatePrefix(const std::string& node_id, const IpPrefix& prefix,
                                    const std::vector<Member>& members, Oddities& oddities) {
  const auto validate = [&](const PrefixAttributes& attributes) {
    return topology::ValidatePrefix(node_id, prefix, attributes);
  };
  Offer<PrefixAttributes, decltype(validate)> offer(
      validate, absl::StrCat("prefix ", prefix.ToString(), " of ", node_id), oddities);
  plugin::PrefixStatement statement;
  statement.node_id = node_id;
  statement.prefix = prefix;
  statement.attributes = offer.Run([&](const auto& step) {
    for (const Member& member : members) {
      const wire::bgpls::PrefixAttributes& from = member.attribute.prefix;
      const wire::bgpls::ProtocolId protocol = member.nlri->protocol;
      step([&](PrefixAttributes& to) {
        if (from.metric && !to.metric) to.metric = *from.metric;
        if (!to.node_sid) to.node_sid = IsNodePrefix(protocol, from);
        if (!to.anycast) to.anycast = IsAnycast(protocol, from);
      });
      for (const wire::bgpls::PrefixSid& sid : from.sids) {
        step([&](PrefixAttributes& to) {
          const auto same = [&](const auto& other) { return other.algorithm == sid.algorithm; };
          if (std::none_of(to.sids.begin(), to.sids.end(), same)) {
            to.sids.push_back(PrefixSidOf(protocol, sid));
          }
        });
      }
    }
  });
  statement.stale = AllStale(members);
  return statement;
}

}  // namespace srpce::bgpls_source
