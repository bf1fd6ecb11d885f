// lib/pce/inbox.cc -- the reactor's queues.
#include "lib/pce/inbox.h"

#include <algorithm>

namespace srpce::pce {
namespace {

constexpr Duration kLongestWait =
    std::chrono::hours(1);  // Far ends of time overflow inside wait_for.
constexpr uint64_t kNoGeneration = UINT64_MAX;

bool IsBad(const topology::TedDelta& delta) {
  return std::any_of(delta.links.begin(), delta.links.end(),
                     [](const auto& change) { return change.degraded || change.went_down; });
}

}  // namespace

bool Inbox::Post(Message&& message) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_ && !std::holds_alternative<TransactionNote>(message)) {
      return false;
    }
    messages_.push_back(std::move(message));
  }
  posted_.notify_one();
  return true;
}

void Inbox::PostTed(const TedUpdate& update) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!ted_) {
      ted_ = update;
    } else {
      if (update.delta.from_generation == ted_->delta.to_generation) {
        ted_->delta.Merge(update.delta);
      } else {
        // Updates were lost between the two: a delta that starts nowhere makes the reactor look at
        // everything.
        ted_->delta = update.delta;
        ted_->delta.from_generation = kNoGeneration;
      }
      ted_->ted = update.ted;
      ted_->syncing = update.syncing;
      ted_->event_time = std::min(ted_->event_time, update.event_time);
    }
    if (IsBad(update.delta)) {
      last_bad_ = clock_.Now();
      first_bad_ = first_bad_.value_or(*last_bad_);
    }
  }
  posted_.notify_one();
}

void Inbox::Wake() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    woken_ = true;
  }
  posted_.notify_one();
}

void Inbox::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  posted_.notify_one();
}

std::optional<MonotonicTime> Inbox::TedDue() const {
  if (!ted_) {
    return std::nullopt;
  }
  if (!first_bad_) {
    return MonotonicTime{};
  }
  return std::min(*last_bad_ + quiet_, *first_bad_ + max_wait_);
}

bool Inbox::HasWork(MonotonicTime now, bool busy) const {
  const auto due = TedDue();
  return !messages_.empty() || woken_ || (stopping_ && !busy) || (due && *due <= now);
}

Inbox::Taken Inbox::Take(bool block, bool busy, std::optional<MonotonicTime> deadline) {
  std::unique_lock<std::mutex> lock(mutex_);
  MonotonicTime now = clock_.Now();
  while (block && !HasWork(now, busy) && !(deadline && *deadline <= now)) {
    idle_ = !busy && !ted_;
    if (idle_) {
      idle_changed_.notify_all();
    }
    std::optional<MonotonicTime> until = TedDue();
    if (deadline) {
      until = std::min(until.value_or(*deadline), *deadline);
    }
    // The clock may be a simulated one: wait for the difference, then look again.
    if (until) {
      posted_.wait_for(lock, std::clamp<Duration>(*until - now, Duration::zero(), kLongestWait));
    } else {
      posted_.wait(lock);
    }
    now = clock_.Now();
  }
  idle_ = false;
  woken_ = false;
  Taken taken;
  taken.stopping = stopping_;
  std::swap(taken.messages, messages_);
  if (const auto due = TedDue(); due && *due <= now) {
    taken.ted = std::move(ted_);
    ted_.reset();
    first_bad_.reset();
    last_bad_.reset();
  }
  return taken;
}

bool Inbox::WaitIdle(Duration timeout, const std::function<bool()>& also) {
  std::unique_lock<std::mutex> lock(mutex_);
  return idle_changed_.wait_for(
      lock, timeout, [&] { return idle_ && messages_.empty() && !ted_ && !woken_ && also(); });
}

void Inbox::NotifyIdle() {
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_changed_.notify_all();
}

}  // namespace srpce::pce
