// lib/plugin/topology_source.h -- where topology comes from: a plugin produces statements, its host
// carries them to TopologyIngest.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "lib/base/ip.h"
#include "lib/plugin/source_report.h"
#include "lib/topology/elements.h"

namespace srpce::plugin {

// One statement of a source, in the order made. The same things TopologyIngest.Publish carries.
// `patch`, `stale`: topology::StatementOptions. Links by interface: topology::TedBuilder.
struct SyncBegin {};
struct SyncEnd {};
struct NodeStatement {
  std::string id;
  topology::NodeAttributes attributes;
  bool patch = false;
  bool stale = false;
};
struct LinkStatement {
  topology::LinkKey key;
  topology::LinkAttributes attributes;
  bool patch = false;
  bool stale = false;
};
struct PrefixStatement {
  std::string node_id;
  IpPrefix prefix;
  topology::PrefixAttributes attributes;
  bool patch = false;
  bool stale = false;
};
struct NodeRemoval {
  std::string id;
};
struct LinkRemoval {
  topology::LinkKey key;
};
struct PrefixRemoval {
  std::string node_id;
  IpPrefix prefix;
};
using Statement = std::variant<SyncBegin, SyncEnd, NodeStatement, LinkStatement, PrefixStatement,
                               NodeRemoval, LinkRemoval, PrefixRemoval, SourceReport>;

// Takes statements to the daemon. Provided by the host of the source.
class StatementSink {
 public:
  virtual ~StatementSink() = default;
  // Blocks while the daemon is behind. Errors: UNAVAILABLE  the stream broke; CANCELLED  the host
  // is stopping: return from Run.
  virtual absl::Status Send(const Statement& statement) = 0;
  // Waits until all sent so far is acknowledged. Refusals are logged and counted by the host;
  // Errors as Send.
  virtual absl::Status Flush() = 0;
  // Waits until `deadline_ms` milliseconds have passed since the stream opened, or Wake. Errors: as
  // Send.
  virtual absl::Status WaitUntil(int64_t deadline_ms) = 0;
  // Ends the present WaitUntil, or the next if there is none now: there is something to send. From
  // any thread.
  virtual void Wake() = 0;
};

class TopologySource {
 public:
  virtual ~TopologySource() = default;
  virtual std::string name() const = 0;
  // Runs on a thread of the host for one stream: sends a sync, then deltas as they happen. The host
  // calls it again, with a new sink, after the stream broke. Returning OK means the source has no
  // more to say; the stream stays open until the host stops.
  virtual absl::Status Run(StatementSink& sink) = 0;
};

}  // namespace srpce::plugin
