// daemon/adapter/source_host.cc
#include "daemon/adapter/source_host.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "daemon/adapter/source_stream.h"
#include "srpce/v1/topology.grpc.pb.h"

namespace srpce::adapter {
namespace {

// Trying again does not help: the daemon understood, and said no.
bool IsFinal(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kFailedPrecondition:
      return true;
    default:
      return false;
  }
}

// Of a long row of refusals the 1st to 10th are logged, then the 20th, 40th, 80th ...
bool IsLogged(uint64_t refusal) {
  if (refusal <= 10) {
    return true;
  }
  return refusal % 10 == 0 && (refusal / 10 & (refusal / 10 - 1)) == 0;
}

}  // namespace

SourceHost::SourceHost(std::shared_ptr<grpc::ChannelInterface> channel,
                       std::unique_ptr<plugin::TopologySource> source, SourceHostOptions options)
    : channel_(std::move(channel)), source_(std::move(source)), options_(std::move(options)) {}

SourceHost::~SourceHost() { Stop(); }

void SourceHost::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void SourceHost::Stop() {
  std::thread thread;
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    if (stream_ != nullptr) {
      stream_->Stop();
    }
    // Close has its own grace; this one is for a write that waits for a daemon that does not read.
    if (thread_.joinable() &&
        !changed_.wait_for(lock, options_.stop_grace, [this] { return ended_; }) &&
        stream_ != nullptr) {
      stream_->Cancel();
    }
    thread = std::move(thread_);
  }
  if (thread.joinable()) {
    thread.join();
  }
}

absl::Status SourceHost::Wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ended_ || stopping_; });
  return ended_ ? result_ : absl::OkStatus();
}

SourceHostStats SourceHost::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

bool SourceHost::WaitFor(const std::function<bool(const SourceHostStats&)>& reached) const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_ || stopping_ || reached(stats_); });
  return reached(stats_);
}

void SourceHost::Log(absl::string_view line) const {
  if (options_.log) {
    options_.log(absl::StrCat("source ", options_.name, ": ", line));
  }
}

void SourceHost::OnAck(const v1::IngestAck& ack, bool of_sync_end) {
  uint64_t refusal = 0;
  {
    const std::lock_guard lock(mutex_);
    if (ack.error().empty()) {
      stats_.accepted += std::max<uint64_t>(ack.count(), 1);
      stats_.syncs += of_sync_end ? 1 : 0;
      stats_.last_generation = std::max(stats_.last_generation, ack.generation());
    } else {
      refusal = ++stats_.refused;
    }
    changed_.notify_all();
  }
  if (refusal != 0 && IsLogged(refusal)) {
    Log(absl::StrCat("update ", ack.sequence(), " refused: ", ack.error(), " (", ack.error_code(),
                     "; ", refusal, " so far)"));
  }
}

absl::Status SourceHost::RunStream() {
  const std::unique_ptr<v1::TopologyIngest::Stub> stub = v1::TopologyIngest::NewStub(channel_);
  v1::SourceHello hello;
  hello.set_name(options_.name);
  hello.set_precedence(options_.precedence);
  if (options_.hold_time_seconds.has_value()) {
    hello.set_hold_time_seconds(*options_.hold_time_seconds);
  }
  hello.set_keep_forever(options_.keep_forever);
  hello.set_overlay(options_.overlay);
  SourceStream stream(
      *stub, hello, options_.window,
      [this](const v1::IngestAck& ack, bool of_sync_end) { OnAck(ack, of_sync_end); });
  {
    const std::lock_guard lock(mutex_);
    stream_ = &stream;
    ++stats_.streams;
    if (stopping_) {
      stream.Stop();
    }
  }
  absl::Status run = source_->Run(stream);
  if (run.ok()) {
    run = stream.Flush();
  }
  if (run.ok()) {
    const std::lock_guard lock(mutex_);
    ++stats_.completed;
    changed_.notify_all();
  }
  if (run.ok() && !options_.once) {
    run = stream.WaitForEnd();
  }
  const absl::Status end = stream.Close(options_.stop_grace);
  {
    const std::lock_guard lock(mutex_);
    stream_ = nullptr;
    stats_.sent += stream.sent();
    changed_.notify_all();
  }
  // How the daemon ended the stream says more than that it broke.
  return absl::IsUnavailable(run) && !end.ok() ? end : run;
}

bool SourceHost::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

bool SourceHost::BackOff(std::chrono::milliseconds delay) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, delay, [this] { return stopping_; });
}

void SourceHost::Loop() {
  absl::Status result;
  std::chrono::milliseconds backoff = options_.first_backoff;
  while (true) {
    const uint64_t accepted_before = stats().accepted;
    result = RunStream();
    // A daemon that goes down may also say CANCELLED: only our own word counts.
    if (stopping() || result.ok() || (options_.once && IsFinal(result))) {
      break;
    }
    if (stats().accepted != accepted_before) {
      backoff = options_.first_backoff;
    }
    Log(absl::StrCat(result.message(), " (", absl::StatusCodeToString(result.code()),
                     "); next try in ", backoff.count(), " ms"));
    if (!BackOff(backoff)) {
      result = absl::CancelledError("stopped before the source was through");
      break;
    }
    backoff = std::min(backoff * 2, options_.max_backoff);
  }
  const std::lock_guard lock(mutex_);
  result_ = result;
  ended_ = true;
  changed_.notify_all();
}

}  // namespace srpce::adapter
