#include "lib/speaker/bgp/config.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/session/bgp/negotiate.h"

namespace srpce::speaker::bgp {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMaxMd5Key = 80;  // TCP_MD5SIG_MAXKEYLEN.

// What a socket cannot be bound or connected to without more than an address, or at all.
const char* WhyNoAddress(const IpAddress& address) {
  if (address.is_unspecified()) return "want the peer's address";
  if (address.is_v4()) return address.v4() >> 28 >= 0xe ? "want a unicast address" : nullptr;
  const Ipv6Address v6 = address.v6();
  if (v6.Bits(0, 8) == 0xff) return "want a unicast address";
  if (v6.Bits(0, 10) == 0x3fa) return "a link-local address says not on which link";
  if (v6.Bits(0, 64) == 0 && v6.Bits(64, 32) == 0xffff) return "want it as an IPv4 address";
  return nullptr;
}

absl::Status CheckReach(const PeerConfig& peer) {
  if (const char* why = WhyNoAddress(peer.address); why != nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("address: got ", peer.address.ToString(), ", ", why));
  }
  if (peer.port == 0 && !peer.session.passive) {
    return absl::InvalidArgumentError("port: got 0, want 1 to 65535");
  }
  if (peer.local_address.has_value() && peer.local_address->family() != peer.address.family()) {
    return absl::InvalidArgumentError(
        absl::StrCat("local address: got ", peer.local_address->ToString(),
                     ", want one of the family of ", peer.address.ToString()));
  }
  if (peer.md5_key.size() > kMaxMd5Key) {
    return absl::InvalidArgumentError(
        absl::StrCat("MD5 key: got ", peer.md5_key.size(), " octets, want at most ", kMaxMd5Key));
  }
  if (peer.ttl_security_hops == 0) {
    return absl::InvalidArgumentError("TTL security: got 0 hops, want 1 to 255");
  }
  if (peer.send_hold.has_value() && peer.send_hold->count() <= 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("send hold time: got ", peer.send_hold->count(), " ms, want more than 0"));
  }
  return absl::OkStatus();
}

absl::Status CheckSession(const session::bgp::Config& session) {
  if (session.local_as == 0) {
    return absl::InvalidArgumentError("local AS: got 0, want 1 to 4294967295");
  }
  if (session.families.empty()) {
    return absl::InvalidArgumentError("address families: got none, want at least one");
  }
  if (session.connect_retry.count() <= 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "connect retry time: got ", session.connect_retry.count(), " ms, want more than 0"));
  }
  // Identifier, hold time, names: what the OPEN cannot say.
  return Encode(session::bgp::MakeOpen(session)).status();
}

absl::Status CheckPeer(const PeerConfig& peer) {
  SRPCE_RETURN_IF_ERROR(CheckReach(peer));
  return CheckSession(peer.session);
}

bool MayShareAddress(const PeerConfig& a, const PeerConfig& b) {
  return a.address != b.address || a.port != b.port ||
         (a.local_address.has_value() && b.local_address.has_value() &&
          a.local_address != b.local_address);
}

// The kernel knows one key an address.
bool MayShareKey(const PeerConfig& a, const PeerConfig& b) {
  return a.address != b.address || a.md5_key == b.md5_key;
}

}  // namespace

std::string Endpoint::ToString() const {
  return address.is_v4() ? absl::StrCat(address.ToString(), ":", port)
                         : absl::StrCat("[", address.ToString(), "]:", port);
}

absl::Status Validate(const Config& config) {
  for (const PeerConfig& peer : config.peers) {
    if (const absl::Status status = CheckPeer(peer); !status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("peer '", peer.name, "': ", status.message()));
    }
    for (const PeerConfig& other : config.peers) {
      if (&other == &peer) break;
      if (!MayShareAddress(other, peer) || !MayShareKey(other, peer)) {
        return absl::InvalidArgumentError(absl::StrCat(
            "peers '", other.name, "' and '", peer.name, "': both are at ", peer.address.ToString(),
            ", want different local addresses, and one MD5 key"));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace srpce::speaker::bgp
