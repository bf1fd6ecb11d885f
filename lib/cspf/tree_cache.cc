#include "lib/cspf/tree_cache.h"

#include <utility>

namespace srpce::cspf {
namespace {

using graph::Node;
using graph::ReverseTree;
using topology::Ted;

// Nodes a repair may look at while somebody waits for an answer: tenths of a millisecond.
constexpr size_t kMostWhileAsked = 1024;
// In the background: this part of all nodes, and some more. Beyond, a new tree costs as much.
constexpr size_t kRepairedPart = 8;
constexpr size_t kAlwaysRepaired = 64;
// Questions, about whatever target, that halve what was asked before.
constexpr uint64_t kForgetAfter = 16'384;
// Questions after which a tree that none of them was about is not in use any more: so many, and so
// many for each tree kept.
constexpr uint64_t kIdleAfter = 1'024;
constexpr uint64_t kIdleAfterEach = 8;

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
  Dropped dropped;
  VersionedPtr old;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    ForgetOtherLineages(ted.lineage(), dropped);
    ++questions_;
    const auto found = entries_.find(key);
    if (found == entries_.end()) {
      wake = Ask(key, ted.graph().node_count());
    } else {
      Entry& entry = found->second;
      entry.last_question = questions_;
      uses_.splice(uses_.begin(), uses_, entry.use);
      if (ted.generation() == entry.bounds_at) return Share(entry.versioned);
      // An earlier snapshot than the tree's is on its way out: no work for it.
      const bool hopeless = ted.generation() <= entry.hopeless_until;
      if (ted.generation() >= entry.versioned->generation && !hopeless) old = entry.versioned;
    }
  }
  if (wake && wake_) wake_();
  if (old != nullptr && old->generation != ted.generation()) {
    old = BringTo(ted, key, std::move(old), work);
  }
  return old == nullptr ? nullptr : Share(std::move(old));
}

TreeCache::VersionedPtr TreeCache::BringTo(const Ted& ted, const Key& key, VersionedPtr old,
                                           ReverseTree::Workspace& work) {
  const std::vector<Node> changed = ted.graph().ChangedTails(old->version, kMostWhileAsked);
  VersionedPtr repaired = Repair(ted, *old, changed, kMostWhileAsked, work);
  const bool bounds = repaired == nullptr && changed.size() <= kMostWhileAsked &&
                      old->tree.StillBounds(ted.graph(), changed);
  Dropped dropped;
  const std::lock_guard lock(mutex_);
  if (repaired != nullptr) {
    Put(key, repaired, dropped);
    return repaired;
  }
  if (const auto found = entries_.find(key);
      found != entries_.end() && found->second.versioned == old) {
    found->second.hopeless_until = ted.generation();
    if (bounds) found->second.bounds_at = ted.generation();
  }
  return bounds ? old : nullptr;
}

TreeCache::VersionedPtr TreeCache::Repair(const Ted& ted, const Versioned& old,
                                          const std::vector<Node>& changed, size_t most,
                                          ReverseTree::Workspace& work) {
  if (ted.graph().node_count() < old.tree.node_count() || changed.size() > most) return nullptr;
  auto repaired = std::make_shared<Versioned>(old);
  if (!repaired->tree.Repair(ted.graph(), changed, work, most)) return nullptr;
  repaired->version = ted.graph().version();
  repaired->generation = ted.generation();
  return repaired;
}

TreeCache::VersionedPtr TreeCache::Build(const Ted& ted, const Key& key, Flats& flats) {
  const ReverseTree::Metric metric{.slot = key.second, .required_flags = topology::kArcUsable};
  std::optional<graph::FlatGraph>& flat = flats[metric.slot];
  if (!flat) flat = ReverseTree::Flatten(ted.graph(), metric);
  return std::make_shared<const Versioned>(Versioned{ReverseTree(*flat, key.first, metric, work_),
                                                     ted.graph().version(), ted.lineage(),
                                                     ted.generation()});
}

TreeCache::TreePtr TreeCache::Share(VersionedPtr versioned) {
  const ReverseTree* tree = &versioned->tree;
  return TreePtr(std::move(versioned), tree);
}

// The trees of snapshots before `generation`, the last used first.
std::vector<TreeCache::Key> TreeCache::ByUse(uint64_t generation) const {
  const std::lock_guard lock(mutex_);
  std::vector<Key> keys;
  for (const Key& key : uses_) {
    if (entries_.at(key).versioned->generation < generation) keys.push_back(key);
  }
  return keys;
}

