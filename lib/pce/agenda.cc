// lib/pce/agenda.cc -- the queue of units.
#include "lib/pce/agenda.h"

#include <algorithm>
#include <iterator>

namespace srpce::pce {

void Agenda::Dequeue(Unit* unit) {
  const auto it = ranks_.find(unit);
  if (it != ranks_.end()) {
    queue_.erase(it->second);
    by_age_.erase(it->second);
    ranks_.erase(it);
  }
}

void Agenda::Add(Unit* unit, const Occasion& occasion) {
  uint64_t queued = occasion.queued.value_or(windows_);
  if (const auto it = ranks_.find(unit); it != ranks_.end()) {
    queued = std::min(queued, it->second.queued);
    Dequeue(unit);
  }
  if (unit->need == Need::kNone || occasion.urgency < unit->urgency) {
    unit->trigger = occasion.trigger;
    unit->cause = occasion.cause;
    unit->urgency = occasion.urgency;
    unit->event_time = occasion.event_time;
  } else if (occasion.urgency == unit->urgency && occasion.event_time) {
    unit->event_time =
        std::min(unit->event_time.value_or(*occasion.event_time), *occasion.event_time);
  }
  unit->need = std::max(unit->need, occasion.need);
  const policy::PolicyIntent& first = *unit->members.front()->intent;
  const Rank rank{unit->urgency, first.priority, queued, first.key};
  queue_.emplace(rank, unit);
  by_age_.emplace(rank, unit);
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
  Dequeue(unit);
  if (unit->retry_at) {
    retries_.erase({*unit->retry_at, unit});
  }
}

std::vector<std::pair<Unit*, Occasion>> Agenda::Take(size_t limit) {
  std::vector<std::pair<Unit*, Occasion>> overtaken;
  const size_t share = std::max<size_t>(limit / kShare, 1);
  while (!by_age_.empty() && overtaken.size() < share && limit > 1 &&
         by_age_.begin()->first.queued + kPatience <= windows_) {
    overtaken.push_back(Give(by_age_.begin()->second));
  }
  std::vector<std::pair<Unit*, Occasion>> taken;
  while (!queue_.empty() && taken.size() + overtaken.size() < limit) {
    Unit* const unit = queue_.begin()->second;
    if (!taken.empty() && unit->urgency != taken.front().second.urgency) {
      break;
    }
    taken.push_back(Give(unit));
  }
  std::move(overtaken.begin(), overtaken.end(), std::back_inserter(taken));
  windows_ += taken.empty() ? 0 : 1;
  return taken;
}

std::pair<Unit*, Occasion> Agenda::Give(Unit* unit) {
  Occasion occasion{.need = unit->need,
                    .urgency = unit->urgency,
                    .trigger = unit->trigger,
                    .cause = std::move(unit->cause),
                    .event_time = unit->event_time,
                    .queued = ranks_.at(unit).queued};
  Dequeue(unit);
  unit->need = Need::kNone;
  unit->cause.clear();
  unit->event_time.reset();
  return {unit, std::move(occasion)};
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
