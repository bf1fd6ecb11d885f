// plugins/topology_source/bgpls/settings.cc
#include "plugins/topology_source/bgpls/settings.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/plugin/setting_text.h"

namespace srpce::bgpls_source {
namespace {

using plugin::ParseBool;
using plugin::ParseNumber;
using plugin::WrongSetting;
using speaker::bgp::Endpoint;
using speaker::bgp::PeerConfig;
using Parser = std::function<absl::Status(absl::string_view text)>;
using Parsers = std::map<std::string, Parser, std::less<>>;

constexpr size_t kMaxMd5Key = 80;  // TCP_MD5SIG_MAXKEYLEN.

// Seconds, be it with a fraction.
absl::Status ParseSeconds(absl::string_view text, double max, std::chrono::milliseconds& to) {
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !(value >= 0 && value <= max)) {
    return WrongSetting(text, absl::StrCat("seconds from 0 to ", max));
  }
  to = std::chrono::milliseconds(static_cast<int64_t>(value * 1000));
  return absl::OkStatus();
}

absl::Status ParseAddress(absl::string_view text, IpAddress& to) {
  const absl::StatusOr<IpAddress> address = IpAddress::Parse(text);
  if (!address.ok() || address->is_unspecified()) {
    return WrongSetting(text, "an IPv4 or IPv6 address");
  }
  to = *address;
  return absl::OkStatus();
}

// "10.0.0.1:179", "[2001:db8::1]:179", without port 179.
absl::Status ParseEndpoint(absl::string_view text, Endpoint& to) {
  const absl::Status wrong = WrongSetting(text, "ADDRESS:PORT, or [ADDRESS]:PORT for IPv6");
  absl::string_view host = text;
  absl::string_view port = "179";
  if (absl::ConsumePrefix(&host, "[")) {
    const size_t end = host.find(']');
    if (end == absl::string_view::npos) {
      return wrong;
    }
    absl::string_view rest = host.substr(end + 1);
    host = host.substr(0, end);
    if (absl::ConsumePrefix(&rest, ":")) {
      port = rest;
    } else if (!rest.empty()) {
      return wrong;
    }
  } else if (const size_t colon = host.find(':');
             colon != absl::string_view::npos && host.find(':', colon + 1) == host.npos) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  const absl::StatusOr<IpAddress> address = IpAddress::Parse(host);
  if (!address.ok() || !ParseNumber(port, 0, UINT16_MAX, to.port).ok()) {
    return wrong;
  }
  to.address = *address;
  return absl::OkStatus();
}

absl::Status ParseListen(absl::string_view text, std::vector<Endpoint>& to) {
  for (const absl::string_view item :
       absl::StrSplit(text, absl::ByAnyChar(" ,"), absl::SkipEmpty())) {
    SRPCE_RETURN_IF_ERROR(ParseEndpoint(item, to.emplace_back()));
  }
  return to.empty() ? WrongSetting(text, "ADDRESS:PORT, one or more") : absl::OkStatus();
}

absl::Status ReadKey(absl::string_view path, std::string& to) {
  std::ifstream file{std::string(path)};
  std::getline(file, to);
  if (!file) {
    return absl::InvalidArgumentError(
        absl::StrCat("got '", path, "', want a file with the key in its first line"));
  }
  if (to.empty() || to.size() > kMaxMd5Key) {
    return absl::InvalidArgumentError(absl::StrCat("got a key of ", to.size(), " octets in '", path,
                                                   "', want 1 to ", kMaxMd5Key));
  }
  return absl::OkStatus();
}

absl::Status ParseHoldTime(absl::string_view text, session::bgp::Config& session) {
  uint16_t seconds = 0;
  if (!ParseNumber(text, 0, UINT16_MAX, seconds).ok() || seconds == 1 || seconds == 2) {
    return WrongSetting(text, "0 (never), or 3 to 65535 seconds (RFC 4271 s4.2)");
  }
  session.hold_time = std::chrono::seconds(seconds);
  return absl::OkStatus();
}

Parsers CommonParsers(BgplsSettings& s, session::bgp::Config& session) {
  using V = absl::string_view;
  IntakeSettings& intake = s.intake;
  return {
      {"local_as", [&](V t) { return ParseNumber(t, 1, UINT32_MAX, session.local_as); }},
      {"router_id",
       [&](V t) {
         IpAddress id;
         if (!ParseAddress(t, id).ok() || !id.is_v4()) {
           return WrongSetting(t, "an IPv4 address, the BGP identifier");
         }
         session.identifier = id.v4();
         return absl::OkStatus();
       }},
      {"listen", [&](V t) { return ParseListen(t, s.speaker.listen); }},
      {"hold_time", [&](V t) { return ParseHoldTime(t, session); }},
      {"connect_retry", [&](V t) { return ParseSeconds(t, 3600, session.connect_retry); }},
      {"host_name", [&](V t) { return session.host_name = std::string(t), absl::OkStatus(); }},
      {"stale_time", [&](V t) { return ParseSeconds(t, 86'400, intake.stale_time); }},
      {"sync_wait", [&](V t) { return ParseSeconds(t, 86'400, intake.sync_wait); }},
      {"quiet_time", [&](V t) { return ParseSeconds(t, 3600, intake.quiet_time); }},
      {"max_routes", [&](V t) { return ParseNumber(t, 1, 100'000'000, intake.max_routes); }},
  };
}

Parsers PeerParsers(PeerConfig& peer) {
  using V = absl::string_view;
  return {
      {"address", [&](V t) { return ParseAddress(t, peer.address); }},
      {"port", [&](V t) { return ParseNumber(t, 1, UINT16_MAX, peer.port); }},
      {"as",
       [&](V t) {
         return t == "any" ? absl::OkStatus()
                           : ParseNumber(t, 1, UINT32_MAX, peer.session.peer_as.emplace());
       }},
      {"local_address", [&](V t) { return ParseAddress(t, peer.local_address.emplace()); }},
      {"passive", [&](V t) { return ParseBool(t, peer.session.passive); }},
      {"hold_time", [&](V t) { return ParseHoldTime(t, peer.session); }},
      {"md5_key_file", [&](V t) { return ReadKey(t, peer.md5_key); }},
      {"ttl_security_hops",
       [&](V t) { return ParseNumber(t, 1, 255, peer.ttl_security_hops.emplace()); }},
  };
}

std::string NamesOf(const Parsers& parsers, absl::string_view prefix = "") {
  return absl::StrJoin(parsers, ", ", [&](std::string* out, const auto& entry) {
    absl::StrAppend(out, prefix, entry.first);
  });
}

absl::Status InSetting(absl::string_view name, const absl::Status& status) {
  return status.ok() ? status
                     : absl::InvalidArgumentError(
                           absl::StrCat("bgpls source: ", name, ": ", status.message()));
}

absl::Status Parse(const Parsers& parsers, absl::string_view field, absl::string_view name,
                   absl::string_view text, absl::string_view want) {
  const auto parser = parsers.find(field);
  if (parser == parsers.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("bgpls source: got setting '", name, "', want one of ", want));
  }
  return InSetting(name, parser->second(text));
}

absl::Status CheckComplete(const BgplsSettings& settings) {
  const auto missing = [](absl::string_view name, absl::string_view want) {
    return InSetting(name, absl::InvalidArgumentError(absl::StrCat("got nothing, want ", want)));
  };
  if (settings.speaker.peers.empty()) {
    return missing("peer.NAME.address", "at least one peer");
  }
  for (const PeerConfig& peer : settings.speaker.peers) {
    if (peer.address.is_unspecified()) {
      return missing(absl::StrCat("peer.", peer.name, ".address"), "the peer's address");
    }
    if (peer.session.passive && settings.speaker.listen.empty()) {
      return missing("listen",
                     absl::StrCat("where peer ", peer.name, ", passive, is to connect to"));
    }
    if (peer.session.local_as == 0) {
      return missing("local_as", "the AS number of this speaker");
    }
    if (peer.session.identifier == 0) {
      return missing("router_id", "an IPv4 address, the BGP identifier");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BgplsSettings> ParseSettings(const plugin::Settings& settings) {
  BgplsSettings result;
  session::bgp::Config session;
  session.families = {wire::bgp::kBgpLs};
  session.host_name.resize(64);
  gethostname(session.host_name.data(), session.host_name.size());
  session.host_name.resize(strnlen(session.host_name.data(), session.host_name.size()));
  // What all peers have first: a peer may override it.
  const Parsers common = CommonParsers(result, session);
  const std::string want = absl::StrCat(NamesOf(common), ", ", [] {
    PeerConfig none;
    return NamesOf(PeerParsers(none), "peer.NAME.");
  }());
  std::map<std::string, PeerConfig> peers;
  for (const auto& [name, text] : settings) {
    if (!absl::StartsWith(name, "peer.")) {
      SRPCE_RETURN_IF_ERROR(Parse(common, name, name, text, want));
    }
  }
  for (const auto& [name, text] : settings) {
    if (!absl::StartsWith(name, "peer.")) {
      continue;
    }
    const size_t dot = name.rfind('.');
    const std::string peer_name = dot > 5 ? name.substr(5, dot - 5) : "";
    const auto [peer, is_new] = peers.try_emplace(peer_name);
    if (is_new) {
      peer->second.name = peer_name;
      peer->second.session = session;
    }
    SRPCE_RETURN_IF_ERROR(Parse(peer_name.empty() ? Parsers() : PeerParsers(peer->second),
                                name.substr(dot + 1), name, text, want));
  }
  for (auto& [name, peer] : peers) {
    result.speaker.peers.push_back(std::move(peer));
  }
  SRPCE_RETURN_IF_ERROR(CheckComplete(result));
  return result;
}

}  // namespace srpce::bgpls_source
