// lib/cspf/profile_cache.h -- contraction hierarchies customized to what is asked of links again
// and again, kept under a memory budget and customized anew as the network changes.
//
// As with TreeCache, many ask and are never kept waiting; one background thread customizes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "lib/cspf/link_filter.h"
#include "lib/graph/ancestor_labels.h"
#include "lib/graph/hierarchy.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

struct ProfileCacheOptions {
  // All customized weights and labels together take no more. 0: none is kept.
  size_t max_bytes = size_t{64} << 20;
  // Questions about a profile before it is customized.
  uint32_t build_after = 32;
};

// A weight, and the links that count.
struct Profile {
  size_t slot = 0;
  LinkProfile links{};

  bool operator==(const Profile&) const = default;
  template <typename H>
  friend H AbslHashValue(H hash, const Profile& p) {
    return H::combine(std::move(hash), p.slot, p.links);
  }
};

// What is at hand of a profile.
struct ProfileDistances {
  std::shared_ptr<const graph::HierarchyWeights> weights;
  // Null where they would be too large, there is no room left, or they are not made yet.
  std::shared_ptr<const graph::AncestorLabels> labels;
};

// Thread-safe. Of one network: a TED of another lineage empties it. Networks whose hierarchy would
// be too large (small-world cores) get none.
class ProfileCache {
 public:
  using DistancesPtr = std::shared_ptr<const ProfileDistances>;

  explicit ProfileCache(const ProfileCacheOptions& options = {}) : options_(options) {}
  ProfileCache(const ProfileCache&) = delete;
  ProfileCache& operator=(const ProfileCache&) = delete;

  // Returns distances that in `ted` over what `profile` lets through are exact, or true
  // and consistent lower bounds where links have failed or become dearer since; null when there are
  // none. Never customizes, but counts the question.
  DistancesPtr Get(const topology::Ted& ted, const Profile& profile);

  // Customizes what is out of date, then what is wanted, and makes labels of it. Ends early, to be
  // called again, once give_way() says so. For a background thread; one call at a time.
  void Refresh(
      const topology::Ted& ted, const std::function<bool()>& give_way = [] { return false; });

  // Calls `wake` (from any thread, holding no lock) when a profile is wanted. Set before the first
  // Get.
  void SetWake(std::function<void()> wake) { wake_ = std::move(wake); }

  size_t size() const;
  // Of the weights and labels that are kept; readers may hold others.
  size_t bytes() const;

 private:
  // Distances, and the network they were made for.
  struct Customized {
    DistancesPtr distances;
    graph::Digraph graph;
    uint64_t generation = 0;
    bool labels_tried = false;

    size_t label_bytes() const {
      return distances->labels == nullptr ? 0 : distances->labels->bytes();
    }
    size_t bytes() const { return distances->weights->bytes() + label_bytes(); }
  };
  using CustomizedPtr = std::shared_ptr<const Customized>;
  // What the weights of one snapshot are to another.
  enum class Match : uint8_t { kExact, kLowerBounds, kNone };
  struct Entry {
    CustomizedPtr customized;
    uint64_t last_question = 0;
    // The last judgement, so that one snapshot is compared once.
    uint64_t judged_generation = 0;
    Match judged = Match::kExact;
  };

  static Match Judge(const topology::Ted& ted, const Profile& profile, const Customized& old,
                     size_t most);
  CustomizedPtr Customize(const topology::Ted& ted, const Profile& profile);
  void CustomizeAgain(const topology::Ted& ted, const Profile& profile);
  void AddLabels(const Profile& profile);
  CustomizedPtr Find(const Profile& profile) const;
  std::vector<Profile> OutOfDate(uint64_t generation) const;
  std::vector<Profile> WithoutLabels() const;
  bool TakeWanted(Profile& profile);

  // All with mutex_ held.
  bool Ask(const Profile& profile);
  void Put(const Profile& profile, CustomizedPtr customized);
  bool MakeRoom(size_t bytes);
  bool DropLabels();
  void Drop(const Profile& profile);
  void DropIdle();
  void ForgetOtherLineages(uint64_t lineage);

  const ProfileCacheOptions options_;
  std::function<void()> wake_;
  mutable std::mutex mutex_;
  uint64_t lineage_ = 0;
  absl::flat_hash_map<Profile, Entry> entries_;
  size_t bytes_ = 0;
  uint64_t questions_ = 0;
  absl::flat_hash_map<Profile, uint32_t> asked_;  // How often lately, of those without weights.
  std::vector<Profile> wanted_;
  // Refresh()'s alone.
  std::shared_ptr<const graph::Hierarchy> hierarchy_;
  uint64_t hierarchy_lineage_ = 0;
  uint32_t hopeless_arcs_ = 0;  // With so many arcs there was no hierarchy to be had.
};

}  // namespace srpce::cspf
