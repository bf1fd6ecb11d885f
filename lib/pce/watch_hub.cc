// lib/pce/watch_hub.cc -- history and watchers of policy state.
#include "lib/pce/watch_hub.h"

#include <algorithm>
#include <utility>

#include "lib/pce/planned_path.h"
#include "lib/pce/protection_status.h"

namespace srpce::pce {
namespace {

constexpr size_t kEventsPerCall =
    512;  // A first state of 100,000 policies comes in pieces a stream can send.

}  // namespace

void WatchHub::SetFirstRevision(uint64_t revision) {
  const std::lock_guard<std::mutex> lock(mutex_);
  revision_ = revision;
  forgotten_ = revision;
}

void WatchHub::Publish(policy::PolicyStatus status, bool not_disjoint, bool removed) {
  std::unique_lock<std::mutex> lock(mutex_);
  status.revision = ++revision_;
  auto event = std::make_shared<PolicyEvent>();
  event->revision = revision_;
  event->removed = removed;
  event->status = std::move(status);
  if (removed) {
    entries_.erase(event->status.intent.key);
  } else {
    entries_[event->status.intent.key] = {.event = event, .not_disjoint = not_disjoint};
  }
  history_.push_back(event);
  if (history_.size() > history_limit_) {
    forgotten_ = history_.front()->revision;
    history_.pop_front();
  }
  const PolicyEngine::WatchCall call{.events = {event}};
  for (size_t i = 0; i < subscriptions_.size();) {
    const uint64_t id = subscriptions_[i].id;
    // A copy: Detach may take the entry away while the lock is released.
    const PolicyEngine::Watcher watcher = subscriptions_[i].watcher;
    const bool more = Call(lock, id, watcher, call);
    const auto still = std::find_if(subscriptions_.begin(), subscriptions_.end(),
                                    [&](const auto& entry) { return entry.id == id; });
    if (still == subscriptions_.end()) {
      continue;  // The next one has moved into its place.
    }
    if (more) {
      i = static_cast<size_t>(still - subscriptions_.begin()) + 1;
    } else {
      subscriptions_.erase(still);
    }
  }
}

void WatchHub::Refresh(policy::PolicyStatus status, bool not_disjoint) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto it = entries_.find(status.intent.key);
  if (it == entries_.end()) {
    return;
  }
  auto event = std::make_shared<PolicyEvent>();
  event->revision = it->second.event->revision;
  event->status = std::move(status);
  event->status.revision = event->revision;
  it->second = {.event = std::move(event), .not_disjoint = not_disjoint};
}

bool WatchHub::Call(std::unique_lock<std::mutex>& lock, uint64_t watch_id,
                    const PolicyEngine::Watcher& watcher, const PolicyEngine::WatchCall& call) {
  calling_ = watch_id;
  calling_thread_ = std::this_thread::get_id();
  lock.unlock();
  const bool more = watcher(call);
  lock.lock();
  calling_ = 0;
  called_.notify_all();
  return more;
}

bool WatchHub::Replay(std::unique_lock<std::mutex>& lock, uint64_t watch_id, uint64_t from_revision,
                      const PolicyEngine::Watcher& watcher) {
  const bool known =
      from_revision != 0 && from_revision >= forgotten_ && from_revision <= revision_;
  std::vector<EventPtr> events;
  if (known) {
    const auto later = std::find_if(history_.begin(), history_.end(), [&](const EventPtr& event) {
      return event->revision > from_revision;
    });
    events.assign(later, history_.end());
  } else {
    for (const auto& [key, entry] : entries_) {
      events.push_back(entry.event);
    }
    // In order of revision, so that a watcher cut off half way can come back with the last one it
    // saw.
    std::sort(events.begin(), events.end(),
              [](const auto& a, const auto& b) { return a->revision < b->revision; });
  }
  size_t sent = 0;
  do {
    const size_t count = std::min(kEventsPerCall, events.size() - sent);
    PolicyEngine::WatchCall call;
    call.reset = !known && sent == 0;
    call.synced = sent + count == events.size();
    const auto begin = events.begin() + static_cast<std::ptrdiff_t>(sent);
    call.events.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
    if (!Call(lock, watch_id, watcher, call)) {
      return false;
    }
    sent += count;
  } while (sent < events.size());
  return true;
}

