// lib/topology/ted_builder.h -- the one writer of the TED: joins what several sources say,
// publishes snapshots.
//
// For each attribute of an element the statement of the source with the highest precedence counts
// (equal precedence: the name that sorts first). The statements of a source whose stream broke are
// stale: they still count, behind every live one, until its hold time is over. When it is back,
// each is live again once repeated. A source without hold time (a lab override) is never stale: it
// keeps its rank. A source may also call a single statement stale. A link may come before its
// nodes: it waits, unusable, with the node half known. Not thread-safe. Time comes in as a
// parameter.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/clock.h"
#include "lib/topology/ted.h"

namespace srpce::topology {

struct SourceTag;
using SourceId = StrongId<SourceTag>;

struct SourceOptions {
  std::string name;
  uint32_t precedence = 100;  // Higher wins.
  // How long statements outlive the stream; absent = for ever (a lab override).
  std::optional<Duration> hold_time;
  // Amends what others announce (telemetry, overrides): its statements count like all, but alone
  // they make no node known and no link usable. Else a measured link would stay in use after the
  // IGP has withdrawn it.
  bool overlay = false;
};

struct SourceStatus {
  SourceOptions options;
  bool connected = false;
  bool in_sync = false;  // Between BeginSync and EndSync.
  bool ever_synced = false;
  // Its first sync began and has not ended, be it that its stream broke: it has told a part only.
  bool in_first_sync = false;
  uint64_t nodes = 0;
  uint64_t links = 0;  // And interfaces.
  uint64_t prefixes = 0;
  std::optional<MonotonicTime> stale_since;
  std::optional<MonotonicTime> last_update;
};

// How a statement is meant.
struct StatementOptions {
  // Keeps the source's other attributes of the element and replaces only those stated.
  bool patch = false;
  // The source has it from a neighbour that is gone (a BGP session that broke): it counts, behind
  // every live statement of any source, until made again without this. Of all that the source
  // states of the element, a patch included; and also of a source without hold time.
  bool stale = false;
};

class TedBuilder {
 public:
  TedBuilder();
  ~TedBuilder();
  TedBuilder(const TedBuilder&) = delete;
  TedBuilder& operator=(const TedBuilder&) = delete;

  // A stream of this source opened, for the first time or again. Its earlier statements stand until
  // repeated or removed by EndSync.
  // Errors: INVALID_ARGUMENT  empty name.   ALREADY_EXISTS  a stream of that name is connected.
  absl::StatusOr<SourceId> Connect(const SourceOptions& options, MonotonicTime now);
  // The stream ended. A sync that was not ended removes nothing.
  void Disconnect(SourceId source, MonotonicTime now);
  // Forgets disconnected sources whose hold time is over. Returns how many statements went.
  size_t ExpireStale(MonotonicTime now);
  // When ExpireStale next has work.
  std::optional<MonotonicTime> next_expiry() const;

  // Errors: FAILED_PRECONDITION  begin inside a sync, end outside of one.
  absl::Status BeginSync(SourceId source);
  // Removes what `source` had said before BeginSync and has not repeated since. Returns how many
  // statements went.
  absl::StatusOr<size_t> EndSync(SourceId source);

  // Each replaces all that `source` had said of the element, unless it is a patch. Errors:
  // INVALID_ARGUMENT  a value out of its range ("link a->b: loss: got 1.5, want 0 to 1"); nothing
  // is changed.
  //
  // A link key with a local interface and no remote node means whatever link leaves `local_node` by
  // it: those with that local interface, and those whose local address, as said of the link itself,
  // reads so. Its attributes count on each by rank, and after those the same source states of the
  // link. It makes no link and no node, may come before the link, and outlives it.
  absl::Status SetNode(SourceId source, const std::string& id, const NodeAttributes& attributes,
                       StatementOptions how, MonotonicTime now);
  absl::Status SetLink(SourceId source, const LinkKey& key, const LinkAttributes& attributes,
                       StatementOptions how, MonotonicTime now);
  absl::Status SetPrefix(SourceId source, const std::string& node_id, const IpPrefix& prefix,
                         const PrefixAttributes& attributes, StatementOptions how,
                         MonotonicTime now);
  // Errors: NOT_FOUND  `source` has said nothing of it.
  absl::Status RemoveNode(SourceId source, const std::string& id, MonotonicTime now);
  absl::Status RemoveLink(SourceId source, const LinkKey& key, MonotonicTime now);
  absl::Status RemovePrefix(SourceId source, const std::string& node_id, const IpPrefix& prefix,
                            MonotonicTime now);

  // Returns the snapshot with all changes so far, and what changed since the last one. Without
  // changes: the last snapshot, empty delta.
  struct Published {
    TedPtr ted;
    TedDelta delta;
  };
  Published Publish();

  std::vector<SourceStatus> sources() const;
  // Links that wait for a node no source has announced.
  size_t half_known_link_count() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace srpce::topology
