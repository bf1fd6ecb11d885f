// lib/speaker/bgp/socket_options.h -- what BGP wants of TCP that Asio has no name for.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/base/ip.h"
#include "lib/speaker/bgp/config.h"

namespace srpce::speaker::bgp {

boost::asio::ip::tcp::endpoint ToAsio(const Endpoint& endpoint);
Endpoint FromAsio(const boost::asio::ip::tcp::endpoint& endpoint);

// All errors are the system's, with the option's name: "TCP_MD5SIG: Protocol not available".

// Segments from and to `peer` are signed with `key` (RFC 2385), on this socket and, where it
// listens, on the connections that come of it.
absl::Status SetMd5Key(int socket, const IpAddress& peer, absl::string_view key);

// What is sent has the greatest TTL, as a peer with GTSM wants (RFC 5082 s3).
absl::Status SendGreatestTtl(int socket, IpAddress::Family family);
// The kernel drops what has come over more than `hops` hops.
absl::Status LimitHops(int socket, IpAddress::Family family, uint8_t hops);

// Both, if the peer is configured so.
absl::Status LimitTtl(int socket, const PeerConfig& peer);

// No child process inherits the socket, and keeps the connection up with it.
void CloseOnExec(int socket);

// Octets written that the peer's TCP has not acknowledged yet; 0 if the system does not say.
size_t Unacknowledged(int socket);

}  // namespace srpce::speaker::bgp
