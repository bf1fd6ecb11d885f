#include "lib/cspf/potential_cache.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

namespace srpce::cspf {
namespace {

using graph::Arc;
using graph::Digraph;
using graph::Landmarks;
using graph::Node;
using topology::Ted;

// Nodes with changed arcs that who asks looks at: microseconds.
constexpr size_t kMostWhileAsked = 256;

constexpr int kNiceness = 5;  // A third of what others get.

// Of what was seen, with each table.
constexpr uint32_t kForgottenPart = 8;

// The weights have outgrown the table by a quarter: bounds are true but weak.
bool Outgrown(uint64_t then, uint64_t now) { return now > then + then / 4; }

template <typename Visit>
void ForEachArc(const Digraph& graph, const Visit& visit) {
  for (Node tail = 0; tail < graph.node_count(); ++tail) {
    for (const Arc& arc : graph.out(tail)) {
      visit(tail, arc);
    }
  }
}

uint64_t WeightSum(const Digraph& graph, size_t slot) {
  uint64_t sum = 0;
  ForEachArc(graph, [&](Node, const Arc& arc) { sum += arc.data.weight[slot]; });
  return sum;
}

// Returns how much of its bounds a table may keep for what leaves `tails`: kWhole if they hold. A
// way over a node it does not know may be shorter than all it knows.
uint32_t ShareThatHolds(const Landmarks& table, const Digraph& graph, size_t slot,
                        const std::vector<Node>& tails) {
  uint64_t share = PotentialCache::kWhole;
  for (const Node tail : tails) {
    if (tail >= table.node_count() || tail >= graph.node_count()) continue;
    for (const Arc& arc : graph.out(tail)) {
      if (arc.other >= table.node_count()) return 0;
      const uint64_t bound = table.Bound(tail, arc.other);
      const uint64_t weight = arc.data.weight[slot];
      if (weight < bound) share = std::min(share, weight * PotentialCache::kWhole / bound);
    }
  }
  return static_cast<uint32_t>(share);
}

}  // namespace

std::shared_ptr<const Landmarks> PotentialCache::Get(const Ted& ted, size_t slot) const {
  Table& table = tables_[slot];
  std::shared_ptr<const Landmarks> landmarks;
  Digraph::Version version;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (table.landmarks == nullptr || table.lineage != ted.lineage()) return nullptr;
    if (table.epoch == ted.decrease_epoch(slot) && ted.generation() >= table.generation) {
      return table.landmarks;
    }
    if (table.asked_generation == ted.generation()) {
      return table.asked_holds ? table.landmarks : nullptr;
    }
    landmarks = table.landmarks;
    version = table.version;
  }
  const std::vector<Node> changed = ted.graph().ChangedTails(version, kMostWhileAsked);
  const bool holds = changed.size() <= kMostWhileAsked &&
                     ShareThatHolds(*landmarks, ted.graph(), slot, changed) == kWhole;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (table.landmarks == landmarks) {
    table.asked_generation = ted.generation();
    table.asked_holds = holds;
  }
  return holds ? landmarks : nullptr;
}

// Takes in what `changed` nodes' arcs weigh now.
void PotentialCache::Follow(const Ted& ted, size_t slot, const std::vector<Node>& changed) {
  Table& table = tables_[slot];
  table.least.resize(std::max<size_t>(table.least.size(), ted.graph().arc_bound()), UINT32_MAX);
  for (const Node tail : changed) {
    if (tail >= ted.graph().node_count()) continue;
    for (const Arc& arc : ted.graph().out(tail)) {
      table.least[arc.id] = std::min(table.least[arc.id], arc.data.weight[slot]);
    }
  }
}

// True if a new table would be better by enough. The weights are summed up now and then only.
bool PotentialCache::IsWeak(const Ted& ted, size_t slot) {
  Table& table = tables_[slot];
  if (ted.generation() < table.computed_generation + kRecheckGenerations) return false;
  if (table.share + 1 < kWhole) return true;  // One step is soon lost again.
  if (ted.generation() < table.summed_generation + kRecheckGenerations) return false;
  table.summed_generation = ted.generation();
  if (!Outgrown(table.weight_sum, WeightSum(ted.graph(), slot))) return false;
  table.least.clear();  // Of the time before.
  return true;
}

