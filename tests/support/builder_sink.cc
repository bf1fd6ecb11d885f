#include "tests/support/builder_sink.h"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>

namespace srpce::support {

BuilderSink::BuilderSink() {
  topology::SourceOptions options;
  options.name = "test";
  source_ = *builder_.Connect(options, MonotonicTime{});
  ted_ = builder_.Publish().ted;
}

absl::Status BuilderSink::Apply(const plugin::Statement& statement) {
  if (const auto* node = std::get_if<plugin::NodeStatement>(&statement)) {
    return builder_.SetNode(source_, node->id, node->attributes,
                            {.patch = node->patch, .stale = node->stale}, {});
  }
  if (const auto* link = std::get_if<plugin::LinkStatement>(&statement)) {
    return builder_.SetLink(source_, link->key, link->attributes,
                            {.patch = link->patch, .stale = link->stale}, {});
  }
  if (const auto* prefix = std::get_if<plugin::PrefixStatement>(&statement)) {
    return builder_.SetPrefix(source_, prefix->node_id, prefix->prefix, prefix->attributes,
                              {.patch = prefix->patch, .stale = prefix->stale}, {});
  }
  if (const auto* node = std::get_if<plugin::NodeRemoval>(&statement)) {
    return builder_.RemoveNode(source_, node->id, {});
  }
  if (const auto* link = std::get_if<plugin::LinkRemoval>(&statement)) {
    return builder_.RemoveLink(source_, link->key, {});
  }
  if (const auto* prefix = std::get_if<plugin::PrefixRemoval>(&statement)) {
    return builder_.RemovePrefix(source_, prefix->node_id, prefix->prefix, {});
  }
  if (std::holds_alternative<plugin::SyncBegin>(statement)) {
    return builder_.BeginSync(source_);
  }
  if (std::holds_alternative<plugin::SyncEnd>(statement)) {
    ++syncs_;
    return builder_.EndSync(source_).status();
  }
  report_ = std::get<plugin::SourceReport>(statement);
  return absl::OkStatus();
}

absl::Status BuilderSink::Send(const plugin::Statement& statement) {
  const std::lock_guard lock(mutex_);
  if (stopped_) {
    return absl::CancelledError("the test is over");
  }
  ++sent_;
  const absl::Status status = Apply(statement);
  EXPECT_TRUE(status.ok()) << status;
  changed_.notify_all();
  return absl::OkStatus();
}

absl::Status BuilderSink::WaitUntil(int64_t deadline_ms) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, opened_ + std::chrono::milliseconds(deadline_ms),
                      [this] { return woken_ || stopped_; });
  woken_ = false;
  return stopped_ ? absl::CancelledError("the test is over") : absl::OkStatus();
}

void BuilderSink::Wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

void BuilderSink::Stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

topology::TedPtr BuilderSink::Await(const std::function<bool(const topology::Ted&)>& reached) {
  std::unique_lock lock(mutex_);
  const bool in_time = changed_.wait_for(lock, std::chrono::minutes(1), [&] {
    ted_ = builder_.Publish().ted;
    return syncs_ > 0 && reached(*ted_);
  });
  EXPECT_TRUE(in_time) << "not reached within a minute";
  return ted_;
}

topology::TedPtr BuilderSink::ted() {
  const std::lock_guard lock(mutex_);
  ted_ = builder_.Publish().ted;
  return ted_;
}

size_t BuilderSink::syncs() {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

size_t BuilderSink::sent() {
  const std::lock_guard lock(mutex_);
  return sent_;
}

plugin::SourceReport BuilderSink::AwaitReport(
    const std::function<bool(const plugin::SourceReport&)>& reached) {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(changed_.wait_for(lock, std::chrono::minutes(1), [&] { return reached(report_); }))
      << "not reported within a minute";
  return report_;
}

}  // namespace srpce::support
