#include "lib/cspf/tree_cache.h"

#include <map>

namespace srpce::cspf {
namespace {

using graph::Node;
using graph::ReverseTree;
using topology::Ted;

// Where more than kAlwaysRepaired nodes have changed, and more than this part of all, a repair
// costs as much as a new tree.
constexpr size_t kMostChanged = 16;
constexpr size_t kAlwaysRepaired = 64;
// Targets remembered that were asked for too seldom; then all are forgotten.
constexpr size_t kMaxAsked = 65'536;

// With what the pages of a PersistentVector take.
size_t BytesOf(const ReverseTree& tree) {
  return tree.node_count() * (sizeof(uint32_t) + 1) + sizeof(ReverseTree);
}

ReverseTree::Metric MetricOf(size_t slot) {
  return {.slot = slot, .required_flags = topology::kArcUsable};
}

}  // namespace

size_t TreeCache::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

size_t TreeCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

TreeCache::TreePtr TreeCache::Get(const Ted& ted, topology::NodeIndex target, size_t slot,
                                  ReverseTree::Workspace& work) {
  const Key key(target.value(), slot);
  VersionedPtr old;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    ForgetOtherLineages(ted.lineage());
    const auto found = entries_.find(key);
    if (found == entries_.end()) {
      wake = Ask(key);
    } else {
      uses_.splice(uses_.begin(), uses_, found->second.use);
      old = found->second.versioned;
    }
  }
  if (wake && wake_) wake_();
  if (old == nullptr) return nullptr;
  if (old->generation != ted.generation()) {
    VersionedPtr repaired = Repair(ted, *old, ted.graph().ChangedTails(old->version), work);
    if (repaired == nullptr) return nullptr;
    old = repaired;
    const std::lock_guard lock(mutex_);
    if (entries_.contains(key)) PutIfNewer(key, std::move(repaired));
  }
  return TreePtr(old, &old->tree);
}

bool TreeCache::IsTooMuch(const Ted& ted, const std::vector<Node>& changed) {
  return changed.size() > kAlwaysRepaired + ted.graph().node_count() / kMostChanged;
}

TreeCache::VersionedPtr TreeCache::Repair(const Ted& ted, const Versioned& old,
                                          const std::vector<Node>& changed,
                                          ReverseTree::Workspace& work) {
  if (ted.graph().node_count() < old.tree.node_count() || IsTooMuch(ted, changed)) return nullptr;
  auto repaired = std::make_shared<Versioned>(old);
  repaired->tree.Repair(ted.graph(), changed, work);
  repaired->version = ted.graph().version();
  repaired->generation = ted.generation();
  return repaired;
}

void TreeCache::Refresh(const Ted& ted) {
  std::vector<Key> wanted;
  {
    const std::lock_guard lock(mutex_);
    ForgetOtherLineages(ted.lineage());
    wanted.swap(wanted_);
  }
  RepairAll(ted);
  for (const Key& key : wanted) {
    if (key.first < ted.graph().node_count()) Build(ted, key);
  }
}

void TreeCache::Build(const Ted& ted, const Key& key) {
  auto built = std::make_shared<const Versioned>(
      Versioned{ReverseTree(ted.graph(), key.first, MetricOf(key.second), work_),
                ted.graph().version(), ted.generation()});
  const std::lock_guard lock(mutex_);
  if (lineage_ != ted.lineage()) return;
  asked_.erase(key);
  PutIfNewer(key, std::move(built));
}

void TreeCache::RepairAll(const Ted& ted) {
  std::vector<std::pair<Key, VersionedPtr>> old;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, entry] : entries_) {
      if (entry.versioned->generation < ted.generation()) old.emplace_back(key, entry.versioned);
    }
  }
  std::map<uint64_t, std::vector<Node>> changes;  // By the generation they begin with.
  for (const auto& [key, versioned] : old) {
    auto changed = changes.find(versioned->generation);
    if (changed == changes.end()) {
      changed = changes.emplace(versioned->generation, ted.graph().ChangedTails(versioned->version))
                    .first;
    }
    VersionedPtr repaired = Repair(ted, *versioned, changed->second, work_);
    if (repaired == nullptr) {
      Build(ted, key);
      continue;
    }
    const std::lock_guard lock(mutex_);
    if (entries_.contains(key)) PutIfNewer(key, std::move(repaired));
  }
}

void TreeCache::PutIfNewer(const Key& key, VersionedPtr versioned) {
  const auto [found, fresh] = entries_.try_emplace(key);
  Entry& entry = found->second;
  if (fresh) {
    uses_.push_front(key);
    entry.use = uses_.begin();
  } else if (entry.versioned->generation < versioned->generation) {
    bytes_ -= BytesOf(entry.versioned->tree);
  } else {
    return;
  }
  bytes_ += BytesOf(versioned->tree);
  entry.versioned = std::move(versioned);
  KeepToBudget();
}

void TreeCache::KeepToBudget() {
  while (bytes_ > options_.max_bytes && !uses_.empty()) {
    Drop(uses_.back());
  }
}

void TreeCache::Drop(Key key) {
  const auto found = entries_.find(key);
  bytes_ -= BytesOf(found->second.versioned->tree);
  uses_.erase(found->second.use);
  entries_.erase(found);
}

bool TreeCache::Ask(const Key& key) {
  if (options_.max_bytes == 0) return false;
  if (asked_.size() >= kMaxAsked) {
    asked_.clear();
    wanted_.clear();
  }
  if (++asked_[key] != options_.build_after) return false;  // Too few yet, or wanted already.
  wanted_.push_back(key);
  return true;
}

void TreeCache::ForgetOtherLineages(uint64_t lineage) {
  if (lineage_ == lineage) return;
  lineage_ = lineage;
  entries_.clear();
  uses_.clear();
  asked_.clear();
  wanted_.clear();
  bytes_ = 0;
}

}  // namespace srpce::cspf
