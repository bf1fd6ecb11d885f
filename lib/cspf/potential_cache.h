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
// A table is computed over floors: lower bounds of each arc's weight. While no weight is below its
// floor and no arc is new the table's bounds hold, for every constraint and after any failure.
// Delays wander, so their floors are kBelowDelay under what was measured: samples that stay above
// cost a check, not a table.
class PotentialCache {
 public:
  // A fraction of the weight: floor = weight - weight / kBelowDelay.
  static constexpr uint32_t kBelowDelay = 8;

  explicit PotentialCache(const TreeCacheOptions& trees = {},
                          const ProfileCacheOptions& profiles = {})
      : trees_(trees), profiles_(profiles) {}

  // Returns bounds that hold for `slot` of `ted`, or null when there are none yet. Never computes;
  // holds a lock for one copy.
  std::shared_ptr<const graph::Landmarks> Get(const topology::Ted& ted, size_t slot) const;

  // Makes Get(ted, ...) succeed: checks the floors of tables whose epoch has passed, and computes
  // those that do not hold. A table whose weights have grown much since is computed anew, for
  // better bounds. Milliseconds (10,000 nodes) to tenths of a second (100,000): for a background
  // thread. One call at a time; older snapshots than the last one are ignored. Returns how many
  // tables it computed. Then trees and profiles: of those as many as there is time for until
  // give_way() says that something newer is to be done.
  size_t Refresh(
      const topology::Ted& ted, const std::function<bool()>& give_way = [] { return false; });

  // Exact distances to the targets in demand; Refresh() builds and repairs them. Asking changes no
  // answer, so it may be done through a const cache.
  TreeCache& trees() const { return trees_; }
  // Distances under what is asked of links again and again; the same.
  ProfileCache& profiles() const { return profiles_; }

 private:
  struct Floor {
    graph::ArcEnds ends;
    uint32_t weight = 0;
  };
  struct Table {
    std::shared_ptr<const graph::Landmarks>
        landmarks;  // The fields down to `generation` are guarded by mutex_.
    uint64_t lineage = 0;
    uint64_t epoch = 0;
    uint64_t generation =
        0;  // Holds from here on: an older snapshot of the same epoch may weigh less.
    std::vector<Floor> floors;  // By arc. These are Refresh()'s alone.
    uint64_t weight_sum = 0;
    uint64_t checked_generation = 0;
  };

  static bool Holds(const Table& table, const topology::Ted& ted, size_t slot);
  bool RefreshSlot(const topology::Ted& ted, size_t slot);

  mutable TreeCache trees_;
  mutable ProfileCache profiles_;
  mutable std::mutex mutex_;
  std::array<Table, graph::kWeightCount> tables_;
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
