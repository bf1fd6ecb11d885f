#include "lib/cspf/potential_cache.h"

#include <algorithm>
#include <utility>

namespace srpce::cspf {
namespace {

using graph::ArcId;
using graph::Digraph;
using topology::Ted;

// Generations after which growth is looked for although nothing got shorter.
constexpr uint64_t kRecheckGenerations = 256;

// The weights have outgrown the table by a quarter: bounds are true but weak.
bool Outgrown(uint64_t then, uint64_t now) { return now > then + then / 4; }

uint32_t FloorOf(size_t slot, uint32_t weight) {
  return slot == topology::kDelayWeight ? weight - weight / PotentialCache::kBelowDelay : weight;
}

template <typename Visit>
void ForEachArc(const Digraph& graph, const Visit& visit) {
  for (graph::Node tail = 0; tail < graph.node_count(); ++tail) {
    for (const graph::Arc& arc : graph.out(tail)) {
      visit(tail, arc);
    }
  }
}

uint64_t WeightSum(const Digraph& graph, size_t slot) {
  uint64_t sum = 0;
  ForEachArc(graph, [&](graph::Node, const graph::Arc& arc) { sum += arc.data.weight[slot]; });
  return sum;
}

}  // namespace

std::shared_ptr<const graph::Landmarks> PotentialCache::Get(const Ted& ted, size_t slot) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const Table& table = tables_[slot];
  if (table.lineage != ted.lineage() || table.epoch != ted.decrease_epoch(slot) ||
      ted.generation() < table.generation) {
    return nullptr;
  }
  return table.landmarks;
}

// Each arc is one the table knows and weighs its floor or more.
bool PotentialCache::Holds(const Table& table, const Ted& ted, size_t slot) {
  if (table.landmarks == nullptr || table.lineage != ted.lineage()) {
    return false;
  }
  bool holds = true;
  ForEachArc(ted.graph(), [&](graph::Node tail, const graph::Arc& arc) {
    if (arc.id >= table.floors.size()) {
      holds = false;
      return;
    }
    const Floor& floor = table.floors[arc.id];
    holds = holds && floor.ends.tail == tail && floor.ends.head == arc.other &&
            arc.data.weight[slot] >= floor.weight;
  });
  return holds;
}

bool PotentialCache::RefreshSlot(const Ted& ted, size_t slot) {
  // Only Refresh() writes a table, so it may read without the lock.
  Table& table = tables_[slot];
  const bool same_epoch = table.landmarks != nullptr && table.lineage == ted.lineage() &&
                          table.epoch == ted.decrease_epoch(slot);
  if (same_epoch && ted.generation() < table.checked_generation + kRecheckGenerations) {
    return false;
  }
  table.checked_generation = ted.generation();
  const uint64_t weight_sum = WeightSum(ted.graph(), slot);
  if ((same_epoch || Holds(table, ted, slot)) && !Outgrown(table.weight_sum, weight_sum)) {
    if (!same_epoch) {
      const std::lock_guard<std::mutex> lock(mutex_);
      table.epoch = ted.decrease_epoch(slot);
      table.generation = ted.generation();
    }
    return false;
  }
  table.floors.assign(ted.graph().arc_bound(), Floor{});
  table.weight_sum = weight_sum;
  ForEachArc(ted.graph(), [&](graph::Node tail, const graph::Arc& arc) {
    table.floors[arc.id] = {{tail, arc.other}, FloorOf(slot, arc.data.weight[slot])};
  });
  auto landmarks = std::make_shared<const graph::Landmarks>(graph::Landmarks::Compute(
      ted.graph(),
      [&](const graph::Arc& arc) -> graph::Distance { return table.floors[arc.id].weight; }));
  const std::lock_guard<std::mutex> lock(mutex_);
  table.landmarks = std::move(landmarks);
  table.lineage = ted.lineage();
  table.epoch = ted.decrease_epoch(slot);
  table.generation = ted.generation();
  return true;
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
