// lib/cspf/potential_cache.h -- landmark tables, reverse trees and customized profiles of the
// current network, kept fresh in the background.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "lib/cspf/profile_cache.h"
#include "lib/cspf/tree_cache.h"
#include "lib/graph/landmarks.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

// One table for each weight slot (IGP, TE, delay). Thread-safe.
//
// A table's bounds hold, for every constraint and after any failure, while none of them exceeds the
// weight of an arc between its ends. So only arcs that are new or got shorter are looked at, and
// most may: those on no shortest path from or to a landmark, and others by as much as they weighed
// more when it was computed. Delays wander. Where one is less than its bound by some percent, all
// bounds of the table are lowered by as much, which costs a copy, not a new table; that is computed
// now and then, over the least that was seen of each arc lately.
class PotentialCache {
 public:
  // Bounds of delays are lowered in steps of 1 / kWhole, down to kLeastShare of them.
  static constexpr uint32_t kWhole = 32;
  static constexpr uint32_t kLeastShare = 28;
  // Snapshots between two tables, where the first still bounds what there is, but weakly.
  static constexpr uint64_t kRecheckGenerations = 256;

  explicit PotentialCache(const TreeCacheOptions& trees = {},
                          const ProfileCacheOptions& profiles = {})
      : trees_(trees), profiles_(profiles) {}

  // Returns bounds that hold for `slot` of `ted`, or null when there are none yet. Never computes.
  // Where something got shorter since Refresh(), or is longer by now, the first who asks looks at
  // what.
  std::shared_ptr<const graph::Landmarks> Get(const topology::Ted& ted, size_t slot) const;

  // Makes Get(ted, ...) succeed: looks at what changed since, and lowers or computes tables that do
  // not hold. One whose weights have grown much, or that was lowered, is computed anew in the end,
  // for better bounds. Milliseconds (10,000 nodes) to tenths of a second (100,000): for a
  // background thread. One call at a time; older snapshots than the last one are ignored. Returns
  // how many tables it computed. Then trees and profiles: of those as many as there is time for
  // until give_way() says that something newer is to be done.
  size_t Refresh(
      const topology::Ted& ted, const std::function<bool()>& give_way = [] { return false; });

  // Exact distances to the targets in demand; Refresh() builds and repairs them. Asking changes no
  // answer, so it may be done through a const cache.
  TreeCache& trees() const { return trees_; }
  // Distances under what is asked of links again and again; the same.
  ProfileCache& profiles() const { return profiles_; }

 private:
  struct Table {
    // Down to `asked_holds` guarded by mutex_.
    std::shared_ptr<const graph::Landmarks> landmarks;
    uint64_t lineage = 0;
    uint64_t epoch = 0;
    // Holds from here on: an older snapshot of the same epoch may weigh less.
    uint64_t generation = 0;
    graph::Digraph::Version version;  // Of the latest graph it is known to hold for.
    // What was found for another snapshot, the last asked about.
    uint64_t asked_generation = 0;
    bool asked_holds = false;
    // These are Refresh()'s alone.
    std::shared_ptr<const graph::Landmarks> whole;
    uint32_t share = kWhole;      // What `landmarks` have of `whole`.
    std::vector<uint32_t> least;  // By arc: seen lately.
    uint64_t weight_sum = 0;
    uint64_t computed_generation = 0;
    uint64_t summed_generation = 0;
  };

  bool RefreshSlot(const topology::Ted& ted, size_t slot);
  void Follow(const topology::Ted& ted, size_t slot, const std::vector<graph::Node>& changed);
  bool IsWeak(const topology::Ted& ted, size_t slot);
  void Compute(const topology::Ted& ted, size_t slot);
  void Put(const topology::Ted& ted, size_t slot,
           std::shared_ptr<const graph::Landmarks> landmarks) const;

  mutable TreeCache trees_;
  mutable ProfileCache profiles_;
  mutable std::mutex mutex_;
  mutable std::array<Table, graph::kWeightCount> tables_;  // A const Get() learns of them.
  std::mutex refresh_mutex_;
  uint64_t lineage_ = 0;  // Of the last refresh; guarded by refresh_mutex_.
  uint64_t generation_ = 0;
};

// Owns the thread that refreshes a cache. Snapshots may come faster than they are worked on: only
// the latest counts.
class PotentialRefresher {
 public:
  // `cache` outlives this, and is not asked any more when this goes.
  explicit PotentialRefresher(PotentialCache* cache);
  // Waits for the refresh under way.
  ~PotentialRefresher();
  PotentialRefresher(const PotentialRefresher&) = delete;
  PotentialRefresher& operator=(const PotentialRefresher&) = delete;

  // Returns at once. Null is ignored. The latest snapshot is kept for what is wanted later.
  void Notify(topology::TedPtr ted);
  // Returns when every snapshot notified so far is refreshed or replaced by a later one that is.
  void WaitIdle();

 private:
  void Run();

  PotentialCache* const cache_;
  std::mutex mutex_;
  std::condition_variable changed_;
  topology::TedPtr latest_;
  bool pending_ = false;  // Something is to be done for `latest_`.
  bool busy_ = false;
  bool stopping_ = false;
  std::thread thread_;  // Last: starts when all else is there.
};

}  // namespace srpce::cspf
