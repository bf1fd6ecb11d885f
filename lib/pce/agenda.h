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
};

class Agenda {
 public:
  // Joins `occasion` with what the unit waits for already: the greater need, the greater urgency
  // and its cause, the earlier event.
  void Add(Unit* unit, const Occasion& occasion);
  // Plans the unit again at `when`, or earlier if that was agreed before.
  void RetryAt(Unit* unit, MonotonicTime when);
  // Forgets a unit that is about to go.
  void Drop(Unit* unit);

  // Takes up to `limit` units of the greatest urgency waiting, in order, with the occasion of each.
  std::vector<std::pair<Unit*, Occasion>> Take(size_t limit);
  // Takes the units whose retry is due.
  std::vector<Unit*> TakeRetries(MonotonicTime now);
  std::optional<MonotonicTime> next_retry() const;
  size_t size() const { return queue_.size(); }

 private:
  using Rank = std::tuple<Urgency, uint8_t, policy::PolicyKey>;

  std::map<Rank, Unit*> queue_;
  std::map<Unit*, Rank> ranks_;  // As entered: a unit's members may change while it waits.
  std::set<std::pair<MonotonicTime, Unit*>> retries_;
};

}  // namespace srpce::pce
