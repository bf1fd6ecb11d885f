// lib/speaker/bgp/speaker.h -- a BGP-4 speaker: listens, connects, and keeps the sessions with its
// peers up (RFC 4271), around the state machine session::bgp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/speaker/bgp/client.h"
#include "lib/speaker/bgp/config.h"

namespace srpce::speaker::bgp {

// One line for people; on the speaker's thread, or inside Start().
using Log = std::function<void(absl::string_view)>;

// Runs one thread of its own. Every method may be called from any thread but that one.
class Speaker {
 public:
  // Listens, and starts every peer. `client` must outlive the speaker.
  //
  // Errors: INVALID_ARGUMENT  the configuration, with the peer's name: "peer 'a': hold time: ...".
  //         the system's      an address cannot be listened on: "[::]:179: Permission denied".
  static absl::StatusOr<std::unique_ptr<Speaker>> Start(const Config& config, Client& client,
                                                        Log log);
  // Stop().
  ~Speaker();
  Speaker(const Speaker&) = delete;
  Speaker& operator=(const Speaker&) = delete;

  // Tells every peer (Cease/Administrative Shutdown), gives a second for that to get there, and
  // ends the thread. The client hears OnDown of what was up, and nothing after. Again: no effect.
  void Stop();

  // In the order of Config::listen, with the ports the kernel chose.
  std::vector<Endpoint> listening() const;
  // In the order of Config::peers.
  std::vector<PeerStatus> status() const;
  // Connections closed at once, as they came from an address that is no peer's.
  uint64_t unknown_connections() const;

  // The peer is to send its routes of `family` again (RFC 2918). No effect while the session is not
  // up, or without that capability.
  void RequestRefresh(size_t peer, wire::bgp::Family family);

 private:
  class Impl;
  explicit Speaker(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace srpce::speaker::bgp
