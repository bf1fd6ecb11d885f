// tests/fuzz/gnmi_notification_fuzz.cc -- whatever a router sends, what is stated of its links is
// what the TED takes.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

#include "gnmi/gnmi.pb.h"
#include "lib/topology/element_validation.h"
#include "plugins/topology_source/gnmi/target_model.h"

namespace {

using namespace srpce;

constexpr char kMapping[] = R"(
name: m
subscriptions: [{path: /i, mode: sample, interval_ms: 1000}]
values:
  - {path: /i/up, interface: i.n, attribute: up, map: {UP: true}}
  - {path: "/i/address[ip=*]/ip", interface: i.n, subinterface: address.s, attribute: address}
  - {path: /i/delay, interface: i.n, attribute: delay}
  - {path: /i/min, interface: i.n, attribute: min_delay, scale: 1000}
  - {path: /i/max, interface: i.n, attribute: max_delay}
  - {path: /i/loss, interface: i.n, attribute: loss}
  - {path: /i/speed, interface: i.n, attribute: capacity}
  - {path: /i/free, interface: i.n, attribute: available, format: ieeefloat32}
  - {path: /i/octets, interface: i.n, attribute: octets}
  - {path: /i/packets, interface: i.n, attribute: packets, bits: 32}
  - {path: /i/lost, interface: i.n, attribute: lost_packets}
)";

const gnmi_source::Mapping& TheMapping() {
  static const auto* const mapping =
      new gnmi_source::Mapping(*gnmi_source::ParseMapping(kMapping, "fuzz"));
  return *mapping;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  config::v1::GnmiTarget target;
  target.set_node("r1");
  target.set_max_interfaces(16);
  const config::v1::GnmiTargets config;
  gnmi_source::TargetModel model(target, config, TheMapping().values);
  MonotonicTime now{std::chrono::hours(1)};
  model.BeginSession(now);
  model.OnSync(now);
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  // Parts by 0xff 0xff, so that counters and deletes have something before them.
  for (size_t at = 0; at <= bytes.size();) {
    const size_t end = std::min(bytes.find("\xff\xff", at), bytes.size());
    gnmi::Notification notification;
    if (notification.ParseFromString(bytes.substr(at, end - at))) {
      (void)model.Apply(notification, now);
    }
    at = end + 2;
    now += std::chrono::seconds(2);
    for (const plugin::Statement& statement : model.Collect(now)) {
      if (const auto* link = std::get_if<plugin::LinkStatement>(&statement)) {
        if (!topology::ValidateLink(link->key, link->attributes).ok()) {
          __builtin_trap();
        }
      }
    }
  }
  return 0;
}
