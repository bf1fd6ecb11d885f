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
// Of one message: large ones make others wait.
constexpr uint64_t kBatchUpdates = 256;
constexpr size_t kBatchBytes = 256 << 10;

}  // namespace

absl::Status ToAbsl(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

SourceStream::SourceStream(v1::TopologyIngest::Stub& stub, const v1::SourceHello& hello,
                           uint64_t window, AckCallback on_ack)
    : window_(std::max<uint64_t>(window, 1)),
      // Several of them fit into the window, so that the daemon has work while the next is made.
      batch_limit_(static_cast<int>(std::clamp<uint64_t>(window / 16, 1, kBatchUpdates))),
      on_ack_(std::move(on_ack)),
      stream_(stub.Publish(&context_)) {
  reader_ = std::thread([this] { ReadAcks(); });
  v1::TopologyUpdate update;
  *update.mutable_hello() = hello;
  update.set_sequence(++sequence_);
  // A failure shows in the first Send.
  Write(update).IgnoreError();
}

SourceStream::~SourceStream() = default;

void SourceStream::ReadAcks() {
  v1::IngestAck ack;
  while (stream_->Read(&ack)) {
    const bool is_hello = ack.sequence() <= kHelloSequence;
    if (!is_hello) {
      on_ack_(ack, TakeSyncEnds(ack));
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

bool SourceStream::TakeSyncEnds(const v1::IngestAck& ack) {
  const uint64_t count = std::min(std::max<uint64_t>(ack.count(), 1), ack.sequence());
  const std::lock_guard lock(mutex_);
  const auto first = sync_ends_.upper_bound(ack.sequence() - count);
  const auto last = sync_ends_.upper_bound(ack.sequence());
  const bool any = first != last;
  sync_ends_.erase(first, last);
  return any;
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

absl::Status SourceStream::WritePending() {
  v1::UpdateBatch& batch = *pending_.mutable_batch();
  if (batch.updates().empty()) {
    return absl::OkStatus();
  }
  const auto count = static_cast<uint64_t>(batch.updates_size());
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      return stopping_ || broken_ || sequence_ + count - acked_ <= window_ ||
             sequence_ <= kHelloSequence;
    });
    SRPCE_RETURN_IF_ERROR(StateLocked());
    for (v1::TopologyUpdate& update : *batch.mutable_updates()) {
      update.set_sequence(++sequence_);
      if (update.has_sync_end()) {
        sync_ends_.insert(sequence_);
      }
    }
  }
  const absl::Status written = Write(count == 1 ? batch.updates(0) : pending_);
  batch.clear_updates();
  pending_bytes_ = 0;
  return written;
}

// Not under the lock: it may wait for the daemon to read, which may wait for us to take its
// acknowledgements.
absl::Status SourceStream::Write(const v1::TopologyUpdate& message) {
  if (stream_->Write(message)) {
    return absl::OkStatus();
  }
  const std::lock_guard lock(mutex_);
  broken_ = true;
  changed_.notify_all();
  return StateLocked();
}

absl::Status SourceStream::Send(const plugin::Statement& statement) {
  v1::TopologyUpdate* update = pending_.mutable_batch()->add_updates();
  if (const auto* report = std::get_if<plugin::SourceReport>(&statement)) {
    convert::ToProto(plugin::FitReport(*report), update->mutable_report());
  } else {
    convert::ToProto(statement, update);
  }
  pending_bytes_ += update->ByteSizeLong();
  if (pending_.batch().updates_size() >= batch_limit_ || pending_bytes_ >= kBatchBytes) {
    return WritePending();
  }
  const std::lock_guard lock(mutex_);
  return StateLocked();
}

absl::Status SourceStream::Flush() {
  SRPCE_RETURN_IF_ERROR(WritePending());
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] {
    return stopping_ || broken_ || acked_ >= sequence_ || sequence_ <= kHelloSequence;
  });
  return StateLocked();
}

absl::Status SourceStream::WaitUntil(int64_t deadline_ms) {
  SRPCE_RETURN_IF_ERROR(WritePending());
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
