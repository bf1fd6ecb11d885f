// daemon/metrics/metrics.h -- what srpced tells Prometheus. Names and units: README.md in this
// folder.
//
// Events are counted as they happen; state (sizes, queue depths) is read when a scrape asks. Every
// label has a bounded set of values.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/base/clock.h"
#include "lib/pce/policy_engine.h"
#include "lib/plugin/source_report.h"

namespace prometheus {
class Collectable;
}

namespace srpce::metrics {

using Labels = std::map<std::string, std::string>;

// Takes the values of one scrape.
class Samples {
 public:
  virtual ~Samples() = default;
  virtual void Gauge(const std::string& name, const std::string& help, const Labels& labels,
                     double value) = 0;
  virtual void Counter(const std::string& name, const std::string& help, const Labels& labels,
                       double value) = 0;
};

class Metrics final : public pce::PolicyEngineObserver {
 public:
  explicit Metrics(const std::string& version);
  ~Metrics() override;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Any thread, at any time. `method` is "Service/Method" as the proto files have it, `code` a
  // grpc::StatusCode.
  void OnRpc(absl::string_view method, int code);
  // `kind` is the field of TopologyUpdate.update. The label of a source beyond the first
  // kMaxSources that had something accepted is "other".
  void OnTopologyUpdate(const std::string& source, absl::string_view kind, bool accepted);
  // What `source` has counted since it started; its series go on when it starts again from 0. The
  // events beyond the first kMaxSourceSeries are "other"; sources without a label of their own are
  // left out.
  void OnSourceReport(const std::string& source,
                      const std::vector<plugin::SourceCounter>& counters);
  // A change of the TED was applied and published.
  void OnTedApply(Duration took);
  void OnTedChange(WallTime when);
  void SetReady(bool ready);
  // From the hand-over of a policy to the acknowledgement of its headend.
  void OnPushAcknowledged(const std::string& channel, Duration took);
  // A watcher did not keep up.
  void OnWatchDropped();

  // pce::PolicyEngineObserver; also what RPCs compute.
  void OnComputation(topology::MetricType objective, const char* result, const char* reason,
                     Duration took) override;
  void OnEventToPush(const std::string& trigger, Duration event_to_push) override;
  void OnPush(const std::string& channel, const char* result) override;
  void OnStoreResult(bool ok) override;

  // `collect` is called at each scrape, from the thread of the exposer, until RemoveCollectors
  // returns.
  void AddCollector(std::function<void(Samples&)> collect);
  void RemoveCollectors();

  // What an exposer serves.
  std::shared_ptr<prometheus::Collectable> collectable() const;
  // The page a scrape would get now, for tests.
  std::string Scrape() const;

  static constexpr size_t kMaxSources = 64;
  // Of one metric about what sources report, "other" not counted.
  static constexpr size_t kMaxSourceSeries = 1024;
  static constexpr char kOther[] = "other";
  // The label of a source: "agent" for each of those that agents speak for, as there is one a
  // router; else its name.
  static std::string SourceFamily(const std::string& source);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // Shared with the exposer.
};

}  // namespace srpce::metrics
