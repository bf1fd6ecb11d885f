// daemon/srpced/agent_links.h -- what agents see on their own interfaces, as topology sources of
// the daemon.
//
// Earlier than any routing protocol an agent tells that an interface went down. Source
// "agent:<headend>" then says of every link from that interface that it is down; when the interface
// is up again it takes the statement back, and the others' word counts. When the session ends the
// statements go stale: a link that was down stays so for the hold time, unless a live source says
// that it is up. An agent that died is no reason to send traffic back into a cut fibre; nor is one
// that comes back: what was stated stays as it is until the agent has reported the interface, or
// that it has reported all.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "lib/base/clock.h"
#include "lib/pce/topology_writer.h"

namespace srpce::srpced {

class AgentLinks {
 public:
  // `writer` outlives this, and runs none of its works after it is gone. `hold_time`: see
  // topology::SourceOptions.
  AgentLinks(pce::TopologyWriter& writer, Duration hold_time)
      : writer_(writer), hold_time_(hold_time) {}

  // Any thread; never block. `interface` is the local_interface of the topology's link key, or the
  // link's local address; empty: all have been reported since the session began.
  void OnSession(const std::string& headend, bool up);
  void OnLinkEvent(const std::string& headend, const std::string& interface, bool up,
                   MonotonicTime received);
  // For every snapshot, on the writer thread: a link may come after its interface went down.
  void OnTedUpdate(const pce::TedUpdate& update);

 private:
  struct Headend {
    bool session = false;
    std::optional<topology::SourceId> source;       // In a session, once it has something to state.
    std::optional<topology::SourceId> last_source;  // Of this session or an earlier one.
    std::set<std::string> down_interfaces;
    std::set<std::string> unconfirmed;  // Of those, from an earlier session and not reported yet.
    std::map<std::string, topology::LinkKey>
        stated;  // What the source says is down, by LinkKey::ToString().
  };

  static void DropUnconfirmed(Headend& state);

  // All on the writer thread.
  void Report(topology::TedBuilder& builder, const std::string& headend,
              const std::string& interface, bool up, MonotonicTime now);
  void BeginSession(topology::TedBuilder& builder, const std::string& headend, MonotonicTime now);
  void EndSession(topology::TedBuilder& builder, const std::string& headend, MonotonicTime now);
  void Connect(topology::TedBuilder& builder, const std::string& headend, MonotonicTime now);
  void Reconcile(topology::TedBuilder& builder, const std::string& headend, MonotonicTime now);

  pce::TopologyWriter& writer_;
  const Duration hold_time_;
  std::map<std::string, Headend> headends_;  // Only touched on the writer thread.
};

}  // namespace srpce::srpced
