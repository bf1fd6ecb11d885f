#include "daemon/metrics/metrics.h"

#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <atomic>
#include <iterator>
#include <mutex>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace srpce::metrics {
namespace {

// From 1 us, three a decade.
const prometheus::Histogram::BucketBoundaries kComputationBuckets = {
    1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3,
    2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1,  0.5,  1,    5};
const prometheus::Histogram::BucketBoundaries kEventBuckets = {
    1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30};

// grpc::StatusCode by number; this library does not know gRPC.
constexpr std::array<const char*, 17> kCodeNames = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

double Seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

class FamilySamples final : public Samples {
 public:
  void Gauge(const std::string& name, const std::string& help, const Labels& labels,
             double value) override {
    Add(prometheus::MetricType::Gauge, name, help, labels).gauge.value = value;
  }
  void Counter(const std::string& name, const std::string& help, const Labels& labels,
               double value) override {
    Add(prometheus::MetricType::Counter, name, help, labels).counter.value = value;
  }
  void MoveTo(std::vector<prometheus::MetricFamily>& out) {
    for (auto& [name, family] : families_) {
      out.push_back(std::move(family));
    }
  }

 private:
  prometheus::ClientMetric& Add(prometheus::MetricType type, const std::string& name,
                                const std::string& help, const Labels& labels) {
    prometheus::MetricFamily& family = families_[name];
    family.name = name;
    family.help = help;
    family.type = type;
    prometheus::ClientMetric& metric = family.metric.emplace_back();
    for (const auto& [label, value] : labels) {
      metric.label.push_back({label, value});
    }
    return metric;
  }

  std::map<std::string, prometheus::MetricFamily> families_;
};

// A family whose members are found by the values of their labels without building a label map.
template <typename Metric, size_t kLabels>
class Table {
 public:
  using Key = std::array<std::string, kLabels>;

  template <typename Make>
  Metric& Get(const std::array<absl::string_view, kLabels>& key, Make&& make) {
    std::string flat;
    for (const absl::string_view part : key) {
      flat.append(part.data(), part.size());
      flat += '\0';
    }
    const std::lock_guard lock(mutex_);
    const auto found = members_.find(flat);
    if (found != members_.end()) {
      return *found->second;
    }
    Metric& made = make();
    members_.emplace(std::move(flat), &made);
    return made;
  }

 private:
  std::mutex mutex_;
  absl::flat_hash_map<std::string, Metric*> members_;
};

}  // namespace

