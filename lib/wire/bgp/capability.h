// lib/wire/bgp/capability.h -- what a speaker says in its OPEN that it can do (RFC 5492).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/wire/bgp/code_points.h"
#include "lib/wire/bytes/reader.h"
#include "lib/wire/bytes/writer.h"

namespace srpce::wire::bgp {

// RFC 4724 s3, RFC 8538 s2.
struct GracefulRestart {
  struct Entry {
    Family family{};
    bool forwarding_kept = false;  // The F bit.

    bool operator==(const Entry&) const = default;
  };
  bool restarted = false;       // The R bit: do not wait for this speaker's end-of-RIB.
  bool notification = false;    // The N bit: also after a NOTIFICATION (RFC 8538).
  std::chrono::seconds time{};  // For how long its routes are to be kept; 12 bits.
  std::vector<Entry> entries{};

  bool operator==(const GracefulRestart&) const = default;
};

struct Fqdn {
  std::string host{};
  std::string domain{};

  bool operator==(const Fqdn&) const = default;
};

struct RawCapability {
  uint8_t code = 0;
  std::string value{};

  bool operator==(const RawCapability&) const = default;
};

struct Capabilities {
  std::vector<Family> families{};  // Multiprotocol, each once, in the order they came in.
  bool route_refresh = false;
  bool enhanced_route_refresh = false;
  bool extended_message = false;
  std::optional<uint32_t> four_octet_as{};
  std::optional<GracefulRestart> graceful_restart{};
  std::optional<Fqdn> fqdn{};
  std::vector<RawCapability> others{};

  bool operator==(const Capabilities&) const = default;
};

// Adds what the value of one Capabilities parameter holds to `capabilities`. A capability that can
// be there once and comes again replaces the one before (RFC 5492 s4).
//
// Errors: INVALID_ARGUMENT  a capability, or its length, does not fit.
absl::Status ReadCapabilities(Bytes value, Capabilities& capabilities);

// Errors: INVALID_ARGUMENT  a value does not fit into 255 bytes, or the restart time into 12 bits.
absl::Status WriteCapabilities(const Capabilities& capabilities, Writer& writer);

}  // namespace srpce::wire::bgp