void TreeCache::Refresh(const Ted& ted, const std::function<bool()>& give_way) {
  Dropped dropped;
  {
    const std::lock_guard lock(mutex_);
    ForgetOtherLineages(ted.lineage(), dropped);
    DropIdle(dropped);
  }
  dropped.clear();
  Flats flats;
  const size_t most = kAlwaysRepaired + ted.graph().node_count() / kRepairedPart;
  for (const Key& key : ByUse(ted.generation())) {
    if (give_way()) return;
    VersionedPtr old;
    {
      const std::lock_guard lock(mutex_);
      const auto found = entries_.find(key);
      if (found != entries_.end()) old = found->second.versioned;
    }
    if (old == nullptr) continue;
    const std::vector<Node> changed = ted.graph().ChangedTails(old->version, most);
    VersionedPtr now = Repair(ted, *old, changed, most, work_);
    if (now == nullptr) now = Build(ted, key, flats);
    old.reset();
    {
      const std::lock_guard lock(mutex_);
      Put(key, std::move(now), dropped);
    }
    dropped.clear();
  }
  while (!give_way()) {
    Key key;
    {
      const std::lock_guard lock(mutex_);
      if (wanted_.empty()) return;
      key = wanted_.back();
      wanted_.pop_back();
      asked_.erase(key);
      // A target of a later snapshot is asked for again.
      if (key.first >= ted.graph().node_count() ||
          !MakeRoom(ReverseTree::BytesFor(ted.graph().node_count()), dropped)) {
        continue;
      }
    }
    dropped.clear();
    VersionedPtr built = Build(ted, key, flats);
    const std::lock_guard lock(mutex_);
    AddPlace(key, std::move(built));
  }
}

void TreeCache::Put(const Key& key, VersionedPtr versioned, Dropped& dropped) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || versioned->lineage != lineage_) return;
  Entry& entry = found->second;
  if (entry.versioned->generation >= versioned->generation) return;
  entry.hopeless_until = 0;  // What was said of the tree before.
  entry.bounds_at = kNoGeneration;
  bytes_ += ReverseTree::BytesFor(versioned->tree.node_count()) -
            ReverseTree::BytesFor(entry.versioned->tree.node_count());
  dropped.push_back(std::exchange(entry.versioned, std::move(versioned)));
}

void TreeCache::AddPlace(const Key& key, VersionedPtr versioned) {
  if (versioned->lineage != lineage_ || entries_.contains(key)) return;
  bytes_ += ReverseTree::BytesFor(versioned->tree.node_count());
  uses_.push_front(key);
  entries_[key] = {std::move(versioned), uses_.begin(), questions_, 0, kNoGeneration};
}

// Trees in use stay, or each of too many targets would throw out the one asked for next.
bool TreeCache::MakeRoom(size_t bytes, Dropped& dropped) {
  while (bytes_ + bytes > options_.max_bytes) {
    if (uses_.empty()) return false;
    const uint64_t idle = questions_ - entries_.at(uses_.back()).last_question;
    if (idle < kIdleAfterEach * entries_.size()) return false;
    Drop(uses_.back(), dropped);
  }
  return true;
}

void TreeCache::DropIdle(Dropped& dropped) {
  const uint64_t most = kIdleAfter + kIdleAfterEach * entries_.size();
  while (!uses_.empty() && questions_ - entries_.at(uses_.back()).last_question > most) {
    Drop(uses_.back(), dropped);
  }
}

void TreeCache::Drop(Key key, Dropped& dropped) {
  const auto found = entries_.find(key);
  bytes_ -= ReverseTree::BytesFor(found->second.versioned->tree.node_count());
  dropped.push_back(std::move(found->second.versioned));
  uses_.erase(found->second.use);
  entries_.erase(found);
}

bool TreeCache::Ask(const Key& key, uint32_t node_count) {
  if (ReverseTree::BytesFor(node_count) > options_.max_bytes) return false;
  if (questions_ % kForgetAfter == 0) {
    absl::erase_if(asked_, [](auto& asked) { return (asked.second /= 2) == 0; });
    wanted_.clear();
  }
  uint32_t& count = asked_[key];
  if (count >= options_.build_after || ++count < options_.build_after) return false;
  wanted_.push_back(key);
  return true;
}

void TreeCache::ForgetOtherLineages(uint64_t lineage, Dropped& dropped) {
  if (lineage_ == lineage) return;
  lineage_ = lineage;
  for (auto& [key, entry] : entries_) {
    dropped.push_back(std::move(entry.versioned));
  }
  entries_.clear();
  uses_.clear();
  asked_.clear();
  wanted_.clear();
  bytes_ = 0;
}

}  // namespace srpce::cspf