class Metrics::Impl final : public prometheus::Collectable {
 public:
  explicit Impl(const std::string& version) {
    prometheus::BuildGauge()
        .Name("srpce_build_info")
        .Help("Version of the running srpced.")
        .Register(registry)
        .Add({{"version", version}})
        .Set(1);
  }

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::vector<prometheus::MetricFamily> families = registry.Collect();
    FamilySamples samples;
    const std::lock_guard lock(collectors_mutex);
    for (const auto& collect : collectors) {
      collect(samples);
    }
    samples.MoveTo(families);
    return families;
  }

  prometheus::Family<prometheus::Counter>& CounterFamily(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  prometheus::Family<prometheus::Gauge>& GaugeFamily(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }
  prometheus::Family<prometheus::Histogram>& HistogramFamily(const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }

  // Adds what `source` has counted beyond what it said before. A lower number than before is that
  // of a source that started again: all of it is new.
  void CountEvents(const std::string& source, const std::vector<plugin::SourceCounter>& counters) {
    const std::lock_guard lock(events_mutex);
    std::map<std::string, uint64_t> said;  // By label.
    for (const plugin::SourceCounter& counter : counters) {
      const std::pair key(source, counter.name);
      if (events.size() < kMaxSourceSeries) {
        events.try_emplace(key);
      }
      said[events.contains(key) ? counter.name : kOther] += counter.value;
    }
    for (const auto& [event, value] : said) {
      EventSeries& series = events[{source, event}];
      if (series.total == nullptr) {
        series.total = &source_events.Add({{"source", source}, {"event", event}});
      }
      series.total->Increment(
          static_cast<double>(value >= series.said ? value - series.said : value));
      series.said = value;
    }
  }

  // Returns the label of `source`, or "other" once there are too many: names come from clients.
  // Those that were never accepted take no place.
  std::string SourceLabel(const std::string& source, bool accepted) {
    std::string label = SourceFamily(source);
    const std::lock_guard lock(sources_mutex);
    if (!sources.contains(label)) {
      if (!accepted || sources.size() >= kMaxSources) {
        return kOther;
      }
      sources.insert(label);
    }
    return label;
  }

  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& rpcs =
      CounterFamily("srpce_grpc_requests_total", "Finished calls by method and status code.");
  prometheus::Family<prometheus::Counter>& updates =
      CounterFamily("srpce_ted_updates_total", "Topology updates by source, kind and result.");
  prometheus::Histogram& apply =
      HistogramFamily("srpce_ted_apply_duration_seconds",
                      "Time to apply a batch of updates and publish the snapshot.")
          .Add({}, kComputationBuckets);
  prometheus::Gauge& ready =
      GaugeFamily("srpce_ready", "1 once the topology has synced, until the daemon stops.").Add({});
  prometheus::Gauge& last_change = GaugeFamily("srpce_ted_last_change_timestamp_seconds",
                                               "When the topology last changed, Unix time.")
                                       .Add({});
  prometheus::Family<prometheus::Counter>& computations =
      CounterFamily("srpce_path_computations_total",
                    "Path computations by objective, result and reason of failure.");
  prometheus::Family<prometheus::Histogram>& computation_seconds =
      HistogramFamily("srpce_path_computation_duration_seconds", "Time of one path computation.");
  prometheus::Family<prometheus::Histogram>& event_to_push =
      HistogramFamily("srpce_event_to_push_duration_seconds",
                      "From the arrival of an event to the hand-over of the push it caused.");
  prometheus::Family<prometheus::Counter>& pushes =
      CounterFamily("srpce_push_total", "Pushes of policies to headends by channel and result.");
  prometheus::Family<prometheus::Histogram>& push_seconds =
      HistogramFamily("srpce_push_duration_seconds",
                      "From the hand-over of a policy to its headend's acknowledgement.");
  prometheus::Family<prometheus::Counter>& commits =
      CounterFamily("srpce_store_commits_total", "Transactions of the store by result.");

  prometheus::Counter& watches_dropped =
      CounterFamily("srpce_policy_watches_dropped_total",
                    "WatchPolicies streams ended because the client did not read.")
          .Add({});

  prometheus::Family<prometheus::Counter>& source_events = CounterFamily(
      "srpce_source_events_total", "What topology sources count, by source and event.");

  Table<prometheus::Counter, 2> rpc_table;
  Table<prometheus::Counter, 3> update_table;
  Table<prometheus::Counter, 3> computation_table;
  Table<prometheus::Histogram, 1> computation_seconds_table;
  Table<prometheus::Histogram, 1> event_table;
  Table<prometheus::Counter, 2> push_table;
  Table<prometheus::Histogram, 1> push_seconds_table;

  struct EventSeries {
    prometheus::Counter* total = nullptr;
    uint64_t said = 0;  // By the source, last.
  };
  std::mutex events_mutex;
  std::map<std::pair<std::string, std::string>, EventSeries> events;  // By source and event.

  std::mutex sources_mutex;
  std::set<std::string> sources;
  mutable std::mutex collectors_mutex;
  std::vector<std::function<void(Samples&)>> collectors;
};

Metrics::Metrics(const std::string& version) : impl_(std::make_shared<Impl>(version)) {}
Metrics::~Metrics() = default;

