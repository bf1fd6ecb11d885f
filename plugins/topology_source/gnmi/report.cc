#include "plugins/topology_source/gnmi/report.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"

namespace srpce::gnmi_source {

void AddToReport(const config::v1::GnmiTarget& target, const ClientStatus& status,
                 const TargetModel& model, MonotonicTime now, plugin::SourceReport& report) {
  plugin::SourcePeer& peer = report.peers.emplace_back();
  peer.name = target.name();
  peer.address = target.address();
  peer.state = status.state;
  peer.up = status.up;
  peer.detail = status.detail;
  peer.sessions = status.sessions;
  peer.elements = model.leaf_count();
  peer.stale_elements = status.up ? 0 : model.leaf_count();
  peer.seconds_in_state = std::max(0.0, std::chrono::duration<double>(now - status.since).count());
  for (const auto& [key, oddity] : model.oddities()) {
    plugin::UnknownElement& unknown = report.unknown.emplace_back();
    unknown.kind = oddity.kind;
    unknown.text = oddity.text;
    unknown.where = absl::StrCat(target.name(), " ", oddity.where);
    unknown.count = oddity.count;
  }
  const ModelCounters& counters = model.counters();
  const std::pair<const char*, uint64_t> values[] = {
      {"gnmi_notifications", counters.notifications}, {"gnmi_samples", counters.samples},
      {"gnmi_refused_values", counters.refused},      {"gnmi_unmapped_updates", counters.unmapped},
      {"gnmi_counter_restarts", counters.restarts},   {"gnmi_expired_values", counters.expired}};
  for (const auto& [name, value] : values) {
    const auto same = std::find_if(report.counters.begin(), report.counters.end(),
                                   [n = name](const auto& c) { return c.name == n; });
    if (same != report.counters.end()) {
      same->value += value;
    } else {
      report.counters.push_back({.name = name, .value = value});
    }
  }
}

bool IsNews(const plugin::SourceReport& before, plugin::SourceReport now) {
  if (before.peers.size() != now.peers.size()) {
    return true;
  }
  for (size_t i = 0; i < now.peers.size(); ++i) {
    now.peers[i].seconds_in_state = before.peers[i].seconds_in_state;
  }
  return now != before;
}

}  // namespace srpce::gnmi_source
