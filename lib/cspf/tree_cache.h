// lib/cspf/tree_cache.h -- reverse trees to the targets that are asked for again and again, kept
// under a memory budget and repaired as the network changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "lib/graph/reverse_tree.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

struct TreeCacheOptions {
  // Least recently used trees go when all together take more. 0: none is kept.
  size_t max_bytes = size_t{256} << 20;
  // Questions about a target before a tree is worth its while.
  uint32_t build_after = 4;
};

// Thread-safe.
class TreeCache {
 public:
  using TreePtr = std::shared_ptr<const graph::ReverseTree>;

  explicit TreeCache(const TreeCacheOptions& options = {}) : options_(options) {}
  TreeCache(const TreeCache&) = delete;
  TreeCache& operator=(const TreeCache&) = delete;

  // Returns the distances to `target` over the usable links of exactly `ted` by weight `slot`, or
  // null when there is no tree. A tree of another snapshot is repaired first, unless too much has
  // changed; never builds one, but counts the question.
  TreePtr Get(const topology::Ted& ted, topology::NodeIndex target, size_t slot,
              graph::ReverseTree::Workspace& work);

  // Builds the trees that are wanted and repairs all others, so that Get() has little to do and old
  // snapshots can go. For a background thread; one call at a time.
  void Refresh(const topology::Ted& ted);

  // Calls `wake` (from any thread, holding no lock) when a tree is wanted that Refresh would build.
  // Set before the first Get.
  void SetWake(std::function<void()> wake) { wake_ = std::move(wake); }

  size_t size() const;
  size_t bytes() const;

 private:
  using Key = std::pair<graph::Node, size_t>;  // Target, weight slot.
  // A tree, and the graph it was made for.
  struct Versioned {
    graph::ReverseTree tree;
    graph::Digraph::Version version;
    uint64_t generation = 0;
  };
  using VersionedPtr = std::shared_ptr<const Versioned>;
  struct Entry {
    VersionedPtr versioned;
    std::list<Key>::iterator use;
  };

  // Returns `old` brought to `ted`; null if a new tree is better.
  static VersionedPtr Repair(const topology::Ted& ted, const Versioned& old,
                             const std::vector<graph::Node>& changed,
                             graph::ReverseTree::Workspace& work);
  static bool IsTooMuch(const topology::Ted& ted, const std::vector<graph::Node>& changed);
  void Build(const topology::Ted& ted, const Key& key);
  void RepairAll(const topology::Ted& ted);
  // All with mutex_ held.
  void PutIfNewer(const Key& key, VersionedPtr versioned);
  void Drop(Key key);
  bool Ask(const Key& key);
  void ForgetOtherLineages(uint64_t lineage);
  void KeepToBudget();

  const TreeCacheOptions options_;
  std::function<void()> wake_;
  mutable std::mutex mutex_;
  uint64_t lineage_ = 0;
  absl::flat_hash_map<Key, Entry> entries_;
  std::list<Key> uses_;  // The last used first.
  size_t bytes_ = 0;
  absl::flat_hash_map<Key, uint32_t> asked_;  // How often, of those without a tree.
  std::vector<Key> wanted_;
  graph::ReverseTree::Workspace work_;  // Refresh()'s alone.
};

}  // namespace srpce::cspf
