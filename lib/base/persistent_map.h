// lib/base/persistent_map.h -- a hash map whose copies share storage; a write copies one of kShards
// small tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "lib/base/persistent_vector.h"

namespace srpce {

// Average O(1) look-up, O(size / kShards) write after a copy was handed out.
template <typename K, typename V>
class PersistentMap {
 public:
  PersistentMap() : shards_(kShards, std::make_shared<Shard>()) {}

  size_t size() const { return size_; }

  // Returns the value of `key`, or null. Valid while this copy of the map lives.
  template <typename Key = K>
  const V* Find(const Key& key) const {
    const auto& table = shards_[ShardOf(key)]->table;
    const auto it = table.find(key);
    return it == table.end() ? nullptr : &it->second;
  }

  // Returns the value of `key` for writing, default-made where absent.
  V& Mutable(const K& key, const Edit& edit) {
    auto [it, inserted] = Own(ShardOf(key), edit).try_emplace(key);
    size_ += inserted ? 1 : 0;
    return it->second;
  }

  void Erase(const K& key, const Edit& edit) {
    if (Find(key) != nullptr) {
      size_ -= Own(ShardOf(key), edit).erase(key);
    }
  }

  // Calls visit(key, value) for each entry, in no order to rely on.
  template <typename Visitor>
  void ForEach(Visitor&& visit) const {
    for (size_t i = 0; i < shards_.size(); ++i) {
      for (const auto& [key, value] : shards_[i]->table) {
        visit(key, value);
      }
    }
  }

 private:
  static constexpr size_t kShards = 4096;

  struct Shard {
    uint64_t owner = 0;  // Edit::id() that may write here.
    absl::flat_hash_map<K, V> table;
  };

  absl::flat_hash_map<K, V>& Own(size_t index, const Edit& edit) {
    std::shared_ptr<Shard>& shard = shards_.Mutable(index, edit);
    if (shard->owner != edit.id()) {
      shard = std::make_shared<Shard>(*shard);
      shard->owner = edit.id();
    }
    return shard->table;
  }

  template <typename Key>
  static size_t ShardOf(const Key& key) {
    // The table's own hasher, so that "text" and std::string("text") meet. The table uses the low
    // bits; the shard takes high ones.
    return (typename absl::flat_hash_map<K, V>::hasher()(key) >> 40) % kShards;
  }

  // Shards are held by pointer so that writing one does not copy the 63 others in its page.
  PersistentVector<std::shared_ptr<Shard>> shards_;
  size_t size_ = 0;
};

}  // namespace srpce
