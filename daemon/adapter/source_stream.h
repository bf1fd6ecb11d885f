// daemon/adapter/source_stream.h -- one TopologyIngest.Publish stream, as the sink of a source.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "absl/status/status.h"
#include "lib/plugin/topology_source.h"
#include "srpce/v1/topology.grpc.pb.h"

namespace srpce::adapter {

// Statements are sent several in a message, at the latest with Flush or WaitUntil.
//
// Send, Flush, WaitUntil and Close are for one thread; Wake, Stop and Cancel for any.
class SourceStream final : public plugin::StatementSink {
 public:
  // Called from the reading thread, for each acknowledgement but that of hello.
  using AckCallback = std::function<void(const v1::IngestAck& ack, bool of_sync_end)>;

  // Opens the stream and says hello. At most `window` updates are in flight.
  SourceStream(v1::TopologyIngest::Stub& stub, const v1::SourceHello& hello, uint64_t window,
               AckCallback on_ack);
  ~SourceStream() override;  // REQUIRES Close was called.
  SourceStream(const SourceStream&) = delete;
  SourceStream& operator=(const SourceStream&) = delete;

  absl::Status Send(const plugin::Statement& statement) override;
  absl::Status Flush() override;
  absl::Status WaitUntil(int64_t deadline_ms) override;
  void Wake() override;
  // Waits for the stream to break or Stop.
  absl::Status WaitForEnd();

  // Makes every present and later call but Close return CANCELLED.
  void Stop();
  // Breaks the stream at once, a write that hangs included.
  void Cancel() { context_.TryCancel(); }
  // Says that no more comes, waits up to `grace` for the daemon to take what was sent, and returns
  // how the stream ended.
  absl::Status Close(std::chrono::milliseconds grace);

  uint64_t sent() const;  // Without hello.

 private:
  void ReadAcks();
  // Whether one of the updates `ack` is for ended a sync.
  bool TakeSyncEnds(const v1::IngestAck& ack);
  // Numbers what waits, and writes it in one message once there is room in the window.
  absl::Status WritePending();
  absl::Status Write(const v1::TopologyUpdate& message);
  absl::Status StateLocked() const;  // OK, UNAVAILABLE or CANCELLED.

  const uint64_t window_;
  const int batch_limit_;  // Updates in one message.
  const AckCallback on_ack_;
  const std::chrono::steady_clock::time_point opened_ = std::chrono::steady_clock::now();
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::TopologyUpdate, v1::IngestAck>> stream_;
  // Sent and not written yet: a batch. Only of the thread that sends.
  v1::TopologyUpdate pending_;
  size_t pending_bytes_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t sequence_ = 0;  // The last one sent. Hello is 1.
  uint64_t acked_ = 0;
  std::set<uint64_t> sync_ends_;  // Sequences not acknowledged yet.
  bool broken_ = false;
  bool stopping_ = false;
  bool woken_ = false;
  absl::Status hello_result_;
  std::thread reader_;
};

// Returns the same code and message in absl's type.
absl::Status ToAbsl(const grpc::Status& status);

}  // namespace srpce::adapter