void Metrics::OnRpc(absl::string_view method, int code) {
  const char* name = code >= 0 && static_cast<size_t>(code) < kCodeNames.size()
                         ? kCodeNames[static_cast<size_t>(code)]
                         : "UNKNOWN";
  impl_->rpc_table
      .Get({method, name},
           [&]() -> prometheus::Counter& {
             return impl_->rpcs.Add({{"method", std::string(method)}, {"code", name}});
           })
      .Increment();
}

void Metrics::OnTopologyUpdate(const std::string& source, absl::string_view kind, bool accepted) {
  const std::string label = impl_->SourceLabel(source, accepted);
  const char* result = accepted ? "accepted" : "refused";
  impl_->update_table
      .Get({label, kind, result},
           [&]() -> prometheus::Counter& {
             return impl_->updates.Add(
                 {{"source", label}, {"kind", std::string(kind)}, {"result", result}});
           })
      .Increment();
}

void Metrics::OnSourceReport(const std::string& source,
                             const std::vector<plugin::SourceCounter>& counters) {
  if (const std::string label = impl_->SourceLabel(source, /*accepted=*/true); label == source) {
    impl_->CountEvents(label, counters);
  }
}

void Metrics::OnTedApply(Duration took) { impl_->apply.Observe(Seconds(took)); }

void Metrics::OnTedChange(WallTime when) {
  impl_->last_change.Set(Seconds(when.time_since_epoch()));
}

void Metrics::OnWatchDropped() { impl_->watches_dropped.Increment(); }

void Metrics::SetReady(bool ready) { impl_->ready.Set(ready ? 1 : 0); }

void Metrics::OnComputation(topology::MetricType objective, const char* result, const char* reason,
                            Duration took) {
  const char* name = topology::MetricTypeName(objective);
  const char* why = reason == nullptr ? "" : reason;
  impl_->computation_table
      .Get({name, result, why},
           [&]() -> prometheus::Counter& {
             return impl_->computations.Add(
                 {{"objective", name}, {"result", result}, {"reason", why}});
           })
      .Increment();
  impl_->computation_seconds_table
      .Get({name},
           [&]() -> prometheus::Histogram& {
             return impl_->computation_seconds.Add({{"objective", name}}, kComputationBuckets);
           })
      .Observe(Seconds(took));
}

void Metrics::OnEventToPush(const std::string& trigger, Duration event_to_push) {
  impl_->event_table
      .Get({trigger},
           [&]() -> prometheus::Histogram& {
             return impl_->event_to_push.Add({{"trigger", trigger}}, kEventBuckets);
           })
      .Observe(Seconds(event_to_push));
}

void Metrics::OnPush(const std::string& channel, const char* result) {
  impl_->push_table
      .Get({channel, result},
           [&]() -> prometheus::Counter& {
             return impl_->pushes.Add({{"channel", channel}, {"result", result}});
           })
      .Increment();
}

void Metrics::OnPushAcknowledged(const std::string& channel, Duration took) {
  impl_->push_seconds_table
      .Get({channel},
           [&]() -> prometheus::Histogram& {
             return impl_->push_seconds.Add({{"channel", channel}}, kEventBuckets);
           })
      .Observe(Seconds(took));
}

void Metrics::OnStoreResult(bool ok) {
  impl_->commits.Add({{"result", ok ? "ok" : "failed"}}).Increment();
}

void Metrics::AddCollector(std::function<void(Samples&)> collect) {
  const std::lock_guard lock(impl_->collectors_mutex);
  impl_->collectors.push_back(std::move(collect));
}

void Metrics::RemoveCollectors() {
  const std::lock_guard lock(impl_->collectors_mutex);
  impl_->collectors.clear();
}

std::string Metrics::SourceFamily(const std::string& source) {
  constexpr char kAgents[] = "agent:";
  return source.rfind(kAgents, 0) == 0 ? "agent" : source;
}

std::shared_ptr<prometheus::Collectable> Metrics::collectable() const { return impl_; }

std::string Metrics::Scrape() const {
  return prometheus::TextSerializer().Serialize(impl_->Collect());
}

}  // namespace srpce::metrics
