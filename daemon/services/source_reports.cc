#include "daemon/services/source_reports.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace srpce::services {
namespace {

// What one metric has to say of each source, by the value of its second label.
class BoundedSeries {
 public:
  using Join = double (*)(double a, double b);
  // `join`: how values that share a label are put together.
  explicit BoundedSeries(Join join) : join_(join) {}

  // Beyond the limit `label` is "other".
  void Add(const std::string& source, const std::string& label, double value) {
    const bool known = values_.contains({source, label});
    const bool room = values_.size() < metrics::Metrics::kMaxSourceSeries;
    const auto [at, added] =
        values_.emplace(std::pair(source, known || room ? label : metrics::Metrics::kOther), value);
    if (!added) {
      at->second = join_(at->second, value);
    }
  }
  const std::map<std::pair<std::string, std::string>, double>& values() const { return values_; }

 private:
  const Join join_;
  std::map<std::pair<std::string, std::string>, double> values_;
};

struct Reporting {
  std::string label;  // Of its metrics.
  bool connected = false;
  SourceReports::Latest latest;
};

// The sources that report, connected ones first: names come from clients, so only so many are
// shown.
std::vector<Reporting> Collect(const SourceReports& reports,
                               const std::vector<topology::SourceStatus>& sources) {
  std::vector<Reporting> all;
  for (const topology::SourceStatus& source : sources) {
    SourceReports::Latest latest = reports.Of(source.options.name);
    if (latest.report != nullptr) {
      all.push_back({source.options.name, source.connected, std::move(latest)});
    }
  }
  std::stable_partition(all.begin(), all.end(),
                        [](const Reporting& source) { return source.connected; });
  for (size_t i = metrics::Metrics::kMaxSources; i < all.size(); ++i) {
    all[i].label = metrics::Metrics::kOther;
  }
  return all;
}

void CollectPeers(const std::vector<Reporting>& sources, metrics::Samples& out) {
  // Together they are up if each of them is: an alert on 0 misses none.
  BoundedSeries up([](double a, double b) { return std::min(a, b); });
  for (const Reporting& source : sources) {
    for (const plugin::SourcePeer& peer : source.latest.report->peers) {
      up.Add(source.label, peer.name, source.connected && peer.up ? 1 : 0);
    }
  }
  for (const auto& [labels, value] : up.values()) {
    out.Gauge("srpce_source_peer_up", "1 while the source is connected and its peer is up.",
              {{"source", labels.first}, {"peer", labels.second}}, value);
  }
}

void CollectUnknown(const std::vector<Reporting>& sources, metrics::Samples& out) {
  BoundedSeries elements([](double a, double b) { return a + b; });
  for (const Reporting& source : sources) {
    for (const plugin::UnknownElement& element : source.latest.report->unknown) {
      elements.Add(source.label, element.kind, 1);
    }
  }
  for (const auto& [labels, value] : elements.values()) {
    out.Gauge("srpce_source_unknown_elements",
              "Different elements that the source has skipped, by their kind.",
              {{"source", labels.first}, {"kind", labels.second}}, value);
  }
}

}  // namespace

void SourceReports::Put(const std::string& source, plugin::SourceReport report, MonotonicTime now) {
  Latest latest{std::make_shared<const plugin::SourceReport>(std::move(report)), now};
  const std::lock_guard lock(mutex_);
  std::swap(latest_[source], latest);  // The old one, perhaps large, goes when the lock is gone.
}

SourceReports::Latest SourceReports::Of(const std::string& source) const {
  const std::lock_guard lock(mutex_);
  const auto found = latest_.find(source);
  return found == latest_.end() ? Latest() : found->second;
}

void SourceReports::Forget(const pce::TopologyWriter& writer) {
  std::set<std::string> names;
  // Asked under the lock: else a source that connects and reports meanwhile would lose its report.
  const std::lock_guard lock(mutex_);
  for (const topology::SourceStatus& source : writer.sources()) {
    names.insert(source.options.name);
  }
  std::erase_if(latest_, [&names](const auto& entry) { return !names.contains(entry.first); });
}

void AddSourceReportCollector(metrics::Metrics& metrics, const SourceReports& reports,
                              const pce::TopologyWriter& writer) {
  metrics.AddCollector([&reports, &writer](metrics::Samples& out) {
    const std::vector<Reporting> sources = Collect(reports, writer.sources());
    CollectPeers(sources, out);
    CollectUnknown(sources, out);
  });
}

}  // namespace srpce::services
