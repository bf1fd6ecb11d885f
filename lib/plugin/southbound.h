// lib/plugin/southbound.h -- how policies reach routers. One implementation a protocol: gRPC agent,
// simulated; PCEP, BGP SR Policy.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/clock.h"
#include "lib/base/ip.h"
#include "lib/policy/intent.h"
#include "lib/policy/status.h"

namespace srpce::plugin {

// One policy as a headend is to hold it.
struct PolicyConfig {
  policy::PolicyKey key;
  std::string name;
  uint32_t preference = policy::kDefaultPreference;
  // A loopback of the endpoint, of the data plane's family.
  std::optional<IpAddress> endpoint_address;
  std::optional<uint32_t> binding_label;
  std::optional<Ipv6Address> binding_sid;
  std::vector<IpPrefix> steered_prefixes;
  std::vector<policy::WeightedList> lists;  // At least one.
  // SRv6: the endpoint's End.DT6 (or DT46) SID, where it has one.
  std::optional<Ipv6Address> decapsulation_sid;

  // A hash of everything above: equal fingerprints mean nothing to push. Stable over restarts and
  // versions of the program.
  uint64_t Fingerprint() const;
};

// What a headend says it holds, at the start of a session.
struct InstalledPolicy {
  policy::PolicyKey key;
  uint64_t fingerprint = 0;
};

// A policy of the daemon's last run that is still wanted.
struct RestoredPolicy {
  policy::PolicyKey key;
  // What its headend was last given, as far as the store knows: it is written behind, so the
  // headend may hold something newer, also where this is absent.
  std::optional<PolicyConfig> config;
};

// Called from the plugin's own threads; implementations must not block.
class SouthboundListener {
 public:
  virtual ~SouthboundListener() = default;
  virtual void OnSession(const std::string& headend, bool up) = 0;
  // The headend installed (or with `removed` took away) what has this fingerprint, or refused.
  // Also told after a session came up for what the headend holds already.
  virtual void OnResult(const policy::PolicyKey& key, uint64_t fingerprint, bool removed,
                        const absl::Status& result) = 0;
  // A local interface of the headend changed state: earlier than any routing protocol tells.
  virtual void OnLinkEvent(const std::string& headend, const std::string& interface, bool up,
                           MonotonicTime received) = 0;
};

// Holds the desired policies of its headends and makes routers agree with them, by difference.
class Southbound {
 public:
  virtual ~Southbound() = default;
  virtual std::string name() const = 0;
  // `listener` outlives this. Before Start nothing is sent to any router. `restored` is everything
  // known to be wanted, so that a router that connects early loses nothing: until Install or Remove
  // is called for it, what a router holds of it stays; one that holds nothing gets `config`.
  virtual void Start(SouthboundListener* listener, std::vector<RestoredPolicy> restored) = 0;
  virtual void Stop() = 0;
  // Hands `config` to the session of its headend, or keeps it until there is one. Never blocks.
  // Returns whether a session took it.
  virtual bool Install(const PolicyConfig& config) = 0;
  virtual bool Remove(const policy::PolicyKey& key) = 0;
};

}  // namespace srpce::plugin
