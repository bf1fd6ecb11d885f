// lib/pce/topology_writer.h -- the TED writer thread: applies what sources say, in order, and
// publishes snapshots.
//
// Work is taken in batches: everything waiting is applied, published once, acknowledged. The queue
// is bounded by its users: each source keeps a window of unacknowledged updates and stops reading
// its stream when the window is full.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/clock.h"
#include "lib/topology/ted_builder.h"

namespace srpce::pce {

// A published snapshot and when the first event in it had arrived.
struct TedUpdate {
  topology::TedPtr ted;
  topology::TedDelta delta;
  MonotonicTime event_time{};
  // Some source has begun its first sync, or the first after its elements expired, and not ended
  // it: the snapshot is not the whole network yet.
  bool syncing = false;
};

struct TopologyCounters {
  uint64_t applied = 0;
  uint64_t refused = 0;
  uint64_t batches = 0;
  size_t queue_depth = 0;
  size_t half_known_links = 0;
};

class TopologyWriter {
 public:
  using Work = std::function<absl::Status(topology::TedBuilder& builder, MonotonicTime now)>;
  // Called on the writer thread after the snapshot that holds the work was published; must not
  // block.
  using Done = std::function<void(const absl::Status& result, uint64_t generation)>;
  using Listener = std::function<void(const TedUpdate& update)>;

  // `listener` is called on the writer thread for every new generation, before Done of its works.
  // (The delta is empty where only the staleness of nodes changed.) And once more where the last
  // first sync ends with nothing new.
  TopologyWriter(const Clock& clock, Listener listener);
  // Stops; works not yet applied are answered CANCELLED.
  ~TopologyWriter();
  TopologyWriter(const TopologyWriter&) = delete;
  TopologyWriter& operator=(const TopologyWriter&) = delete;

  // Any thread. Never blocks. `received`: when the event came in, where that was not just now.
  void Submit(Work work, Done done, std::optional<MonotonicTime> received = std::nullopt);

  // Any thread. The newest snapshot; no lock is taken while it has not changed since this thread's
  // last call.
  topology::TedPtr ted() const;
  std::vector<topology::SourceStatus> sources() const;
  TopologyCounters counters() const;
  // How long each apply-and-publish took, for metrics: called on the writer thread. Set before the
  // first Submit.
  void SetApplyObserver(std::function<void(Duration)> observer);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace srpce::pce
