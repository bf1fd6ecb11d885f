// lib/cspf/tree_cache.h -- reverse trees to the targets that are asked for again and again, kept
// under a memory budget and repaired as the network changes.
//
// Two kinds of callers: many that ask, who are never kept for longer than a small repair takes, and
// one background thread that builds, and repairs what is too much for them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "lib/graph/reverse_tree.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

struct TreeCacheOptions {
  // All trees together take no more; see TreeCache for which ones stay. 0: none is kept.
  size_t max_bytes = size_t{256} << 20;
  // Questions about a target before a tree is worth its while.
  uint32_t build_after = 4;
};

// Thread-safe. Of one network: a TED of another lineage empties it.
//
// The least recently used trees go for others, but not while they are in use themselves: where
// more targets are asked for than fit, those that are in stay. What is not asked for any more goes,
// too, after a while.
class TreeCache {
 public:
  using TreePtr = std::shared_ptr<const graph::ReverseTree>;

  explicit TreeCache(const TreeCacheOptions& options = {}) : options_(options) {}
  TreeCache(const TreeCache&) = delete;
  TreeCache& operator=(const TreeCache&) = delete;

  // Returns lower bounds, consistent ones, of the distances to `target` over the usable links of
  // `ted` by weight `slot`, or null when there are none. They are the distances themselves: a tree
  // of an earlier snapshot is repaired first, if that is little work. If it is not, and nothing has
  // got shorter since, as after a failure, the tree is given as it is until Refresh() has repaired
  // it. Never builds one, but counts the question.
  TreePtr Get(const topology::Ted& ted, topology::NodeIndex target, size_t slot,
              graph::ReverseTree::Workspace& work);

  // Repairs the trees, the latest used first, then builds those that are wanted, so that Get() has
  // little to do and old snapshots can go. Ends early, to be called again, once give_way() says so.
  // For a background thread; one call at a time.
  void Refresh(
      const topology::Ted& ted, const std::function<bool()>& give_way = [] { return false; });

  // Calls `wake` (from any thread, holding no lock) when a tree is wanted that Refresh would build.
  // Set before the first Get.
  void SetWake(std::function<void()> wake) { wake_ = std::move(wake); }

  size_t size() const;
  // Of the trees that are kept; readers and a repair under way may hold others.
  size_t bytes() const;

 private:
  using Key = std::pair<graph::Node, size_t>;  // Target, weight slot.
  // A tree, and the graph it was made for.
  struct Versioned {
    graph::ReverseTree tree;
    graph::Digraph::Version version;
    uint64_t lineage = 0;
    uint64_t generation = 0;
  };
  using VersionedPtr = std::shared_ptr<const Versioned>;
  static constexpr uint64_t kNoGeneration = UINT64_MAX;
  struct Entry {
    VersionedPtr versioned;
    std::list<Key>::iterator use;
    uint64_t last_question = 0;
    // For snapshots up to this one a repair was too much work for those who ask ...
    uint64_t hopeless_until = 0;
    // ... but of this one the tree bounds the distances.
    uint64_t bounds_at = kNoGeneration;
  };
  // What is to be freed when the lock is gone: readers do not wait for that.
  using Dropped = std::vector<VersionedPtr>;

  // Returns `old` brought to `ted`, or null if more than `most` nodes would have to be looked at.
  // `changed`: where the two differ.
  static VersionedPtr Repair(const topology::Ted& ted, const Versioned& old,
                             const std::vector<graph::Node>& changed, size_t most,
                             graph::ReverseTree::Workspace& work);
  // Repairs `old`, the tree of `key`, for one who waits, and keeps what is learnt of it.
  VersionedPtr BringTo(const topology::Ted& ted, const Key& key, VersionedPtr old,
                       graph::ReverseTree::Workspace& work);
  // What trees of one snapshot are built from, by weight slot, once it has been needed.
  using Flats = std::array<std::optional<graph::FlatGraph>, graph::kWeightCount>;
  VersionedPtr Build(const topology::Ted& ted, const Key& key, Flats& flats);
  static TreePtr Share(VersionedPtr versioned);
  std::vector<Key> ByUse(uint64_t generation) const;

  // All with mutex_ held.
  bool Ask(const Key& key, uint32_t node_count);
  // In the place of an earlier one, if that is still there.
  void Put(const Key& key, VersionedPtr versioned, Dropped& dropped);
  void AddPlace(const Key& key, VersionedPtr versioned);
  bool MakeRoom(size_t bytes, Dropped& dropped);
  void Drop(Key key, Dropped& dropped);
  void DropIdle(Dropped& dropped);
  void ForgetOtherLineages(uint64_t lineage, Dropped& dropped);

  const TreeCacheOptions options_;
  std::function<void()> wake_;
  mutable std::mutex mutex_;
  uint64_t lineage_ = 0;
  absl::flat_hash_map<Key, Entry> entries_;
  std::list<Key> uses_;  // The last used first.
  size_t bytes_ = 0;
  uint64_t questions_ = 0;
  absl::flat_hash_map<Key, uint32_t> asked_;  // How often lately, of those without a tree.
  std::vector<Key> wanted_;
  graph::ReverseTree::Workspace work_;  // Refresh()'s alone.
};

}  // namespace srpce::cspf
