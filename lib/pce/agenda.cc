// lib/pce/agenda.cc -- the queue of units.
#include "lib/pce/agenda.h"

#include <algorithm>

namespace srpce::pce {

void Agenda::Add(Unit* unit, const Occasion& occasion) {
  if (const auto it = ranks_.find(unit); it != ranks_.end()) {
    queue_.erase(it->second);
    ranks_.erase(it);
  }
  if (unit->need == Need::kNone || occasion.urgency < unit->urgency) {
    unit->trigger = occasion.trigger;
    unit->cause = occasion.cause;
    unit->urgency = occasion.urgency;
  }
  unit->need = std::max(unit->need, occasion.need);
  if (occasion.event_time) {
    unit->event_time =
        std::min(unit->event_time.value_or(*occasion.event_time), *occasion.event_time);
  }
  const policy::PolicyIntent& first = *unit->members.front()->intent;
  const Rank rank(unit->urgency, first.priority, first.key);
  queue_.emplace(rank, unit);
  ranks_.emplace(unit, rank);
}

void Agenda::RetryAt(Unit* unit, MonotonicTime when) {
  if (unit->retry_at && *unit->retry_at <= when) {
    return;
  }
  if (unit->retry_at) {
    retries_.erase({*unit->retry_at, unit});
  }
  unit->retry_at = when;
  retries_.emplace(when, unit);
}

void Agenda::Drop(Unit* unit) {
  if (const auto it = ranks_.find(unit); it != ranks_.end()) {
    queue_.erase(it->second);
    ranks_.erase(it);
  }
  if (unit->retry_at) {
    retries_.erase({*unit->retry_at, unit});
  }
}

std::vector<std::pair<Unit*, Occasion>> Agenda::Take(size_t limit) {
  std::vector<std::pair<Unit*, Occasion>> taken;
  while (!queue_.empty() && taken.size() < limit) {
    const auto first = queue_.begin();
    Unit* const unit = first->second;
    if (!taken.empty() && unit->urgency != taken.front().second.urgency) {
      break;
    }
    queue_.erase(first);
    ranks_.erase(unit);
    taken.emplace_back(unit, Occasion{.need = unit->need,
                                      .urgency = unit->urgency,
                                      .trigger = unit->trigger,
                                      .cause = std::move(unit->cause),
                                      .event_time = unit->event_time});
    unit->need = Need::kNone;
    unit->cause.clear();
    unit->event_time.reset();
  }
  return taken;
}

std::vector<Unit*> Agenda::TakeRetries(MonotonicTime now) {
  std::vector<Unit*> due;
  while (!retries_.empty() && retries_.begin()->first <= now) {
    due.push_back(retries_.begin()->second);
    due.back()->retry_at.reset();
    retries_.erase(retries_.begin());
  }
  return due;
}

std::optional<MonotonicTime> Agenda::next_retry() const {
  return retries_.empty() ? std::nullopt : std::optional(retries_.begin()->first);
}

}  // namespace srpce::pce