// Over the least that was seen of each arc: what fell once will do so again. That is forgotten bit
// by bit. An id that has become another arc's lowers a bound, no more.
void PotentialCache::Compute(const Ted& ted, size_t slot) {
  Table& table = tables_[slot];
  const Digraph& graph = ted.graph();
  table.least.resize(graph.arc_bound(), UINT32_MAX);
  table.weight_sum = 0;
  std::vector<uint32_t> least(graph.arc_bound());
  ForEachArc(graph, [&](Node, const Arc& arc) {
    const uint32_t weight = arc.data.weight[slot];
    table.weight_sum += weight;
    least[arc.id] = std::min(table.least[arc.id], weight);
    table.least[arc.id] = least[arc.id] + (weight - least[arc.id]) / kForgottenPart;
  });
  table.computed_generation = table.summed_generation = ted.generation();
  table.share = kWhole;
  table.whole = std::make_shared<const Landmarks>(
      Landmarks::Compute(graph, [&](const Arc& arc) -> graph::Distance { return least[arc.id]; }));
  Put(ted, slot, table.whole);
}

// Gives out what holds for `ted`.
void PotentialCache::Put(const Ted& ted, size_t slot,
                         std::shared_ptr<const Landmarks> landmarks) const {
  Table& table = tables_[slot];
  Digraph::Version version = ted.graph().version();  // What goes is freed after the lock.
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool holds_longer = table.landmarks == landmarks && table.epoch == ted.decrease_epoch(slot);
  if (!holds_longer) table.generation = ted.generation();
  table.landmarks.swap(landmarks);
  table.lineage = ted.lineage();
  table.epoch = ted.decrease_epoch(slot);
  std::swap(table.version, version);
  table.asked_generation = 0;
}

// Returns whether it computed a table. Only this and what it calls write one, so they may read
// without the lock what Get() does not write.
bool PotentialCache::RefreshSlot(const Ted& ted, size_t slot) {
  Table& table = tables_[slot];
  if (table.whole == nullptr || table.lineage != ted.lineage()) {
    table.least.clear();
    Compute(ted, slot);
    return true;
  }
  const std::vector<Node> changed = ted.graph().ChangedTails(table.version);
  Follow(ted, slot, changed);
  uint32_t share = std::min(table.share, ShareThatHolds(*table.whole, ted.graph(), slot, changed));
  // Other metrics are set by somebody, and stay: worth a new table at once.
  if (share < (slot == topology::kDelayWeight ? kLeastShare : kWhole) || IsWeak(ted, slot)) {
    Compute(ted, slot);
    return true;
  }
  auto landmarks = table.landmarks;
  if (std::exchange(table.share, share) != share) {
    landmarks = std::make_shared<const Landmarks>(table.whole->Scaled(share, kWhole));
  }
  Put(ted, slot, std::move(landmarks));
  return false;
}

size_t PotentialCache::Refresh(const Ted& ted, const std::function<bool()>& give_way) {
  const std::lock_guard<std::mutex> lock(refresh_mutex_);
  if (ted.lineage() == lineage_ && ted.generation() < generation_) {
    return 0;
  }
  lineage_ = ted.lineage();
  generation_ = ted.generation();
  size_t computed = 0;
  for (size_t slot = 0; slot < tables_.size(); ++slot) {
    computed += RefreshSlot(ted, slot) ? 1 : 0;
  }
  trees_.Refresh(ted, give_way);
  profiles_.Refresh(ted, give_way);
  return computed;
}

PotentialRefresher::PotentialRefresher(PotentialCache* cache)
    : cache_(cache), thread_([this] { Run(); }) {
  const auto wake = [this] {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      pending_ = latest_ != nullptr;
    }
    changed_.notify_all();
  };
  cache_->trees().SetWake(wake);
  cache_->profiles().SetWake(wake);
}

PotentialRefresher::~PotentialRefresher() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void PotentialRefresher::Notify(topology::TedPtr ted) {
  if (ted == nullptr) {
    return;
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    latest_ = std::move(ted);
    pending_ = true;
  }
  changed_.notify_all();
}

void PotentialRefresher::WaitIdle() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return !pending_ && !busy_; });
}

void PotentialRefresher::Run() {
  // Searches that somebody waits for come first where cores are few. Of this thread alone: Linux.
  setpriority(PRIO_PROCESS, 0, kNiceness);
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return pending_ || stopping_; });
    if (stopping_) {
      return;
    }
    topology::TedPtr ted = latest_;
    pending_ = false;
    const auto give_way = [this, &ted] {
      const std::lock_guard<std::mutex> guard(mutex_);
      return stopping_ || latest_ != ted;
    };
    busy_ = true;
    lock.unlock();
    cache_->Refresh(*ted, give_way);
    ted.reset();  // Not under the lock: the last owner frees pages.
    lock.lock();
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace srpce::cspf
