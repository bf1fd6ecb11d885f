// tests/support/builder_sink.h -- a sink that gives what a topology source says to a TedBuilder.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "lib/plugin/topology_source.h"
#include "lib/topology/ted_builder.h"

namespace srpce::support {

// Send may be called by the source's thread while a test waits on another one.
class BuilderSink final : public plugin::StatementSink {
 public:
  BuilderSink();

  absl::Status Send(const plugin::Statement& statement) override;
  absl::Status Flush() override { return absl::OkStatus(); }
  absl::Status WaitUntil(int64_t deadline_ms) override;
  void Wake() override;

  // Makes what runs on this sink return CANCELLED.
  void Stop();
  // Waits until `reached(ted)` is true of a snapshot after a complete sync, and returns that one.
  // Fails the test after a minute.
  topology::TedPtr Await(const std::function<bool(const topology::Ted&)>& reached);
  topology::TedPtr ted();
  size_t syncs();
  size_t sent();
  // Waits until `reached(report)` is true of the latest report. Fails the test after a minute.
  plugin::SourceReport AwaitReport(const std::function<bool(const plugin::SourceReport&)>& reached);

 private:
  absl::Status Apply(const plugin::Statement& statement);

  std::mutex mutex_;
  std::condition_variable changed_;
  topology::TedBuilder builder_;
  topology::SourceId source_;
  topology::TedPtr ted_;
  size_t syncs_ = 0;
  size_t sent_ = 0;
  bool woken_ = false;
  bool stopped_ = false;
  plugin::SourceReport report_;
  const std::chrono::steady_clock::time_point opened_ = std::chrono::steady_clock::now();
};

}  // namespace srpce::support
