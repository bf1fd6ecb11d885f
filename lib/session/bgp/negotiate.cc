#include "lib/session/bgp/negotiate.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/wire/bytes/writer.h"

namespace srpce::session::bgp {
namespace {

using wire::bgp::Family;
using wire::bgp::Open;
using wire::bgp::ProtocolError;

bool Contains(const std::vector<Family>& families, Family family) {
  return std::find(families.begin(), families.end(), family) != families.end();
}

std::vector<Family> CommonFamilies(const Config& config, const Open& open) {
  // Without the capability a speaker has IPv4 unicast (RFC 4760 s8).
  const std::vector<Family>& told = open.capabilities.families;
  std::vector<Family> common;
  for (const Family family : config.families) {
    const bool has = told.empty() ? family == wire::bgp::kIpv4Unicast : Contains(told, family);
    if (has) common.push_back(family);
  }
  return common;
}

ProtocolError OpenError(uint8_t subcode, std::string text) {
  ProtocolError error;
  error.notification.code = wire::bgp::ErrorCode::kOpen;
  error.notification.subcode = subcode;
  error.text = absl::StrCat("OPEN: ", text);
  return error;
}

// RFC 5492 s3: the data is what the peer should have announced.
ProtocolError NoCommonFamily(const Config& config) {
  wire::bgp::Capabilities wanted;
  wanted.families = config.families;
  wire::Writer writer;
  std::string names;
  for (const Family family : config.families) {
    absl::StrAppend(&names, names.empty() ? "" : " or ", Name(family));
  }
  ProtocolError error = OpenError(wire::bgp::subcode::kUnsupportedCapability,
                                  absl::StrCat("got no family in common, want ", names));
  if (WriteCapabilities(wanted, writer).ok()) error.notification.data = std::move(writer).text();
  return error;
}

std::string PeerName(const Open& open) {
  if (!open.capabilities.fqdn.has_value()) return "";
  const auto& [host, domain] = *open.capabilities.fqdn;
  return domain.empty() ? host : absl::StrCat(host, ".", domain);
}

}  // namespace

wire::bgp::UpdateContext Negotiated::update_context() const {
  wire::bgp::UpdateContext context;
  context.four_octet_as = four_octet_as;
  context.external = external;
  context.max_length = extended_messages ? wire::bgp::kMaxExtendedLength : wire::bgp::kMaxLength;
  return context;
}

Open MakeOpen(const Config& config) {
  Open open;
  open.as_number = config.local_as;
  open.hold_time = config.hold_time;
  open.identifier = config.identifier;
  wire::bgp::Capabilities& capabilities = open.capabilities;
  capabilities.families = config.families;
  capabilities.route_refresh = true;
  capabilities.enhanced_route_refresh = true;
  capabilities.extended_message = config.extended_messages;
  capabilities.four_octet_as = config.local_as;
  if (config.graceful_restart) {
    // No family: this speaker keeps no forwarding state of its own, but helps (RFC 4724 s3).
    capabilities.graceful_restart.emplace().notification = true;
  }
  if (!config.host_name.empty()) capabilities.fqdn.emplace().host = config.host_name;
  return open;
}

std::optional<ProtocolError> CheckOpen(const Config& config, const Open& open) {
  if (config.peer_as.has_value() && open.as_number != *config.peer_as) {
    return OpenError(wire::bgp::subcode::kBadPeerAs,
                     absl::StrCat("got AS ", open.as_number, ", want ", *config.peer_as));
  }
  if (open.as_number == wire::bgp::kAsTrans) {
    return OpenError(wire::bgp::subcode::kBadPeerAs, "got AS 23456, which nobody has");
  }
  if (open.as_number == config.local_as && open.identifier == config.identifier) {
    return OpenError(wire::bgp::subcode::kBadIdentifier,
                     "got this speaker's own BGP identifier from inside its AS");
  }
  if (CommonFamilies(config, open).empty()) return NoCommonFamily(config);
  return std::nullopt;
}

Negotiated Negotiate(const Config& config, const Open& open) {
  const wire::bgp::Capabilities& peer = open.capabilities;
  Negotiated result;
  result.peer_as = open.as_number;
  result.peer_identifier = open.identifier;
  result.external = open.as_number != config.local_as;
  // The smaller of both (s4.2): 0, which is none, too.
  result.hold_time = std::min(config.hold_time, open.hold_time);
  result.families = CommonFamilies(config, open);
  result.four_octet_as = peer.four_octet_as.has_value();
  result.extended_messages = config.extended_messages && peer.extended_message;
  result.route_refresh = peer.route_refresh;
  result.enhanced_route_refresh = peer.enhanced_route_refresh;
  if (config.graceful_restart) result.peer_restart = peer.graceful_restart;
  result.peer_name = PeerName(open);
  return result;
}

}  // namespace srpce::session::bgp
