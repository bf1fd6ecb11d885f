// lib/topology/source_table.h -- the sources of a TED: their streams, syncs, rank, and which
// elements each speaks of.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/ip.h"
#include "lib/topology/ted_builder.h"

namespace srpce::topology {

using PrefixOfNode = std::pair<NodeIndex, IpPrefix>;
struct InterfaceTag;
using InterfaceIndex = StrongId<InterfaceTag>;  // Of an InterfaceRecord.

struct Source {
  SourceOptions options;
  bool connected = true;
  bool in_sync = false;
  bool ever_synced = false;
  // Grow with each BeginSync and each Connect; a statement remembers those it was last made in.
  uint64_t sync = 0;
  uint64_t connection = 0;
  std::optional<MonotonicTime> stale_since;
  std::optional<MonotonicTime> last_update;
  absl::flat_hash_set<NodeIndex> nodes;
  absl::flat_hash_set<LinkIndex> links;
  absl::flat_hash_set<InterfaceIndex> interfaces;
  absl::flat_hash_set<PrefixOfNode> prefixes;

  // True of what it said over the stream that is open, `made_over` that connection. What is older
  // may have changed while it was silent. A source without hold time means what it said until it
  // takes it back.
  bool Vouches(uint64_t made_over) const {
    return !options.hold_time || (connected && made_over == connection);
  }
  // True when this source's statements count before those of `other` that are as live: higher
  // precedence, then name.
  bool Outranks(const Source& other) const;
  // When its statements are forgotten. Absent: never, or not as long as it is connected.
  std::optional<MonotonicTime> Expiry() const;
};

class SourceTable {
 public:
  // See TedBuilder::Connect. A source that comes back keeps its id.
  absl::StatusOr<SourceId> Connect(const SourceOptions& options);
  // Returns null when there is no such source (any more).
  Source* Find(SourceId id);
  // REQUIRES that `id` is known.
  Source& operator[](SourceId id) { return *sources_[id.value()]; }
  const Source& operator[](SourceId id) const { return *sources_[id.value()]; }
  // Errors: NOT_FOUND  no such source.   FAILED_PRECONDITION  its stream has ended.
  absl::StatusOr<Source*> FindConnected(SourceId id);
  void Forget(SourceId id) { sources_[id.value()] = nullptr; }
  std::vector<SourceId> ids() const;

 private:
  std::vector<std::unique_ptr<Source>> sources_;  // By id. Null: forgotten; ids are not used again.
};

}  // namespace srpce::topology
