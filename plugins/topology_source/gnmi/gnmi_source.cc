#include "plugins/topology_source/gnmi/gnmi_source.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "plugins/topology_source/gnmi/report.h"
#include "plugins/topology_source/gnmi/target_client.h"
#include "plugins/topology_source/gnmi/target_model.h"

namespace srpce::gnmi_source {
namespace {

// Good news is gathered this long; bad news wakes the sender.
constexpr std::chrono::milliseconds kGather{50};
// How soon a lost target is noticed by those that try again.
constexpr std::chrono::milliseconds kTick{50};
// Between two reports.
constexpr std::chrono::seconds kReportInterval{1};

}  // namespace

class GnmiSource::Impl {
 public:
  Impl(SourceConfig config, const Clock& clock) : config_(std::move(config)), clock_(clock) {
    for (int i = 0; i < config_.file.targets_size(); ++i) {
      targets_.push_back(std::make_unique<Target>(*this, config_.file.targets(i),
                                                  config_.plans[static_cast<size_t>(i)]));
    }
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    if (ticker_.joinable()) {
      ticker_.join();
    }
    for (const auto& target : targets_) {
      target->client.Cancel();
    }
    for (const auto& target : targets_) {
      target->client.Stop();
    }
  }

  absl::Status Run(plugin::StatementSink& sink) {
    const MonotonicTime opened = clock_.Now();
    const Attachment attachment(*this, sink);
    if (!ticker_.joinable()) {
      ticker_ = std::thread([this] { TickAll(); });
    }
    SRPCE_RETURN_IF_ERROR(SendSync(sink));
    reported_at_.reset();
    while (true) {
      const auto elapsed =
          std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Now() - opened);
      SRPCE_RETURN_IF_ERROR(sink.WaitUntil((elapsed + kGather).count()));
      for (const auto& target : targets_) {
        SRPCE_RETURN_IF_ERROR(Send(sink, target->Collect()));
      }
      SRPCE_RETURN_IF_ERROR(SendReport(sink));
    }
  }

 private:
  struct Target final : TargetListener {
    Target(Impl& impl, const config::v1::GnmiTarget& target, const TargetPlan& plan)
        : impl(impl),
          config(target),
          model(target, impl.config_.file, plan.rules),
          client(target, plan.subscriptions, *this) {}

    void OnConnecting() override {
      const std::lock_guard lock(mutex);
      model.BeginSession(impl.clock_.Now());
    }
    void OnResponse(const gnmi::SubscribeResponse& response) override {
      bool bad_news = false;
      {
        const std::lock_guard lock(mutex);
        if (response.has_update()) {
          bad_news = model.Apply(response.update(), impl.clock_.Now());
        } else if (response.sync_response()) {
          model.OnSync(impl.clock_.Now());
        }
      }
      if (bad_news) {
        impl.Wake();
      }
    }
    void OnLost() override {
      const std::lock_guard lock(mutex);
      model.EndSession(impl.clock_.Now());
    }
    std::vector<plugin::Statement> Collect() {
      const std::lock_guard lock(mutex);
      return model.Collect(impl.clock_.Now());
    }
    std::vector<plugin::Statement> All() {
      const std::lock_guard lock(mutex);
      return model.All(impl.clock_.Now());
    }

    Impl& impl;
    const config::v1::GnmiTarget& config;
    std::mutex mutex;  // Guards the model.
    TargetModel model;
    TargetClient client;
  };

  // The sink bad news goes to, while Run runs.
  class Attachment {
   public:
    Attachment(Impl& impl, plugin::StatementSink& sink) : impl_(impl) { Set(&sink); }
    ~Attachment() { Set(nullptr); }
    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;

   private:
    void Set(plugin::StatementSink* sink) {
      const std::lock_guard lock(impl_.mutex_);
      impl_.sink_ = sink;
    }
    Impl& impl_;
  };

  void Wake() {
    const std::lock_guard lock(mutex_);
    if (sink_ != nullptr) {
      sink_->Wake();
    }
  }

  void TickAll() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      for (const auto& target : targets_) {
        target->client.Tick(clock_.Now());
      }
      lock.lock();
      changed_.wait_for(lock, kTick, [this] { return stopping_; });
    }
  }

  static absl::Status Send(plugin::StatementSink& sink,
                           const std::vector<plugin::Statement>& statements) {
    for (const plugin::Statement& statement : statements) {
      SRPCE_RETURN_IF_ERROR(sink.Send(statement));
    }
    return absl::OkStatus();
  }

  absl::Status SendSync(plugin::StatementSink& sink) {
    SRPCE_RETURN_IF_ERROR(sink.Send(plugin::SyncBegin()));
    for (const auto& target : targets_) {
      SRPCE_RETURN_IF_ERROR(Send(sink, target->All()));
    }
    SRPCE_RETURN_IF_ERROR(sink.Send(plugin::SyncEnd()));
    return sink.Flush();
  }

  // Where there is news, and not too often.
  absl::Status SendReport(plugin::StatementSink& sink) {
    const MonotonicTime now = clock_.Now();
    if (reported_at_ && now < *reported_at_ + kReportInterval) {
      return absl::OkStatus();
    }
    plugin::SourceReport report;
    for (const auto& target : targets_) {
      const ClientStatus status = target->client.status();
      const std::lock_guard lock(target->mutex);
      AddToReport(target->config, status, target->model, now, report);
    }
    const bool first = !reported_at_.has_value();
    reported_at_ = now;
    if (!first && !IsNews(report_, report)) {
      return absl::OkStatus();
    }
    report_ = report;
    return sink.Send(std::move(report));
  }

  const SourceConfig config_;
  const Clock& clock_;
  plugin::SourceReport report_;  // The last one sent.
  std::optional<MonotonicTime> reported_at_;
  std::vector<std::unique_ptr<Target>> targets_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  plugin::StatementSink* sink_ = nullptr;
  std::thread ticker_;
};

GnmiSource::GnmiSource(SourceConfig config, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(config), clock)) {}
GnmiSource::~GnmiSource() = default;

absl::StatusOr<std::unique_ptr<GnmiSource>> GnmiSource::Make(const plugin::Settings& settings,
                                                             const Clock& clock) {
  std::string targets;
  for (const auto& [name, value] : settings) {
    if (name != "targets") {
      return absl::InvalidArgumentError(
          absl::StrCat("gnmi source: got setting '", name, "', want targets"));
    }
    targets = value;
  }
  if (targets.empty()) {
    return absl::InvalidArgumentError(
        "gnmi source: targets: got nothing, want the file that lists them");
  }
  SRPCE_ASSIGN_OR_RETURN(SourceConfig config, LoadSourceConfig(targets));
  return std::make_unique<GnmiSource>(std::move(config), clock);
}

absl::Status GnmiSource::Run(plugin::StatementSink& sink) { return impl_->Run(sink); }

absl::Status RegisterGnmiSource(plugin::Registry& registry) {
  // Outlives every source; has no state.
  static const SystemClock* const kClock = new SystemClock();
  return registry.topology_sources.Add(
      "gnmi",
      [](const plugin::Settings& settings)
          -> absl::StatusOr<std::unique_ptr<plugin::TopologySource>> {
        return GnmiSource::Make(settings, *kClock);
      });
}

}  // namespace srpce::gnmi_source
