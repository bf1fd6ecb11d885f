#include "daemon/services/policy_watch.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "daemon/services/rpc_status.h"
#include "proto/convert/policy.h"

namespace srpce::services {
namespace {

constexpr char kMethod[] = "PolicyService/WatchPolicies";
// Of one message: far below the 4 MiB that clients accept by default.
constexpr int kMaxMessageEvents = 128;
constexpr size_t kMaxMessageBytes = 1 << 20;
constexpr size_t kEventsPerTake = 16;

}  // namespace

void PolicyWatch::Start(uint64_t from_revision) {
  switch (context_.watches.Add(this)) {
    case PolicyWatches::Admission::kAdmitted:
      watch_id_ = context_.engine.Watch(
          from_revision,
          [this](const pce::PolicyEngine::WatchCall& call) { return OnChange(call); });
      watching_ = true;
      return;
    case PolicyWatches::Admission::kFull:
      Close(ToGrpcStatus(absl::ResourceExhaustedError(absl::StrCat(
                             context_.watches.limit(), " watches are open, the configured limit")),
                         kReasonTooManyStreams));
      return;
    case PolicyWatches::Admission::kDraining:
      BeginDrain();
  }
}

void PolicyWatch::BeginDrain() {
  Close(ToGrpcStatus(absl::UnavailableError("the daemon stops"), kReasonShuttingDown));
}

// On the reactor thread of the engine: queues, and leaves the work to others.
bool PolicyWatch::OnChange(const pce::PolicyEngine::WatchCall& call) {
  std::unique_lock lock(mutex_);
  if (closing_) {
    return false;
  }
  if (synced_ && waiting_events_ + call.events.size() > context_.queue_events) {
    const uint64_t resume = sent_synced_ ? sent_revision_ : 0;
    closing_ = true;
    queue_.clear();
    context_.metrics.OnWatchDropped();
    final_status_ =
        ToGrpcStatus(absl::ResourceExhaustedError(absl::StrCat(
                         waiting_events_ + call.events.size(), " events wait, the limit is ",
                         context_.queue_events, "; watch again with from_revision ", resume)),
                     kReasonSlowReader, {{"last_revision", absl::StrCat(resume)}});
    FinishIfIdle(std::move(lock));
    return false;
  }
  waiting_events_ += synced_ ? call.events.size() : 0;
  queue_.push_back(
      {.reset = call.reset, .synced = call.synced, .counted = synced_, .events = call.events});
  synced_ = synced_ || call.synced;
  WriteNext();
  return true;
}

void PolicyWatch::WriteNext() {
  if (writing_ || closing_ || queue_.empty()) {
    return;
  }
  writing_ = true;
  // At most one a watch, and the number of watches is limited.
  context_.pool.Post([this] { BuildMessage(); });
}

// Takes some events that may share a message. Returns false when there are none, or the message
// must end here.
bool PolicyWatch::TakeEvents(std::vector<std::shared_ptr<const pce::PolicyEvent>>& events) {
  events.clear();
  const std::lock_guard lock(mutex_);
  if (queue_.empty() || message_.synced()) {
    return false;
  }
  Batch& batch = queue_.front();
  if (batch.reset && batch.next == 0) {
    if (message_.events_size() > 0) {
      return false;  // A reset begins a message.
    }
    message_.set_reset(true);
  }
  const size_t count = std::min(kEventsPerTake, batch.events.size() - batch.next);
  const auto begin = batch.events.begin() + static_cast<ptrdiff_t>(batch.next);
  events.assign(begin, begin + static_cast<ptrdiff_t>(count));
  batch.next += count;
  waiting_events_ -= batch.counted ? count : 0;
  if (batch.next == batch.events.size()) {
    message_.set_synced(batch.synced);
    queue_.pop_front();
  }
  return true;
}

void PolicyWatch::BuildMessage() {
  message_.Clear();
  const topology::TedPtr ted = context_.ted();
  uint64_t revision = 0;
  std::vector<std::shared_ptr<const pce::PolicyEvent>> events;
  while (message_.events_size() < kMaxMessageEvents && message_.ByteSizeLong() < kMaxMessageBytes &&
         TakeEvents(events)) {
    for (const auto& event : events) {
      v1::PolicyEvent* to = message_.add_events();
      to->set_revision(event->revision);
      to->set_removed(event->removed);
      convert::ToProto(*ted, event->status, to->mutable_status());
      revision = std::max(revision, event->revision);
    }
  }
  std::unique_lock lock(mutex_);
  if (closing_) {
    writing_ = false;
    FinishIfIdle(std::move(lock));
    return;
  }
  building_revision_ = revision;
  StartWrite(&message_);
}

void PolicyWatch::OnWriteDone(bool ok) {
  std::unique_lock lock(mutex_);
  writing_ = false;
  if (!ok && !closing_) {
    closing_ = true;
    final_status_ = grpc::Status::CANCELLED;
  }
  sent_revision_ = std::max(sent_revision_, ok ? building_revision_ : 0);
  sent_synced_ = sent_synced_ || (ok && message_.synced());
  WriteNext();
  FinishIfIdle(std::move(lock));
}

void PolicyWatch::OnCancel() { Close(grpc::Status::CANCELLED); }

void PolicyWatch::Close(grpc::Status status) {
  std::unique_lock lock(mutex_);
  if (!closing_) {
    closing_ = true;
    queue_.clear();
    final_status_ = std::move(status);
  }
  FinishIfIdle(std::move(lock));
}

void PolicyWatch::FinishIfIdle(std::unique_lock<std::mutex> lock) {
  if (!closing_ || finished_ || writing_) {
    return;
  }
  finished_ = true;
  context_.metrics.OnRpc(kMethod, final_status_.error_code());
  grpc::Status status = final_status_;
  lock.unlock();
  Finish(std::move(status));
}

void PolicyWatch::OnDone() {
  context_.watches.Remove(this);
  if (watching_) {
    context_.engine.Unwatch(watch_id_);  // After this OnChange is not called.
  }
  delete this;
}

}  // namespace srpce::services
