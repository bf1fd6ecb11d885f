// plugins/topology_source/gnmi/link_state.h -- what one target says of its links: leaves as they
// came, interfaces as the target names them, links as the TED does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/ip.h"
#include "lib/topology/elements.h"
#include "plugins/topology_source/gnmi/counters.h"
#include "plugins/topology_source/gnmi/mapping.h"
#include "plugins/topology_source/gnmi/smoothing.h"
#include "srpce/config/v1/gnmi_config.pb.h"

namespace srpce::gnmi_source {

struct Interface;
struct Link;

struct Leaf {
  const ValueRule* rule = nullptr;
  std::string id;                 // Of the rule and the keys: TargetModel's.
  std::vector<std::string> keys;  // As rule->keys.
  Interface* interface = nullptr;
  uint64_t session = 0;       // That brought it last.
  uint64_t notification = 0;  // The same.
  MonotonicTime seen;
  bool truth = false;
  Average average;  // Of a number.
  std::vector<IpAddress> addresses;
  Counter counter;
  bool counted = false;  // Grew since the last rate.
  double increase = 0;   // By this.
};

// A rate from counters.
struct Derived {
  std::optional<double> value;
  MonotonicTime seen;
  Duration age_limit{};
  Average average;
};

struct Interface {
  std::string name;
  const config::v1::GnmiInterface* configured = nullptr;
  bool address_required = false;
  std::vector<Leaf*> leaves;
  Derived utilisation;  // Bits per second.
  Derived loss;         // Fraction.
  Link* link = nullptr;

  // What the TED calls the link: the configured address, else the lowest IPv4 address it was said
  // to have, else the lowest IPv6 address that is no link-local one, else its name;
  // empty where that means nothing.
  std::string LinkName() const;
};

struct Link {
  std::string name;
  std::vector<Interface*> interfaces;
  Anomaly anomaly;
  std::optional<topology::LinkAttributes> sent;
  MonotonicTime sent_at;
  std::optional<MonotonicTime> deviates_since;  // Differs from what was sent.
  bool dirty = false;
  bool urgent = false;
};

// Bits per second the link can carry, as its interfaces say; absent if they do not.
std::optional<double> CapacityBps(const Link& link);

// The limits of the A bit: of the interface, else of all, else none.
const config::v1::GnmiAnomaly* AnomalyLimits(const Link& link,
                                             const config::v1::GnmiTargets& config);

// All that is known of `link`, smoothed. Where two leaves say something of one attribute the newer
// counts, but for the A bit: any that is set.
topology::LinkAttributes Compose(Link& link, const config::v1::GnmiTargets& config);

// True if `now` differs from what was sent enough to be said, or has differed for long.
bool IsDue(Link& link, const topology::LinkAttributes& attributes,
           const config::v1::GnmiDampening& dampening, MonotonicTime now);

}  // namespace srpce::gnmi_source
