// daemon/adapter/source_stream.cc
#include "daemon/adapter/source_stream.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "proto/convert/source_report.h"
#include "proto/convert/topology.h"

namespace srpce::adapter {
namespace {

constexpr uint64_t kHelloSequence = 1;

}  // namespace

absl::Status ToAbsl(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

SourceStream::SourceStream(v1::TopologyIngest::Stub& stub, const v1::SourceHello& hello,
                           uint64_t window, AckCallback on_ack)
    : window_(std::max<uint64_t>(window, 1)),
      on_ack_(std::move(on_ack)),
      stream_(stub.Publish(&context_)) {
  reader_ = std::thread([this] { ReadAcks(); });
  v1::TopologyUpdate update;
  *update.mutable_hello() = hello;
  // A failure shows in the first Send.
  Write(update).IgnoreError();
}

SourceStream::~SourceStream() = default;

void SourceStream::ReadAcks() {
  v1::IngestAck ack;
  while (stream_->Read(&ack)) {
    const bool is_hello = ack.sequence() <= kHelloSequence;
    if (!is_hello) {
      on_ack_(ack, TakeSyncEnd(ack.sequence()));
    }
    const std::lock_guard lock(mutex_);
    acked_ = std::max(acked_, ack.sequence());
    if (is_hello && !ack.error().empty()) {
      // Nothing that follows a refused hello can be taken.
      hello_result_ = absl::FailedPreconditionError(
          absl::StrCat("the daemon refused the source: ", ack.error()));
      broken_ = true;
    }
    changed_.notify_all();
  }
  const std::lock_guard lock(mutex_);
  broken_ = true;
  changed_.notify_all();
}

bool SourceStream::TakeSyncEnd(uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  return sync_ends_.erase(sequence) != 0;
}

absl::Status SourceStream::StateLocked() const {
  if (stopping_) {
    return absl::CancelledError("the host is stopping");
  }
  if (broken_) {
    return absl::UnavailableError("the stream to the daemon broke");
  }
  return absl::OkStatus();
}

absl::Status SourceStream::Write(v1::TopologyUpdate& update) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] {
      return stopping_ || broken_ || sequence_ - acked_ < window_ || sequence_ <= kHelloSequence;
    });
    SRPCE_RETURN_IF_ERROR(StateLocked());
    update.set_sequence(++sequence_);
    if (update.has_sync_end()) {
      sync_ends_.insert(sequence_);
    }
  }
  // Not under the lock: it may wait for the daemon to read, which may wait for us to take its
  // acknowledgements.
  if (stream_->Write(update)) {
    return absl::OkStatus();
  }
  const std::lock_guard lock(mutex_);
  broken_ = true;
  changed_.notify_all();
  return StateLocked();
}

absl::Status SourceStream::Send(const plugin::Statement& statement) {
  v1::TopologyUpdate update;
  if (const auto* report = std::get_if<plugin::SourceReport>(&statement)) {
    convert::ToProto(plugin::FitReport(*report), update.mutable_report());
  } else {
    convert::ToProto(statement, &update);
  }
  return Write(update);
}

absl::Status SourceStream::Flush() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] {
    return stopping_ || broken_ || acked_ >= sequence_ || sequence_ <= kHelloSequence;
  });
  return StateLocked();
}

absl::Status SourceStream::WaitUntil(int64_t deadline_ms) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, opened_ + std::chrono::milliseconds(deadline_ms),
                      [this] { return stopping_ || broken_ || woken_; });
  woken_ = false;
  return StateLocked();
}

void SourceStream::Wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

absl::Status SourceStream::WaitForEnd() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || broken_; });
  return StateLocked();
}

void SourceStream::Stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

absl::Status SourceStream::Close(std::chrono::milliseconds grace) {
  stream_->WritesDone();
  {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, grace, [this] { return broken_; })) {
      context_.TryCancel();
    }
    if (!hello_result_.ok()) {
      context_.TryCancel();  // A daemon that refuses may still keep the stream open.
    }
  }
  reader_.join();
  const absl::Status status = ToAbsl(stream_->Finish());
  return hello_result_.ok() ? status : hello_result_;
}

uint64_t SourceStream::sent() const {
  const std::lock_guard lock(mutex_);
  return sequence_ - std::min(sequence_, kHelloSequence);
}

}  // namespace srpce::adapter