void WatchHub::Expect(uint64_t watch_id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  expected_.insert(watch_id);
}

void WatchHub::Attach(uint64_t watch_id, uint64_t from_revision, PolicyEngine::Watcher watcher) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!expected_.contains(watch_id)) {
    return;
  }
  // Nothing is published meanwhile: this is the thread that publishes.
  const bool more = Replay(lock, watch_id, from_revision, watcher);
  if (expected_.erase(watch_id) > 0 && more) {
    subscriptions_.push_back({watch_id, std::move(watcher)});
  }
}

void WatchHub::Detach(uint64_t watch_id) {
  std::unique_lock<std::mutex> lock(mutex_);
  expected_.erase(watch_id);
  std::erase_if(subscriptions_, [&](const auto& entry) { return entry.id == watch_id; });
  if (calling_thread_ == std::this_thread::get_id()) {
    return;
  }
  called_.wait(lock, [&] { return calling_ != watch_id; });
}

std::optional<policy::PolicyStatus> WatchHub::Get(const policy::PolicyKey& key) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto it = entries_.find(key);
  return it == entries_.end() ? std::nullopt : std::optional(it->second.event->status);
}

std::vector<WatchHub::Entry> WatchHub::Entries() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<Entry> entries;
  entries.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) {
    entries.push_back(entry);
  }
  return entries;
}

std::vector<policy::PolicyStatus> WatchHub::List() const {
  std::vector<policy::PolicyStatus> list;
  for (const Entry& entry : Entries()) {
    list.push_back(entry.event->status);
  }
  return list;
}

std::vector<std::shared_ptr<const PolicyEvent>> WatchHub::Page(
    const std::optional<policy::PolicyKey>& after, const std::string& headend, size_t limit) const {
  // Before every policy of `headend`: keys begin with it, and no color is 0.
  const policy::PolicyKey first{.headend = headend, .color = 0, .endpoint = ""};
  const std::lock_guard<std::mutex> lock(mutex_);
  auto it = after && *after >= first ? entries_.upper_bound(*after) : entries_.lower_bound(first);
  std::vector<EventPtr> page;
  for (; it != entries_.end() && page.size() < limit &&
         (headend.empty() || it->first.headend == headend);
       ++it) {
    page.push_back(it->second.event);
  }
  return page;
}

uint64_t WatchHub::revision() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return revision_;
}

void WatchHub::Count(PolicyEngineCounters& counters) const {
  for (const auto state :
       {policy::OperState::kPending, policy::OperState::kDown, policy::OperState::kUp}) {
    counters.policies_by_state[policy::OperStateName(state)] = 0;
  }
  std::map<std::string, bool> groups;
  for (const Entry& entry : Entries()) {
    const policy::PolicyStatus& status = entry.event->status;
    ++counters.policies_by_state[policy::OperStateName(status.oper_state)];
    const bool up = status.oper_state == policy::OperState::kUp;
    if (status.intent.disjoint) {
      auto [it, inserted] = groups.try_emplace(status.intent.disjoint->group, true);
      it->second &= up && !entry.not_disjoint;
    }
    if (status.protection) {
      ++counters.protection[ProtectionLabel(*status.protection, *status.intent.protection)];
    }
    if (!status.sla_violated || !status.active) {
      continue;
    }
    const auto broken = BrokenBounds(status.active->margin);
    for (const char* bound : broken) {
      ++counters.sla_violations[bound];
    }
    if (entry.not_disjoint) {
      ++counters.sla_violations["disjoint"];
    } else if (broken.empty()) {
      ++counters.sla_violations["constraint"];
    }
  }
  for (const auto& [name, satisfied] : groups) {
    ++counters.disjoint_groups[satisfied ? "satisfied" : "unsatisfied"];
  }
}

}  // namespace srpce::pce
