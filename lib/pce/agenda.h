// lib/pce/agenda.h -- what the reactor has to plan, most urgent first.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "lib/pce/policy_table.h"

namespace srpce::pce {

// Why a unit is to be planned.
struct Occasion {
  Need need = Need::kVerify;
  Urgency urgency = Urgency::kVerify;
  const char* trigger = "";  // As PolicyEngineObserver::OnEventToPush.
  std::string cause{};
  std::optional<MonotonicTime> event_time{};
  // How many windows had been taken when the unit was queued; of a unit that Take gave out.
  std::optional<uint64_t> queued{};
};

// By urgency, policy priority, time of queueing (counted in windows), key. What is overtaken for
// kPatience windows has a share of every window from then on, so that neither a stream of urgent
// work nor one of important policies can keep the others waiting for ever.
class Agenda {
 public:
  static constexpr uint64_t kPatience = 8;
  // One unit in so many of a window may be one that was overtaken too often; one at least.
  static constexpr size_t kShare = 4;

  // Joins `occasion` with what the unit waits for already: the greater need, the greater urgency
  // and its cause and event (of equals the earlier event), the longer wait.
  void Add(Unit* unit, const Occasion& occasion);
  // Plans the unit again at `when`, or earlier if that was agreed before.
  void RetryAt(Unit* unit, MonotonicTime when);
  // Forgets a unit that is about to go.
  void Drop(Unit* unit);

  // Takes up to `limit` units of the greatest urgency waiting, in order, with the occasion of each;
  // last among them those that were overtaken too often.
  std::vector<std::pair<Unit*, Occasion>> Take(size_t limit);
  // Takes the units whose retry is due.
  std::vector<Unit*> TakeRetries(MonotonicTime now);
  std::optional<MonotonicTime> next_retry() const;
  size_t size() const { return queue_.size(); }
  // Bad news has hit some of those that wait.
  bool HasUrgent() const {
    return !queue_.empty() && queue_.begin()->first.urgency <= Urgency::kTouched;
  }

 private:
  struct Rank {  // As entered: a unit's members may change while it waits.
    Urgency urgency = Urgency::kImprove;
    uint8_t priority = 0;
    uint64_t queued = 0;
    policy::PolicyKey key;

    auto ByUrgency() const { return std::tie(urgency, priority, queued, key); }
    auto ByAge() const { return std::tie(queued, urgency, priority, key); }
  };
  struct UrgentFirst {
    bool operator()(const Rank& a, const Rank& b) const { return a.ByUrgency() < b.ByUrgency(); }
  };
  struct OldestFirst {
    bool operator()(const Rank& a, const Rank& b) const { return a.ByAge() < b.ByAge(); }
  };

  void Dequeue(Unit* unit);
  std::pair<Unit*, Occasion> Give(Unit* unit);

  std::map<Rank, Unit*, UrgentFirst> queue_;
  std::map<Rank, Unit*, OldestFirst> by_age_;  // The same.
  std::map<Unit*, Rank> ranks_;
  uint64_t windows_ = 0;  // Taken so far.
  std::set<std::pair<MonotonicTime, Unit*>> retries_;
};

}  // namespace srpce::pce
