// daemon/adapter/source_host.h -- runs a topology source against TopologyIngest over any channel,
// for as long as wanted.
//
// One stream at a time: hello, then what the source sends, numbered from 1. When the stream breaks
// the host waits (longer each time) and runs the source again, which begins with a full sync.
// srpced hosts its sources over an in-process channel, srpce-adapter over the network: the daemon
// sees no difference.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/plugin/topology_source.h"

namespace grpc {
class ChannelInterface;
}
namespace srpce::v1 {
class IngestAck;
}

namespace srpce::adapter {

class SourceStream;

struct SourceHostOptions {
  std::string name;                                // Of the source, as the daemon is to know it.
  uint32_t precedence = 0;                         // 0 = the daemon's default.
  std::optional<uint32_t> hold_time_seconds = {};  // Absent = the daemon's default.
  bool keep_forever = false;
  bool overlay = false;                          // Amends what others announce: SourceHello.
  uint64_t window = 4096;                        // Updates sent and not acknowledged, at most.
  std::chrono::milliseconds first_backoff{100};  // Doubles with each failure in a row.
  std::chrono::milliseconds max_backoff{10'000};
  std::chrono::milliseconds stop_grace{
      1000};          // For the daemon to take what was sent, when the host stops.
  bool once = false;  // End after the source's first complete run.
  // Called with one line for people: streams that open and break, refusals. From the host's
  // threads.
  std::function<void(absl::string_view line)> log = {};
};

struct SourceHostStats {
  uint64_t streams = 0;  // Opened.
  uint64_t sent = 0;     // Updates, over all streams, hello not counted.
  uint64_t accepted = 0;
  uint64_t refused = 0;
  uint64_t syncs = 0;      // Complete syncs the daemon took.
  uint64_t completed = 0;  // Runs of the source that ended with OK.
  uint64_t last_generation = 0;
};

class SourceHost {
 public:
  SourceHost(std::shared_ptr<grpc::ChannelInterface> channel,
             std::unique_ptr<plugin::TopologySource> source, SourceHostOptions options);
  ~SourceHost();  // Stops.
  SourceHost(const SourceHost&) = delete;
  SourceHost& operator=(const SourceHost&) = delete;

  void Start();
  // Ends the stream and waits until all threads are gone. What was sent before is taken by the
  // daemon, if it does so within stop_grace. Safe to call twice and from any thread but the host's
  // own.
  void Stop();
  // With `once`: waits for the end and returns OK, or why the source could not be carried through.
  // Without: waits for Stop.
  absl::Status Wait();

  SourceHostStats stats() const;
  // Waits until `reached(stats)`; false when the host stopped before that.
  bool WaitFor(const std::function<bool(const SourceHostStats&)>& reached) const;

 private:
  void Loop();
  // Runs the source over one stream. Returns CANCELLED when the host stops, OK when the source is
  // through (`once` only).
  absl::Status RunStream();
  void OnAck(const v1::IngestAck& ack, bool of_sync_end);
  bool stopping() const;
  // Waits before the next try. False when the host stops.
  bool BackOff(std::chrono::milliseconds delay);
  void Log(absl::string_view line) const;

  const std::shared_ptr<grpc::ChannelInterface> channel_;
  const std::unique_ptr<plugin::TopologySource> source_;
  const SourceHostOptions options_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  SourceHostStats stats_;
  bool stopping_ = false;
  bool ended_ = false;
  absl::Status result_;
  SourceStream* stream_ = nullptr;  // The present one.
  std::thread thread_;
};

}  // namespace srpce::adapter
